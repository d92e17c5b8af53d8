"""Many tests at once: who is flagged within a kind, and which kinds may flag at all."""

from collections.abc import Mapping

import numpy as np
from scipy.special import betainc, ndtr, ndtri

from scoring.arrays import FloatArray

FIRST = 3
FIRST_PRICE = 2.6
AT_FAULT = 2.0
POWER = 0.8
LEAST_WEIGHT, MOST_WEIGHT = 0.3, 2.0
HALVINGS = 50


def benjamini_hochberg(p: FloatArray) -> FloatArray:
    """Adjusted p-values: flagging those below q keeps the expected share of false flags below q.

    Parameters
    ----------
    p : array of float

    Returns
    -------
    array of float

    Notes
    -----
    Benjamini & Hochberg (1995).
    """
    order = np.argsort(p)[::-1]
    scaled = p[order] * len(p) / np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return adjusted


def weights_of_errors(errors: FloatArray, level: float) -> FloatArray:
    """How much of the level every test gets, so that faults of one size are found as often as can be.

    Parameters
    ----------
    errors : array of float
        Standard error of every test's effect, from the design alone: weights must not know what was found.
    level : float
        The share of false flags that is borne.

    Returns
    -------
    array of float
        With mean 1: p-values are divided by them before `benjamini_hochberg`.

    Notes
    -----
    Genovese, Roeder & Wasserman (2006); weights are those of Roeder & Wasserman (2009), best for one size of effect. Here it is
    the size that the middle test finds in four of five cases when two are at fault. Where much is known, a small effect must
    be surer; where nothing can be found, nothing is spent. No test loses more than 70 % of its share.
    """
    share = level * min(AT_FAULT / len(errors), 1.0)
    shift = (ndtri(1 - share) + ndtri(POWER)) * np.median(errors) / errors
    low, high = -40.0, 80.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        weights = np.clip(ndtr(-shift / 2 - middle / shift) / share, LEAST_WEIGHT, MOST_WEIGHT)
        low, high = (middle, high) if weights.mean() > 1 else (low, middle)
    return np.asarray(weights / weights.mean(), float)


def nothing_there(p: FloatArray) -> float:
    """p-value of a whole kind: that the first, second or third smallest would be so small if nothing were there.

    Parameters
    ----------
    p : array of float
        Of all that were tested.

    Returns
    -------
    float

    Notes
    -----
    The k-th smallest of n uniform values follows a beta distribution; two judges at fault, each of whom might be chance,
    are hardly chance together (higher criticism: Tukey; Donoho & Jin, 2004). Looking at three costs a factor of about 2.6,
    simulated, for independent values and for distances from a common bulk.
    """
    first = np.sort(p)[:FIRST]
    places = np.arange(1, len(first) + 1)
    return float(min(1.0, (FIRST_PRICE if len(p) > 1 else 1.0) * betainc(places, len(p) - places + 1, first).min()))


def opened(chances: Mapping[str, float], shares: Mapping[str, float], level: float) -> frozenset[str]:
    """Kinds in which there is something at all: a clean competition opens any of them with a chance of `level` only.

    Parameters
    ----------
    chances : mapping of str to float
        `nothing_there` of every kind that was tested.
    shares : mapping of str to float
        How the level is shared among kinds; only proportions among those tested matter.
    level : float

    Returns
    -------
    frozenset of str

    Notes
    -----
    Weighted Benjamini-Hochberg over kinds (Genovese, Roeder & Wasserman, 2006). Keeping kinds shut can only lower the
    expected share of false flags within them.
    """
    whole = sum(shares[kind] for kind in chances)
    weighted = {kind: p * whole / (len(chances) * shares[kind]) for kind, p in chances.items()}
    ordered = sorted(weighted.values())
    lines = [p for number, p in enumerate(ordered, 1) if p <= level * number / len(ordered)]
    return frozenset(kind for kind, p in weighted.items() if lines and p <= lines[-1])
