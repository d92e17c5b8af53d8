"""What the model of all judges together is made of, and what is believed of it before the first total is read."""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, polygamma

# A contaminated total has this many times the variance of the judge's own noise.
INFLATION = 25.0
EASED = 1 - 1 / INFLATION
# One score in a hundred is expected to be aberrant, as strongly as fifty scores would say.
ABERRANT_PRIOR = (0.5, 49.5)
# Scales of judges are expected to differ by at most about this, and logarithms of their noise.
SCALE_SD_PRIOR = 0.5
NOISE_LOG_SD_PRIOR = 0.4
LEAST_SHAPE, MOST_SHAPE = 2.0, 400.0


@dataclass(slots=True)
class Hyper:
    """Hyperparameters, all estimated from the totals.

    Attributes
    ----------
    entry, judge, scale, track, own : float
        Variances of entries within tracks, severities, scales, track effects, and favour towards the own unit.
    favour : float
        Mean favour towards the own unit, in points.
    noise, shape : float
        Precisions of judges follow a gamma distribution of mean 1 / `noise` and shape `shape` / 2.
    aberrant : float
        Share of aberrant totals.
    level : float
        Mean of the track effects.
    """

    entry: float
    judge: float
    scale: float
    track: float
    own: float
    favour: float
    noise: float
    shape: float
    aberrant: float
    level: float


def gamma_shape(shape: float, gap: float) -> float:
    """Improve `shape` / 2 = g towards log g - digamma g = `gap`, which is log of the mean less mean of the log."""
    g = shape / 2
    for _ in range(3):
        fault, slope = np.log(g) - digamma(g) - gap, 1 / g - polygamma(1, g)
        g = float(np.clip(g * np.exp(-np.clip(fault / (slope * g), -1, 1)), LEAST_SHAPE / 2, MOST_SHAPE / 2))
    return 2 * g
