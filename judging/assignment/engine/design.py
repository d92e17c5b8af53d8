"""Design for calibration: among plans nearly as good as the best, the one in which severities are best estimable.

The measure that falls is tr (L + r I)^-1, the mean variance of a severity (see
:mod:`judging.assignment.engine.comparison`). Passing a seat from judge a to judge b cuts the ties of a to the rest of
the panel and makes those of b. To first order, and with what one tie alone takes off its own effect, a tie of strength
c between b and l lowers the trace by c d / (1 + c R) and one that is cut raises it by c d / (1 - c R), where
R = V_bb + V_ll - 2 V_bl, d the same of V V, and V the inverse. Exchanges of two judges (and moves to a free place) that
win most of `affinity + mu x fall` are made in batches that touch no entry and no judge twice; a batch that worsens the
whole is undone and halved; mu climbs until the share of affinity that may be given is used. Ties of affinity come
first, because they cost nothing.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from judging.assignment.engine.chains import EPS, Board, Moves, scale_of
from judging.assignment.engine.comparison import Comparison, compare, information
from judging.assignment.engine.connect import FEW_SEATS, RULES, connect
from judging.assignment.engine.instance import Floats, Instance, Ints, Pairs, floor_of, total_of
from judging.assignment.engine.watch import Watch

RIDGE = 0.3  # r: small enough that weakly tied judges weigh, large enough that single precision holds
STEPS = 16
CLIMB = 1.5  # of mu, per step
RAISES = 60  # of mu without a batch
ENOUGH = 3e-4  # share of the trace; two batches that win less end the work
SMALL = 100_000  # pairs up to which there is time for more batches
PATIENCE = 40  # of them
WIDTH = 24  # candidates of an entry in large problems
SEATS_SEEN = 400_000

Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """A plan good for calibration.

    Attributes
    ----------
    pairs
    total
        Its affinity.
    share
        Of the affinity of the plan it was made from; 1 - `give` at least, but for what linking judges costs.
    before, after
        How well severities can be told apart in the old and in the new plan.
    apart
        Why judges remain who cannot be compared: :data:`~judging.assignment.engine.connect.FEW_SEATS` or
        :data:`~judging.assignment.engine.connect.RULES`; empty when all are linked.
    floor
        Lowest affinity of an entry: at least that of the old plan, unless judges could not be linked otherwise.
    """

    pairs: Pairs
    total: float
    share: float
    before: Comparison
    after: Comparison
    apart: str
    floor: float


def design(
    instance: Instance,
    pairs: Pairs,
    *,
    give: float = 0.005,
    floor: float | Floats | None = None,
    prices: Floats | None = None,
    best: float | None = None,
    steps: int = STEPS,
    seed: int = 0,
    watch: Watch | None = None,
) -> Design:
    """Make a plan better for calibration within a share of affinity.

    Parameters
    ----------
    instance
    pairs
        The optimum or a fair plan.
    give
        Share of affinity that may be given up; 0 exchanges only what is worth the same.
    floor
        Lowest affinity of an entry, or of each, that is kept; that of `pairs` unless given.
    prices : float (m,), optional
        Of the judges, from the optimum.
    best
        Affinity of the optimum, from which `give` is counted; that of `pairs` unless given.
    steps
        Batches at most.
    seed
        Decides between candidates that are worth the same.
    watch
        May end the work early: the plan so far is as good as any.

    Returns
    -------
    Design
    """
    scale = scale_of(instance)
    if scale != 1.0:
        found = design(
            instance.but(score=instance.score / scale),
            pairs,
            give=give,
            floor=None if floor is None else floor / scale,
            prices=None if prices is None else prices / scale,
            best=None if best is None else best / scale,
            steps=steps,
            seed=seed,
            watch=watch,
        )
        return replace(found, total=found.total * scale, floor=found.floor * scale)
    n, m = instance.shape
    sums = np.bincount(pairs.row, weights=instance.score[pairs.row, pairs.column].astype(np.float64), minlength=n)
    if floor is None:
        served = sums[np.bincount(pairs.row, minlength=n) > 0]
        floor = float(served.min()) if len(served) else 0.0
    seats = max(1, int(np.bincount(pairs.row, minlength=n).max(initial=1)))
    width = min(m, max(WIDTH, SEATS_SEEN // max(1, n * seats)))
    floors = np.minimum(np.full(n, floor, dtype=np.float64), sums)
    board = Board(instance, pairs, prices=prices, width=width, floor=floors, seed=seed)
    before = compare(pairs, m)
    start = total_of(instance, pairs)
    top = start if best is None else best
    lowest = min(start, top - give * abs(top)) - EPS * max(1.0, abs(start))
    apart = _linked(board)
    if steps > 0:  # with none, judges are only linked
        _improve(board, lowest, steps, watch or Watch())
    apart = _linked(board) if apart != FEW_SEATS else apart
    after = board.pairs()
    total = board.total()
    return Design(
        after, total, total / start if start else 1.0, before, compare(after, m), apart, floor_of(instance, after)
    )


def _linked(board: Board) -> str:
    """Link all judges; where only the floor keeps them apart, it is lowered for all entries, as far as that takes.

    (One thin link would do more harm than none: what it says of the parts' severities is mostly noise.)
    """
    apart = connect(board)
    if apart == RULES and np.isfinite(board.floor).any():
        floor = board.floor
        board.floor = np.full(len(floor), -np.inf)
        apart = connect(board)
        served = (board.panel >= 0).any(axis=1)
        board.floor = np.minimum(floor, board.sums[served].min())
    return apart


def _improve(board: Board, lowest: float, steps: int, watch: Watch) -> None:
    """Exchange judges batch by batch while that lowers the trace and the affinity stays above `lowest`."""
    n, judges = len(board.sums), len(board.loads)
    spread = board.total() - lowest
    batch = max(4, n // 8)
    state = _State(board)
    unit = max(float(np.abs(board.worth).max(initial=0.0)), 1e-12)
    mu = 1e-5 * unit * judges / max(state.trace, 1e-12)
    seen, raised, used, idle = state.seen(), 0, 0, 0
    patient = steps + (PATIENCE if n * judges <= SMALL else 0)
    while used < patient and idle < 2 and raised < RAISES and not watch.over:
        room = board.total() - lowest
        chosen = _batch(board, seen, mu, batch, room)
        loss = -float(seen.moves.gain[chosen].sum())
        little = len(chosen) < max(1, batch // 3) or seen.fall[chosen].sum() <= 0
        if little and loss < spread / steps and room > 0.05 * spread:
            mu, raised = mu * CLIMB, raised + 1  # so far next to nothing is worth its loss
            continue
        used += 1
        kept, old = board.copy(), state.trace
        sound = len(chosen) > 0 and board.apply(seen.moves.seat[chosen], seen.moves.place[chosen])
        fresh = _State(board) if sound else state
        won = mu * (old - fresh.trace) - loss if sound else 0.0
        if won > 0:
            state, seen = fresh, fresh.seen()
        else:
            board.become(kept)
            batch = max(2, batch // 3)
        if board.total() - lowest > 0.05 * spread:
            mu, raised = mu * CLIMB, raised + 1
        else:
            idle = idle + 1 if won < ENOUGH * mu * old else 0


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """The moves of a board and by how much each lowers the trace."""

    moves: Moves
    fall: Floats


class _State:
    """The inverse of a board's information, in single precision."""

    def __init__(self, board: Board) -> None:
        self._board = board
        judges = len(board.loads)
        matrix = information(board.pairs(), judges).astype(np.float32, order="F")
        matrix[np.arange(judges), np.arange(judges)] += np.float32(RIDGE)
        factor, _ = lapack.spotrf(matrix, lower=1, overwrite_a=1)
        lower, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
        below = np.tril(lower, -1)
        self.inverse: Singles = below + below.T
        self.inverse[np.arange(judges), np.arange(judges)] = np.diagonal(lower)
        self.trace = float(np.diagonal(lower).sum(dtype=np.float64))

    def seen(self) -> _Seen:
        """Return all moves with the fall of the trace that each brings."""
        board = self._board
        panel, candidates = board.panel, board.candidates
        square: Singles = self.inverse @ self.inverse
        strength = (1 / np.maximum((panel >= 0).sum(axis=1), 1)).astype(np.float32)[:, None, None]
        won = self._effect(square, candidates, panel, strength)
        lost = self._effect(square, panel, panel, -strength)
        own = np.arange(board.seats)
        lost[:, own, own] = 0.0
        sum_won = won.sum(axis=2)
        moves = board.moves()
        row, slot = moves.seat // board.seats, moves.seat % board.seats
        fall = sum_won[row, moves.place] - won[row, moves.place, slot] + lost.sum(axis=2)[row, slot]
        return _Seen(moves, fall.astype(np.float64))

    def _effect(self, square: Singles, one: Ints, other: Ints, strength: Singles) -> Singles:
        """Return by how much a tie of each of `one` to each of `other` lowers the trace, (n, one, other)."""
        left, right = one[:, :, None], other[:, None, :]
        apart = _between(square, left, right)
        resistance = _between(self.inverse, left, right)
        effect = strength * apart / np.maximum(1 + strength * resistance, np.float32(0.02))
        return np.where(right >= 0, effect, np.float32(0.0)).astype(np.float32)


def _between(matrix: Singles, left: Ints, right: Ints) -> Singles:
    own = np.diagonal(matrix)
    return np.asarray(own[left] + own[right] - 2 * matrix[left, right], dtype=np.float32)


def _batch(board: Board, seen: _Seen, mu: float, size: int, room: float) -> Ints:
    """Choose exchanges and single moves that win most, no entry and no judge twice; return places among the moves."""
    moves, judges = seen.moves, len(board.loads)
    gain = moves.gain + mu * seen.fall
    key = moves.start * judges + moves.end
    best = np.full(judges * judges, -np.inf)
    np.maximum.at(best, key, gain)
    tops = np.nonzero(gain >= best[key])[0]
    which = np.zeros(judges * judges, dtype=np.int64)
    which[key[tops]] = tops
    one, both = _ranked(board, best.reshape(judges, judges), size)
    busy, taken = np.zeros(len(board.sums), dtype=bool), np.zeros(judges, dtype=bool)
    chosen: list[int] = []
    for a, b, mutual in zip(*one, both, strict=True):
        if taken[a] or taken[b]:
            continue
        edges = [int(which[a * judges + b])] + ([int(which[b * judges + a])] if mutual else [])
        rows = [int(moves.seat[edge]) // board.seats for edge in edges]
        won = sum(float(moves.gain[edge]) for edge in edges)
        if busy[rows].any() or len(set(rows)) < len(rows) or room + won < 0:
            continue
        room += won
        taken[[a, b]] = True
        busy[rows] = True
        chosen += edges
        if len(chosen) >= size:
            break
    return np.array(chosen, dtype=np.int64)


def _ranked(board: Board, best: Floats, size: int) -> tuple[tuple[list[int], list[int]], list[bool]]:
    """Return pairs of judges by what an exchange wins, or a move of one seat where there is room, the best first."""
    judges = len(board.loads)
    mutual = best + best.T
    flat = np.flatnonzero(mutual > EPS)
    flat = flat[flat // judges < flat % judges]
    free = (board.loads > board.instance.least)[:, None] & (board.loads < board.instance.most)[None, :]
    alone = np.flatnonzero((best > EPS) & free)
    codes = np.concatenate([flat, alone])
    value = np.concatenate([mutual.ravel()[flat], best.ravel()[alone]])
    order = np.argsort(-value, kind="stable")[: 20 * size]
    codes, both = codes[order], order < len(flat)
    return ((codes // judges).tolist(), (codes % judges).tolist()), both.tolist()
