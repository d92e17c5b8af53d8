"""Why a problem has no answer: against HiGHS, against brute force over sets of entries, and on planted clashes."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.assignment.engine.cut import widest
from judging.assignment.engine.diagnosis import Cause, Clash, find_clash, lay_out
from judging.assignment.engine.instance import Family, Instance, Need
from tests.judging.assignment.engine.small import best_grid, small_instance

SEEDS = st.integers(0, 100_000)


def plain(allowed: np.ndarray, wanted: object = 2, most: object = 2, least: object = 0, **rules: object) -> Instance:
    n, m = allowed.shape
    return Instance(
        score=np.zeros((n, m)),
        allowed=allowed,
        wanted=np.broadcast_to(wanted, n),
        least=np.broadcast_to(least, m),
        most=np.broadcast_to(most, m),
        **rules,
    )


def shortage(instance: Instance, entries: tuple[int, ...]) -> int:
    """Return by how much entries want more than each judge can give them all."""
    chosen = list(entries)
    room = np.minimum(instance.most, instance.allowed[chosen].sum(axis=0)).sum()
    return int(instance.wanted[chosen].sum() - room)


def told(clash: Clash | None) -> tuple[object, ...]:
    assert clash is not None
    return clash.cause, clash.rules, list(clash.entries), list(clash.judges), clash.wanted, clash.room


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_a_clash_is_found_where_there_is_no_answer(seed):
    instance = small_instance(seed, rules=3)
    finding = find_clash(instance)
    assert finding.certain
    assert (finding.clash is not None) == (best_grid(instance) is None)


@settings(max_examples=50, deadline=None)
@given(SEEDS)
def test_the_named_entries_are_the_smallest_set_with_the_largest_shortage(seed):
    instance = small_instance(seed, rules=0, pins=False).but()
    instance = instance.but(least=np.zeros(instance.shape[1], dtype=np.int64))
    clash = find_clash(instance).clash
    n = instance.shape[0]
    sets = [chosen for size in range(1, n + 1) for chosen in combinations(range(n), size)]
    worst = max((shortage(instance, chosen) for chosen in sets), default=0)
    if worst <= 0:
        assert clash is None
        return
    assert clash is not None
    named = tuple(int(i) for i in clash.entries)
    assert (clash.short, shortage(instance, named)) == (worst, worst)
    assert all(set(named) <= set(chosen) for chosen in sets if shortage(instance, chosen) == worst)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_no_allowed_pair_leads_out_of_a_clash(seed):
    instance = small_instance(seed, rules=0, pins=False)
    finding = find_clash(instance)
    clash = finding.clash
    if clash is None or clash.cause is not Cause.ROOM:
        return
    others = np.setdiff1d(np.arange(instance.shape[1]), clash.judges)
    can_take = instance.most[others] > 0
    assert not instance.allowed[np.ix_(clash.entries, others[can_take])].any()
    assert sum(part.short for part in finding.parts) == clash.short


def test_a_flow_that_begins_with_no_pairs_finds_the_same_cut():
    lot = np.random.default_rng(3)
    instance = plain(lot.random((300, 90)) < 0.2, wanted=3, most=9)
    matter = lay_out(instance)
    none = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    whole, grown = widest(matter.rest), widest(matter.rest, pairs=none)
    assert whole.short == grown.short == 90
    assert (whole.entries == grown.entries).all()
    assert (whole.judges == grown.judges).all()


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.booleans())
def test_a_flow_that_grows_under_rules_finds_the_same_cut(seed, of_judges):
    lot = np.random.default_rng(seed)
    rules = {"families": (Family(lot.integers(-1, 4, 20), 1, "city"),)}
    instance = plain(lot.random((30, 20)) < 0.4, wanted=3, most=lot.integers(3, 6, 20), least=3, **rules)
    matter = lay_out(instance)
    none = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    whole = widest(matter.rest, matter.nest, of_judges=of_judges)
    grown = widest(matter.rest, matter.nest, of_judges=of_judges, pairs=none)
    assert whole.short == grown.short
    assert (whole.entries == grown.entries).all()
    assert (whole.judges == grown.judges).all()


def test_the_planted_clash_is_named_exactly():
    allowed = np.ones((40, 20), dtype=bool)
    allowed[5:12] = False
    allowed[5:12, 3:6] = True
    clash = find_clash(plain(allowed, wanted=3, most=6)).clash
    assert told(clash) == (Cause.ROOM, (), list(range(5, 12)), [3, 4, 5], 21, 18)


def test_two_clashes_that_share_no_judge_are_told_apart():
    allowed = np.zeros((8, 6), dtype=bool)
    allowed[:3, :2] = allowed[3:8, 2:6] = True
    finding = find_clash(plain(allowed, wanted=2, most=[2, 2, 2, 2, 2, 2]))
    assert [(list(part.entries), list(part.judges), part.short) for part in finding.parts] == [
        ([0, 1, 2], [0, 1], 2),
        ([3, 4, 5, 6, 7], [2, 3, 4, 5], 2),
    ]


def test_too_few_seniors_are_counted_as_places_for_seniors():
    senior = np.arange(10) < 2
    finding = find_clash(plain(np.ones((9, 10), dtype=bool), wanted=3, most=4, needs=(Need(senior, 1, "senior"),)))
    assert told(finding.clash) == (Cause.NEED, ("senior",), list(range(9)), [0, 1], 9, 8)
    assert finding.without == {"senior": True}


def test_the_rule_that_makes_it_impossible_is_named():
    city = Family(np.array([0, 0, 0, 1, 1, 1]), 1, "city")
    unit = Family(np.array([0, 1, 2, 3, 4, 5]), 1, "unit")
    finding = find_clash(plain(np.ones((3, 6), dtype=bool), wanted=3, most=3, families=(unit, city)))
    assert finding.clash is not None
    assert (finding.clash.cause, finding.clash.rules) == (Cause.FAMILY, ("city",))
    assert (finding.clash.wanted, finding.clash.room) == (9, 6)
    assert finding.without == {"unit": False, "city": True}


@pytest.mark.parametrize("seed", [628, 891, 1299, 2498, 5340])
def test_rules_that_clash_only_together_are_named_and_each_that_would_help(seed):
    instance = small_instance(seed, rules=3, pins=False)
    finding = find_clash(instance)
    helps = {
        **{
            rule.name: best_grid(instance.but(families=tuple(f for f in instance.families if f is not rule)))
            for rule in instance.families
        },
        **{
            rule.name: best_grid(instance.but(needs=tuple(f for f in instance.needs if f is not rule)))
            for rule in instance.needs
        },
    }
    assert finding.clash is not None
    assert finding.clash.cause is Cause.TOGETHER
    assert finding.without == {name: grid is not None for name, grid in helps.items()}


def test_least_loads_above_what_entries_give_are_named():
    allowed = np.ones((4, 6), dtype=bool)
    allowed[1:, :3] = False
    clash = find_clash(plain(allowed, wanted=2, most=5, least=1)).clash
    assert told(clash) == (Cause.MINIMUM, (), [0], [0, 1, 2], 3, 2)


@pytest.mark.parametrize("wanted", [0, 2])
def test_a_problem_without_judges_is_told_by_its_size(wanted):
    finding = find_clash(plain(np.zeros((2, 0), dtype=bool), wanted=wanted))
    assert (finding.clash is None) == (wanted == 0)


def test_a_kind_that_no_judge_is_of_names_every_entry_that_needs_it():
    nobody = Need(np.zeros(3, dtype=bool), 1, "senior")
    instance = Instance(
        np.ones((4, 3)),
        np.ones((4, 3), dtype=bool),
        np.array([2, 1, 0, 2]),
        np.zeros(3),
        np.full(3, 9),
        needs=(nobody,),
    )
    clash = find_clash(instance).clash
    assert clash is not None
    assert (clash.cause, clash.rules, clash.wanted, clash.room) == (Cause.NEED, ("senior",), 3, 0)
    assert clash.entries.tolist() == [0, 1, 3]
    assert clash.judges.tolist() == []
