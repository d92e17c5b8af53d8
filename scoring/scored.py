"""Every method's scores of one table, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

import numpy as np

from scoring.additive import AdditiveCalibration, calibrate_additive
from scoring.aggregate import Aggregate, aggregate_mean, aggregate_median, aggregate_trimmed
from scoring.arrays import FloatArray, exact_sums_by
from scoring.calibration import Calibration, calibrate_mapped, calibrate_standard, mean_of
from scoring.decomposition import Decomposition, decompose
from scoring.evaluation import Method
from scoring.full import FullCalibration, calibrate_full
from scoring.marks import MOST_DECIMALS
from scoring.rounding import half_up
from scoring.table import ScoreTable


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Every method's scores of one table."""

    mean: Aggregate
    trimmed: Aggregate
    median: Aggregate
    standard: Calibration
    mapped: Calibration
    fit: AdditiveCalibration
    adjustments: tuple[Decimal, ...]
    adjusted: FloatArray
    decimals: int
    full: FullCalibration | None
    published: Decomposition | None

    @classmethod
    def of(
        cls, table: ScoreTable, drop: int, drop_from: int, decimals: int, full: bool, cap: float | None, seed: int
    ) -> Self:
        """Score a table by all methods; by the full calibration only when it is asked for."""
        fit = calibrate_additive(table)
        calibrated = calibrate_full(table, cap=cap, seed=seed, additive=fit) if full else None
        adjustments = tuple(half_up(float(severity), decimals) for severity in fit.severity)
        return cls(
            mean=aggregate_mean(table),
            trimmed=aggregate_trimmed(table, drop=drop, drop_from=drop_from),
            median=aggregate_median(table),
            standard=calibrate_standard(table),
            mapped=calibrate_mapped(table),
            fit=fit,
            adjustments=adjustments,
            adjusted=adjusted_scores(table, adjustments, decimals),
            decimals=decimals,
            full=calibrated,
            published=None if calibrated is None else decompose(table, calibrated.weights, calibrated.adjustments),
        )

    def by(self, method: Method) -> FloatArray:
        """Unrounded scores by one method."""
        if method is Method.FULL and self.published:
            return self.published.scores
        return {
            Method.MEAN: self.mean.scores,
            Method.TRIMMED: self.trimmed.scores,
            Method.MEDIAN: self.median.scores,
            Method.STANDARD: self.standard.scores,
            Method.MAPPED: self.mapped.scores,
            Method.SEVERITY: self.adjusted,
        }[method]


def adjusted_scores(table: ScoreTable, adjustments: Sequence[Decimal], decimals: int) -> FloatArray:
    """Mean of (total + the judge's published adjustment): what anybody can recompute with a pocket calculator.

    Parameters
    ----------
    table : ScoreTable
    adjustments : sequence of Decimal
        Per judge, with `decimals` decimals.
    decimals : int

    Returns
    -------
    array of float
        Per entry; where totals are decimals, the float nearest to the exact quotient.
    """
    if table.units is None or table.decimals + decimals > MOST_DECIMALS + 3:
        plain = np.array([float(adjustment) for adjustment in adjustments])
        return mean_of(table, table.total + plain[table.judge])
    shared = max(table.decimals, decimals)
    added = np.array([int(adjustment.scaleb(shared)) for adjustment in adjustments], np.int64)
    units = table.units * 10 ** (shared - table.decimals) + added[table.judge]
    sums = exact_sums_by(table.entry, units, len(table.entries))
    return np.asarray(sums / (table.judges_per_entry * 10**shared), float)
