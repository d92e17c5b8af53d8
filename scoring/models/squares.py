"""Entries and judges as fixed effects: least squares in incomplete blocks (Fisher, 1940; Yates, 1936)."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs

from scoring.arrays import FloatArray
from scoring.design import Design
from scoring.models.ballots import Ballots
from scoring.models.gaussian import MOST_DENSE
from scoring.models.stochastic import Judges, seats_of, solve
from scoring.models.threads import one_thread

PRECISE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """Judges' effects that sum to 0 in every part of the design.

    Attributes
    ----------
    effects : array of float
        Positive: lenient.
    covariance : array of float or None
        Over the noise variance; None when there are too many judges.
    diagonal : array of float
        Of it; approximate when there are too many judges.
    """

    effects: FloatArray
    covariance: FloatArray | None
    diagonal: FloatArray


def least_squares(ballots: Ballots, design: Design) -> LeastSquares:
    """Fit entries and judges as fixed effects.

    Parameters
    ----------
    ballots : Ballots
    design : Design
        Of the same ballots.
    """
    totals = ballots.total - ballots.total.mean()
    means = ballots.by_entry(totals) / ballots.load_of_entry
    right = ballots.by_judge(totals - means[ballots.entry])
    if ballots.judges > MOST_DENSE:
        return _by_gradients(ballots, design, right)
    # Entries' shares are subtracted pair by pair of judges; in every part, a constant is as good as another.
    seats = seats_of(ballots)
    weighted = seats.multiply((1 / ballots.load_of_entry)[:, None]).tocsr()
    same = design.part_of_judge[:, None] == design.part_of_judge[None, :]
    together = same / same.sum(axis=1)
    matrix = np.diag(ballots.load_of_judge) - (seats.T @ weighted).toarray() + together
    with one_thread(ballots.judges):
        factor, _ = dpotrf(np.asfortranarray(matrix), lower=1, clean=1, overwrite_a=1)
        effects, _ = dpotrs(factor, right, lower=1)
        lower, _ = dpotri(factor, lower=1)
    effects = effects - _part_means(design, effects)
    covariance = lower + np.tril(lower, -1).T - together
    return LeastSquares(effects, covariance, np.diag(covariance).copy())


def _by_gradients(ballots: Ballots, design: Design, right: FloatArray) -> LeastSquares:
    nothing = np.zeros(ballots.entries)
    loads = ballots.load_of_entry
    system = Judges(ballots, seats_of(ballots), loads, nothing, np.ones(ballots.tracks), ballots.load_of_judge)
    alone = system.diagonal() <= 1e-9
    system = Judges(ballots, system.seats, loads, nothing, system.heads, ballots.load_of_judge + alone)
    effects = solve(system, right[:, None], np.zeros((ballots.judges, 1)), PRECISE)[:, 0]
    return LeastSquares(effects - _part_means(design, effects), None, 1 / system.diagonal())


def _part_means(design: Design, effects: FloatArray) -> FloatArray:
    """Mean effect of the judges of each judge's part."""
    sums = np.bincount(design.part_of_judge, effects, design.parts)
    counts = np.bincount(design.part_of_judge, minlength=design.parts)
    return np.asarray((sums / counts)[design.part_of_judge], float)
