"""Levels of tracks, drawn together by their own variance.

REML with tracks fixed tells their levels and how sure these are; the variance of the levels follows by REML again, and the
model is solved once more with the levels as random as it says. A track of few entries is thereby not believed to be
as far from the others as its few totals say, and nothing of a track's level is mistaken for severity.

Source: Raudenbush & Bryk (1985) for levels known with error; Harville (1977) for the scoring.
"""

from dataclasses import replace

import numpy as np

from scoring.arrays import FloatArray
from scoring.models.ballots import Ballots
from scoring.models.solution import LARGEST, Solution
from scoring.reml import inverse_of, solve_at

MOST_STEPS = 100


def with_tracks_shrunk(ballots: Ballots, fit: Solution) -> Solution:
    """Solve again with random levels of tracks; without tracks, or without a factor, give the fit back.

    Parameters
    ----------
    ballots : Ballots
    fit : Solution
        With levels fixed.
    """
    if ballots.tracks == 1 or fit.factor is None:
        return fit
    errors = fit.residual_variance * inverse_of(fit.factor)[: ballots.tracks, : ballots.tracks]
    variance = spread_of_levels(fit.track, errors)
    ratio = min(fit.residual_variance / max(variance, 1e-300), float(np.exp(LARGEST)))
    solved = solve_at(ballots, np.log(fit.ratios), track_ratio=ratio)
    return replace(
        solved, deviance=fit.deviance, residual_variance=fit.residual_variance, track_variance=variance, error=fit.error
    )


def spread_of_levels(levels: FloatArray, errors: FloatArray) -> float:
    """Variance of true levels by REML, given levels and the covariance of their errors.

    Parameters
    ----------
    levels : array of float
    errors : array of float
    """
    count = len(levels)
    variance = max(float(np.var(levels, ddof=1) - np.trace(errors) / count), 0.0)
    for _ in range(MOST_STEPS):
        weight = np.linalg.inv(errors + variance * np.eye(count))
        sums = weight.sum(axis=0)
        projected = weight - np.outer(sums, sums) / sums.sum()
        loose = projected @ levels
        score, information = float(loose @ loose - np.trace(projected)), float((projected * projected).sum())
        tried = max(variance + score / information, 0.0)
        if abs(tried - variance) <= 1e-9 * (tried + float(np.trace(errors)) / count):
            return tried
        variance = tried
    return variance
