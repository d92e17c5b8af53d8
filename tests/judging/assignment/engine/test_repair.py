"""A repaired plan keeps every begun ballot, changes least, and is the best among the plans that do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.assignment.engine.instance import (
    NO_PAIRS,
    Family,
    Impossible,
    Instance,
    Need,
    Pairs,
    broken,
    pairs_of,
    total_of,
)
from judging.assignment.engine.optimum import optimum
from judging.assignment.engine.repair import repair
from tests.judging.assignment.engine.small import best_grid, small_instance
from tests.judging.assignment.engine.test_floor import ring, solved


def codes(pairs: Pairs) -> set[tuple[int, int]]:
    return set(zip(pairs.row.tolist(), pairs.column.tolist(), strict=True))


def struck(instance: Instance, pairs: Pairs, seed: int) -> Instance:
    """Let a judge fall out, or withdraw an entry, or forbid two pairs, or want one judge more for an entry."""
    lot = np.random.default_rng(seed)
    n, m = instance.shape
    match int(lot.integers(0, 4)):
        case 0:
            gone = np.arange(m) == lot.integers(0, m)
            return instance.but(most=np.where(gone, 0, instance.most), least=np.where(gone, 0, instance.least))
        case 1:
            return instance.but(wanted=np.where(np.arange(n) == lot.integers(0, n), 0, instance.wanted))
        case 2:
            allowed = instance.allowed.copy()
            chosen = lot.integers(0, len(pairs), 2)
            allowed[pairs.row[chosen], pairs.column[chosen]] = False
            return instance.but(allowed=allowed)
        case _:
            return instance.but(wanted=instance.wanted + (np.arange(n) == lot.integers(0, n)))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_a_repair_is_the_lexicographic_best_of_all_plans(seed):
    instance = small_instance(seed, rules=1, pins=False, tight=0.3)
    start = solved(instance)
    if start is None or not len(start.pairs):
        return
    now = struck(instance, start.pairs, seed)
    lot = np.random.default_rng(seed)
    chosen = lot.random(len(start.pairs)) < 0.3
    begun = Pairs(start.pairs.row[chosen], start.pairs.column[chosen])
    alive = {(i, j) for i, j in codes(start.pairs) if now.allowed[i, j] and now.wanted[i] > 0 and now.most[j] > 0}
    held = sorted(codes(begun) & alive)
    pinned = pairs_of(np.array([i for i, _ in held]), np.array([j for _, j in held]))
    kept = np.zeros(now.shape)
    for pair in alive:
        kept[pair] = 100.0
    best = best_grid(now.but(pinned=pinned), weight=now.score + kept)
    if best is None:
        with pytest.raises(Impossible):
            repair(now, start.pairs, begun)
        return
    found = repair(now, start.pairs, begun)
    assert broken(now.but(pinned=pinned), found.pairs) == {}
    assert codes(found.pairs) >= codes(begun) & alive
    assert codes(found.void) == codes(begun) - alive
    assert found.moved == len(alive) - int(best[kept > 0].sum())
    assert found.total == pytest.approx(float(now.score[best].sum()), abs=1e-6)
    assert found.gap <= 1e-4


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_list_of_changes_turns_the_old_plan_into_the_new(seed):
    instance = ring(20, 10, seed=seed)
    start = optimum(instance)
    gone = np.arange(10) == seed % 10
    now = instance.but(most=np.where(gone, 0, instance.most + 1), least=np.where(gone, 0, instance.least))
    found = repair(now, start.pairs, NO_PAIRS)
    after = codes(start.pairs)
    for change in found.changes:
        after -= {(change.entry, j) for j in change.out}
        after |= {(change.entry, j) for j in change.into}
        assert set(change.forced) <= {seed % 10}
    assert after == codes(found.pairs)
    assert found.cost == pytest.approx(start.total - total_of(now, found.pairs))


def test_nothing_changes_when_nothing_happened():
    instance = ring(20, 10)
    start = optimum(instance)
    found = repair(instance, start.pairs, NO_PAIRS)
    assert (found.changes, found.moved, found.cost) == ((), 0, 0.0)


def test_a_judge_who_falls_out_takes_no_ballot_from_others():
    instance = ring(60, 20, digits=4)
    start = optimum(instance)
    gone = np.arange(20) < 2
    now = instance.but(most=np.where(gone, 0, instance.most + 2), least=np.where(gone, 0, instance.least))
    found = repair(now, start.pairs, start.pairs)
    assert found.moved == 0
    assert all(set(change.out) <= {0, 1} for change in found.changes)
    assert len(found.void) == int((start.pairs.column < 2).sum())


def test_a_new_entry_gets_judges_and_the_others_keep_theirs():
    instance = ring(20, 10)
    start = optimum(instance)
    lot = np.random.default_rng(4)
    now = Instance(
        score=np.vstack([instance.score, lot.random((1, 10))]),
        allowed=np.vstack([instance.allowed, np.ones((1, 10), dtype=bool)]),
        wanted=np.append(instance.wanted, 3),
        least=instance.least,
        most=instance.most,
    )
    found = repair(now, start.pairs, NO_PAIRS)
    assert [change.entry for change in found.changes] == [20]
    assert len(found.changes[0].into) == 3


def test_least_loads_move_others_only_as_far_as_they_must():
    instance = Instance(
        score=np.array([[0.9, 0.2, 0.1], [0.8, 0.7, 0.1], [0.1, 0.3, 0.6]]),
        allowed=np.ones((3, 3), dtype=bool),
        wanted=np.ones(3, dtype=int),
        least=np.ones(3, dtype=int),
        most=np.full(3, 2),
    )
    before = pairs_of(np.array([0, 1, 2]), np.array([0, 1, 2]))
    now = instance.but(wanted=np.array([2, 0, 1]))
    found = repair(now, before, NO_PAIRS)
    assert codes(found.pairs) == {(0, 0), (0, 1), (2, 2)}
    assert found.moved == 0


def test_a_repair_under_rules_that_cross_touches_none_but_those_who_lost_a_judge():
    lot = np.random.default_rng(2)
    rules = (Family(lot.integers(0, 9, 40), 1, "city"),), (Need(lot.random(40) < 0.5, 1, "senior"),)
    instance = ring(120, 40, digits=4).but(families=rules[0], needs=rules[1])
    start = optimum(instance)
    gone = np.arange(40) < 2
    now = instance.but(most=np.where(gone, 0, instance.most + 2), least=np.where(gone, 0, instance.least))
    found = repair(now, start.pairs, start.pairs)
    assert broken(now, found.pairs) == {}
    assert found.moved == 0
    assert {change.entry for change in found.changes} == set(start.pairs.row[start.pairs.column < 2].tolist())
    assert found.gap <= 0.05
