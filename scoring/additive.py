"""Severity of every judge and adjusted score of every entry: entry plus judge, fitted exactly."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from scoring.arrays import FloatArray, IntArray
from scoring.calibration import mean_of
from scoring.design import Design
from scoring.errors import Note, ScoringError
from scoring.models.ballots import Ballots
from scoring.models.gaussian import Gaussian, Spread, products_inside, quadratic_forms, rows_of
from scoring.models.mixed import fit_mixed
from scoring.models.solution import Solution
from scoring.models.squares import LeastSquares, least_squares
from scoring.models.tracks import with_tracks_shrunk
from scoring.reml import inverse_of
from scoring.sentences import Sentence, listed
from scoring.table import ScoreTable

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
    severe panels are not mistaken for weak entries. Variances come from REML with both as random effects and tracks
    fixed; predictions (in which tracks are drawn together by their own variance), errors and all probabilities rest on it.

    Parameters
    ----------
    table : ScoreTable

    Returns
    -------
    AdditiveCalibration
        Notes: ``disconnected`` when parts of the design share no judge; ``no_overlap`` when no entry was scored
        twice in some part, so that its judges cannot be compared. Of more than 4,000 judges, severities are taken as
        independent of one another when errors are computed.
    """
    design = Design.of(table)
    ballots = Ballots.of_table(table)
    squares = least_squares(ballots, design)
    lenient = np.round(squares.effects, FINEST) + 0.0
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
    return _with_uncertainty(unknown, ballots, squares)


def draw_entries(fit: AdditiveCalibration, table: ScoreTable, random: np.random.Generator, draws: int) -> FloatArray:
    """Draw joint posterior values of all entries (with the level) under REML; entries in rows, draws in columns.

    One triangular solve on tracks and judges, then entries one by one given these.
    """
    if fit.entry_blup is None:
        raise ScoringError(
            "no_uncertainty",
            Sentence(
                "This design leaves nothing to estimate uncertainty from.", "这样的评审安排没有留下可供估计误差的分数。"
            ),
        )
    return np.asarray(fit.entry_blup[:, None] + posterior_of(fit, table).draw(random, draws), float)


def posterior_of(fit: AdditiveCalibration, table: ScoreTable) -> Gaussian:
    """The joint normal posterior of all entries around their predictions."""
    solution = fit.solution
    if solution is None:
        raise ScoringError(
            "no_uncertainty",
            Sentence(
                "This design leaves nothing to estimate uncertainty from.", "这样的评审安排没有留下可供估计误差的分数。"
            ),
        )
    variance, (for_entry, for_judge) = solution.residual_variance, solution.ratios
    spread = Spread(variance / for_entry, variance / for_judge, max(solution.track_variance, 1e-8 * variance))
    weight = np.full(table.ballots, 1 / variance)
    return Gaussian.of(Ballots.of_table(table), weight, np.ones(len(table.judges)), spread)


def _with_uncertainty(fit: AdditiveCalibration, ballots: Ballots, squares: LeastSquares) -> AdditiveCalibration:
    """Add what rests on the variances."""
    solution = with_tracks_shrunk(ballots, fit_mixed(ballots))
    variance, pivots = solution.residual_variance, solution.pivots
    rows = rows_of(ballots, 1 - ballots.load_of_entry / pivots, -1 / pivots[ballots.entry])
    quadratic, crossed, judge_inverse = _forms(ballots, solution, rows)
    leverage = 1 / pivots[ballots.entry] + quadratic[ballots.entry] + 2 * crossed + judge_inverse[ballots.judge]
    free = np.maximum(1 - leverage, 1e-9)
    level = solution.center + solution.track[ballots.track]
    expected = (level + solution.entry)[ballots.entry] + solution.judge[ballots.judge]
    given_minus_expected = ballots.total - expected
    common = solution.sds[1] ** 2 / ballots.judges
    averaged = _averaged_forms(ballots, squares)
    entries = ballots.load_of_entry
    return AdditiveCalibration(
        scores=fit.scores,
        scores_se=np.sqrt(variance * (1 / entries + averaged) + common),
        severity=fit.severity,
        severity_se=np.sqrt(variance * np.maximum(squares.diagonal, 0)),
        residuals=fit.residuals,
        leave_out=given_minus_expected / free,
        leave_out_t=given_minus_expected / np.sqrt(variance * free),
        entry_blup=level + solution.entry,
        entry_se=np.sqrt(variance * (1 / pivots + quadratic)),
        severity_blup=0.0 - solution.judge,
        severity_blup_se=np.sqrt(variance * judge_inverse),
        solution=solution,
        design=fit.design,
        noise=float(np.sqrt(variance)),
        notes=fit.notes,
    )


def _forms(ballots: Ballots, solution: Solution, rows: csr_array) -> tuple[FloatArray, FloatArray, FloatArray]:
    """With g a row: g'Cg per entry, g'C at the judge per ballot, and the diagonal of C at the judges.

    Without a factor C is taken as diagonal.
    """
    tracks = ballots.tracks
    if solution.factor is None:
        own = ballots.load_of_judge + solution.ratios[1] - ballots.by_judge((1 / solution.pivots)[ballots.entry])
        level = np.full(tracks, float((1 / own).sum()) / ballots.judges**2)
        diagonal = np.concatenate([level, 1 / own])
        products = rows.data * diagonal[rows.indices]
    else:
        inverse = inverse_of(solution.factor)
        products, diagonal = products_inside(rows, inverse), np.diag(inverse)
    quadratic = np.add.reduceat(products * rows.data, rows.indptr[:-1])
    seats = np.ones(rows.nnz, bool)
    seats[rows.indptr[:-1]] = False
    return np.asarray(quadratic, float), products[seats], np.asarray(diagonal[tracks:], float)


def _averaged_forms(ballots: Ballots, squares: LeastSquares) -> FloatArray:
    """Variance of the mean effect of each entry's judges, over the noise variance."""
    share = 1 / ballots.load_of_entry
    if squares.covariance is None:
        return ballots.by_entry(squares.diagonal[ballots.judge]) * share**2
    starts = np.append(ballots.starts, ballots.size)
    shape = (ballots.entries, ballots.judges)
    rows = csr_array((share[ballots.entry], ballots.judge, starts), shape=shape)
    return np.maximum(quadratic_forms(rows, squares.covariance), 0)


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
        text = f"These judges share no entry with another and cannot be compared: {listed(alone)}."
        notes.append(Note("no_overlap", text, {"judges": alone}))
    if degrees <= 0 or len(table.entries) < 2:
        notes.append(
            Note(
                "no_uncertainty", _unsure(linked=len(table.entries) > 1 and _links(design)), {"ballots": table.ballots}
            )
        )
    return tuple(notes)


def _links(design: Design) -> bool:
    """Whether any entry has two totals, so that judges were compared at all."""
    return bool((design.load_of_entry > 1).any())


def _unsure(*, linked: bool) -> Sentence:
    """Nothing is left over from which errors could be told; where judges were compared, that rests on chance."""
    few = Sentence(
        "There are too few totals for entries and judges to tell how sure the scores are.",
        "相对于成果和评委的个数，分数太少，看不出得分有多大误差。",
    )
    if not linked:
        return few
    return Sentence(
        f"{few.en} Severity cannot be told from chance either: the mean is the safer score.",
        f"{few.zh}宽严与偶然也分不开，用平均分更稳妥。",
    )


def _lone_judges(table: ScoreTable, design: Design) -> list[str]:
    size: IntArray = np.bincount(design.part_of_judge, minlength=design.parts)
    return [table.judges[place] for place in np.flatnonzero(size[design.part_of_judge] == 1)]
