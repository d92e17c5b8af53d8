"""Entries and judges as crossed random effects, by restricted maximum likelihood, exactly.

total = track + u(entry) + b(judge) + e; tracks (or the one level) are fixed. Entries are eliminated by hand, so that
every step costs one Cholesky factor of a matrix of tracks and judges, which is put together once per number of totals an
entry has. Variances start from moments and are found by average-information steps on the logarithms of their ratios.

Sources: Patterson & Thompson (1971) for REML; Henderson (1953) for the moments and (1975) for the mixed model equations;
Gilmour, Thompson & Cullis (1995) for average information. Results equal lme4's (Bates et al., 2015) to its own precision.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs

from scoring.arrays import FloatArray
from scoring.models.ballots import Ballots
from scoring.models.equations import Equations
from scoring.models.gaussian import MOST_DENSE
from scoring.models.moments import start_of
from scoring.models.stochastic import PROBES, Judges, seats_of, solve
from scoring.models.threads import one_thread

SMALLEST, LARGEST = np.log(1e-8), np.log(1e8)
MOST_STEPS, MOST_ROUNDS = 60, 12
ROUGH, FINE = 1e-4, 1e-10
SAMPLED = 1e-3
MOST_EXACT = 1000
SETTLED = 5e-4  # Steps converge quadratically: the next would be a thousand times smaller.
NO_VARIANCE = 0.99e8


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The mixed model solved at one pair of variance ratios; totals are taken from their mean.

    Attributes
    ----------
    ratios : tuple of float
        Residual variance over variance of entries, and over variance of judges.
    deviance : float
        The REML criterion: minus twice the restricted log-likelihood.
    residual_variance : float
        Profiled.
    center : float
        Mean of the totals, which was taken off.
    track : array of float
        Level of every track; one without tracks.
    judge : array of float
        Effects of the judges, shrunk; positive: lenient.
    entry : array of float
        Effects of the entries within their tracks, shrunk.
    factor : array of float or None
        Lower Cholesky factor of the coefficient matrix of tracks and judges after entries are eliminated.
    pivots : array of float
        Load plus ratio, per entry: what was eliminated.
    track_variance : float
        Of the levels of tracks; 0 while they are fixed, or without tracks.
    error : float
        By how much the logarithms of the ratios may be off; 0 when the fit is exact.
    """

    ratios: tuple[float, float]
    deviance: float
    residual_variance: float
    center: float
    track: FloatArray
    judge: FloatArray
    entry: FloatArray
    factor: FloatArray | None
    pivots: FloatArray
    track_variance: float = 0.0
    error: float = 0.0

    @property
    def level(self) -> float:
        """The common mean."""
        return self.center + float(self.track.mean())

    @property
    def fixed(self) -> FloatArray:
        """Tracks, then judges."""
        return np.concatenate([self.track, self.judge])

    @property
    def sds(self) -> tuple[float, float, float]:
        """Standard deviations of entries, judges, residual; 0 where the ratio has reached its bound."""
        residual = self.residual_variance**0.5
        entry, judge = (0.0 if ratio > NO_VARIANCE else residual / ratio**0.5 for ratio in self.ratios)
        return entry, judge, residual


def fit_mixed(ballots: Ballots) -> Solution:
    """Fit exactly while there are few judges, with sampled traces when there are many.

    Up to 4,000 judges the solution has a factor, and its deviance is exact at the ratios found.
    """
    if ballots.judges + ballots.tracks <= MOST_EXACT:
        return fit_reml(ballots)
    sampled = fit_stochastic(ballots)
    if ballots.judges + ballots.tracks > MOST_DENSE:
        return sampled
    return replace(solve_at(ballots, np.log(sampled.ratios)), error=sampled.error)


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
            step = _step(logs, gradient, information)
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


def fit_stochastic(ballots: Ballots) -> Solution:
    """Find the same variances without factoring anything: for thousands of judges.

    Parameters
    ----------
    ballots : Ballots

    Returns
    -------
    Solution
        Without a factor and with no deviance (not a number); `error` says how far the logarithms of the ratios may be
        off because traces were sampled (one standard error). The probes are always the same, so the result is too.
    """
    seats = seats_of(ballots)
    totals = ballots.total - ballots.total.mean()
    signs = np.where(np.random.default_rng(0x5EED).random((ballots.judges, PROBES)) < 0.5, -1.0, 1.0)
    logs = np.clip(np.log(start_of(ballots)), SMALLEST, LARGEST)
    effects, answers = np.zeros((ballots.judges, 1)), np.zeros_like(signs)
    error = 0.0
    for _ in range(MOST_ROUNDS):
        system = Judges.at(ballots, seats, *np.exp(logs).tolist())
        effects = solve(system, system.right(totals)[0][:, None], effects, ROUGH)
        answers = solve(system, signs, answers, ROUGH)
        at = _described(system, totals, effects, logs)
        gradient, information, noise = _sampled_derivatives(system, at, signs, answers)
        step = _step(logs, gradient, information)
        error = float(np.abs(np.linalg.lstsq(information, noise, rcond=None)[0]).max())
        logs = np.clip(logs + step, SMALLEST, LARGEST)
        if float(np.abs(step).max()) < SAMPLED:
            break
    system = Judges.at(ballots, seats, *np.exp(logs).tolist())
    effects = solve(system, system.right(totals)[0][:, None], effects, FINE)
    return replace(_described(system, totals, effects, logs), error=error)


def _described(system: Judges, totals: FloatArray, effects: FloatArray, logs: FloatArray) -> Solution:
    """Everything that follows from the judges' effects."""
    ballots, judge = system.ballots, effects[:, 0]
    right, heads = system.right(totals)
    judged = ballots.by_entry(judge[ballots.judge])
    track = heads / system.heads - system.tracks_of(judged[:, None])[:, 0]
    sums = ballots.by_entry(totals)
    entry = (sums - judged - ballots.load_of_entry * track[ballots.track]) / system.pivots
    explained = float(right @ judge) + float(heads @ (heads / system.heads)) + float(sums @ (sums / system.pivots))
    scale, degrees = float(totals @ totals), ballots.size - ballots.tracks
    for_entry, for_judge = np.exp(logs).tolist()
    return Solution(
        ratios=(for_entry, for_judge),
        deviance=float("nan"),
        residual_variance=max((scale - explained) / degrees, 1e-12 * scale / degrees, 1e-300),
        center=float(ballots.total.mean()),
        track=track,
        judge=judge,
        entry=entry,
        factor=None,
        pivots=system.pivots,
    )


def _sampled_derivatives(
    system: Judges, at: Solution, signs: FloatArray, answers: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gradient and average information as `_derivatives` gives them, and the gradient's standard errors."""
    ballots, (for_entry, for_judge), variance = system.ballots, at.ratios, at.residual_variance
    squares = np.array([for_entry * float(at.entry @ at.entry), for_judge * float(at.judge @ at.judge)]) / variance
    loads = ballots.load_of_entry
    through = system.apart(signs) * system.apart(answers) / system.pivots[:, None] ** 2
    sampled = np.array([for_entry * through.sum(axis=0), for_judge * (signs * answers).sum(axis=0)])
    known = float((1 / system.pivots).sum())
    known += float(((loads / system.pivots) ** 2 / system.heads[ballots.track]).sum())
    traces = sampled.mean(axis=1) + np.array([for_entry * known, 0.0])
    gradient = squares + traces - np.array([ballots.entries, ballots.judges])
    working = np.array([at.entry[ballots.entry], at.judge[ballots.judge]])
    pairs = [system.right(work) for work in working]
    rights = np.column_stack([right for right, _ in pairs])
    solved = solve(system, rights, np.zeros_like(rights), ROUGH)
    sums, heads = ballots.by_entry(working), np.array([head for _, head in pairs])
    information = working @ working.T - rights.T @ solved - sums @ (sums / system.pivots).T
    information -= heads @ (heads / system.heads).T
    information = information / variance - np.outer(squares, squares) / (ballots.size - ballots.tracks)
    return gradient, information, sampled.std(axis=1, ddof=1) / np.sqrt(PROBES)


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
    sums = [ballots.load_of_entry * at.entry, ballots.by_entry(at.judge[ballots.judge])]
    working = [at.entry[ballots.entry], at.judge[ballots.judge]]
    rights = np.column_stack(
        [equations.reduced(work, sum_, at.pivots) for work, sum_ in zip(working, sums, strict=True)]
    )
    solved, _ = dpotrs(at.factor, rights, lower=1)
    plain = np.array(working) @ np.array(working).T
    information = plain - rights.T @ solved - np.array(sums) @ (np.array(sums) / at.pivots).T
    information = information / at.residual_variance - np.outer(squares, squares) / (ballots.size - tracks)
    return gradient, information


def _step(logs: FloatArray, gradient: FloatArray, information: FloatArray) -> FloatArray:
    """A Newton step of at most 3, among the ratios that are not held at a bound."""
    first, second = (
        bool((at >= LARGEST and slope < 0) or (at <= SMALLEST and slope > 0))
        for at, slope in zip(logs.tolist(), gradient.tolist(), strict=True)
    )
    (a, b), (_, d) = information.tolist()
    g, h = gradient.tolist()
    a, d = a + 1e-9, d + 1e-9
    determinant = a * d - b * b
    if not first and not second and determinant > 1e-12 * a * d:
        step = np.array([(b * h - d * g) / determinant, (b * g - a * h) / determinant])
    else:
        step = np.array([0.0 if first else -g / a, 0.0 if second else -h / d])
    largest = float(np.abs(step).max())
    return step * min(1.0, 3.0 / largest) if largest > 0 else step
