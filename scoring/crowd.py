"""Rank intervals and chances of the top among very many entries, where the law of large numbers does the drawing."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import ndtr

from scoring.arrays import FloatArray, IntArray

MANY = 20_000
COPIES = 8
NORMAL_90 = 1.6448536269514722


def places_among_many(
    mean: FloatArray, error: FloatArray, *, seed: int, top: Sequence[int], parts: IntArray
) -> tuple[IntArray, IntArray, Mapping[int, FloatArray]]:
    """Ends of the 90 % rank intervals and chances of the top, from every entry's own distribution.

    Among n entries the number of better ones than a given quality strays from its expectation by less than sqrt(n)/2, a
    thousandth of the places for n = 200,000: rank intervals are the quality's interval read on the expected ranks.

    Parameters
    ----------
    mean, error : array of float
        Posterior mean and standard deviation of every entry's quality.
    seed : int
        Of the sample on which expected ranks are read.
    top : sequence of int
    parts : array of int
        Which entries are ranked together.

    Returns
    -------
    low, high : array of int
    p_top : mapping of int to array of float
    """
    low, high = np.empty(len(mean), np.int64), np.empty(len(mean), np.int64)
    chances = {int(k): np.empty(len(mean)) for k in top}
    random = np.random.default_rng([seed, 0xC207D])
    for part in np.unique(parts):
        rows = np.flatnonzero(parts == part)
        middle, spread = mean[rows], np.maximum(error[rows], 1e-12)
        sample = np.sort((middle + spread * random.standard_normal((COPIES, len(rows)))).ravel())
        better = _better(sample, middle + NORMAL_90 * spread), _better(sample, middle - NORMAL_90 * spread)
        low[rows], high[rows] = (np.clip(np.rint(1 + count), 1, len(rows)).astype(np.int64) for count in better)
        for k, chance in chances.items():
            line = sample[max(0, len(sample) - k * COPIES)]
            chance[rows] = 1.0 if k >= len(rows) else ndtr((middle - line) / spread)
    return low, high, chances


def _better(sample: FloatArray, values: FloatArray) -> FloatArray:
    """How many entries are expected to be better than each value."""
    return np.asarray((len(sample) - np.searchsorted(sample, values, side="right")) / COPIES, float)
