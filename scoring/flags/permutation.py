"""Exact and simulated permutation tests of one judge's own entries against the others, stratum by stratum."""

from math import comb, prod

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray

MOST_EXACT = 200_000
SHUFFLES = 20_000
CLOSE = 1e-9


def stratified_p(
    values: FloatArray, own: BoolArray, strata: IntArray, *, seed: int = 0, shuffles: int = SHUFFLES
) -> float:
    """Chance that labels shuffled within strata give a sum over the own values as high as the one found.

    Parameters
    ----------
    values : array of float
    own : array of bool
    strata : array of int
        Labels are shuffled within equal numbers.
    seed, shuffles : int
        Of the simulation, when there are more than 200,000 ways.

    Returns
    -------
    float
        Exact where all ways are counted; else (1 + as high) / (1 + shuffles).

    Notes
    -----
    Fisher (1935); Phipson & Smyth (2010) for the simulated p-value.
    """
    found = float(values[own].sum()) - CLOSE * float(np.abs(values).sum() + 1)
    groups = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    sizes = [int(own[group].sum()) for group in groups]
    if prod(comb(len(group), size) for group, size in zip(groups, sizes, strict=True)) <= MOST_EXACT:
        sums = np.zeros(1)
        for group, size in zip(groups, sizes, strict=True):
            sums = np.add.outer(sums, subset_sums(values[group], size)).ravel()
        return float((sums >= found).mean())
    random = np.random.default_rng([seed, 0x9E37])
    sums = np.zeros(shuffles)
    for group, size in zip(groups, sizes, strict=True):
        if size:
            keys = random.random((shuffles, len(group)))
            sums += values[group][np.argpartition(keys, size - 1, axis=1)[:, :size]].sum(axis=1)
    return float((1 + (sums >= found).sum()) / (1 + shuffles))


def subset_sums(values: FloatArray, size: int) -> FloatArray:
    """Sum of every subset of that size, one after another."""
    if 2 * size > len(values):
        return np.asarray(values.sum() - subset_sums(values, len(values) - size), float)
    sums = [np.zeros(1)] + [np.empty(0)] * size
    for value in values.tolist():
        for taken in range(size, 0, -1):
            sums[taken] = np.concatenate([sums[taken], sums[taken - 1] + value])
    return sums[size]
