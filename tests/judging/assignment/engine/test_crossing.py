"""Panel rules that cross are all kept, and what that costs is proved to within a hair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_array

from judging.assignment.engine import middle
from judging.assignment.engine.certificate import bound_of
from judging.assignment.engine.core import core_of, divide
from judging.assignment.engine.instance import Family, Impossible, Instance, Need, Pairs, broken, pairs_of
from judging.assignment.engine.network import are_nested
from judging.assignment.engine.optimum import optimum
from judging.assignment.engine.rest import Cap, Rest
from judging.assignment.engine.tolls import broken_rules
from judging.assignment.engine.watch import Watch
from tests.judging.assignment.engine.small import best_grid, small_instance

SEEDS = st.integers(0, 100_000)


@pytest.fixture(autouse=True)
def no_way_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small problems be searched as large ones are, not settled by one program over all pairs."""
    monkeypatch.setattr(middle, "PAIRS", 0)


def crossing(n: int, m: int, seed: int, *, levels: int = 0, rules: int = 2) -> Instance:
    """Return a problem with cities and seniors, and if asked for recommending units and chairs."""
    lot = np.random.default_rng(seed)
    where, judges = lot.random((n, 2)), lot.random((m, 2))
    score = np.exp(-4 * np.linalg.norm(where[:, None] - judges[None], axis=2))
    load = 3 * n // m
    return Instance(
        score=np.round(score * levels) / levels if levels else score,
        allowed=lot.random((n, m)) < 0.95,
        wanted=np.full(n, 3),
        least=np.full(m, load // 2),
        most=np.full(m, load + load // 2 + 1),
        families=(Family(lot.integers(0, 8, m), 1, "city"), Family(lot.integers(-1, 6, m), 1, "unit"))[
            : max(1, rules - 2)
        ],
        needs=(Need(lot.random(m) < 0.45, 1, "senior"), Need(lot.random(m) < 0.5, 1, "chair"))[: max(1, rules - 2)],
    )


def best_with_fractions(instance: Instance) -> float:
    """Return the value of the linear program over all pairs."""
    n, m = instance.shape
    row, column = (side.ravel() for side in np.indices((n, m)))
    lines, right = [column, m + column], [instance.most, -instance.least]
    values, cells, begin = [np.ones(n * m), -np.ones(n * m)], [np.arange(n * m)] * 2, 2 * m
    for family in instance.families:
        labels = int(family.label.max()) + 1
        inside = np.nonzero(family.label[column] >= 0)[0]
        lines.append(begin + row[inside] * labels + family.label[column[inside]])
        cells.append(inside)
        values.append(np.ones(len(inside)))
        right.append(np.full(n * labels, family.most))
        begin += n * labels
    for need in instance.needs:
        inside = np.nonzero(need.member[column])[0]
        lines.append(begin + row[inside])
        cells.append(inside)
        values.append(-np.ones(len(inside)))
        right.append(np.full(n, -need.least))
        begin += n
    under = coo_array(
        (np.concatenate(values), (np.concatenate(lines), np.concatenate(cells))), shape=(begin, n * m)
    ).tocsr()
    entries = coo_array((np.ones(n * m), (row, np.arange(n * m))), shape=(n, n * m)).tocsr()
    limits = np.column_stack([np.zeros(n * m), instance.allowed.ravel()])
    found = linprog(
        -instance.score.ravel(),
        A_ub=under,
        b_ub=np.concatenate(right),
        A_eq=entries,
        b_eq=instance.wanted,
        bounds=limits,
    )
    return -float(found.fun)


@pytest.mark.parametrize(("levels", "rules"), [(0, 2), (4, 2), (0, 3)])
def test_plans_come_within_a_ten_thousandth_of_the_linear_program(levels, rules):
    instance = crossing(160, 45, 3, levels=levels, rules=rules)
    best = best_with_fractions(instance)
    found = optimum(instance, seed=3)
    assert broken(instance, found.pairs) == {}
    assert best * (1 - 1e-4) <= found.worth <= best + 1e-6
    assert bound_of(instance, found.proof) == pytest.approx(found.bound, rel=1e-9)
    assert found.gap <= 1e-4


def test_four_crossing_rules_are_kept_with_the_gap_told():
    instance = crossing(66, 24, 1, rules=4)
    found = optimum(instance)
    assert broken(instance, found.pairs) == {}
    assert found.worth <= best_with_fractions(instance) + 1e-6 <= found.bound + 2e-6
    assert found.gap <= 2e-3


def test_the_same_seed_gives_the_same_plan():
    instance = crossing(130, 50, 5, levels=4)  # more pairs than are decided all at once
    one, other = optimum(instance, seed=8), optimum(instance, seed=8)
    assert (one.pairs.column == other.pairs.column).all()


def test_crossing_rules_that_cannot_be_kept_are_refused():
    # Every senior sits in a city of its own kind, and the only two entries want two seniors of one city.
    instance = Instance(
        score=np.ones((2, 4)),
        allowed=np.ones((2, 4), dtype=bool),
        wanted=np.array([2, 2]),
        least=np.zeros(4, dtype=np.int64),
        most=np.full(4, 2),
        families=(Family(np.array([0, 0, 0, 1]), 1, "city"),),
        needs=(Need(np.array([True, True, False, False]), 2, "senior"),),
    )
    with pytest.raises(Impossible):
        optimum(instance)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_the_core_is_nested_and_every_plan_that_keeps_the_rules_keeps_it(seed):
    instance = small_instance(seed, rules=4, tight=0.2)
    rest, grid = Rest(instance), best_grid(instance)
    core = core_of(rest)
    assert are_nested(core.caps)
    if grid is not None:
        free = grid & ~instance.pinned.grid(*instance.shape)
        chosen = pairs_of(*np.nonzero(free))
        assert len(broken_rules(rest, chosen)) == 0
        eased = Rest(instance)
        eased.caps = core.caps
        assert len(broken_rules(eased, chosen)) == 0


def test_a_city_divides_into_its_seniors_and_its_others():
    none = np.zeros(0, dtype=np.int64)
    city = Cap(np.array([0, 0, 1, 1, -1]), np.array([1, 1]), np.array([1 * 2 + 0]))  # entry 1 has one of city 0 pinned
    others = Cap(np.array([-1, 0, -1, -1, 0]), np.array([2, 2]), none)
    divided, wider = divide(city, [others])
    assert divided.label.tolist() == [0, 1, 2, 2, -1]
    assert wider.tolist() == [0, 0, 1]
    assert divided.room_at(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 2])).tolist() == [1, 0, 0, 1]


def test_rules_that_are_broken_are_named_with_entry_and_label():
    instance = crossing(10, 9, 0).but(families=(Family(np.repeat([0, 1, 2], 3), 1, "city"),), needs=())
    found = broken_rules(Rest(instance), Pairs(np.array([4, 4, 5, 5]), np.array([3, 5, 0, 8])))
    assert tuple(key.tolist() for key in found.key) == ([4], [0], [1])


def apart(n: int, m: int) -> Instance:
    """Return a problem in which the first entry can keep each of two rules, but not both: no matching is so large."""
    allowed = np.ones((n, m), dtype=bool)
    allowed[0] = np.arange(m) < 5
    city, unit = np.arange(m) % 12, np.arange(m) % 7
    city[:5], unit[:5] = (0, 1, 2, 0, 0), (0, 0, 0, 1, 2)
    return crossing(n, m, 4).but(
        allowed=allowed,
        least=np.zeros(m, dtype=int),
        families=(Family(city, 1, "city"), Family(unit, 1, "unit")),
        needs=(),
    )


def test_that_crossing_rules_cannot_be_kept_is_proved_beyond_small_problems():
    with pytest.raises(Impossible) as refusal:
        optimum(apart(60, 40))
    assert refusal.value.proved
    assert refusal.value.short == 1


def test_a_search_called_off_without_a_plan_says_that_none_is_known():
    watch = Watch(seconds=0.0)
    with pytest.raises(Impossible, match="not known") as refusal:
        optimum(apart(60, 40), watch=watch)
    assert not refusal.value.proved
    assert refusal.value.nearest is not None
    assert broken(apart(60, 40), refusal.value.nearest) == {"short": 1}
