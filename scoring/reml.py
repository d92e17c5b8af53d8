"""Entries and judges as crossed random effects, by restricted maximum likelihood, exactly.

total = track + u(entry) + b(judge) + e; tracks (or the one level) are fixed. Entries are eliminated by hand, so that
every step costs one Cholesky factor of a matrix of tracks and judges, which is put together once per number of totals an
entry has. Variances start from moments and are found by average-information steps on the logarithms of their ratios.

Sources: Patterson & Thompson (1971) for REML; Henderson (1953) for the moments and (1975) for the mixed model equations;
Gilmour, Thompson & Cullis (1995) for average information. Results equal lme4's (Bates et al., 2015) to its own precision.
"""

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs

from scoring.arrays import FloatArray
from scoring.models.ballots import Ballots
from scoring.models.equations import Equations
from scoring.models.moments import start_of
from scoring.models.solution import LARGEST, SMALLEST, Solution, newton_step
from scoring.models.threads import one_thread

MOST_STEPS = 60
SETTLED = 1.5e-3  # Steps converge quadratically: the next would be some hundred times smaller.


def fit_reml(ballots: Ballots) -> Solution:
    """Find the variances that the totals make likeliest, free of the levels of tracks.

    Parameters
    ----------
    ballots : Ballots
        More of them than entries and judges together; see `calibrate_additive` for the guards.

    Returns
    -------
    Solution
        At the optimum. A variance of 0 shows as a ratio of 1e8.
    """
    equations = Equations.of(ballots)
    with one_thread(equations.size):
        logs = np.clip(np.log(start_of(ballots)), SMALLEST, LARGEST)
        best = _solve(equations, logs)
        for _ in range(MOST_STEPS):
            gradient, information = _derivatives(equations, best)
            step = newton_step(logs, gradient, information)
            tried, best_tried = logs, best
            while np.abs(step).max() > 1e-10:
                tried = np.clip(logs + step, SMALLEST, LARGEST)
                best_tried = _solve(equations, tried)
                if best_tried.deviance <= best.deviance + 1e-9:
                    break
                step = step / 3
            moved = float(np.abs(tried - logs).max())
            logs, best = tried, best_tried
            if moved < SETTLED:
                break
    return best


def solve_at(ballots: Ballots, logs: FloatArray, *, track_ratio: float = 0.0) -> Solution:
    """Solve the mixed model at given logarithms of the variance ratios.

    Parameters
    ----------
    ballots : Ballots
    logs : array of float
        Of residual variance over variance of entries, and over variance of judges.
    track_ratio : float
        Residual variance over variance of tracks; 0 leaves their levels fixed.
    """
    equations = Equations.of(ballots)
    with one_thread(equations.size):
        return _solve(equations, np.asarray(logs, float), track_ratio)


def inverse_of(factor: FloatArray) -> FloatArray:
    """Inverse of a matrix given its lower Cholesky factor."""
    with one_thread(len(factor)):
        inverse, _ = dpotri(factor, lower=1)
    below = np.tril(inverse, -1)
    return np.asarray(below + below.T + np.diag(np.diag(inverse)), float)


def _solve(equations: Equations, logs: FloatArray, track_ratio: float = 0.0) -> Solution:
    for_entry, for_judge = np.exp(logs).tolist()
    ballots, totals = equations.ballots, equations.totals
    pivots = ballots.load_of_entry + for_entry
    matrix = equations.matrix(pivots, for_judge, track_ratio)
    right = equations.reduced(totals, equations.entry_sums, pivots)
    factor, failed = dpotrf(matrix, lower=1, clean=1, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError("the design leaves tracks and judges undetermined")
    fixed, _ = dpotrs(factor, right, lower=1)
    tracks = ballots.tracks
    rest_sums = equations.entry_sums - equations.of_entries(fixed)
    rest = float(totals @ totals - right @ fixed - equations.entry_sums @ (equations.entry_sums / pivots))
    degrees = ballots.size - (1 if track_ratio else tracks)
    scale = float(totals @ totals)
    variance = max(rest / degrees, 1e-12 * scale / degrees, 1e-300)
    deviance = degrees * (1 + np.log(2 * np.pi * variance)) + 2 * np.log(np.diag(factor)).sum() + np.log(pivots).sum()
    deviance -= ballots.entries * logs[0] + ballots.judges * logs[1]
    return Solution(
        ratios=(for_entry, for_judge),
        deviance=float(deviance),
        residual_variance=variance,
        center=equations.center,
        track=fixed[:tracks],
        judge=fixed[tracks:],
        entry=rest_sums / pivots,
        factor=factor,
        pivots=pivots,
    )


def _derivatives(equations: Equations, at: Solution) -> tuple[FloatArray, FloatArray]:
    """Gradient and average information of the deviance in the logarithms of the two ratios."""
    if at.factor is None:
        raise ValueError("a factor is needed")
    ballots, (for_entry, for_judge), tracks = equations.ballots, at.ratios, equations.ballots.tracks
    lower, _ = dpotri(at.factor, lower=1)
    diagonal = np.diag(lower)
    trace = equations.trace_of_lower(lower, at.pivots) + float((1 / at.pivots).sum())
    squares = np.array([for_entry * float(at.entry @ at.entry), for_judge * float(at.judge @ at.judge)])
    squares /= at.residual_variance
    gradient = squares + np.array(
        [for_entry * trace - ballots.entries, for_judge * float(diagonal[tracks:].sum()) - ballots.judges]
    )
    working = np.stack([at.entry[ballots.entry], at.judge[ballots.judge]])
    sums = ballots.by_entry(working)
    rights = np.column_stack(
        [equations.reduced(working[0], sums[0], at.pivots), equations.reduced(working[1], sums[1], at.pivots)]
    )
    solved, _ = dpotrs(at.factor, rights, lower=1)
    information = working @ working.T - rights.T @ solved - (sums / at.pivots) @ sums.T
    information = information / at.residual_variance - squares[:, None] * squares / (ballots.size - tracks)
    return gradient, information
