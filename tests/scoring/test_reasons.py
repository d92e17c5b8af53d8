"""Every list and every reason held against an independent enumeration of all lists."""

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import Limit, Outcome, ScoringError, choose_under_quotas, rank_entries


def within(entries, limits, exempt=()):
    """Whether a list keeps all limits; `exempt` are pairs (entry, limit) that do not count."""
    for limit in limits:
        counted = [limit.groups.get(one, "") for one in entries if (one, limit.name) not in exempt]
        groups = {*limit.groups.values(), *limit.at_least} - {""}
        for group in groups:
            cap = limit.at_most.get(group) if isinstance(limit.at_most, dict) else limit.at_most
            if (cap is not None and counted.count(group) > cap) or counted.count(group) < limit.at_least.get(group, 0):
                return False
    return True


def by_enumeration(standings, total, limits, exempt=()):
    """The best of all lists there are: most entries, largest sum, from the top down; None if there is none."""
    names = [standing.entry for standing in standings]
    scores = {standing.entry: standing.score for standing in standings}
    lists = [
        some
        for size in range(min(total, len(names)) + 1)
        for some in combinations(names, size)
        if within(some, limits, exempt)
    ]
    worth = lambda some: (len(some), sum(scores[one] for one in some), [name in some for name in names])  # noqa: E731
    return set(max(lists, key=worth)) if lists else None


@st.composite
def cases(draw):
    """A small choice: standings, places, and up to three limits with caps and kept places."""
    names = [f"e{place}" for place in range(draw(st.integers(1, 8)))]
    scores = {name: Decimal(draw(st.integers(0, 9))) for name in names}
    limits = []
    for kind, groups in (("unit", "UVW"), ("type", "ST"), ("region", "PQ")):
        belongs = {name: draw(st.sampled_from(["", *groups])) for name in names}
        caps = draw(st.none() | st.integers(0, 2) | st.dictionaries(st.sampled_from(groups), st.integers(0, 2)))
        least = draw(st.just({}) | st.dictionaries(st.sampled_from(groups), st.integers(0, 2), max_size=1))
        limits.append(Limit(kind, belongs, caps, least if kind == "type" else {}))
    return rank_entries(scores), draw(st.integers(0, 5)), limits[: draw(st.integers(0, 3))]


@settings(max_examples=120, deadline=None)
@given(case=cases(), reserves=st.integers(0, 3))
def test_lists_and_reasons_are_those_of_all_lists_there_are(case, reserves):
    standings, total, limits = case
    best = by_enumeration(standings, total, limits)
    if best is None:
        with pytest.raises(ScoringError, match="kept for"):
            choose_under_quotas(standings, total=total, limits=limits, reserves=reserves)
        return
    found = choose_under_quotas(standings, total=total, limits=limits, reserves=reserves)
    chosen = {one.entry for one in found if one.outcome is Outcome.CHOSEN}
    assert chosen == best
    for one in found:
        assert_reason(one, standings, total, limits, chosen)


def assert_reason(one, standings, total, limits, chosen):
    """The reason is what binds: were it otherwise, the outcome would be."""
    all_limits = [(one.entry, limit.name) for limit in limits]
    if one.code == "kept_place":
        without = [
            Limit(
                limit.name,
                limit.groups,
                limit.at_most,
                {k: v for k, v in limit.at_least.items() if k != one.params["group"]},
            )
            if limit.name == one.params["limit"]
            else limit
            for limit in limits
        ]
        assert one.entry not in by_enumeration(standings, total, without)
    elif one.code == "above_line":
        assert one.params["points"] >= 0
    elif one.code == "cap_full" or "cap" in one.params:
        freed = [(one.entry, one.params["limit"])]
        assert one.entry in by_enumeration(standings, total, limits, freed)
        assert sum(limit_of(limits, one).groups[other] == one.params["group"] for other in chosen) >= one.params["cap"]
    elif one.code == "outweighed":
        assert one.entry in by_enumeration(standings, total, limits, all_limits)
        assert all(
            one.entry not in by_enumeration(standings, total, limits, [pair]) for pair in full(one, limits, chosen)
        )
    elif one.code == "below_line":
        assert one.entry not in (by_enumeration(standings, total, limits, full(one, limits, chosen)) or ())
    if one.outcome is Outcome.RESERVE:
        assert any(within((chosen - {other}) | {one.entry}, limits) for other in chosen)
    if one.rival:
        assert within((chosen - {one.entry}) | {one.rival}, limits)
        assert one.margin == one.score - next(other.score for other in standings if other.entry == one.rival)


def limit_of(limits, one):
    """The limit that a reason names."""
    return next(limit for limit in limits if limit.name == one.params["limit"])


def full(one, limits, chosen):
    """The limits whose cap the entry's group has reached."""
    found = []
    for limit in limits:
        group = limit.groups.get(one.entry, "")
        cap = limit.at_most.get(group) if isinstance(limit.at_most, dict) else limit.at_most
        if group and cap is not None and sum(limit.groups.get(other, "") == group for other in chosen) >= cap:
            found.append((one.entry, limit.name))
    return found


def test_equal_sums_are_parted_from_the_top_down_also_when_no_scores_are_equal():
    # a + d and b + c are worth the same; only one of {a, b} and one of {c, d} may be chosen.
    standings = rank_entries({"a": Decimal(90), "b": Decimal(80), "c": Decimal(70), "d": Decimal(60)})
    pairs = [
        Limit("first", {"a": "x", "b": "x"}, 1),
        Limit("second", {"a": "y", "c": "y"}, 1),
        Limit("third", {"b": "z", "d": "z"}, 1),
    ]
    found = choose_under_quotas(standings, total=2, limits=pairs)
    assert [one.entry for one in found if one.outcome is Outcome.CHOSEN] == ["a", "d"]


def test_the_nearest_rival_is_told_with_the_margin():
    unit = Limit("unit", {"a": "U", "b": "U", "c": "V", "d": "W"}, 1)
    standings = rank_entries({"a": Decimal(90), "b": Decimal(89), "c": Decimal(70), "d": Decimal(60)})
    found = choose_under_quotas(standings, total=2, limits=[unit])
    assert [(one.entry, one.rival, one.margin) for one in found if one.rival] == [("a", "b", 1), ("c", "d", 10)]
