"""Whether chains that started apart have come to tell the same story: R-hat and effective sizes."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray

MOST_RHAT = 1.05
FEWEST_EFFECTIVE = 100.0
BLOCK_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Convergence:
    """How the simulation of the posterior went.

    Attributes
    ----------
    chains, sweeps : int
        How many chains, and how many sweeps of each were kept.
    rhat : float
        The largest split R-hat over all entries and variances; 1 is perfect.
    effective : float
        The smallest effective number of independent draws over all entries.
    converged : bool
        Whether `rhat` is at most 1.05 and `effective` at least 100.
    fallback : str
        What is used instead when it is not; empty when nothing had to be.
    """

    chains: int
    sweeps: int
    rhat: float
    effective: float
    converged: bool
    fallback: str = ""


def convergence_of(draws: FloatArray, others: FloatArray) -> Convergence:
    """Judge draws of sweeps by chains by quantities.

    Parameters
    ----------
    draws : array of float
        Of the entries.
    others : array of float
        Of the variances; they count for R-hat only.
    """
    sweeps, chains, _ = draws.shape
    rhat = max(float(split_rhat(draws).max()), float(split_rhat(others).max()))
    least = float(effective_sizes(draws).min())
    return Convergence(chains, sweeps, rhat, least, rhat <= MOST_RHAT and least >= FEWEST_EFFECTIVE)


def split_rhat(draws: FloatArray) -> FloatArray:
    """Split R-hat per quantity (Gelman et al., 2013): spread of all half chains over spread within them."""
    half = draws.shape[0] // 2
    halves = np.concatenate([draws[:half], draws[half : 2 * half]], axis=1)
    within = halves.var(axis=0, ddof=1).mean(axis=0)
    between = halves.mean(axis=0).var(axis=0, ddof=1)
    return np.asarray(np.sqrt((half - 1) / half + between / np.maximum(within, 1e-300)), float)


def effective_sizes(draws: FloatArray) -> FloatArray:
    """Effective number of independent draws per quantity, by Geyer's initial positive sequence."""
    sweeps, chains, count = draws.shape
    sizes = np.empty(count)
    step = max(1, BLOCK_CELLS // (2 * sweeps * chains))
    for first in range(0, count, step):
        sizes[first : first + step] = _effective(draws[:, :, first : first + step])
    return sizes


def _effective(draws: FloatArray) -> FloatArray:
    sweeps, chains, _ = draws.shape
    centred = draws - draws.mean(axis=0)
    transformed = np.fft.rfft(centred, 2 * sweeps, axis=0)
    lags = np.fft.irfft(np.abs(transformed) ** 2, axis=0)[:sweeps].mean(axis=1) / sweeps
    between = draws.mean(axis=0).var(axis=0, ddof=1) if chains > 1 else 0.0
    whole = np.maximum(lags[0] + between, 1e-300)
    correlation = 1 - (lags[0] - lags) / whole
    pairs = correlation[: 2 * (sweeps // 2)].reshape(sweeps // 2, 2, -1).sum(axis=1)
    positive = np.minimum.accumulate(np.where(np.minimum.accumulate(pairs > 0, axis=0), pairs, 0.0), axis=0)
    length = np.maximum(2 * positive.sum(axis=0) - 1, 1 / np.log10(max(sweeps * chains, 10)))
    return np.asarray(sweeps * chains / length, float)
