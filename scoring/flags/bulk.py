"""Who lies outside what the bulk of the judges shows: centre and spread that a few odd judges cannot move."""

from dataclasses import dataclass

import numpy as np
from scipy.special import polygamma, stdtr

from scoring.arrays import FloatArray

MAD_NORMAL = 1.4826
CUT = 4.0
NEAR = 3.0
STEPS = 2
LEAST_DEGREES = 1.5
TINY = 1e-12
MOST_PRIOR = 60.0


@dataclass(frozen=True, slots=True)
class Bulk:
    """Where the bulk lies and how wide it is.

    Attributes
    ----------
    centre, spread : float
    degrees : float
        Degrees of freedom of the t distribution that distances in spreads are read with.
    """

    centre: float
    spread: float
    degrees: float


def bulk_of(values: FloatArray) -> Bulk:
    """Centre and spread of the bulk: values count the less the further out they lie, and beyond four spreads not at all.

    Parameters
    ----------
    values : array of float
        At least one.

    Returns
    -------
    Bulk

    Notes
    -----
    Biweight location and scale (Mosteller & Tukey, 1977), in two steps from median and MAD: nearly as efficient as the
    standard deviation where nothing is wrong (the MAD keeps 37 %), and smooth, so that no value at the edge moves the spread by
    its being in or out. The degrees of freedom were fitted to a hundred thousand simulated normal samples of 5 to 150
    values: with them p-values about .001 are true, larger ones a little large.
    """
    centre = float(np.median(values))
    spread = MAD_NORMAL * float(np.median(np.abs(values - centre)))
    for _ in range(STEPS):
        if spread <= TINY:
            break
        near = np.maximum(1 - ((values - centre) / (CUT * spread)) ** 2, 0.0)
        centre = float(near**2 @ values / (near**2).sum())
        away = ((values - centre) / (CUT * spread)) ** 2
        near = np.maximum(1 - away, 0.0)
        curvature = float((near * (1 - 5 * away)).sum())
        if curvature <= 0:
            break
        spread = float(np.sqrt(len(values) * (near**4 @ (values - centre) ** 2))) / curvature
    return Bulk(centre, max(spread, TINY), max(LEAST_DEGREES, 0.0375 * len(values) ** 2))


def against_bulk(values: FloatArray, errors: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """Hold every value against the bulk of all.

    Parameters
    ----------
    values, errors : array of float
        Per judge, an estimate and its standard error.

    Returns
    -------
    statistic, apart : array of float
        Distance from the centre in spreads, and in units of the values. A judge's spread is made of what judges truly
        differ by, and of the error of this judge's value.
    degrees : float
        Of the t distribution to read the statistic with.
    """
    bulk = bulk_of(values)
    true = max(bulk.spread**2 - float(np.median(errors**2)), 0.0)
    apart = values - bulk.centre
    return apart / np.sqrt(np.maximum(true + errors**2, TINY)), apart, bulk.degrees


def two_sided(statistic: FloatArray, degrees: float | FloatArray) -> FloatArray:
    """p-value of a distance in either direction."""
    return np.asarray(2 * stdtr(degrees, -np.abs(statistic)), float)


def upper(statistic: FloatArray, degrees: float | FloatArray) -> FloatArray:
    """p-value of being so high."""
    return np.asarray(stdtr(degrees, -statistic), float)


def either(first: FloatArray, second: FloatArray) -> FloatArray:
    """One p-value of two tests of the same judge, however they hang together.

    Notes
    -----
    Cauchy combination (Liu & Xie, 2020): true in the far tail for dependent tests.
    """
    one, other = (np.clip(p, 1e-12, 1 - 1e-12) for p in (first, second))
    mean = (1 / np.tan(np.pi * one) + 1 / np.tan(np.pi * other)) / 2
    return np.asarray(np.arctan2(1.0, mean) / np.pi, float)


def moderated_variances(squares: FloatArray, degrees: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Variances drawn to those of the bulk, and their degrees of freedom.

    Parameters
    ----------
    squares, degrees : array of float
        Per judge, a sum of squares and its degrees of freedom.

    Returns
    -------
    variance, degrees : array of float

    Notes
    -----
    Smyth (2004). Prior degrees are at most 60: of few judges, they would be taken for more alike than is known.
    """
    single = np.maximum(squares / degrees, TINY)
    bulk = bulk_of(np.log(single))
    typical = float(np.median(degrees))
    true = bulk.spread**2 - float(polygamma(1, typical / 2))
    prior = min(MOST_PRIOR, 2 * inverse_trigamma(true)) if true > 0 else MOST_PRIOR
    near = single[np.abs(np.log(single) - bulk.centre) <= NEAR * bulk.spread]
    common = float(near.mean()) if len(near) else float(np.median(single))
    return (prior * common + squares) / (prior + degrees), prior + degrees


def inverse_trigamma(value: float) -> float:
    """x with trigamma(x) = value, by Newton steps on its reciprocal."""
    x = 0.5 + 1 / value
    for _ in range(50):
        at = float(polygamma(1, x))
        step = at * (1 - at / value) / float(polygamma(2, x))
        x += step
        if abs(step) < 1e-10 * x:
            break
    return x
