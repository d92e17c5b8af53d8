"""The lowest affinity of an entry is as high as it can be, at the least cost in total."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.assignment.engine import exact, floor
from judging.assignment.engine.floor import fair
from judging.assignment.engine.instance import Impossible, Instance, broken, floor_of, total_of
from judging.assignment.engine.optimum import Solution, optimum
from tests.judging.assignment.engine.panels_of import all_plans, sums_of, tiny_instance
from tests.judging.assignment.engine.small import small_instance

DATA = Path(__file__).parent / "data"


def solved(instance: Instance) -> Solution | None:
    try:
        return optimum(instance)
    except Impossible:
        return None


def preflib1() -> Instance:
    with np.load(DATA / "preflib1.npz") as z:
        score = z["S"].astype(np.float32) / np.float32(z["S_scale"])
        allowed = np.ones(score.shape, dtype=bool)
        if "conflict_ij" in z.files:
            allowed[z["conflict_ij"][:, 0], z["conflict_ij"][:, 1]] = False
        return Instance(score=score, allowed=allowed, wanted=z["k"], least=z["lb"], most=z["ub"])


def ring(n: int, m: int, seed: int = 0, digits: int = 2) -> Instance:
    """Return a problem with coarse scores, three judges an entry and little room."""
    lot = np.random.default_rng(seed)
    load = -(-3 * n // m)
    return Instance(
        score=np.round(lot.random((n, m)) ** 2, digits),
        allowed=np.arange(m)[None, :] != lot.integers(0, m, n)[:, None],
        wanted=np.full(n, 3),
        least=np.full(m, load - 1),
        most=np.full(m, load + 1),
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_levels_are_the_best_of_all_plans_in_lexicographic_order(seed):
    instance = tiny_instance(seed)
    start = solved(instance)
    if start is not None:
        best = max(tuple(sums_of(instance, pairs)) for pairs in all_plans(instance))
        found = fair(instance, start.pairs, levels=instance.shape[0])
        assert tuple(sums_of(instance, found.pairs)) == best
        assert [level.value for level in found.levels] == pytest.approx(sorted(set(best)))


@pytest.mark.parametrize("block", range(4))
def test_chains_alone_reach_the_best_floor_and_the_best_total_at_it(monkeypatch, block):
    monkeypatch.setattr(floor, "is_small", lambda instance: False)
    for seed in range(12 * block, 12 * block + 12):
        instance = tiny_instance(seed)
        start = solved(instance)
        if start is not None:
            plans = [(sums_of(instance, pairs)[0], total_of(instance, pairs)) for pairs in all_plans(instance)]
            lowest = max(low for low, _ in plans)
            found = fair(instance, start.pairs, prices=start.prices)
            assert found.floor == pytest.approx(lowest, abs=1e-6)
            assert found.total == pytest.approx(max(total for low, total in plans if low >= lowest), abs=1e-6)
            assert found.bound >= lowest - 1e-6


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_no_rule_is_broken_and_no_entry_lies_below_the_floor(seed):
    instance = small_instance(seed)
    start = solved(instance)
    if start is not None:
        found = fair(instance, start.pairs, prices=start.prices, levels=2)
        assert broken(instance, found.pairs) == {}
        assert floor_of(instance, found.pairs) >= floor_of(instance, start.pairs) - 1e-9
        assert found.total <= start.total + 1e-9 * max(1.0, abs(start.total))


def test_a_higher_floor_never_has_a_higher_total():
    instance = ring(40, 16, seed=3)
    start = optimum(instance)
    lowest = floor_of(instance, start.pairs)
    plans = [
        fair(instance, start.pairs, prices=start.prices, aim=aim)
        for aim in [lowest, *np.linspace(lowest, 2, 5), np.inf]
    ]
    floors, totals = [plan.floor for plan in plans], [plan.total for plan in plans]
    assert plans[0].total == pytest.approx(start.total)
    assert floors == sorted(floors)
    assert totals == sorted(totals, reverse=True)
    assert plans[-1].met
    assert plans[-1].floor > lowest


def test_the_floor_is_that_of_a_mixed_integer_program(monkeypatch):
    monkeypatch.setattr(exact, "SMALL", 0)
    for seed in range(3):
        instance = ring(12, 8, seed=seed)
        start = optimum(instance)
        proved = exact.leximin(instance, start.pairs, levels=1)
        found = fair(instance, start.pairs, prices=start.prices)
        assert found.floor == pytest.approx(proved.bounds[0])
        assert found.total == pytest.approx(total_of(instance, proved.pairs), rel=1e-4)


def test_a_linear_program_bounds_the_floor():
    for seed in range(4):
        instance = ring(9, 6, seed=seed)
        start = optimum(instance)
        proved = exact.leximin(instance, start.pairs, levels=1)
        some = np.asarray(instance.score > 0.1)
        assert exact.floor_bound(instance, start.pairs, np.inf, some) >= proved.values[0] - 1e-7


def test_the_floor_of_a_real_conference_is_its_bound():
    instance = preflib1()
    start = optimum(instance)
    found = fair(instance, start.pairs, prices=start.prices, levels=3)
    assert start.total == pytest.approx(124.25)
    assert (found.floor, found.bound) == (0.75, 0.75)
    assert all(level.met for level in found.levels)


@pytest.mark.parametrize("factor", [1e-6, 1000.0])
def test_scaling_scores_scales_the_floor(factor):
    instance = ring(30, 12, seed=1)
    other = instance.but(score=instance.score * factor)
    one = fair(instance, optimum(instance).pairs)
    scaled = fair(other, optimum(other).pairs)
    assert scaled.floor == pytest.approx(factor * one.floor)
    assert scaled.total == pytest.approx(factor * one.total, rel=1e-4)
