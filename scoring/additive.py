"""Severity of every judge and adjusted score of every entry: entry plus judge, fitted exactly."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from scoring.arrays import FloatArray, IntArray, sums_by
from scoring.calibration import mean_of
from scoring.design import Design
from scoring.errors import Note, ScoringError
from scoring.reml import Solution, fit_reml
from scoring.table import ScoreTable

MOST_JUDGES = 4000
BLOCK = 4_000_000
FINEST = 10  # Decimals of severities: below them only the order of summation speaks.


@dataclass(frozen=True, slots=True, eq=False)
class AdditiveCalibration:
    """Entry plus severity: what every judge's totals lack, and what the entries are worth once it is given back.

    Attributes
    ----------
    scores : array of float
        Adjusted score per entry: mean of (total + severity of its judge). Not shrunk, so that it recomputes by hand.
    scores_se : array of float or None
        Their standard errors, uncertainty of severities and of the common level included.
    severity, severity_se : array of float, and array of float or None
        Points by which each judge lies below the others on equal work; they sum to 0 in every part of the design.
    residuals, leave_out_t, leave_out : arrays of float, the last two or None
        Per ballot: given minus expected; its studentized form and size when the ballot itself takes no part.
    entry_blup, entry_se, severity_blup, severity_blup_se : arrays of float or None
        The best linear predictions under REML with their prediction errors (entries with the level): shrunk, as lme4
        gives them (severity with its sign turned). Probabilities rest on these.
    solution : Solution or None
        The REML fit; None when the design leaves no degree of freedom or nothing varies.
    design : Design
        With the connected parts.
    noise : float or None
        Residual standard deviation; 0 when the model fits exactly, None when it cannot be known.
    notes : tuple of Note
        What to say beside it.
    """

    scores: FloatArray
    scores_se: FloatArray | None
    severity: FloatArray
    severity_se: FloatArray | None
    residuals: FloatArray
    leave_out: FloatArray | None
    leave_out_t: FloatArray | None
    entry_blup: FloatArray | None
    entry_se: FloatArray | None
    severity_blup: FloatArray | None
    severity_blup_se: FloatArray | None
    solution: Solution | None
    design: Design
    noise: float | None
    notes: tuple[Note, ...] = ()


def calibrate_additive(table: ScoreTable) -> AdditiveCalibration:
    """Severity of every judge and adjusted score of every entry, with their uncertainty (宽严校准).

    total = level + entry + judge + noise. Adjusted scores and severities are least squares with both as fixed effects
    (Fisher's incomplete blocks): a constant added to one judge's totals moves no adjusted score against another, and
    severe panels are not mistaken for weak entries. Variances come from REML with both as random effects; predictions,
    their errors and all probabilities rest on it.

    Parameters
    ----------
    table : ScoreTable

    Returns
    -------
    AdditiveCalibration
        Notes: ``disconnected`` when parts of the design share no judge; ``no_overlap`` when no entry was scored
        twice in some part, so that its judges cannot be compared.

    Raises
    ------
    ScoringError
        ``too_many_judges`` above 4,000.
    """
    if len(table.judges) > MOST_JUDGES:
        text = f"The exact calibration takes up to {MOST_JUDGES} judges; there are {len(table.judges)}."
        raise ScoringError("too_many_judges", text, judges=len(table.judges), most=MOST_JUDGES)
    design = Design.of(table)
    lenient, spread = _least_squares(table, design)
    scores = mean_of(table, table.total - lenient[table.judge])
    residuals = table.total - lenient[table.judge] - scores[table.entry]
    degrees = table.ballots - len(table.entries) - len(table.judges) + design.parts
    unknown = AdditiveCalibration(
        scores=scores,
        scores_se=None,
        severity=0.0 - lenient,
        severity_se=None,
        residuals=residuals if degrees > 0 else np.zeros(table.ballots),
        leave_out=None,
        leave_out_t=None,
        entry_blup=None,
        entry_se=None,
        severity_blup=None,
        severity_blup_se=None,
        solution=None,
        design=design,
        noise=None,
        notes=_design_notes(table, design, degrees),
    )
    if degrees <= 0 or len(table.entries) < 2:
        return unknown
    if float(residuals @ residuals) <= 1e-18 * float(table.total @ table.total) + 1e-300:
        return _exact_fit(unknown)
    return _with_uncertainty(unknown, table, spread)


def draw_entries(fit: AdditiveCalibration, table: ScoreTable, random: np.random.Generator, draws: int) -> FloatArray:
    """Draw joint posterior values of all entries (with the level) under REML; entries in rows, draws in columns.

    One triangular solve on level and judges, then entries one by one given these.
    """
    solution = fit.solution
    if solution is None:
        raise ScoringError("no_uncertainty", "This design leaves nothing to estimate uncertainty from.")
    sd = np.sqrt(solution.residual_variance)
    loose = solve_triangular(
        solution.factor, random.standard_normal((len(solution.fixed), draws)), trans="T", lower=True, check_finite=False
    )
    fixed = solution.fixed[:, None] + sd * loose
    sums = sums_by(table.entry, table.total - solution.center, len(table.entries))
    mean = (sums[:, None] - fit.design.with_level @ fixed) / solution.pivots[:, None]
    noise = random.standard_normal(mean.shape) * (sd / np.sqrt(solution.pivots))[:, None]
    return np.asarray(solution.center + mean + fixed[0] + noise, float)


def _least_squares(table: ScoreTable, design: Design) -> tuple[FloatArray, FloatArray]:
    """Judges' effects that sum to 0 in every part (positive: lenient), and their covariance over the noise variance."""
    weights = 1 / design.load_of_entry
    scaled = design.incidence.multiply(weights[:, None]).tocsr()
    matrix = np.diag(design.load_of_judge) - np.asarray((design.incidence.T @ scaled).toarray(), float)
    same = design.part_of_judge[:, None] == design.part_of_judge[None, :]
    together = same / same.sum(axis=1)
    factor = cho_factor(matrix + together, lower=True, check_finite=False)
    totals = table.total - table.total.mean()
    entry_means = sums_by(table.entry, totals, len(table.entries)) * weights
    right = sums_by(table.judge, totals - entry_means[table.entry], len(table.judges))
    effects = cho_solve(factor, right, check_finite=False)
    effects -= together @ effects
    covariance = cho_solve(factor, np.eye(len(right)), check_finite=False) - together
    return np.round(effects, FINEST) + 0.0, covariance


def _with_uncertainty(fit: AdditiveCalibration, table: ScoreTable, spread: FloatArray) -> AdditiveCalibration:
    design = fit.design
    solution = fit_reml(table, design)
    variance = solution.residual_variance
    inverse = cho_solve((solution.factor, True), np.eye(len(solution.fixed)), check_finite=False)
    quadratic, crossed = _entry_forms(table, design, inverse, solution.pivots)
    averaged = _averaged_forms(design, spread)
    entry_variance = variance * (1 / solution.pivots + quadratic)
    judge_inverse = np.diag(inverse)[1:]
    leverage = 1 / solution.pivots[table.entry] + quadratic[table.entry] + 2 * crossed + judge_inverse[table.judge]
    free = np.maximum(1 - leverage, 1e-9)
    expected = solution.center + solution.fixed[0] + solution.entry[table.entry] + solution.fixed[1:][table.judge]
    given_minus_expected = table.total - expected
    level = solution.sds[1] ** 2 / len(table.judges)
    return AdditiveCalibration(
        scores=fit.scores,
        scores_se=np.sqrt(variance * (1 / design.load_of_entry + averaged) + level),
        severity=fit.severity,
        severity_se=np.sqrt(variance * np.maximum(np.diag(spread), 0)),
        residuals=fit.residuals,
        leave_out=given_minus_expected / free,
        leave_out_t=given_minus_expected / np.sqrt(variance * free),
        entry_blup=solution.level + solution.entry,
        entry_se=np.sqrt(entry_variance),
        severity_blup=0.0 - solution.fixed[1:],
        severity_blup_se=np.sqrt(variance * judge_inverse),
        solution=solution,
        design=design,
        noise=float(np.sqrt(variance)),
        notes=fit.notes,
    )


def _entry_forms(
    table: ScoreTable, design: Design, inverse: FloatArray, pivots: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """With g = (level) - (loads of an entry) / pivot: g'Cg per entry, and g'C at the judge, per ballot."""
    quadratic, crossed = np.empty(len(pivots)), np.empty(table.ballots)
    ends = np.cumsum(table.judges_per_entry)
    step = max(1, BLOCK // len(inverse))
    for first in range(0, len(pivots), step):
        chosen = slice(first, min(first + step, len(pivots)))
        rows = -design.with_level[chosen].toarray() / pivots[chosen, None]
        rows[:, 0] += 1
        product = rows @ inverse
        quadratic[chosen] = (product * rows).sum(axis=1)
        ballots = slice(ends[first] - table.judges_per_entry[first], ends[chosen.stop - 1])
        crossed[ballots] = product[table.entry[ballots] - first, table.judge[ballots] + 1]
    return quadratic, crossed


def _averaged_forms(design: Design, covariance: FloatArray) -> FloatArray:
    """Variance of the mean effect of each entry's judges, over the noise variance."""
    averaged = np.empty(len(design.load_of_entry))
    step = max(1, BLOCK // len(covariance))
    for first in range(0, len(averaged), step):
        chosen = slice(first, first + step)
        rows = design.incidence[chosen].toarray() / design.load_of_entry[chosen, None]
        averaged[chosen] = ((rows @ covariance) * rows).sum(axis=1)
    return np.maximum(averaged, 0)


def _exact_fit(fit: AdditiveCalibration) -> AdditiveCalibration:
    """Entry plus severity explains every total: nothing is uncertain, nothing is residual."""
    entries, judges = np.zeros(len(fit.scores)), np.zeros(len(fit.severity))
    ballots = np.zeros(len(fit.residuals))
    return AdditiveCalibration(
        scores=fit.scores,
        scores_se=entries,
        severity=fit.severity,
        severity_se=judges,
        residuals=ballots,
        leave_out=None,
        leave_out_t=None,
        entry_blup=fit.scores,
        entry_se=entries,
        severity_blup=fit.severity,
        severity_blup_se=judges,
        solution=None,
        design=fit.design,
        noise=0.0,
        notes=fit.notes,
    )


def _design_notes(table: ScoreTable, design: Design, degrees: int) -> tuple[Note, ...]:
    notes = []
    if design.parts > 1:
        text = f"The design falls into {design.parts} parts that share no judge; their scores are not comparable."
        notes.append(Note("disconnected", text, {"parts": design.parts}))
    alone = _lone_judges(table, design)
    if alone and len(table.judges) > 1:
        text = f"These judges share no entry with another and cannot be compared: {', '.join(alone)}."
        notes.append(Note("no_overlap", text, {"judges": alone}))
    if degrees <= 0 or len(table.entries) < 2:
        text = "There are too few totals for entries and judges to tell how sure the scores are."
        notes.append(Note("no_uncertainty", text, {"ballots": table.ballots}))
    return tuple(notes)


def _lone_judges(table: ScoreTable, design: Design) -> list[str]:
    size: IntArray = np.bincount(design.part_of_judge, minlength=design.parts)
    return [table.judges[place] for place in np.flatnonzero(size[design.part_of_judge] == 1)]
