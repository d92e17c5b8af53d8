"""Krippendorff's alpha in closed form: one pass over the totals, whatever their number."""

from enum import StrEnum

import numpy as np

from scoring.arrays import FloatArray, IntArray, counts_by, sums_by
from scoring.errors import ScoringError
from scoring.sentences import Sentence
from scoring.table import ScoreTable

BLOCK = 4_000_000


class Level(StrEnum):
    """What differences between marks mean."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def agreement_alpha(table: ScoreTable, *, level: Level | str = Level.INTERVAL) -> float:
    """Krippendorff's alpha of the totals: 1 is full agreement, 0 what chance gives; designs may have gaps.

    Parameters
    ----------
    table : ScoreTable
    level : Level or str
        ``nominal`` (same or not), ``ordinal`` (order), ``interval`` (differences), ``ratio`` (proportions; totals from 0).

    Returns
    -------
    float
        Not a number when no entry has two totals, or all totals are equal.

    Raises
    ------
    ScoringError
        ``bad_parameter`` for an unknown level, or for totals below 0 under ``ratio``.

    Notes
    -----
    Krippendorff (2019), Content Analysis, 4th ed., ch. 12. Sums of squared differences over pairs are sums of squares about
    means, so that ``interval`` takes one pass over the totals; ordinal distances are differences of mid-ranks, so that
    ``ordinal`` is the interval alpha of ranks; ``nominal`` is counting. Only ``ratio`` looks at pairs of values.
    """
    if level not in list(Level):
        raise ScoringError(
            "bad_parameter",
            Sentence(f"level cannot be {level}.", f"level 不能是 {level}。"),
            name="level",
            value=str(level),
        )
    paired = (table.judges_per_entry >= 2)[table.entry]
    _, unit = np.unique(table.entry[paired], return_inverse=True)
    return alpha_of(table.total[paired], unit.astype(np.int64), Level(level))


def alpha_of(values: FloatArray, unit: IntArray, level: Level) -> float:
    """Krippendorff's alpha of `values` of units that have two or more each."""
    if len(values) < 2:
        return float("nan")
    if level is Level.NOMINAL:
        return _nominal(values, unit)
    if level is Level.RATIO:
        return _ratio_alpha(values, unit)
    given = mid_ranks(values) if level is Level.ORDINAL else values - values.mean()
    size = counts_by(unit, int(unit.max()) + 1)
    means = sums_by(unit, given, len(size)) / size
    squares = sums_by(unit, (given - means[unit]) ** 2, len(size))
    observed = 2 * float((squares * size / (size - 1)).sum()) / len(values)
    expected = 2 * float(((given - given.mean()) ** 2).sum()) / (len(values) - 1)
    return 1 - ratio(observed, expected)


def _nominal(values: FloatArray, unit: IntArray) -> float:
    _, code, counts = np.unique(values, return_inverse=True, return_counts=True)
    size = counts_by(unit, int(unit.max()) + 1)
    cells, together = np.unique(unit * len(counts) + code, return_counts=True)
    same = float((together * (together - 1) / (size[cells // len(counts)] - 1)).sum())
    total = len(values)
    observed = 1 - same / total
    expected = 1 - float((counts * (counts - 1.0)).sum()) / (total * (total - 1.0))
    return 1 - ratio(observed, expected)


def _ratio_alpha(values: FloatArray, unit: IntArray) -> float:
    if float(values.min()) < 0:
        raise ScoringError(
            "bad_parameter",
            Sentence("Proportions need totals from 0 up.", "按比例比较时，总分不能小于 0。"),
            name="level",
            value="ratio",
        )
    order = np.argsort(unit, kind="stable")
    pieces = np.split(values[order], np.cumsum(np.bincount(unit))[:-1])
    observed = sum(float(_proportions(piece, piece).sum()) / (len(piece) - 1) for piece in pieces) / len(values)
    distinct, counts = np.unique(values, return_counts=True)
    step = max(1, BLOCK // len(distinct))
    pairs = sum(
        float(counts[first : first + step] @ _proportions(distinct[first : first + step], distinct) @ counts)
        for first in range(0, len(distinct), step)
    )
    return 1 - ratio(observed, pairs / (len(values) * (len(values) - 1.0)))


def _proportions(some: FloatArray, others: FloatArray) -> FloatArray:
    """((a - b) / (a + b))^2 for all pairs; 0 for two zeros."""
    above, below = np.subtract.outer(some, others), np.add.outer(some, others)
    return np.asarray((above / np.where(below > 0, below, 1.0)) ** 2, float)


def mid_ranks(values: FloatArray) -> FloatArray:
    """Ranks from 1, the smallest first; equals share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place], float)


def ratio(above: float, below: float) -> float:
    return above / below if abs(below) > 1e-12 else float("nan")
