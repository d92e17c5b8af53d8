"""A mixed model solved, and how the next pair of variance ratios is tried."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray

SMALLEST, LARGEST = np.log(1e-8), np.log(1e8)
NO_VARIANCE = 0.99e8


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The mixed model solved at one pair of variance ratios; totals are taken from their mean.

    Attributes
    ----------
    ratios : tuple of float
        Residual variance over variance of entries, and over variance of judges.
    deviance : float
        The REML criterion: minus twice the restricted log-likelihood.
    residual_variance : float
        Profiled.
    center : float
        Mean of the totals, which was taken off.
    track : array of float
        Level of every track; one without tracks.
    judge : array of float
        Effects of the judges, shrunk; positive: lenient.
    entry : array of float
        Effects of the entries within their tracks, shrunk.
    factor : array of float or None
        Lower Cholesky factor of the coefficient matrix of tracks and judges after entries are eliminated.
    pivots : array of float
        Load plus ratio, per entry: what was eliminated.
    track_variance : float
        Of the levels of tracks; 0 while they are fixed, or without tracks.
    error : float
        By how much the logarithms of the ratios may be off; 0 when the fit is exact.
    """

    ratios: tuple[float, float]
    deviance: float
    residual_variance: float
    center: float
    track: FloatArray
    judge: FloatArray
    entry: FloatArray
    factor: FloatArray | None
    pivots: FloatArray
    track_variance: float = 0.0
    error: float = 0.0

    @property
    def level(self) -> float:
        """The common mean."""
        return self.center + float(self.track.mean())

    @property
    def fixed(self) -> FloatArray:
        """Tracks, then judges."""
        return np.concatenate([self.track, self.judge])

    @property
    def sds(self) -> tuple[float, float, float]:
        """Standard deviations of entries, judges, residual; 0 where the ratio has reached its bound."""
        residual = self.residual_variance**0.5
        entry, judge = (0.0 if ratio > NO_VARIANCE else residual / ratio**0.5 for ratio in self.ratios)
        return entry, judge, residual


def newton_step(logs: FloatArray, gradient: FloatArray, information: FloatArray) -> FloatArray:
    """A Newton step of at most 3, among the ratios that are not held at a bound."""
    first, second = (
        bool((at >= LARGEST and slope < 0) or (at <= SMALLEST and slope > 0))
        for at, slope in zip(logs.tolist(), gradient.tolist(), strict=True)
    )
    (a, b), (_, d) = information.tolist()
    g, h = gradient.tolist()
    a, d = a + 1e-9, d + 1e-9
    determinant = a * d - b * b
    if not first and not second and determinant > 1e-12 * a * d:
        step = np.array([(b * h - d * g) / determinant, (b * g - a * h) / determinant])
    else:
        step = np.array([0.0 if first else -g / a, 0.0 if second else -h / d])
    largest = float(np.abs(step).max())
    return step * min(1.0, 3.0 / largest) if largest > 0 else step
