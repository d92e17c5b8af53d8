"""Prices prove a bound whoever made them up; the engine's prove that its plan cannot be improved."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.assignment.engine.certificate import Prices, bound_of
from judging.assignment.engine.instance import Family, Instance, Need
from judging.assignment.engine.optimum import optimum
from tests.judging.assignment.engine.small import best_grid, small_instance

SEEDS = st.integers(0, 100_000)


def made_up(instance: Instance, seed: int) -> Prices:
    """Return prices and tolls that nobody has computed."""
    lot = np.random.default_rng(seed)
    n, m = instance.shape
    sizes = [int(f.label.max(initial=-1)) + 1 for f in instance.families] + [1] * len(instance.needs)
    rules = [(i, rule, label) for i in range(n) for rule, size in enumerate(sizes) for label in range(size)]
    row, rule, label = np.array(rules, dtype=np.int64).reshape(-1, 3).T
    return Prices(lot.normal(size=m), row, rule, label, lot.exponential(size=len(row)))


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_no_plan_is_worth_more_than_any_prices_allow(seed):
    instance = small_instance(seed, tight=0.2)
    grid = best_grid(instance)
    if grid is not None:
        assert bound_of(instance, made_up(instance, seed)) >= instance.score[grid].sum() - 1e-9


def test_a_bound_can_be_reckoned_by_hand():
    instance = Instance(
        score=np.array([[3.0, 2.0, 1.0], [3.0, 1.0, 1.0]]),
        allowed=np.ones((2, 3), dtype=bool),
        wanted=np.array([2, 1]),
        least=np.array([0, 0, 1]),
        most=np.array([1, 2, 2]),
        families=(Family(np.array([0, 0, 1]), 1, "unit"),),
        needs=(Need(np.array([True, False, True]), 1, "senior"),),
    )
    # Prices 2, 0, -1: entry 0 has 1, 2, 2 left; its toll of 1 on unit 0 leaves 0, 1, 2; entry 1 has 1, 1, 2 left.
    prices = Prices(
        np.array([2.0, 0.0, -1.0]), np.array([0, 1]), np.array([0, 1]), np.array([0, 0]), np.array([1.0, 0.5])
    )
    # Entry 0 takes 1 + 2, entry 1 takes 2; the prices bring in 2 - 1, the first toll 1, the second nothing.
    assert bound_of(instance, prices) == pytest.approx(3 + 2 + 1 + 1)


def test_an_entry_without_enough_judges_has_no_bound():
    instance = Instance(np.ones((1, 2)), np.array([[True, False]]), [2], [0, 0], [1, 1])
    assert bound_of(instance, Prices(np.zeros(2))) == -np.inf


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_nested_rules_leave_no_gap(seed):
    lot = np.random.default_rng(seed)
    unit = lot.integers(0, 8, 12)
    instance = Instance(
        score=np.round(lot.random((15, 12)), int(lot.integers(1, 4))),
        allowed=lot.random((15, 12)) < 0.95,
        wanted=lot.integers(1, 4, 15),
        least=np.full(12, 1),
        most=np.full(12, 6),
        families=(Family(unit, 1, "unit"), Family(unit // 3, 2, "region")),
        needs=(Need(unit // 3 != 1, 1, "from elsewhere"),),
    )
    if best_grid(instance) is not None:
        found = optimum(instance, seed=seed)
        assert bound_of(instance, found.proof) == pytest.approx(found.worth, rel=1e-6)
