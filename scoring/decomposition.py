"""Published weights and adjustments of every single total, and the scores that recompute from them exactly."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray, IntArray, exact_sums_by, sums_by
from scoring.table import ScoreTable

DIGITS = 4
MOST_SHARED = 9


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition:
    """score = sum of weight x (total - adjustment), all with four decimals.

    Attributes
    ----------
    weights : array of int
        Per ballot, in ten-thousandths; they sum to 10,000 over each entry.
    adjustments : array of int
        Per ballot, in ten-thousandths of a point.
    scores : array of float
        Per entry; where totals are decimals, the float nearest to the exact sum.
    """

    weights: IntArray
    adjustments: IntArray
    scores: FloatArray


def decompose(table: ScoreTable, weights: FloatArray, adjustments: FloatArray) -> Decomposition:
    """Round weights (so that they still sum to 1) and adjustments, and score with what is left.

    Parameters
    ----------
    table : ScoreTable
    weights, adjustments : array of float
        Per ballot; weights sum to 1 over each entry.

    Returns
    -------
    Decomposition
    """
    whole = 10**DIGITS
    shares = _apportioned(table, weights * whole, whole)
    taken = np.floor(np.round(adjustments * whole, 3) + 0.5).astype(np.int64)
    if table.units is None or table.decimals > MOST_SHARED - DIGITS:
        values = shares * (table.total - taken / whole) / whole
        return Decomposition(shares, taken, sums_by(table.entry, values, len(table.entries)))
    shared = max(table.decimals, DIGITS)
    values = table.units * 10 ** (shared - table.decimals) - taken * 10 ** (shared - DIGITS)
    sums = exact_sums_by(table.entry, shares * values, len(table.entries))
    return Decomposition(shares, taken, np.asarray(sums / 10 ** (shared + DIGITS), float))


def _apportioned(table: ScoreTable, wanted: FloatArray, whole: int) -> IntArray:
    """Whole numbers near `wanted` that sum to `whole` over each entry: the largest remainders are rounded up."""
    floors = np.floor(np.round(wanted, 6))
    order = np.lexsort((table.judge, np.round(floors - wanted, 6), table.entry))
    start = np.cumsum(table.judges_per_entry) - table.judges_per_entry
    place = np.empty(table.ballots, np.int64)
    place[order] = np.arange(table.ballots) - start[table.entry[order]]
    missing = whole - exact_sums_by(table.entry, floors.astype(np.int64), len(table.entries))
    return floors.astype(np.int64) + (place < missing[table.entry])
