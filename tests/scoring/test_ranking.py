"""Places, ties and the chain."""

from decimal import Decimal

import pytest

from scoring import ScoringError, Standing, lot, rank_entries

SCORES = {"A": Decimal("88.00"), "B": Decimal("91.50"), "C": Decimal("88.00"), "D": Decimal("70.25")}


def test_equal_scores_share_a_rank_and_the_next_is_skipped():
    assert rank_entries(SCORES) == (
        Standing("B", Decimal("91.50"), 1, False, 0),
        Standing("A", Decimal("88.00"), 2, True, 0),
        Standing("C", Decimal("88.00"), 2, True, 0),
        Standing("D", Decimal("70.25"), 4, False, 0),
    )


def test_the_first_link_that_differs_parts_equal_scores():
    chain = [dict.fromkeys("ABCD", 5.0), {"A": 20, "B": 1, "C": 25, "D": 1}]
    standings = rank_entries(SCORES, chain)
    assert [(one.entry, one.rank, one.parted_by) for one in standings] == [
        ("B", 1, 0),
        ("C", 2, 2),
        ("A", 3, 2),
        ("D", 4, 0),
    ]


def test_noise_of_binary_numbers_parts_nobody():
    chain = [{"A": 0.1 + 0.2, "B": 0, "C": 0.3, "D": 0}]
    assert [one.rank for one in rank_entries(SCORES, chain)] == [1, 2, 2, 4]


def test_a_chain_that_does_not_know_everybody_is_refused():
    with pytest.raises(ScoringError) as refusal:
        rank_entries(SCORES, [{"A": 1}])
    assert refusal.value.params == {"link": 1, "entries": ["B", "C", "D"]}


def test_lots_do_not_hear_the_order_of_entries():
    assert lot(["A", "B", "C", "D"], 7) == lot(["D", "B", "A", "C"], 7)
    assert sorted(lot("ABCD", 7).values()) == [0, 1, 2, 3]
