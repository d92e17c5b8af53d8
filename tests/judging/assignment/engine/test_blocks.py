"""Blocks of the greatest entropy: entries get their places, groups no more than their room, and full ones cost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, minimize

from judging.assignment.engine.blocks import Blocks
from judging.assignment.engine.instance import Family, Instance
from judging.assignment.engine.rations import rations
from judging.assignment.engine.spread import widest_spread

SEEDS = st.integers(0, 100_000)


def nested_rules(seed: int, n: int = 12, m: int = 24) -> Instance:
    """Return a problem with units inside cities and cities inside two regions."""
    lot = np.random.default_rng(seed)
    unit = np.arange(m) // 2
    return Instance(
        score=lot.random((n, m)),
        allowed=lot.random((n, m)) < 0.9,
        wanted=lot.integers(2, 4, n),
        least=np.zeros(m),
        most=np.full(m, n),
        families=(
            Family(unit // 6, 2, "region"),
            Family(np.where(unit % 5 == 4, -1, unit // 2), 1, "city"),
            Family(unit, 1, "unit"),
        ),
    )


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.sampled_from([0.6, 0.9, 1.0]), st.floats(0.1, 12))
def test_every_entry_gets_its_places_and_only_full_groups_cost_more_than_what_is_around_them(seed, cap, heat):
    instance = nested_rules(seed % 200)
    problem = rations(instance, cap, 1 << 10, None)
    row, column = np.nonzero(problem.free)
    blocks = Blocks(problem, row, column, cap)
    row, column = row[blocks.order], column[blocks.order]
    raw = heat * instance.score[row, column]
    now = blocks.settle(raw)
    assert np.bincount(row, weights=now.p) == pytest.approx(instance.wanted, abs=1e-8)
    dearer = raw - now.z - blocks.price[row]  # than what the entry costs
    excused = np.zeros(len(row), dtype=bool)
    for family in instance.families:
        key = np.where(family.label[column] >= 0, row * 12 + family.label[column] + 1, 0)
        sums = np.bincount(key, weights=now.p)
        assert sums[1:].max() <= family.most + 1e-8
        excused |= (key > 0) & (sums[key] >= family.most - 1e-7)
    assert now.p == pytest.approx(np.minimum(cap, np.exp(np.minimum(now.z, 1.0))))
    assert dearer.min() >= -1e-9
    assert excused[dearer > 1e-9].all()


def test_no_other_probabilities_of_the_share_leave_more_to_chance():
    lot = np.random.default_rng(4)
    n, m, share = 4, 6, 0.93
    instance = Instance(
        score=lot.random((n, m)),
        allowed=np.ones((n, m), dtype=bool),
        wanted=np.full(n, 2),
        least=np.ones(m),
        most=np.full(m, 2),
        families=(Family(np.array([0, 0, 0, 1, 1, -1]), 1, "city"),),
    )
    found = widest_spread(instance, cap=0.8, share=share)
    best = widest_spread(instance, cap=1.0, share=1.0).bound
    p0 = np.full(n * m, 1 / 3)
    lines = [np.kron(np.eye(n), np.ones(m)), np.tile(np.eye(m), n), instance.score.ravel()[None]]
    lines += [np.kron(np.eye(n), (instance.families[0].label == label).astype(float)) for label in (0, 1)]
    low = np.concatenate([np.full(n, 2), np.ones(m), [share * best], np.zeros(2 * n)])
    high = np.concatenate([np.full(n + m, 2), [np.inf], np.ones(2 * n)])
    other = minimize(
        lambda p: float((p * np.log(p)).sum()),
        p0,
        jac=lambda p: np.log(p) + 1,
        bounds=[(1e-9, 0.8)] * (n * m),
        constraints=[
            LinearConstraint(lines[0], low[:n], high[:n]),
            LinearConstraint(np.vstack(lines[1:]), low[n:], high[n:]),
        ],
        method="SLSQP",
        options={"maxiter": 300, "ftol": 1e-12},
    )
    assert other.success
    assert found.entropy == pytest.approx(-other.fun, abs=2e-3)
