"""Is anything there? The most telling answer when each was tested alone: the likelihood ratio of a few at fault among many."""

from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri

from scoring.arrays import FloatArray

AT_FAULT = 2.0
MOST_SHARE = 0.5
LEAST_P = 1e-15
STEP, CELLS = 0.004, 1 << 14
WIDEST, SLICES = 9.0, 8192
ROUNDING = 1e-11


def few_at_fault(p: FloatArray) -> float:
    """p-value of many independent tests together, most telling when a few of them are far from chance.

    Parameters
    ----------
    p : array of float
        Of all that were tested, uniform where nothing is there.

    Returns
    -------
    float

    Notes
    -----
    The sum of log(1 - e + e f(z)) over the normal scores z of all p, where f is the likelihood ratio of a shift by d: the test of
    a sparse normal mixture (Ingster, 1997; Donoho & Jin, 2004), best by Neyman and Pearson for e = 2 at fault among n
    and d = sqrt(2 log 2n), the shift at which these begin to stand out. How the sum is distributed by chance is computed, not
    simulated: the distribution of one term on a fine grid, folded n times by its Fourier transform. Beyond the
    transform's rounding Markov's bound exp(-sum) stands in.
    """
    many = len(p)
    if many == 1:
        return float(p[0])
    whole = float(_evidence(-ndtri(np.clip(p, LEAST_P, 1 - LEAST_P)), many).sum())
    beyond = int(np.ceil(whole / STEP)) - _lowest(many)
    if beyond >= CELLS:
        return float(np.exp(-whole))
    chance = float(_upper_tails(many)[max(beyond, 0)])
    return min(chance, 1.0) if chance > ROUNDING else float(min(np.exp(-whole), ROUNDING))


def _evidence(z: FloatArray, many: int) -> FloatArray:
    """What one normal score says for a few at fault among many."""
    share, shift = min(AT_FAULT / many, MOST_SHARE), np.sqrt(2 * np.log(2 * many))
    return np.asarray(np.log1p(share * np.expm1(shift * z - shift**2 / 2)), float)


def _lowest(many: int) -> int:
    """Step of the smallest sum there can be."""
    return int(np.floor(many * np.log1p(-min(AT_FAULT / many, MOST_SHARE)) / STEP)) - 1


@lru_cache(maxsize=128)
def _upper_tails(many: int) -> FloatArray:
    """Chance of a sum at or above every step, from the lowest on."""
    edges = np.linspace(-WIDEST, WIDEST, SLICES + 1)
    at = _evidence((edges[1:] + edges[:-1]) / 2, many) / STEP
    step = np.floor(at).astype(np.int64)
    # Shared between the two steps next to it, so that the mean is kept.
    mass, part = np.diff(ndtr(edges)), at - step
    one = np.bincount(step % CELLS, mass * (1 - part), CELLS) + np.bincount((step + 1) % CELLS, mass * part, CELLS)
    all_of_them = np.fft.irfft(np.fft.rfft(one) ** many, CELLS)
    ordered = np.roll(all_of_them, -_lowest(many))
    return np.asarray(np.cumsum(ordered[::-1])[::-1], float)
