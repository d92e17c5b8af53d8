"""Competitions of the usual size against a whole-number program over all pairs: nothing lost, nothing called impossible.

Judges who live near one another fit the same entries: the best of an entry then come from one or two cities, and the
others that a rule asks for stand far down.
"""

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from judging.assignment.engine.certificate import bound_of
from judging.assignment.engine.instance import Family, Impossible, Instance, Need, broken
from judging.assignment.engine.optimum import optimum


def of_regions(n: int, m: int, k: int, seed: int, kind: str) -> Instance:
    """Return entries and judges in a square cut into sectors, barely more cities than an entry has judges."""
    lot = np.random.default_rng(seed)
    entry, judge = lot.random((n, 2)), lot.random((m, 2))
    away = np.hypot(*(entry[:, None] - judge[None]).transpose(2, 0, 1))
    sector = (np.arctan2(*(judge - 0.5).T) + np.pi) / (2 * np.pi) * (k + 1 + seed % 2)
    families = [Family(sector.astype(np.int64), 1, "city")]
    if kind == "units":
        families.append(Family(lot.integers(m // 2, size=m), 1, "unit"))
    needs = (Need(lot.random(m) < 0.5, 1, "senior"),) if kind == "seniors" else ()
    return Instance(
        score=np.exp(-2 * away),
        allowed=lot.random((n, m)) > 0.05,
        wanted=np.full(n, k),
        least=np.full(m, int(0.5 * n * k / m)),
        most=np.full(m, int(np.ceil(1.6 * n * k / m))),
        families=tuple(families),
        needs=needs,
    )


def best_of_all(instance: Instance) -> float:
    """Return the greatest total of any plan, by HiGHS."""
    (n, m), p = instance.shape, instance.score.size
    row, column = np.divmod(np.arange(p), m)

    def sums(place: np.ndarray, inside: np.ndarray, count: int) -> coo_array:
        return coo_array((np.ones(len(inside)), (place, inside)), shape=(count, p)).tocsr()

    limits = [
        LinearConstraint(sums(row, np.arange(p), n), instance.wanted, instance.wanted),
        LinearConstraint(sums(column, np.arange(p), m), instance.least, instance.most),
    ]
    for family in instance.families:
        labels = int(family.label.max()) + 1
        place = row * labels + family.label[column]
        limits.append(LinearConstraint(sums(place, np.arange(p), n * labels), -np.inf, family.most))
    for need in instance.needs:
        inside = np.flatnonzero(need.member[column])
        limits.append(LinearConstraint(sums(row[inside], inside, n), need.least, np.inf))
    found = milp(
        -instance.score.ravel(),
        integrality=np.ones(p),
        bounds=Bounds(0, instance.allowed.ravel().astype(float)),
        constraints=limits,
        options={"mip_rel_gap": 1e-7},
    )
    return -float(found.fun)


@pytest.mark.parametrize("kind", ["city", "units", "seniors"])
@pytest.mark.parametrize(("n", "m", "k", "seed"), [(40, 60, 3, 2), (60, 40, 4, 0), (60, 40, 4, 5)])
def test_no_plan_is_better_than_ours(n, m, k, seed, kind):
    instance = of_regions(n, m, k, seed, kind)
    best, found = best_of_all(instance), optimum(instance)
    assert broken(instance, found.pairs) == {}
    assert found.total == pytest.approx(best, rel=1e-4)
    assert found.gap <= 1e-4
    assert bound_of(instance, found.proof) >= best - 1e-6


def test_a_search_settles_what_prices_cannot_show():
    instance = of_regions(60, 40, 4, 5, "seniors").but(score=np.round(of_regions(60, 40, 4, 5, "seniors").score, 1))
    found = optimum(instance)
    assert found.searched
    assert found.gap == 0
    assert found.total == pytest.approx(best_of_all(instance), rel=1e-7)
    assert found.bound == pytest.approx(bound_of(instance, found.proof), rel=1e-9)


def test_the_seed_decides_between_equals_and_nothing_else():
    instance = of_regions(40, 60, 3, 2, "units")
    even = instance.but(score=np.round(instance.score, 1))
    one, again, other = (optimum(even, seed=seed) for seed in (1, 1, 2))
    assert one.total == pytest.approx(other.total, rel=1e-9)
    assert np.array_equal(one.pairs.column, again.pairs.column)
    assert not np.array_equal(one.pairs.column, other.pairs.column)


def test_what_cannot_be_is_refused_by_the_search():
    instance = of_regions(40, 60, 3, 2, "units")
    lone = instance.but(allowed=instance.allowed & (instance.families[0].label > 1))
    with pytest.raises(Impossible):
        optimum(lone)
