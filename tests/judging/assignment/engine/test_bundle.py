"""Draws under panel rules that cross: whole plans that keep every rule, exact probabilities, the bound of all pairs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.assignment.engine.bundle import bundle, plans_for
from judging.assignment.engine.digests import chances_digest
from judging.assignment.engine.instance import Family, Impossible, Instance, Need, Pairs, broken, loads_of, pairs_of
from judging.assignment.engine.lottery import Terms, broken_limits, faults, in_order, prepare
from judging.assignment.engine.marginals import Marginals
from judging.assignment.engine.rations import Together, do_cross
from judging.assignment.engine.rest import Cap
from judging.assignment.engine.sampler import draw
from judging.assignment.engine.shares import Unfinished
from judging.assignment.engine.watch import Progress, Watch
from tests.judging.assignment.engine.test_random_mode import linear_program

SEEDS = st.integers(0, 100_000)
TERMS = Terms(cap=0.5, bits=2)
ENTRIES, JUDGES = [f"K{i:02}" for i in range(16)], [f"J{j:02}" for j in range(15)]


def crossed(seed: int, **changes: object) -> Instance:
    """Return a problem with cities, units and seniors, each of which crosses the others."""
    lot = np.random.default_rng(seed)
    n, m = 16, 15
    problem = Instance(
        score=lot.random((n, m)),
        allowed=lot.random((n, m)) < 0.95,
        wanted=np.full(n, 3),
        least=np.full(m, 2),
        most=np.full(m, 5),
        pinned=pairs_of(np.array([2]), np.array([7])),
        families=(Family(np.arange(m) // 3, 1, "city"), Family(lot.permutation(m) % 6, 1, "unit")),
        needs=(Need(lot.permutation(m) < 7, 1, "senior"),),
    )
    return problem.but(**changes)


def whole(found: Marginals) -> list[Pairs]:
    """Return the plans of a bundle with their pinned pairs."""
    assert found.plans is not None
    row = np.append(found.plans.row, found.pinned.row)
    return [pairs_of(row, np.append(column, found.pinned.column)) for column in found.plans.column]


@settings(max_examples=4, deadline=None)
@given(SEEDS, st.sampled_from([0.34, 0.5, 0.8]))
def test_every_plan_and_every_draw_keeps_every_rule_and_no_pair_comes_too_often(seed, cap):
    instance = crossed(seed)
    try:
        found = bundle(instance, cap=cap, bits=3)
    except Impossible:
        return
    plans = whole(found)
    drawn = [draw(found, number) for number in range(6)]
    loads = np.array([loads_of(instance, pairs) for pairs in plans])
    assert [broken(instance, pairs) for pairs in (*plans, *drawn)] == [{}] * 14
    assert found.probability.max() <= cap
    assert sum(len(pairs) for pairs in plans) == found.units.sum() + 8 * len(found.pinned)
    for pairs in drawn:
        load = loads_of(instance, pairs)
        assert (np.minimum(loads.min(axis=0), np.floor(loads.mean(axis=0))) <= load).all()
        assert (np.maximum(loads.max(axis=0), np.ceil(loads.mean(axis=0))) >= load).all()


@settings(max_examples=4, deadline=None)
@given(SEEDS)
def test_the_bound_is_that_of_the_linear_program_and_the_expectation_near_it(seed):
    instance = crossed(seed)
    try:
        found = bundle(instance, cap=0.5, bits=2)
    except Impossible:
        return
    value = float((instance.score[found.row, found.column] * found.probability).sum())
    assert found.bound == pytest.approx(linear_program(instance, 0.5), rel=2e-6)
    assert found.expected == pytest.approx(value + instance.score[2, 7])
    assert 0.97 * found.bound <= found.expected <= found.bound


def copies(found: Marginals, count: int, n: int, m: int) -> Marginals:
    """Return so many bundles beside one another, which share no entry and no judge."""
    assert found.plans is not None
    shift = np.arange(count)
    plans = found.plans
    return replace(
        found,
        plans=replace(
            plans,
            row=(plans.row + n * shift[:, None]).ravel(),
            column=(plans.column[:, None] + m * shift[:, None]).reshape(len(plans), -1),
            caps=tuple(
                Cap(
                    np.tile(cap.label, count),
                    np.tile(cap.room, count),
                    (cap.taken + n * cap.labels * shift[:, None]).ravel(),
                )
                for cap in plans.caps
            ),
            least=np.tile(plans.least, count),
            most=np.tile(plans.most, count),
        ),
    )


def test_the_frequencies_of_draws_are_the_shares_of_the_plans():
    instance, count = crossed(3), 1500
    n, m = instance.shape
    found = bundle(instance, cap=0.5, bits=2)
    pairs = draw(copies(found, count, n, m), seed=1)
    drawn = np.bincount((pairs.row % n) * m + pairs.column % m, minlength=n * m)[found.row * m + found.column]
    p = found.probability
    z = (drawn[p < 1] - count * p[p < 1]) / np.sqrt(count * p[p < 1] * (1 - p[p < 1]))
    assert len(z) > 60
    assert np.abs(z).max() < 4.5


def test_plans_whose_number_is_no_power_of_two_all_take_part():
    instance = crossed(3)
    found = bundle(instance, cap=1.0 / 3.0)
    count, (n, m) = 120, instance.shape
    drawn = np.zeros(n * m)
    for seed in range(count):
        pairs = draw(found, seed)
        drawn[pairs.row * m + pairs.column] += 1
    p = found.probability
    z = (drawn[found.row * m + found.column] - count * p) / np.sqrt(count * p * (1 - p))
    assert len(whole(found)) == 18
    assert np.abs(z).max() < 4.5


def test_draws_are_more_than_the_plans_they_are_made_of():
    found = bundle(crossed(5), cap=0.5, bits=2)
    drawn = {tuple(draw(found, seed).column) for seed in range(40)}
    assert len(drawn) > 20


def test_a_large_gap_is_no_matter_of_course():
    lot = np.random.default_rng(8)
    n, m = 60, 30
    instance = Instance(
        score=lot.random((n, m)),
        allowed=lot.random((n, m)) < 0.95,
        wanted=np.full(n, 3),
        least=np.full(m, 4),
        most=np.full(m, 8),
        families=(Family(lot.integers(0, 8, m), 1, "city"),),
        needs=(Need(lot.random(m) < 0.5, 1, "senior"),),
    )
    found = bundle(instance, cap=0.5)
    assert found.bound - found.expected <= 1e-3 * found.bound


@pytest.mark.parametrize(("cap", "plans"), [(0.5, 16), (0.25, 16), (0.3, 20), (1 / 3, 18), (0.8, 20), (1.0, 16)])
def test_so_many_plans_are_made_that_the_cap_is_met(cap, plans):
    assert plans_for(cap) == plans


def test_a_cap_for_a_unit_may_cross_the_panel_rules():
    instance = crossed(7)
    unit = np.arange(15) % 4
    found = bundle(instance, cap=0.5, bits=2, together=Together(unit, 0.75))
    together = np.bincount(found.row * 4 + unit[found.column], weights=found.probability, minlength=64)
    assert together.max() <= 0.75
    assert found.expected <= bundle(instance, cap=0.5, bits=2).bound


@pytest.mark.parametrize("steps", [1, 4])  # in the linear program, and among the plans
def test_a_search_tells_how_far_it_is_and_can_be_called_off(steps):
    told: list[Progress] = []

    def hear(progress: Progress) -> None:
        told.append(progress)
        if len(told) == steps:
            watch.cancel()

    watch = Watch(told=hear)
    with pytest.raises(Unfinished):
        bundle(crossed(1), cap=0.5, bits=2, watch=watch)
    assert len(told) == steps
    assert told[-1].worth <= told[-1].bound


def test_a_bundle_can_be_sealed_and_checked():
    instance = crossed(1)
    assert do_cross(instance)
    lottery = prepare(instance, TERMS, rows=ENTRIES, columns=JUDGES)
    seal, pairs = lottery.seal("a secret"), lottery.draw("a secret")
    assert broken(instance, pairs) == {}
    assert faults(instance, lottery, "a secret", seal, pairs, terms=TERMS, rows=ENTRIES, columns=JUDGES) == ()
    assert faults(instance, lottery, "b", seal, pairs, terms=TERMS, rows=ENTRIES, columns=JUDGES) == ("seal", "draw")


def test_the_order_of_rows_and_columns_changes_no_draw_of_a_bundle():
    lot, instance = np.random.default_rng(4), crossed(2)
    rows, columns = lot.permutation(16), lot.permutation(15)
    names = [ENTRIES[i] for i in rows], [JUDGES[j] for j in columns]
    one = prepare(instance, TERMS, rows=ENTRIES, columns=JUDGES)
    other = prepare(in_order(instance, rows, columns), TERMS, rows=names[0], columns=names[1])
    first, second = one.draw("s"), other.draw("s")
    assert one.chances == other.chances
    assert {(ENTRIES[i], JUDGES[j]) for i, j in zip(first.row, first.column, strict=True)} == {
        (names[0][i], names[1][j]) for i, j in zip(second.row, second.column, strict=True)
    }


@pytest.mark.parametrize("what", ["rule", "seat"])
def test_a_plan_that_was_changed_is_found_even_if_its_digest_was_too(what):
    instance = crossed(1)
    lottery = prepare(instance, TERMS)
    plans = lottery.marginals.plans
    assert plans is not None
    if what == "rule":
        plans = replace(plans, caps=plans.caps[1:])
    else:
        column = plans.column.copy()
        column[0, 0] = column[1, 0]
        plans = replace(plans, column=column)
    marginals = replace(lottery.marginals, plans=plans)
    assert chances_digest(marginals) != lottery.chances
    assert broken_limits(instance, lottery.marginals, TERMS) == {}
    assert broken_limits(instance, marginals, TERMS) == {"plans": 4}
