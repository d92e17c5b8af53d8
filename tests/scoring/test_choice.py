"""The best list under quotas, and its reasons."""

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import Limit, Outcome, ScoringError, choose_under_quotas, rank_entries


def standings_of(**scores):
    """Standings of named entries."""
    return rank_entries({entry: Decimal(str(score)) for entry, score in scores.items()})


def outcome_of(chosen):
    """Entry to outcome and code."""
    return {one.entry: (one.outcome.value, one.code) for one in chosen}


def test_without_limits_the_best_are_chosen():
    found = choose_under_quotas(standings_of(a=90, b=80, c=70), total=2)
    assert outcome_of(found) == {
        "a": ("chosen", "above_line"),
        "b": ("chosen", "above_line"),
        "c": ("out", "below_line"),
    }
    assert [one.text for one in found] == [
        "10 points above the line of 80.",
        "On the line of 80.",
        "10 points below the line of 80.",
    ]


def test_a_full_unit_is_the_reason_for_staying_out():
    unit = Limit("unit", {"a": "Harbour", "b": "Harbour", "c": "Harbour", "d": "Mill"}, at_most=2)
    found = choose_under_quotas(standings_of(a=90, b=85, c=80, d=60), total=3, limits=[unit])
    assert outcome_of(found)["c"] == ("out", "cap_full")
    assert found[2].text == "Its unit, Harbour, already has 2."
    assert found[2].params == {"limit": "unit", "group": "Harbour", "cap": 2}


def test_places_kept_for_a_group_go_to_its_best():
    kind = Limit("type", {"a": "old", "b": "old", "c": "new", "d": "new"}, at_least={"new": 1})
    found = choose_under_quotas(standings_of(a=90, b=85, c=70, d=60), total=2, limits=[kind])
    assert outcome_of(found) == {
        "a": ("chosen", "above_line"),
        "b": ("out", "below_line"),
        "c": ("chosen", "kept_place"),
        "d": ("out", "below_line"),
    }


def test_all_places_are_filled_before_the_scores_count():
    # By scores alone a (in two full groups) would be taken and leave a place empty.
    unit = Limit("unit", {"a": "U", "b": "U", "c": "V"}, at_most=1)
    kind = Limit("type", {"a": "T", "b": "S", "c": "T"}, at_most=1)
    found = choose_under_quotas(standings_of(a=99, b=60, c=50), total=2, limits=[unit, kind])
    assert [one.outcome for one in found] == [Outcome.OUT, Outcome.CHOSEN, Outcome.CHOSEN]


def test_of_equal_scores_the_better_standing_is_chosen():
    standings = rank_entries({"a": Decimal(80), "b": Decimal(80), "c": Decimal(80)}, [{"a": 1, "b": 3, "c": 2}])
    found = choose_under_quotas(standings, total=1)
    assert [(one.entry, one.outcome.value) for one in found] == [("b", "chosen"), ("c", "out"), ("a", "out")]
    assert found[1].text == "On the line, and later in the standings than those chosen."


def test_reserves_are_the_next_who_could_take_a_place():
    unit = Limit("unit", {"a": "U", "b": "V", "c": "V", "d": "W"}, at_most=1)
    found = choose_under_quotas(standings_of(a=90, b=80, c=75, d=70), total=2, limits=[unit], reserves=2)
    assert [(one.entry, one.outcome.value, one.reserve) for one in found[2:]] == [
        ("c", "reserve", 1),
        ("d", "reserve", 2),
    ]
    assert found[2].text == "Reserve 1. 5 points below the line of 80."


def test_who_is_not_eligible_is_told_why():
    found = choose_under_quotas(standings_of(a=90, b=80), total=1, ineligible={"a": "Recommended elsewhere."})
    assert [(one.code, one.text) for one in found] == [
        ("not_eligible", "Recommended elsewhere."),
        ("above_line", "On the line of 80."),
    ]


@pytest.mark.parametrize(
    ("total", "least", "caps"), [(2, {"new": 2}, None), (0, {"old": 1}, None), (2, {"old": 2}, {"old": 1})]
)
def test_kept_places_that_cannot_be_filled_are_refused(total, least, caps):
    kind = Limit("type", {"a": "old", "b": "old", "c": "new"}, at_most=caps, at_least=least)
    with pytest.raises(ScoringError) as refusal:
        choose_under_quotas(standings_of(a=3, b=2, c=1), total=total, limits=[kind])
    assert refusal.value.code == "impossible"


def test_among_nobody_nobody_is_chosen():
    assert choose_under_quotas((), total=5, reserves=2) == ()


@settings(max_examples=40, deadline=None)
@given(
    scores=st.lists(st.integers(0, 12), min_size=3, max_size=9),
    units=st.lists(st.sampled_from("UVW"), min_size=9, max_size=9),
    types=st.lists(st.sampled_from("ST"), min_size=9, max_size=9),
    total=st.integers(0, 5),
    cap=st.integers(1, 2),
)
def test_no_other_list_within_the_limits_is_better(scores, units, types, total, cap):
    names = [f"e{place}" for place in range(len(scores))]
    standings = rank_entries(dict(zip(names, map(Decimal, scores), strict=True)))
    unit = Limit("unit", dict(zip(names, units, strict=False)), at_most=cap)
    kind = Limit("type", dict(zip(names, types, strict=False)), at_most={"S": 2})
    order = [standing.entry for standing in standings]

    def worth(entries):
        by_unit = [sum(unit.groups[entry] == group for entry in entries) for group in "UVW"]
        if max(by_unit) > cap or sum(kind.groups[entry] == "S" for entry in entries) > 2:
            return None
        total_score = sum(scores[names.index(entry)] for entry in entries)
        return len(entries), total_score, [entry in entries for entry in order]  # equal sums: from the top down

    lists = (some for size in range(min(total, len(names)) + 1) for some in combinations(names, size))
    best = max(value for value in map(worth, lists) if value is not None)
    found = choose_under_quotas(standings, total=total, limits=[unit, kind])
    assert worth([one.entry for one in found if one.outcome is Outcome.CHOSEN]) == best
