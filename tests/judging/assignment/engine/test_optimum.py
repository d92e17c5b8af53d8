"""The optimum is what solvers find that know none of the engine's shortcuts, and its certificate proves it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import csr_array, kron

from judging.assignment.engine import network
from judging.assignment.engine.certificate import bound_of
from judging.assignment.engine.instance import (
    NO_PAIRS,
    BadInstance,
    Family,
    Impossible,
    Instance,
    Need,
    broken,
    loads_of,
    objective_of,
    pairs_of,
)
from judging.assignment.engine.optimum import Solution, optimum
from tests.judging.assignment.engine.small import best_grid, small_instance

DATA = Path(__file__).parent / "data"
SEEDS = st.integers(0, 100_000)


def plain(score: np.ndarray, *, wanted: int = 2, most: int = 3, least: int = 0, **more: object) -> Instance:
    """Return a problem in which all judges are alike but for the scores."""
    n, m = score.shape
    return Instance(score, np.ones((n, m), dtype=bool), np.full(n, wanted), np.full(m, least), np.full(m, most)).but(
        **more
    )


def answer(instance: Instance, seed: int = 0) -> Solution | None:
    try:
        return optimum(instance, seed=seed)
    except Impossible:
        return None


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_small_problems_with_any_rules_and_pins_are_solved_as_by_a_search_through_all(seed):
    instance = small_instance(seed, tight=0.4)
    grid, found = best_grid(instance), answer(instance, seed)
    assert (found is None) == (grid is None)
    if found is not None:
        assert broken(instance, found.pairs) == {}
        assert found.total == pytest.approx(instance.score[grid].sum(), abs=1e-6)
        assert found.worth - 1e-9 <= found.bound == pytest.approx(bound_of(instance, found.proof), abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.sampled_from([1, 4, 100]))
def test_problems_without_panel_rules_reach_the_value_of_the_linear_program(seed, levels):
    lot = np.random.default_rng(seed)
    n, m = 25, 10
    score = np.round(lot.random((n, m)) * levels) / levels if levels < 100 else lot.random((n, m))
    instance = plain(score, wanted=3, least=5, most=9, allowed=lot.random((n, m)) < 0.85)
    ones = csr_array(np.ones((1, m)))
    entries, judges = kron(csr_array(np.eye(n)), ones), kron(csr_array(np.ones((1, n))), csr_array(np.eye(m)))
    program = linprog(
        -instance.score.ravel(),
        A_eq=entries,
        b_eq=instance.wanted,
        A_ub=csr_array(np.vstack([judges.toarray(), -judges.toarray()])),
        b_ub=np.concatenate([instance.most, -instance.least]),
        bounds=np.column_stack([np.zeros(n * m), instance.allowed.ravel()]),
    )
    found = answer(instance, seed)
    assert (found is None) == (program.x is None)
    if found is not None:
        assert found.worth == pytest.approx(-program.fun, abs=1e-6)
        assert found.gap < 2e-7


def test_one_judge_for_one_entry_is_a_matching():
    score = np.random.default_rng(1).random((60, 60))
    row, column = linear_sum_assignment(score, maximize=True)
    assert optimum(plain(score, wanted=1, most=1)).total == pytest.approx(score[row, column].sum(), abs=1e-6)


def test_bids_of_a_conference_reach_the_best_known_total():
    with np.load(DATA / "preflib1.npz") as z:
        score = z["S"].astype(np.float32) / np.float32(z["S_scale"])
        instance = Instance(score, np.ones(score.shape, dtype=bool), z["k"], z["lb"], z["ub"])
    found = optimum(instance)
    assert found.total == 124.25
    assert bound_of(instance, found.proof) == pytest.approx(124.25, rel=2e-7)


def test_a_large_problem_needs_few_of_its_pairs_and_is_proved_on_all():
    lot = np.random.default_rng(5)
    where, judges = lot.random((700, 2)), lot.random((210, 2))
    score = np.exp(-4 * np.linalg.norm(where[:, None] - judges[None], axis=2)).astype(np.float32)
    city = lot.integers(0, 12, 210)
    instance = plain(score, wanted=3, least=6, most=14, families=(Family(city, 1, "city"),))
    found = optimum(instance)
    assert broken(instance, found.pairs) == {}
    assert found.gap < 2e-7
    assert bound_of(instance, found.proof) == pytest.approx(found.worth, rel=2e-7)


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.floats(1e-6, 1e9), st.floats(-1e6, 1e6))
def test_scores_may_be_scaled_and_shifted(seed, scale, shift):
    instance = small_instance(seed, tight=0.2)
    before = answer(instance)
    after = answer(instance.but(score=instance.score * scale + shift))
    assert (before is None) == (after is None)
    if before is not None:
        expected = before.total * scale + shift * len(before.pairs)
        assert after.total == pytest.approx(expected, abs=1e-6 * (scale + abs(shift)))


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_order_of_rows_and_columns_changes_neither_total_nor_a_plan_without_ties(seed):
    lot = np.random.default_rng(seed)
    score, allowed = lot.random((12, 7)), lot.random((12, 7)) < 0.9
    rows, columns = lot.permutation(12), lot.permutation(7)
    grid = np.ix_(rows, columns)
    before = answer(plain(score, most=4, allowed=allowed))
    after = answer(plain(score[grid], most=4, allowed=allowed[grid]))
    assert (before is None) == (after is None)
    if before is not None:
        assert after.total == pytest.approx(before.total)
        assert (after.pairs.grid(12, 7) == before.pairs.grid(12, 7)[grid]).all()


def test_seed_decides_between_equal_plans_and_nothing_else():
    instance = plain(np.zeros((40, 20)), wanted=3, least=6, most=6)
    plans = {tuple(optimum(instance, seed=seed).pairs.column) for seed in (1, 1, 2, 3)}
    assert len(plans) == 3


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_more_room_or_fewer_conflicts_never_cost(seed):
    instance = small_instance(seed, tight=0.3)
    before = answer(instance)
    if before is not None:
        assert answer(instance.but(most=instance.most + 1)).worth >= before.worth - 1e-6
        assert answer(instance.but(allowed=np.ones_like(instance.allowed))).worth >= before.worth - 1e-6


def test_a_pinned_pair_stays_though_it_breaks_every_rule_and_others_make_room():
    score = np.array([[0.0, 9.0, 8.0], [5.0, 4.0, 3.0]])
    instance = plain(
        score,
        most=2,
        allowed=np.array([[False, True, True], [True, True, True]]),
        pinned=pairs_of(np.array([0]), np.array([0])),
        families=(Family(np.array([0, 0, 1]), 1, "unit"),),
    )
    found = optimum(instance)
    assert [*zip(found.pairs.row.tolist(), found.pairs.column.tolist(), strict=True)] == [
        (0, 0),
        (0, 2),
        (1, 0),
        (1, 2),
    ]
    assert bound_of(instance, found.proof) == pytest.approx(found.worth, abs=1e-6)


def test_more_pinned_pairs_than_wanted_stand_alone():
    pinned = pairs_of(np.zeros(3, dtype=np.int64), np.arange(3))
    found = optimum(plain(np.ones((2, 4)), wanted=1, most=1, pinned=pinned))
    assert found.pairs.grid(2, 4).sum(axis=1).tolist() == [3, 1]


def test_a_linking_judge_keeps_seats_in_several_panels():
    links = pairs_of(np.arange(4), np.zeros(4, dtype=np.int64))
    found = optimum(plain(np.random.default_rng(0).random((8, 6)), most=3, pinned=links))
    assert found.pairs.grid(8, 6)[:4, 0].all()
    assert loads_of(plain(np.ones((8, 6))), found.pairs)[0] == 4


def test_a_wish_moves_the_choice_and_its_worth_but_not_the_affinity():
    score = np.array([[0.5, 0.6], [0.5, 0.5]])
    instance = plain(score, wanted=1, most=1, nudged=pairs_of(np.array([0]), np.array([0])), nudge=np.array([0.3]))
    found = optimum(instance)
    assert (found.pairs.column.tolist(), found.total, found.worth) == ([0, 1], 1.0, pytest.approx(1.3))
    assert bound_of(instance, found.proof) == pytest.approx(1.3) == objective_of(instance, found.pairs)


def test_judges_of_an_earlier_round_come_back_only_where_nobody_else_can():
    earlier = pairs_of(np.array([0, 1]), np.array([0, 1]))
    instance = plain(np.eye(2) + 0.1, wanted=1, most=1, nudged=earlier, nudge=np.full(2, -5.0))
    assert optimum(instance).pairs.column.tolist() == [1, 0]
    assert optimum(instance.but(allowed=np.eye(2, dtype=bool))).pairs.column.tolist() == [0, 1]


def test_scores_of_forbidden_pairs_and_full_judges_do_not_matter():
    score = np.array([[1e30, 1.0, 2.0], [1e30, 4.0, 3.0]])
    instance = plain(score, wanted=1, most=1, allowed=np.array([[False, True, True]] * 2))
    assert optimum(instance).total == 6.0
    full = plain(score, wanted=1, most=1).but(most=np.array([0, 1, 1]))
    assert optimum(full).total == 6.0
    assert bound_of(full, optimum(full).proof) == pytest.approx(6.0, rel=2e-7)


def test_a_sparse_matrix_is_taken_as_a_dense_one():
    score = np.random.default_rng(2).random((10, 6)) * (np.random.default_rng(3).random((10, 6)) < 0.3)
    assert optimum(plain(csr_array(score), most=5)).total == pytest.approx(optimum(plain(score, most=5)).total)


@pytest.mark.parametrize("shape", [(0, 3), (3, 4)])
def test_who_wants_nobody_gets_nobody(shape):
    found = optimum(plain(np.ones(shape), wanted=0))
    assert (len(found.pairs), found.total, found.bound, found.gap) == (0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("instance", "short"),
    [
        (plain(np.ones((3, 2)), wanted=3), 3),  # more judges wanted than there are
        (plain(np.ones((5, 4)), most=2), 2),  # ten places wanted, eight there
        (plain(np.ones((2, 4)), wanted=1, least=1), 2),  # four places must be filled, two are wanted
        (plain(np.ones((2, 3)), most=9, needs=(Need(np.zeros(3, dtype=bool), 1, "senior"),)), 2),
        (plain(np.ones((4, 4)), most=4, families=(Family(np.zeros(4, dtype=np.int64), 1, "unit"),)), 4),
    ],
)
def test_what_cannot_be_is_refused_with_the_places_that_lack(instance, short):
    with pytest.raises(Impossible) as refusal:
        optimum(instance)
    assert refusal.value.short == short


def test_a_score_that_is_no_number_is_refused():
    with pytest.raises(BadInstance):
        plain(np.array([[np.nan, 1.0, 1.0]]))
    with pytest.raises(BadInstance):
        plain(np.array([[np.inf, 1.0, 1.0]]))


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_lots_do_not_depend_on_which_other_pairs_there_are(seed):
    lot = np.random.default_rng(seed)
    pairs = pairs_of(lot.integers(0, 50, 30), lot.integers(0, 50, 30))
    lots = network.lots(pairs, seed)
    assert lots.min(initial=0) >= 0
    assert lots.max(initial=0) < network.LOT
    some = pairs_of(pairs.row[::2], pairs.column[::2])
    assert (network.lots(some, seed) == lots[::2]).all()


def test_no_pairs_have_no_lots():
    assert len(network.lots(NO_PAIRS, 0)) == 0
