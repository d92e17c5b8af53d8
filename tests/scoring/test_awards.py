"""Award levels over standings."""

from decimal import Decimal

import pytest

from scoring import Level, ScoringError, award_levels, places_by_group, rank_entries

THREE = (Level("first", share=Decimal(15)), Level("second", share=Decimal(25)), Level("third", share=Decimal(35)))


def standings_of(*scores):
    """Entries e01, e02, … with these scores."""
    return rank_entries({f"e{place:02d}": Decimal(str(score)) for place, score in enumerate(scores, 1)})


def levels_of(placings):
    """The levels only."""
    return [placing.level for placing in placings]


def test_shares_of_twenty_three_entries():
    found = levels_of(award_levels(standings_of(*range(99, 76, -1)), THREE))
    assert found == ["first"] * 3 + ["second"] * 6 + ["third"] * 8 + [None] * 6


def test_every_group_is_awarded_by_itself():
    standings = standings_of(90, 89, 88, 87, 60, 50)
    groups = {standing.entry: "x" if standing.rank <= 4 else "y" for standing in standings}
    found = award_levels(standings, [Level("first", share=Decimal(50))], groups=groups)
    assert levels_of(found) == ["first", "first", None, None, "first", None]
    assert found[4].place == 1


def test_a_count_is_apportioned_among_groups_by_their_size():
    assert places_by_group([60, 30, 10], [Level("first", count=7), Level("rest")]) == ((4, None), (2, None), (1, None))


@pytest.mark.parametrize(
    ("tie", "levels", "codes"),
    [
        ("expand", ["first", "first", "first", "second"], ["within", "within", "tie_expanded", "within"]),
        ("contract", ["first", "second", "second", "second"], ["within", "within", "within", "within"]),
    ],
)
def test_equals_at_a_cut_go_up_or_down_together_and_later_cuts_stay(tie, levels, codes):
    found = award_levels(standings_of(90, 80, 80, 70, 60), [Level("first", count=2), Level("second", count=2)], tie=tie)
    assert levels_of(found) == [*levels, None]
    assert [placing.code for placing in found] == [*codes, "below_cut"]


def test_equals_at_the_last_cut_are_told_so_when_they_go_down():
    found = award_levels(standings_of(90, 80, 80), [Level("first", count=2)], tie="contract")
    assert [(placing.level, placing.code) for placing in found] == [
        ("first", "within"),
        (None, "tie_contracted"),
        (None, "below_cut"),
    ]


def test_an_entry_below_a_floor_falls_to_the_level_whose_floor_it_reaches():
    levels = [Level("first", count=2, floor=Decimal(85)), Level("second", count=1, floor=Decimal(70))]
    found = award_levels(standings_of(90, 80, 60), levels)
    assert [(placing.level, placing.code) for placing in found] == [
        ("first", "within"),
        ("second", "below_floor"),
        (None, "below_floor"),
    ]


def test_a_level_without_limits_takes_everybody_left():
    assert levels_of(award_levels(standings_of(3, 2, 1), [Level("all")])) == ["all"] * 3


def test_more_places_than_entries_award_everybody():
    assert levels_of(award_levels(standings_of(3, 2), [Level("first", count=9)])) == ["first", "first"]


def test_nobody_gets_nothing():
    assert award_levels((), THREE) == ()


@pytest.mark.parametrize(
    "levels",
    [
        [Level("a", count=1, share=Decimal(5))],
        [Level("a", share=Decimal(101))],
        [Level("a", share=Decimal(60)), Level("b", share=Decimal(60))],
        [Level("a", count=-1)],
        [Level("a"), Level("a")],
    ],
)
def test_levels_that_make_no_sense_are_refused(levels):
    with pytest.raises(ScoringError) as refusal:
        award_levels(standings_of(1), levels)
    assert refusal.value.code == "bad_level"
