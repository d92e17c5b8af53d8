"""Permutation tests of one judge's own entries against the others, stratum by stratum: exact, on a grid, or simulated."""

from math import comb, prod

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray

MOST_EXACT = 200_000
SHUFFLES = 20_000
CLOSE = 1e-9
GRID = 2000
MOST_ON_GRID = 300_000


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
        Exact where all ways are counted. Else all ways are counted with the values on a grid of 2,000 steps, which tells
        the smallest p to a few per cent. Where own values are too many for that, (1 + as high) / (1 + shuffles).

    Notes
    -----
    Fisher (1935); Pagano & Tritchler (1983) for counting on a grid; Phipson & Smyth (2010) for the simulated p-value.
    """
    found = float(values[own].sum()) - CLOSE * float(np.abs(values).sum() + 1)
    groups = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    sizes = [int(own[group].sum()) for group in groups]
    if prod(comb(len(group), size) for group, size in zip(groups, sizes, strict=True)) <= MOST_EXACT:
        sums = np.zeros(1)
        for group, size in zip(groups, sizes, strict=True):
            sums = np.add.outer(sums, subset_sums(values[group], size)).ravel()
        return float((sums >= found).mean())
    if sum(len(group) * size**2 for group, size in zip(groups, sizes, strict=True)) <= MOST_ON_GRID:
        return _on_grid(values, groups, sizes, float(values[own].sum()))
    random = np.random.default_rng([seed, 0x9E37])
    sums = np.zeros(shuffles)
    for group, size in zip(groups, sizes, strict=True):
        if size:
            keys = random.random((shuffles, len(group)))
            sums += values[group][np.argpartition(keys, size - 1, axis=1)[:, :size]].sum(axis=1)
    return float((1 + (sums >= found).sum()) / (1 + shuffles))


def _on_grid(values: FloatArray, groups: list[IntArray], sizes: list[int], found: float) -> float:
    """Share of the ways whose sum is as high as the one found, values rounded to a grid."""
    step = float(np.ptp(values)) / GRID
    if step == 0:
        return 1.0
    whole, lowest = np.ones(1), 0.0
    for group, size in zip(groups, sizes, strict=True):
        if size:
            low = float(values[group].min())
            whole = np.convolve(whole, _ways(np.rint((values[group] - low) / step).astype(np.int64), size))
            lowest += size * low
    first = max(int(np.ceil((found - lowest) / step - 0.5)), 0)
    return float(np.clip(whole[first:].sum(), 0.0, 1.0))


def _ways(values: IntArray, size: int) -> FloatArray:
    """Chance of every sum of `size` of the values, drawn without putting back."""
    highest = int(np.sort(values)[-size:].sum())
    ways = np.zeros((size + 1, highest + 1))
    ways[0, 0] = 1.0
    for number, value in enumerate(values.tolist()):
        for taken in range(min(number + 1, size), 0, -1):
            ways[taken, value:] += ways[taken - 1, : highest + 1 - value]
    return np.asarray(ways[size] / comb(len(values), size), float)


def subset_sums(values: FloatArray, size: int) -> FloatArray:
    """Sum of every subset of that size, one after another."""
    if 2 * size > len(values):
        return np.asarray(values.sum() - subset_sums(values, len(values) - size), float)
    sums = [np.zeros(1)] + [np.empty(0)] * size
    for value in values.tolist():
        for taken in range(size, 0, -1):
            sums[taken] = np.concatenate([sums[taken], sums[taken - 1] + value])
    return sums[size]
