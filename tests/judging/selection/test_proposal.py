"""Award levels laid over scores: places, ties, floors, groups, and a reason for everybody."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.selection.combine import Combination, combine
from judging.selection.models import TierBasis, TieRule
from judging.selection.proposal import Proposal, Scored, lay_tiers
from judging.selection.rules import BadTiers, TierSpec, require_tiers
from tests.factories.selection import percent


def scored(*scores: float, groups: str = "") -> list[Scored]:
    ordered = sorted(scores, reverse=True)
    return [
        Scored(f"e{n:03d}", Decimal(str(score)), ordered.index(score) + 1, groups[n] if groups else "")
        for n, score in enumerate(scores)
    ]


def levels(proposal: Proposal) -> list[int | None]:
    return [proposal.placed[key].level for key in sorted(proposal.placed)]


def codes(proposal: Proposal) -> list[str]:
    return [proposal.placed[key].reason["code"] for key in sorted(proposal.placed)]


def test_23_entries_at_15_25_35_percent_give_3_6_8() -> None:
    proposal = lay_tiers(scored(*range(23)), percent(15, 25, 35))
    assert [proposal.granted(level) for level in (0, 1, 2, None)] == [3, 6, 8, 6]


def test_equal_scores_at_the_line_all_come_in_when_ties_expand() -> None:
    proposal = lay_tiers(scored(90, 85, 85, 80), [TierSpec("A", TierBasis.COUNT, Decimal(2))])
    assert levels(proposal) == [0, 0, 0, None]
    assert codes(proposal) == ["above_line", "on_line", "tie_expanded", "below_line"]


def test_equal_scores_at_the_line_all_stay_out_when_ties_contract() -> None:
    tier = TierSpec("A", TierBasis.COUNT, Decimal(2), tie_rule=TieRule.CONTRACT)
    proposal = lay_tiers(scored(90, 85, 85, 80), [tier])
    assert levels(proposal) == [0, None, None, None]
    assert codes(proposal) == ["on_line", "tie_contracted", "below_line", "below_line"]


def test_chain_decides_between_equal_scores() -> None:
    tier = TierSpec("A", TierBasis.COUNT, Decimal(1), tie_rule=TieRule.CHAIN)
    entries = [Scored("e1", Decimal(85), 2), Scored("e2", Decimal(85), 1)]
    proposal = lay_tiers(entries, [tier])
    assert levels(proposal) == [None, 0]
    assert codes(proposal) == ["full", "on_line"]


def test_floor_passes_entries_to_the_level_they_reach() -> None:
    tiers = [TierSpec("A", TierBasis.FLOOR, Decimal(90)), TierSpec("B", TierBasis.FLOOR, Decimal(80))]
    proposal = lay_tiers(scored(95, 88, 70), tiers)
    assert levels(proposal) == [0, 1, None]
    assert proposal.placed["e001"].reason == {
        "code": "below_floor",
        "params": {"tier": "A", "points": "2", "given": "B"},
    }


def test_reason_names_the_points_to_the_line() -> None:
    proposal = lay_tiers(scored(91.24, 90, 84.5), [TierSpec("A", TierBasis.COUNT, Decimal(2))])
    assert [proposal.placed[f"e00{n}"].reason["params"] for n in range(3)] == [
        {"tier": "A", "points": "1.24"},
        {"tier": "A", "points": "0"},
        {"tier": "A", "points": "5.5"},
    ]


def test_each_group_has_its_own_places_and_line() -> None:
    proposal = lay_tiers(scored(95, 94, 93, 70, 69, 68, groups="aaabbb"), percent(34))
    assert levels(proposal) == [0, None, None, 0, None, None]
    assert [(line.group, line.places, line.score) for line in proposal.lines] == [
        ("a", 1, Decimal(95)),
        ("b", 1, Decimal(70)),
    ]


def test_round_that_only_admits_keeps_out_who_misses_its_floor() -> None:
    now = [Scored("e1", Decimal(70), 1), Scored("e2", Decimal(55), 2)]
    how = Combination(mode="gate", floor=Decimal(60))
    before = {"e1": Decimal(80), "e2": Decimal(95)}
    combined = combine(now, before, how, maxima=(Decimal(100), Decimal(100)))
    proposal = lay_tiers(combined, [TierSpec("A", TierBasis.COUNT, Decimal(2))])
    assert levels(proposal) == [0, None]
    assert proposal.placed["e2"].reason == {"code": "below_gate", "params": {"points": "5"}}
    assert [one.score for one in combined] == [Decimal(80), Decimal(95)]


def test_rounds_are_weighted_on_shares_of_100() -> None:
    now = [Scored("e1", Decimal(14), 2), Scored("e2", Decimal(28), 1)]
    how = Combination(mode="weight", weight=Decimal("0.6"))
    before = {"e1": Decimal(90), "e2": Decimal(50)}
    combined = combine(now, before, how, maxima=(Decimal(100), Decimal(28)))
    assert [(one.score, one.rank) for one in combined] == [(Decimal("74.00"), 1), (Decimal("70.00"), 2)]


def test_later_round_alone_decides_by_default() -> None:
    now = [Scored("e1", Decimal(14), 1)]
    assert combine(now, {"e1": Decimal(1)}, Combination(), maxima=(Decimal(1), Decimal(1))) == now


@pytest.mark.parametrize(
    "tiers",
    [
        percent(60, 41),
        [TierSpec("A", TierBasis.COUNT, Decimal(1)), TierSpec("A", TierBasis.COUNT, Decimal(2))],
        [TierSpec("A", TierBasis.COUNT, Decimal("1.5"))],
        [TierSpec("A", TierBasis.FLOOR, Decimal(-1))],
        [*percent(5), TierSpec("B", TierBasis.COUNT, Decimal(1), tie_rule=TieRule.CHAIN)],
    ],
)
def test_levels_that_contradict_one_another_are_refused(tiers: list[TierSpec]) -> None:
    with pytest.raises(BadTiers):
        require_tiers(tiers)


GROUPS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abc")), min_size=1, max_size=60)
SHARES = st.lists(st.integers(0, 33), min_size=1, max_size=3)


@given(GROUPS, SHARES, st.sampled_from(TieRule))
def test_everybody_has_a_reason_and_better_scores_never_get_less(
    rows: list[tuple[int, str]], shares: list[int], tie: TieRule
) -> None:
    entries = scored(*[score for score, _ in rows], groups="".join(group for _, group in rows))
    proposal = lay_tiers(entries, percent(*shares, tie_rule=tie))
    assert set(proposal.placed) == {entry.key for entry in entries}
    assert all(one.reason["code"] for one in proposal.placed.values())
    depth = {entry.key: _depth(proposal, entry) for entry in entries}
    for better in entries:
        for worse in entries:
            if better.group == worse.group and better.score > worse.score:
                assert depth[better.key] <= depth[worse.key]


def _depth(proposal: Proposal, entry: Scored) -> int:
    level = proposal.placed[entry.key].level
    return 99 if level is None else level


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60, unique=True), SHARES)
def test_apportioned_places_are_all_given_and_no_more(scores: list[int], shares: list[int]) -> None:
    proposal = lay_tiers(scored(*scores), percent(*shares))
    exact = sum(shares) * len(scores) / 100
    given_places = sum(line.granted for line in proposal.lines)
    assert abs(given_places - exact) <= 0.5
    assert given_places == sum(line.places or 0 for line in proposal.lines)
