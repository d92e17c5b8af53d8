"""What would make a problem possible: every repair does, and none of its kind is smaller."""

from itertools import combinations, combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.assignment.engine.diagnosis import find_clash
from judging.assignment.engine.instance import Family, Instance, Need
from judging.assignment.engine.repairs import Kind, Repair, repairs_of
from tests.judging.assignment.engine.small import best_grid, small_instance
from tests.judging.assignment.engine.test_diagnosis import plain

SEEDS = st.integers(0, 100_000)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_every_impossible_problem_has_repairs_and_each_makes_it_possible(seed):
    instance = small_instance(seed, tight=0.8, rules=3)
    finding = find_clash(instance)
    found = repairs_of(instance, finding)
    assert bool(found) == (finding.clash is not None)
    for repair in found:
        changed = repair.apply(instance)
        assert find_clash(changed).clash is None
        assert repair.certain
        assert best_grid(changed) is not None
        assert (changed.allowed == instance.allowed).all()
        assert repair.changes >= repair.bound or set(repair.used) != {repair.kind}


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_no_repair_of_its_kind_is_smaller(seed):
    instance = small_instance(seed, pins=False, rules=1)
    instance = instance.but(least=np.zeros(instance.shape[1], dtype=np.int64))
    for repair in repairs_of(instance):
        if set(repair.used) == {repair.kind} and repair.changes <= 3:
            assert not any(
                best_grid(other) is not None
                for count in range(repair.changes)
                for other in changed_otherwise(instance, repair, count)
            )


def changed_otherwise(instance: Instance, repair: Repair, count: int) -> list[Instance]:
    """Return the problem after every choice of so many changes of the repair's kind."""
    n, m = instance.shape
    if repair.kind is Kind.PLACES:
        choices = combinations_with_replacement(range(m), count)
        return [instance.but(most=instance.most + np.bincount(c, minlength=m)) for c in map(list, choices)]
    if repair.kind is Kind.FEWER:
        picked = [np.bincount(list(c), minlength=n) for c in combinations_with_replacement(range(n), count)]
        return [instance.but(wanted=instance.wanted - p) for p in picked if (p <= instance.wanted).all()]
    least_one = [need for need in instance.needs if need.least == 1]
    if repair.kind is Kind.WAIVE and least_one:
        marks = [np.isin(np.arange(n), c) for c in combinations(range(n), count)]
        need = least_one[0]
        return [instance.but(needs=(Need(need.member, 1, need.name, mark),)) for mark in marks]
    return []


def test_several_repairs_are_offered_the_cheapest_first():
    allowed = np.ones((40, 20), dtype=bool)
    allowed[5:12] = False
    allowed[5:12, 3:6] = True
    found = repairs_of(plain(allowed, wanted=3, most=6))
    assert [(repair.kind, repair.changes, repair.bound) for repair in found] == [
        (Kind.PLACES, 3, 3),
        (Kind.FEWER, 3, 3),
    ]
    assert list(np.nonzero(found[0].places)[0]) == [3, 4, 5]
    assert found[1].fewer.max() == 1
    assert set(np.nonzero(found[1].fewer)[0]) <= set(range(5, 12))


def test_nobody_bears_two_changes_while_another_bears_none():
    found = repairs_of(plain(np.ones((6, 4), dtype=bool), wanted=3, most=3))
    assert [(repair.kind, sorted(repair.places), sorted(repair.fewer)) for repair in found] == [
        (Kind.PLACES, [1, 1, 2, 2], [0] * 6),
        (Kind.FEWER, [0] * 4, [1] * 6),
    ]


def test_too_few_seniors_are_repaired_by_places_or_by_a_waived_rule():
    senior = np.arange(10) < 2
    found = repairs_of(plain(np.ones((9, 10), dtype=bool), wanted=3, most=4, needs=(Need(senior, 1, "senior"),)))
    assert [(repair.kind, repair.rule, repair.changes) for repair in found] == [
        (Kind.PLACES, "", 1),
        (Kind.WAIVE, "senior", 1),
    ]
    assert found[0].places[:2].sum() == 1


def test_a_city_rule_is_waived_only_for_the_entries_that_need_it():
    city = Family(np.array([0, 0, 0, 1, 1, 2]), 1, "city")
    allowed = np.ones((4, 6), dtype=bool)
    allowed[:2, 5] = False
    (waive, fewer) = repairs_of(plain(allowed, wanted=3, most=4, families=(city,)))
    assert (waive.kind, waive.rule, list(np.nonzero(waive.waived[0])[0])) == (Kind.WAIVE, "city", [0, 1])
    assert (fewer.kind, list(fewer.fewer)) == (Kind.FEWER, [1, 1, 0, 0])


def test_least_loads_are_lowered_or_entries_get_one_judge_more():
    allowed = np.ones((4, 6), dtype=bool)
    allowed[1:, :3] = False
    lower, further = repairs_of(plain(allowed, wanted=2, most=5, least=1))
    assert (lower.kind, lower.lower.sum(), lower.lower[:3].sum()) == (Kind.LOWER, 1, 1)
    assert (further.kind, list(further.further)) == (Kind.FURTHER, [1, 0, 0, 0])


@pytest.mark.parametrize("least", [0, 1])
def test_a_possible_problem_needs_no_repair(least):
    assert repairs_of(plain(np.ones((4, 4), dtype=bool), least=least)) == ()
