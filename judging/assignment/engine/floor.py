"""Fairness: the highest lowest affinity an entry can have, then the second lowest, at the least cost in total.

The start is the optimum. An entry below the floor takes a better judge by the cheapest ejection chain on which no other
entry falls below the floor; at the end chains that win total without hurting the floor are taken. No floor can be
higher than the best panel of one entry alone; where that is not reached, the floor is found by bisection and the bound
sharpened by a linear program (see :mod:`judging.assignment.engine.exact`).
"""

from dataclasses import dataclass, field

import numpy as np

from judging.assignment.engine.chains import EPS, Board, scale_of
from judging.assignment.engine.exact import Exact, floor_bound, is_linear, is_small, leximin, reached_at, served_at
from judging.assignment.engine.instance import Floats, Instance, Ints, Marks, Pairs, total_of
from judging.assignment.engine.panels import best_panels
from judging.assignment.engine.paths import graph_of, nearest, polish

HALVINGS = 8
SEARCHES = 8  # whole-number programs for a higher floor than chains find
WIDE = 24  # candidates of an entry in such a program
DEAR = 0.002  # share of the total; a floor that costs more is worth a second look


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One level of fairness.

    Attributes
    ----------
    value
        Lowest affinity of the entries that were not settled before.
    bound
        No plan that keeps the levels before can have a higher one.
    settled
        Entries at this value; where another level follows, those of them that could not rise above it.
    """

    value: float
    bound: float
    settled: tuple[int, ...]

    @property
    def met(self) -> bool:
        """Say whether the bound is reached, so that nobody can do better."""
        return self.value >= self.bound - 1e-7 * max(1.0, abs(self.bound))


@dataclass(frozen=True, slots=True, eq=False)
class Fair:
    """A plan with the highest lowest affinity found.

    Attributes
    ----------
    pairs
    total
        Its affinity.
    levels
        The floor first, then the levels above it.
    cost
        Affinity given up against the plan it began with.
    """

    pairs: Pairs
    total: float
    levels: tuple[Level, ...] = field(default=())
    cost: float = 0.0

    @property
    def floor(self) -> float:
        """Return the lowest affinity of an entry."""
        return self.levels[0].value if self.levels else 0.0

    @property
    def bound(self) -> float:
        """Return what no floor can exceed."""
        return self.levels[0].bound if self.levels else 0.0

    @property
    def met(self) -> bool:
        """Say whether the floor is the highest possible."""
        return not self.levels or self.levels[0].met


def fair(
    instance: Instance,
    pairs: Pairs,
    *,
    prices: Floats | None = None,
    levels: int = 1,
    aim: float = np.inf,
    seed: int = 0,
) -> Fair:
    """Raise the lowest affinity of an entry as high as possible, then the next ones, and keep the total high.

    Parameters
    ----------
    instance
    pairs
        The optimum, or any plan that keeps the rules.
    prices : float (m,), optional
        Of the judges, from the optimum: where to look first.
    levels
        1 is the floor alone; more are lexicographic (leximin) levels above it.
    aim
        A floor that suffices: the first level is raised no further, which may cost less.
    seed
        Decides between candidates that are worth the same.

    Returns
    -------
    Fair
        With the bound of every level, and what it costs against `pairs`.
    """
    n, _ = instance.shape
    scale = scale_of(instance)
    if scale != 1.0:
        return _scaled(instance, pairs, scale, prices, levels, aim, seed)
    if is_small(instance) and len(pairs):
        exact = leximin(instance, pairs, levels, aim)
        if exact is not None:
            return _told(instance, pairs, exact)
    unit = max(float(np.abs(instance.score).max(initial=0.0)), 1e-12)
    board = Board(instance, pairs, prices=prices, seed=seed)
    polish(board, EPS * unit)
    open_ = np.bincount(pairs.row, minlength=n) > 0
    best = best_panels(instance, pairs)
    found: list[Level] = []
    for number in range(levels):
        if not open_.any():
            break
        wish = np.inf if found else aim
        board, level = _level(board, open_, best, unit, wish, sharpen=not found, last=number == levels - 1)
        found.append(level)
        open_ = open_.copy()
        open_[list(level.settled)] = False
        board.floor[list(level.settled)] = level.value
    board = _refined(board, total_of(instance, pairs))
    return Fair(board.pairs(), board.total(), tuple(found), max(0.0, total_of(instance, pairs) - board.total()))


def _scaled(
    instance: Instance, pairs: Pairs, scale: float, prices: Floats | None, levels: int, aim: float, seed: int
) -> Fair:
    """Solve the same problem with scores of an ordinary size."""
    found = fair(
        instance.but(score=instance.score / scale),
        pairs,
        prices=None if prices is None else prices / scale,
        levels=levels,
        aim=aim / scale,
        seed=seed,
    )
    risen = tuple(Level(one.value * scale, one.bound * scale, one.settled) for one in found.levels)
    return Fair(found.pairs, found.total * scale, risen, found.cost * scale)


def _told(instance: Instance, before: Pairs, exact: Exact) -> Fair:
    """Put an exact answer into words: every level is its own bound."""
    n, _ = instance.shape
    pairs = exact.pairs
    sums = np.bincount(pairs.row, weights=instance.score[pairs.row, pairs.column].astype(np.float64), minlength=n)
    served = np.bincount(pairs.row, minlength=n) > 0
    levels = [
        Level(value, max(value, bound), tuple(np.nonzero(served & (np.abs(sums - value) <= 1e-7))[0].tolist()))
        for value, bound in zip(exact.values, exact.bounds, strict=True)
    ]
    total = total_of(instance, pairs)
    return Fair(pairs, total, tuple(levels), max(0.0, total_of(instance, before) - total))


def _level(
    board: Board, open_: Marks, best: Floats, unit: float, wish: float, *, sharpen: bool, last: bool
) -> tuple[Board, Level]:
    """Raise the lowest of the open entries as high as possible and say which of them end there."""
    bound = float(best[open_].min())
    low = float(board.sums[open_].min())
    reached = _raised(board, open_, min(bound, wish), unit)
    if reached is None:
        search = sharpen and is_linear(board.instance)
        if search:
            bound = floor_bound(board.instance, board.pairs(), bound, _known(board))
            reached = _raised(board, open_, min(bound, wish), unit)
        if reached is None:
            reached = _bisected(board, open_, low, min(bound, wish), unit)
            if search:
                reached, high = _searched(reached, open_, min(bound, wish))
                bound = high if high < min(bound, wish) else bound
    board = reached
    value = min(float(board.sums[open_].min()), wish)
    board.floor[open_] = value
    polish(board, EPS * unit)
    value = float(board.sums[open_].min())
    at = np.nonzero(open_ & (board.sums <= value + EPS * unit * 10))[0]
    if last:
        return board, Level(value, bound, tuple(at.tolist()))
    board.floor[open_ & (board.sums > value + 10 * EPS * unit)] = value + 10 * EPS * unit
    return board, Level(value, bound, tuple(_stuck(board, at, best, value + 10 * EPS * unit, unit)))


def _stuck(board: Board, at: Ints, best: Floats, above: float, unit: float) -> list[int]:
    """Raise entries above the level they are at, one after the other, and return those for which there is no way."""
    stuck = []
    for entry in at[np.argsort(best[at], kind="stable")].tolist():
        was = board.floor[entry]
        board.floor[entry] = above
        if best[entry] <= above or not _lift(board, entry, unit):
            board.floor[entry] = was
            stuck.append(entry)
    return stuck


def _bisected(board: Board, open_: Marks, low: float, high: float, unit: float) -> Board:
    """Halve between what is reached and what is not, then climb step by step from what is reached."""
    best = board
    for _ in range(HALVINGS):
        aim = (low + high) / 2
        reached = _raised(best, open_, aim, unit, patience=3)
        if reached is None:
            high = aim
        else:
            best, low = reached, float(reached.sums[open_].min())
    best = best.copy()
    while True:
        lowest = int(np.argmin(np.where(open_, best.sums, np.inf)))
        best.floor[open_] = best.sums[lowest] + 10 * EPS * unit
        if not _lift(best, lowest, unit):
            return best


def _known(board: Board) -> Marks:
    """Mark the best candidates of every entry."""
    marks = np.zeros(board.instance.shape, dtype=bool)
    row, place = np.nonzero(board.candidates[:, : board.seats + WIDE] >= 0)
    marks[row, board.candidates[row, place]] = True
    return marks


def _searched(board: Board, open_: Marks, high: float) -> tuple[Board, float]:
    """Look for a higher floor by whole-number programs over all pairs, where chains found no way.

    What is reached and what is proved to be out of reach are halved; return the board, and what no floor can exceed.
    """
    low = float(board.sums[open_].min())
    for _ in range(SEARCHES):
        if high - low <= 1e-4 * max(abs(high), 1e-12):
            break
        aim = (low + high) / 2
        pairs, refused = reached_at(board.instance, board.pairs(), np.where(open_, aim, board.floor))
        if pairs is not None:
            board = Board(board.instance, pairs, prices=board.prices, floor=board.floor)
            low = float(board.sums[open_].min())
        elif refused:
            high = aim
        else:
            break
    return board, high


def _refined(board: Board, best: float) -> Board:
    """Where the floors cost much, look for the same floors at a lower cost by a mixed-integer program."""
    if is_linear(board.instance) and best - board.total() > DEAR * abs(best):
        pairs = served_at(board.instance, board.pairs(), board.floor, _known(board))
        if pairs is not None and total_of(board.instance, pairs) > board.total():
            return Board(board.instance, pairs, prices=board.prices, floor=board.floor)
    return board


def _raised(board: Board, open_: Marks, floor: float, unit: float, patience: int = 1000) -> Board | None:
    """Return a board on which every open entry has the floor; None when chains do not get there."""
    trial = board.copy()
    trial.floor[open_] = floor
    slack = EPS * unit
    failed: set[int] = set()
    while True:
        under = np.nonzero(open_ & (trial.sums < floor - slack))[0]
        under = under[np.argsort(trial.sums[under], kind="stable")]
        if not len(under):
            return trial
        waiting = [int(i) for i in under if int(i) not in failed]
        if not waiting or len(failed) >= patience:
            return None
        if _lift(trial, waiting[0], unit):
            failed.clear()
        else:
            failed.add(waiting[0])


def _lift(board: Board, entry: int, unit: float) -> bool:
    """Give an entry a better judge by the chain that leaves it least below its floor and then costs least."""
    slack = EPS * unit
    seats = []
    for slot in range(board.seats):
        options = board.options(entry, slot)
        options = options.only(options.gain > slack)
        if len(options.seat):
            short = np.maximum(board.floor[entry] - board.sums[entry] - options.gain, 0.0)
            seats.append((options, 1e4 * short - options.gain))
    if not seats:
        return False
    others = np.ones(len(board.sums), dtype=bool)
    others[entry] = False
    moves = board.moves(others)
    return any(
        board.apply(chain.seat, chain.place) for chain in nearest(board, graph_of(board, moves, -moves.gain), seats)
    )
