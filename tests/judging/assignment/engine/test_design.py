"""A plan good for calibration ties judges together without costing affinity, the floor or a rule."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.assignment.engine.chains import Board
from judging.assignment.engine.comparison import DENSE, compare, links, parts_of
from judging.assignment.engine.connect import FEW_SEATS, RULES
from judging.assignment.engine.design import RIDGE, _State, design
from judging.assignment.engine.instance import Instance, Pairs, broken, floor_of, pairs_of
from judging.assignment.engine.linking import link
from judging.assignment.engine.optimum import optimum
from tests.judging.assignment.engine.panels_of import tiny_instance
from tests.judging.assignment.engine.small import small_instance
from tests.judging.assignment.engine.test_floor import preflib1, ring, solved


def halves(n: int, m: int, wanted: int = 3) -> tuple[Instance, Pairs]:
    """Return a problem whose optimum keeps two halves of the judges apart, and that plan."""
    side = np.arange(n)[:, None] % 2 == np.arange(m)[None, :] % 2
    lot = np.random.default_rng(1)
    load = wanted * n // m
    instance = Instance(
        score=np.where(side, 0.8, 0.5) + 0.1 * lot.random((n, m)),
        allowed=np.ones((n, m), dtype=bool),
        wanted=np.full(n, wanted),
        least=np.full(m, load),
        most=np.full(m, load),
    )
    return instance, optimum(instance).pairs


def by_pseudo_inverse(pairs: Pairs, judges: int) -> tuple[float, float, float]:
    """Return a_eff, lam2 and post from the textbook: the information matrix of judges after entries are eliminated."""
    n = int(pairs.row.max()) + 1
    x = np.zeros((len(pairs), n + judges))
    x[np.arange(len(pairs)), pairs.row] = 1
    x[np.arange(len(pairs)), n + pairs.column] = 1
    whole = x.T @ x
    reduced = whole[n:, n:] - whole[n:, :n] @ np.linalg.pinv(whole[:n, :n]) @ whole[:n, n:]
    values = np.linalg.eigvalsh(reduced)[1:]
    variance = np.linalg.pinv(reduced)
    differences = [variance[i, i] + variance[j, j] - 2 * variance[i, j] for i in range(judges) for j in range(i)]
    a_eff = 2 / values.mean() / np.mean(differences)
    return a_eff, values[0] / values.mean(), np.trace(np.linalg.inv(reduced + np.eye(judges))) / judges


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_measures_are_those_of_the_full_linear_model(seed):
    instance = ring(14, 7, seed=seed)
    pairs = optimum(instance).pairs
    found = compare(pairs, 7)
    if found.parts == 1 and found.judges == 7:
        a_eff, lam2, post = by_pseudo_inverse(pairs, 7)
        assert (found.a_eff, found.lam2, found.post) == pytest.approx((a_eff, lam2, post))


def test_measures_of_many_judges_are_those_of_few(monkeypatch):
    pairs = optimum(ring(60, 20)).pairs
    dense = compare(pairs, 20)
    monkeypatch.setattr("judging.assignment.engine.comparison.DENSE", 2)
    sparse = compare(pairs, 20)
    assert DENSE > 20
    assert (sparse.a_eff, sparse.lam2, sparse.post, sparse.error) == pytest.approx(
        (dense.a_eff, dense.lam2, dense.post, dense.error)
    )


def test_the_error_of_a_complete_design_is_the_known_one():
    pairs = pairs_of(np.repeat(np.arange(8), 4), np.tile(np.arange(4), 8))
    found = compare(pairs, 4)
    assert found.a_eff == pytest.approx(1)
    assert found.lam2 == pytest.approx(1)
    assert found.error_of(5.0) == pytest.approx(5.0 * np.sqrt(2 / 8))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_renaming_judges_changes_no_measure(seed):
    pairs = optimum(ring(12, 6, seed=seed)).pairs
    named = np.random.default_rng(seed).permutation(6)
    one, other = compare(pairs, 6), compare(pairs_of(pairs.row, named[pairs.column]), 6)
    assert (one.a_eff, one.lam2, one.post) == pytest.approx((other.a_eff, other.lam2, other.post))
    assert (one.parts, one.judges) == (other.parts, other.judges)


def test_the_fall_of_a_moved_seat_is_nearly_the_true_one():
    instance = ring(60, 20)
    board = Board(instance, optimum(instance).pairs)
    state = _State(board)
    seen = state.seen()
    dense = np.linalg.inv(information_of(board) + RIDGE * np.eye(20))
    assert state.inverse == pytest.approx(dense, abs=1e-5)
    true, told = [], []
    for edge in range(0, len(seen.moves.seat), 97):
        trial = board.copy()
        trial.panel.ravel()[seen.moves.seat[edge]] = seen.moves.end[edge]
        true.append(np.trace(dense) - np.trace(np.linalg.inv(information_of(trial) + RIDGE * np.eye(20))))
        told.append(seen.fall[edge])
    assert np.corrcoef(true, told)[0, 1] > 0.98


def information_of(board: Board) -> np.ndarray:
    """Return the information matrix of a board's plan, summed entry by entry."""
    judges = len(board.loads)
    matrix = np.zeros((judges, judges))
    for panel in board.panel:
        inside = panel[panel >= 0]
        matrix[np.ix_(inside, inside)] += np.eye(len(inside)) - 1 / max(len(inside), 1)
    return matrix


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.01, 0.1]))
def test_a_design_keeps_rules_floor_and_share(seed, give):
    instance = small_instance(seed)
    start = solved(instance)
    if start is not None:
        found = design(instance, start.pairs, give=give, prices=start.prices)
        assert broken(instance, found.pairs) == {}
        assert found.floor == floor_of(instance, found.pairs)
        assert found.after.parts <= max(found.before.parts, 1)
        if found.before.parts <= 1:
            assert found.floor >= floor_of(instance, start.pairs) - 1e-9
            assert found.total >= start.total - give * abs(start.total) - 1e-7
            assert found.after.post <= found.before.post + 1e-6


def test_ties_buy_calibration_for_nothing():
    instance = preflib1()
    start = optimum(instance)
    found = design(instance, start.pairs, give=0.0, prices=start.prices)
    assert found.total == pytest.approx(start.total)
    assert found.after.a_eff > max(0.9, found.before.a_eff + 0.05)


@pytest.mark.parametrize("factor", [1e-6, 1000.0])
def test_the_unit_of_scores_changes_little(factor):
    instance = ring(60, 20, digits=6)
    one = design(instance, optimum(instance).pairs, give=0.01)
    other = design(instance.but(score=instance.score * factor), optimum(instance).pairs, give=0.01)
    assert other.after.a_eff == pytest.approx(one.after.a_eff, abs=0.03)
    assert other.share == pytest.approx(one.share, abs=0.01)


def test_a_greater_share_buys_more():
    instance = ring(90, 30, digits=6)
    start = optimum(instance)
    plans = [design(instance, start.pairs, give=give, prices=start.prices) for give in (0.001, 0.005, 0.02)]
    assert all(one.after.a_eff < other.after.a_eff for one, other in pairwise(plans))
    assert all(plan.share >= 1 - give for plan, give in zip(plans, (0.001, 0.005, 0.02), strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_in_a_small_competition_no_exchange_of_two_judges_is_left_that_helps(seed):
    """A batch that spoiled the whole once ended the work: 1 % bought less than 0.2 %."""
    instance = nearby(60, 24, seed)
    best = optimum(instance)
    little, much = (design(instance, best.pairs, give=give, prices=best.prices) for give in (0.002, 0.01))
    assert little.after.a_eff < much.after.a_eff
    assert better_exchange(instance, much.pairs, best.total * 0.99, floor_of(instance, best.pairs)) < 0.01


def nearby(n: int, m: int, seed: int) -> Instance:
    """Return a problem of entries and judges in a square: fit is nearness, loads are within a third of the mean."""
    lot = np.random.default_rng(seed)
    entry, judge = lot.random((n, 2)), lot.random((m, 2))
    away = np.hypot(*(entry[:, None] - judge[None]).transpose(2, 0, 1))
    mean = 3 * n / m
    return Instance(
        score=np.exp(-2 * away),
        allowed=lot.random((n, m)) > 0.05,
        wanted=np.full(n, 3),
        least=np.full(m, int(0.7 * mean)),
        most=np.full(m, int(np.ceil(1.35 * mean))),
    )


def better_exchange(instance: Instance, pairs: Pairs, lowest: float, floor: float) -> float:
    """Return the share by which the best of 1,000 exchanges drawn by lot lowers the mean variance of a severity."""
    n, m = instance.shape
    lot, grid, score = np.random.default_rng(0), pairs.grid(n, m).astype(float), instance.score
    before, best = variance_of(grid), 0.0
    sums, total = (score * grid).sum(axis=1), float((score * grid).sum())
    for i, k in lot.integers(n, size=(1000, 2)):
        a, b = lot.choice(np.flatnonzero(grid[i])), lot.choice(np.flatnonzero(grid[k]))
        gain_i, gain_k = score[i, b] - score[i, a], score[k, a] - score[k, b]
        open_ = i != k and not grid[i, b] and not grid[k, a] and instance.allowed[i, b] and instance.allowed[k, a]
        if open_ and total + gain_i + gain_k >= lowest and min(sums[i] + gain_i, sums[k] + gain_k) >= floor:
            tried = grid.copy()
            tried[i, [a, b]], tried[k, [a, b]] = (0, 1), (1, 0)
            best = max(best, 1 - variance_of(tried) / before)
    return best


def variance_of(grid: np.ndarray) -> float:
    """Return the trace of the pseudo-inverse of what a plan tells about severities."""
    told = np.diag(grid.sum(axis=0)) - (grid.T / grid.sum(axis=1)) @ grid
    return float(np.trace(np.linalg.inv(told + 1 / len(told)))) - 1


def test_two_halves_are_linked_where_the_rules_permit():
    instance, pairs = halves(24, 12)
    assert compare(pairs, 12).parts == 2
    found = design(instance, pairs, give=0.0)
    assert (found.after.parts, found.apart) == (1, "")
    assert found.share > 0.97


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_with_enough_seats_and_no_conflicts_all_judges_are_linked(seed):
    lot = np.random.default_rng(seed)
    m, wanted = int(lot.integers(4, 12)), int(lot.integers(2, 4))
    n = int(lot.integers(m, 3 * m))
    block = np.arange(n)[:, None] % 3 == np.arange(m)[None, :] % 3
    instance = Instance(
        score=np.where(block, 0.9, 0.1) * lot.random((n, m)),
        allowed=np.ones((n, m), dtype=bool),
        wanted=np.full(n, wanted),
        least=np.full(m, wanted * n // m),
        most=np.full(m, wanted * n // m + 1),
    )
    found = design(instance, optimum(instance).pairs, give=0.01, floor=-1.0)
    assert (found.after.parts, found.apart) == (1, "")
    assert broken(instance, found.pairs) == {}


def test_too_few_seats_are_said():
    instance, pairs = halves(12, 12, wanted=1)
    assert design(instance, pairs).apart == FEW_SEATS


def test_rules_that_keep_halves_apart_are_said():
    instance, pairs = halves(24, 12)
    apart = instance.but(allowed=np.asarray(instance.score > 0.7))
    found = design(apart, pairs)
    assert (found.apart, found.after.parts, found.after.a_eff) == (RULES, 2, 0.0)


def test_links_count_the_entries_two_groups_share():
    pairs = pairs_of(np.array([0, 0, 1, 1, 2, 2]), np.array([0, 2, 0, 1, 2, 3]))
    assert links(pairs, np.array([0, 0, 1, 1])).tolist() == [[2, 1], [1, 2]]
    assert parts_of(pairs, 4).tolist() == [0, 0, 0, 0]


def test_panels_get_as_many_common_entries_as_asked():
    instance, pairs = halves(24, 12)
    found = link(instance, pairs, np.arange(12) % 2, np.array([[0, 4], [0, 0]]))
    assert found.links[0, 1] >= 4
    assert found.short == ()
    assert broken(instance, found.pairs) == {}


def test_links_that_cannot_be_made_are_counted():
    instance, pairs = halves(24, 12)
    apart = instance.but(allowed=np.asarray(instance.score > 0.7))
    found = link(apart, pairs, np.arange(12) % 2, np.array([[0, 4], [0, 0]]))
    assert found.short == ((0, 1, 4),)


def test_tiny_problems_are_designed_too():
    for seed in range(15):
        instance = tiny_instance(seed)
        start = solved(instance)
        if start is not None:
            assert broken(instance, design(instance, start.pairs).pairs) == {}
