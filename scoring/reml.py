"""Entries and judges as crossed random effects, by restricted maximum likelihood, exactly.

y = mu + u(entry) + b(judge) + e. Entries are eliminated by hand, so that every step costs one Cholesky factor of a
matrix of judges by judges. Variances are found by average-information steps on their logarithms.

Sources: Patterson & Thompson (1971) for REML; Henderson (1975) for the mixed model equations; Gilmour, Thompson &
Cullis (1995) for average information. Results equal lme4's (Bates et al., 2015) to its own precision.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, cholesky

from scoring.arrays import FloatArray, sums_by
from scoring.design import Design
from scoring.table import ScoreTable

SMALLEST, LARGEST = np.log(1e-8), np.log(1e8)
MOST_STEPS = 60
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
    fixed : array of float
        Level and judges' effects (positive: lenient), judges' shrunk.
    entry : array of float
        Entries' effects, shrunk.
    factor : array of float
        Lower Cholesky factor of the coefficient matrix of `fixed` after entries are eliminated.
    pivots : array of float
        Load plus ratio, per entry: what was eliminated.
    """

    ratios: tuple[float, float]
    deviance: float
    residual_variance: float
    center: float
    fixed: FloatArray
    entry: FloatArray
    factor: FloatArray
    pivots: FloatArray

    @property
    def level(self) -> float:
        """The common mean."""
        return self.center + float(self.fixed[0])

    @property
    def sds(self) -> tuple[float, float, float]:
        """Standard deviations of entries, judges, residual; 0 where the ratio has reached its bound."""
        residual = self.residual_variance**0.5
        entry, judge = (0.0 if ratio > NO_VARIANCE else residual / ratio**0.5 for ratio in self.ratios)
        return entry, judge, residual


def fit_reml(table: ScoreTable, design: Design) -> Solution:
    """Find the variances that the totals make likeliest, free of the mean.

    Parameters
    ----------
    table : ScoreTable
        With fewer entries and judges than ballots; see `calibrate_additive` for the guards.
    design : Design
        Of the same table.

    Returns
    -------
    Solution
        At the optimum. A variance of 0 shows as a ratio of 1e8.
    """
    logs = np.zeros(2)
    best = solve_at(table, design, logs)
    for _ in range(MOST_STEPS):
        gradient, information = _derivatives(table, design, best)
        step = _step(logs, gradient, information)
        tried, best_tried = logs, best
        while np.abs(step).max() > 1e-10:
            tried = np.clip(logs + step, SMALLEST, LARGEST)
            best_tried = solve_at(table, design, tried)
            if best_tried.deviance <= best.deviance + 1e-9:
                break
            step = step / 3
        moved = float(np.abs(tried - logs).max())
        logs, best = tried, best_tried
        if moved < 1e-7:
            break
    return best


def solve_at(table: ScoreTable, design: Design, logs: FloatArray) -> Solution:
    """Solve the mixed model at given logarithms of the variance ratios."""
    for_entry, for_judge = (float(ratio) for ratio in np.exp(logs))
    totals = table.total - table.total.mean()
    pivots = design.load_of_entry + for_entry
    entry_sums = sums_by(table.entry, totals, len(table.entries))
    matrix = np.diag(np.concatenate([[0.0], design.load_of_judge + for_judge]))
    matrix[0, 0] = table.ballots
    matrix[0, 1:] = matrix[1:, 0] = design.load_of_judge
    for load, crossed in design.crossed:
        matrix -= crossed / (load + for_entry)
    right = reduced(table, design, totals, pivots)
    factor = cholesky(matrix, lower=True, check_finite=False)
    fixed = cho_solve((factor, True), right, check_finite=False)
    entry = (entry_sums - design.with_level @ fixed) / pivots
    rest = float(totals @ totals - right @ fixed - entry_sums @ (entry_sums / pivots))
    degrees = table.ballots - 1
    variance = max(rest / degrees, 1e-12 * float(totals @ totals) / degrees, 1e-300)
    deviance = degrees * (1 + np.log(2 * np.pi * variance)) + 2 * np.log(np.diag(factor)).sum() + np.log(pivots).sum()
    deviance -= len(table.entries) * logs[0] + len(table.judges) * logs[1]
    return Solution(
        ratios=(for_entry, for_judge),
        deviance=float(deviance),
        residual_variance=variance,
        center=float(table.total.mean()),
        fixed=fixed,
        entry=entry,
        factor=factor,
        pivots=pivots,
    )


def reduced(table: ScoreTable, design: Design, values: FloatArray, pivots: FloatArray) -> FloatArray:
    """Right-hand side of level and judges after the entries are eliminated."""
    by_judge = sums_by(table.judge, values, len(table.judges))
    by_entry = sums_by(table.entry, values, len(table.entries))
    return np.asarray(np.concatenate([[values.sum()], by_judge]) - design.with_level.T @ (by_entry / pivots), float)


def _derivatives(table: ScoreTable, design: Design, at: Solution) -> tuple[FloatArray, FloatArray]:
    """Gradient and average information of the deviance in the logarithms of the two ratios."""
    for_entry, for_judge = at.ratios
    variance, judge = at.residual_variance, at.fixed[1:]
    inverse = cho_solve((at.factor, True), np.eye(len(at.fixed)), check_finite=False)
    trace = sum(float((inverse * crossed).sum()) / (load + for_entry) ** 2 for load, crossed in design.crossed)
    trace += float((1 / at.pivots).sum())
    squares = np.array([for_entry * float(at.entry @ at.entry), for_judge * float(judge @ judge)]) / variance
    gradient = squares + np.array(
        [for_entry * trace - len(at.entry), for_judge * float(np.trace(inverse[1:, 1:])) - len(judge)]
    )
    working = [at.entry[table.entry], judge[table.judge]]
    rights = [reduced(table, design, work, at.pivots) for work in working]
    information = np.empty((2, 2))
    for row in range(2):
        solved = cho_solve((at.factor, True), rights[row], check_finite=False)
        for column in range(2):
            product = float(working[row] @ working[column]) - float(solved @ rights[column])
            sums = [sums_by(table.entry, working[which], len(at.entry)) for which in (row, column)]
            information[row, column] = (product - float(sums[0] @ (sums[1] / at.pivots))) / variance
    information -= np.outer(squares, squares) / (table.ballots - 1)
    return gradient, information


def _step(logs: FloatArray, gradient: FloatArray, information: FloatArray) -> FloatArray:
    """A Newton step of at most 3, among the ratios that are not held at a bound."""
    outward = ((logs >= LARGEST) & (gradient < 0)) | ((logs <= SMALLEST) & (gradient > 0))
    step = np.zeros(2)
    free = np.flatnonzero(~outward)
    if len(free):
        damped = information[np.ix_(free, free)] + np.diag(np.full(len(free), 1e-9))
        step[free] = -np.linalg.lstsq(damped, gradient[free], rcond=1e-12)[0]
    largest = float(np.abs(step).max())
    return step * min(1.0, 3.0 / largest) if largest > 0 else step
