"""The variances of `scoring.reml` for thousands of judges: by the same steps, with traces sampled and nothing factored."""

from dataclasses import replace

import numpy as np

from scoring.arrays import FloatArray
from scoring.models.ballots import Ballots
from scoring.models.moments import start_of
from scoring.models.solution import LARGEST, SMALLEST, Solution, newton_step
from scoring.models.stochastic import PROBES, Judges, seats_of, solve
from scoring.models.threads import one_thread

MOST_ROUNDS = 12
ROUGH, FINE = 1e-4, 1e-10
SAMPLED = 1e-3


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
    with one_thread(0):
        return _fit(ballots)


def _fit(ballots: Ballots) -> Solution:
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
        step = newton_step(logs, gradient, information)
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
    """Gradient and average information as the exact fit has them, and the gradient's standard errors."""
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
