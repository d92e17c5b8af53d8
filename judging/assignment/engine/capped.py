"""What no probabilities under a cap can exceed: prices and tolls on all pairs, each entry taking its best, each capped."""

import numpy as np
from numpy.typing import NDArray

from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.instance import Floats, Ints
from judging.assignment.engine.rations import EPS, Rations

Parts = NDArray[np.int64] | NDArray[np.float64]
CELLS = 2_000_000  # cells of the matrix that are looked at together
FRESH = 8  # pairs an entry may bring at once beyond those it can use
SHARP = 2.0**-26  # how much of the greatest worth is too little to improve by
SLIGHT = 1e-5  # parts of a place that an entry may lack by rounding


def look(
    problem: Rations, prices: Prices, row: Ints, column: Ints, units: Parts, *, band: float = 0.0
) -> tuple[float, tuple[Ints, Ints]]:
    """Look through all pairs.

    Parameters
    ----------
    prices
        Of judges and panel rules.
    row, column
        The pairs that were looked at.
    units
        The parts that each of them has.
    band
        How far below what an entry has at least pairs are brought along, for prices move.

    Returns
    -------
    float
        What no probabilities under the cap can be worth more than.
    tuple
        Pairs not yet looked at that would improve, or nearly.
    """
    rest, whole = problem.rest, problem.whole
    n, m = rest.shape
    bound = rest.fixed + float(rest.most @ np.maximum(prices.judge, 0) + rest.least @ np.minimum(prices.judge, 0))
    for number, level in enumerate(problem.levels):
        mine = prices.rule == number
        rooms = level.cap.room_at(prices.row[mine], prices.label[mine]) * problem.parts[number]
        bound += float(prices.toll[mine] @ rooms) / whole
    threshold = _thresholds(problem, prices, row, column, units)
    tolerance = 4 * np.abs(problem.worth).max(initial=0) * SHARP
    known = np.sort(row * m + column)
    found = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))]
    step = max(1, CELLS // max(m, 1))
    for begin in range(0, n, step):
        rows = slice(begin, min(begin + step, n))
        value = _values(problem, prices, rows)
        wanted = rest.wanted[rows] * whole
        width = min(m, -(-int(wanted.max(initial=0)) // problem.cap) + FRESH)
        best = np.sort(np.partition(value, m - width, axis=1)[:, m - width :], axis=1)[:, ::-1]
        takes = np.clip(wanted[:, None] - problem.cap * np.arange(width), 0, problem.cap)
        bound += float((np.where((takes > 0) & (best > -np.inf), best, 0.0) * takes).sum()) / whole  # else short anyway
        bar = (threshold[rows] + tolerance - band)[:, None]
        i, j = np.nonzero((value > bar) & (value >= best[:, -1:])) if width else found[0]
        key = (begin + i) * m + j
        fresh = known[np.minimum(np.searchsorted(known, key), len(known) - 1)] != key if len(known) else key >= 0
        found.append((begin + i[fresh], j[fresh]))
    return bound, (np.concatenate([i for i, _ in found]), np.concatenate([j for _, j in found]))


def _values(problem: Rations, prices: Prices, rows: slice) -> Floats:
    """Return what pairs are worth to entries after prices and tolls; minus infinity where they may not be."""
    value: Floats = problem.worth[rows].astype(np.float64) - prices.judge
    for number, level in enumerate(problem.levels):
        mine = (prices.rule == number) & (prices.row >= rows.start) & (prices.row < rows.stop)
        if mine.any():
            toll = np.zeros((len(value), level.groups + 1))
            toll[prices.row[mine] - rows.start, prices.label[mine]] = prices.toll[mine]
            value -= toll[:, level.label]
    value[~problem.free[rows]] = -np.inf
    return value


def _thresholds(problem: Rations, prices: Prices, row: Ints, column: Ints, units: Parts) -> Floats:
    """Return the least worth, after prices and tolls, of what an entry has; minus infinity when it stays short."""
    n, _ = problem.rest.shape
    value = problem.worth[row, column].astype(np.float64) - prices.judge[column]
    for number, level in enumerate(problem.levels):
        mine = prices.rule == number
        key = prices.row[mine] * (level.groups + 1) + prices.label[mine]
        order = np.argsort(key)
        asked = row * (level.groups + 1) + level.label[column]
        if len(key):
            at = np.minimum(np.searchsorted(key[order], asked), len(key) - 1)
            hit = (key[order][at] == asked) & (level.label[column] >= 0)
            value -= np.where(hit, prices.toll[mine][order][at], 0.0)
    threshold = np.full(n, np.inf)
    used = units > EPS
    np.minimum.at(threshold, row[used], value[used])
    full = np.bincount(row, weights=units, minlength=n) >= problem.rest.wanted * problem.whole - SLIGHT
    threshold[~full] = -np.inf
    threshold[problem.rest.wanted == 0] = np.inf
    return threshold
