"""Many tests at once: who is flagged within a kind, and which kinds may flag at all."""

from collections.abc import Mapping

import numpy as np
from scipy.special import betainc

from scoring.arrays import FloatArray

FIRST = 3
FIRST_PRICE = 2.6


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
