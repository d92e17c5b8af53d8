"""How far judges agree: intraclass correlations, Kendall's W, Krippendorff's alpha, and the reliability of panels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import chdtrc

from scoring.arrays import FloatArray, IntArray, counts_by, sums_by
from scoring.errors import ScoringError
from scoring.evaluation import Variances
from scoring.sentences import Sentence
from scoring.table import ScoreTable

BLOCK = 4_000_000


@dataclass(frozen=True, slots=True)
class Icc:
    """The six intraclass correlations of Shrout & Fleiss (1979).

    Attributes
    ----------
    single_1, single_2, single_3 : float
        ICC(1,1) other judges for every entry, ICC(2,1) the same judges drawn at random, ICC(3,1) these very judges.
    mean_1, mean_2, mean_3 : float
        The same for the mean of all judges: ICC(1,k), ICC(2,k), ICC(3,k).
    """

    single_1: float
    single_2: float
    single_3: float
    mean_1: float
    mean_2: float
    mean_3: float


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W with its chi-square test: 1 is one order for all, 0 none in common."""

    w: float
    chi2: float
    p: float


def agreement_icc(table: ScoreTable) -> Icc:
    """Intraclass correlations of a complete design.

    Parameters
    ----------
    table : ScoreTable
        Every judge scored every entry; at least 2 of each.

    Returns
    -------
    Icc
        Not a number where the totals do not vary at all.

    Raises
    ------
    ScoringError
        ``incomplete_design``; use `reliability_of_mean` there.

    Notes
    -----
    Shrout & Fleiss (1979), Psychological Bulletin 86, 420-428.
    """
    matrix = complete_matrix(table)
    n, k = matrix.shape
    centre = matrix.mean()
    between = k * float(((matrix.mean(axis=1) - centre) ** 2).sum()) / (n - 1)
    judges = n * float(((matrix.mean(axis=0) - centre) ** 2).sum()) / (k - 1)
    total = float(((matrix - centre) ** 2).sum())
    within = (total - (n - 1) * between) / (n * (k - 1))
    rest = (total - (n - 1) * between - (k - 1) * judges) / ((n - 1) * (k - 1))
    return Icc(
        single_1=_ratio(between - within, between + (k - 1) * within),
        single_2=_ratio(between - rest, between + (k - 1) * rest + k * (judges - rest) / n),
        single_3=_ratio(between - rest, between + (k - 1) * rest),
        mean_1=_ratio(between - within, between),
        mean_2=_ratio(between - rest, between + (judges - rest) / n),
        mean_3=_ratio(between - rest, between),
    )


def agreement_kendall(table: ScoreTable) -> Concordance:
    """Kendall's coefficient of concordance W, corrected for ties.

    Parameters
    ----------
    table : ScoreTable
        Every judge scored every entry; at least 2 of each.

    Returns
    -------
    Concordance
        W is not a number when no judge tells entries apart.

    Raises
    ------
    ScoringError
        ``incomplete_design``.

    Notes
    -----
    Kendall & Babington Smith (1939); the correction for ties as in Siegel & Castellan (1988).
    """
    matrix = complete_matrix(table)
    n, m = matrix.shape
    ranks = np.column_stack([mid_ranks(column) for column in matrix.T])
    sums = ranks.sum(axis=1)
    ties = sum(float((counts**3 - counts).sum()) for counts in (_tie_counts(column) for column in matrix.T))
    w = _ratio(12 * float(((sums - sums.mean()) ** 2).sum()), m**2 * (n**3 - n) - m * ties)
    chi2 = m * (n - 1) * w
    return Concordance(w, chi2, float(chdtrc(n - 1, chi2)))


class Level(StrEnum):
    """What differences between marks mean."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def agreement_alpha(table: ScoreTable, *, level: Level | str = Level.INTERVAL) -> float:
    """Krippendorff's alpha of the totals: 1 is full agreement, 0 what chance gives; designs may have gaps.

    Parameters
    ----------
    table : ScoreTable
    level : Level or str
        ``nominal`` (same or not), ``ordinal`` (order), ``interval`` (differences), ``ratio`` (proportions; totals from 0).

    Returns
    -------
    float
        Not a number when no entry has two totals, or all totals are equal.

    Raises
    ------
    ScoringError
        ``bad_parameter`` for an unknown level, or for totals below 0 under ``ratio``.

    Notes
    -----
    Krippendorff (2019), Content Analysis, 4th ed., ch. 12. Sums of squared differences over pairs are sums of squares about
    means, so that ``interval`` takes one pass over the totals; ordinal distances are differences of mid-ranks, so that
    ``ordinal`` is the interval alpha of ranks; ``nominal`` is counting. Only ``ratio`` looks at pairs of values.
    """
    if level not in list(Level):
        raise ScoringError(
            "bad_parameter",
            Sentence(f"level cannot be {level}.", f"level 不能是 {level}。"),
            name="level",
            value=str(level),
        )
    paired = (table.judges_per_entry >= 2)[table.entry]
    _, unit = np.unique(table.entry[paired], return_inverse=True)
    return alpha_of(table.total[paired], unit.astype(np.int64), Level(level))


def alpha_of(values: FloatArray, unit: IntArray, level: Level) -> float:
    """Krippendorff's alpha of `values` of units that have two or more each."""
    if len(values) < 2:
        return float("nan")
    if level is Level.NOMINAL:
        return _nominal(values, unit)
    if level is Level.RATIO:
        return _ratio_alpha(values, unit)
    given = mid_ranks(values) if level is Level.ORDINAL else values - values.mean()
    size = counts_by(unit, int(unit.max()) + 1)
    means = sums_by(unit, given, len(size)) / size
    squares = sums_by(unit, (given - means[unit]) ** 2, len(size))
    observed = 2 * float((squares * size / (size - 1)).sum()) / len(values)
    expected = 2 * float(((given - given.mean()) ** 2).sum()) / (len(values) - 1)
    return 1 - _ratio(observed, expected)


def _nominal(values: FloatArray, unit: IntArray) -> float:
    _, code, counts = np.unique(values, return_inverse=True, return_counts=True)
    size = counts_by(unit, int(unit.max()) + 1)
    cells, together = np.unique(unit * len(counts) + code, return_counts=True)
    same = float((together * (together - 1) / (size[cells // len(counts)] - 1)).sum())
    total = len(values)
    observed = 1 - same / total
    expected = 1 - float((counts * (counts - 1.0)).sum()) / (total * (total - 1.0))
    return 1 - _ratio(observed, expected)


def _ratio_alpha(values: FloatArray, unit: IntArray) -> float:
    if float(values.min()) < 0:
        raise ScoringError(
            "bad_parameter",
            Sentence("Proportions need totals from 0 up.", "按比例比较时，总分不能小于 0。"),
            name="level",
            value="ratio",
        )
    order = np.argsort(unit, kind="stable")
    pieces = np.split(values[order], np.cumsum(np.bincount(unit))[:-1])
    observed = sum(float(_proportions(piece, piece).sum()) / (len(piece) - 1) for piece in pieces) / len(values)
    distinct, counts = np.unique(values, return_counts=True)
    step = max(1, BLOCK // len(distinct))
    pairs = sum(
        float(counts[first : first + step] @ _proportions(distinct[first : first + step], distinct) @ counts)
        for first in range(0, len(distinct), step)
    )
    return 1 - _ratio(observed, pairs / (len(values) * (len(values) - 1.0)))


def _proportions(some: FloatArray, others: FloatArray) -> FloatArray:
    """((a - b) / (a + b))^2 for all pairs; 0 for two zeros."""
    above, below = np.subtract.outer(some, others), np.add.outer(some, others)
    return np.asarray((above / np.where(below > 0, below, 1.0)) ** 2, float)


def reliability_of_mean(variances: Variances, judges: float, *, calibrated: bool) -> float:
    """Share of true variance in a mean of `judges` totals: the G coefficient, for complete and incomplete designs.

    Parameters
    ----------
    variances : Variances
        Of an evaluation.
    judges : float
        Totals per entry.
    calibrated : bool
        Whether severities are taken out; they are noise otherwise.

    Returns
    -------
    float
        From 0 to 1; not a number when nothing varies.

    Notes
    -----
    Brennan (2001), Generalizability Theory.
    """
    true = variances.entry**2
    noise = variances.residual**2 + (0.0 if calibrated else variances.judge**2)
    return _ratio(true, true + noise / judges)


def mid_ranks(values: FloatArray) -> FloatArray:
    """Ranks from 1, the smallest first; equals share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place], float)


def complete_matrix(table: ScoreTable) -> FloatArray:
    """Totals with entries in rows and judges in columns; refuses a design with gaps."""
    n, k = len(table.entries), len(table.judges)
    if table.ballots < n * k or n < 2 or k < 2:
        text = Sentence(
            "Agreement of this kind needs at least 2 judges and 2 entries, and every judge's total for every entry.",
            "这种一致性要求至少 2 位评委、2 件成果，而且每位评委都给每件成果打了分。",
        )
        raise ScoringError("incomplete_design", text, ballots=table.ballots, needed=n * k)
    return table.total.reshape(n, k)


def _tie_counts(column: FloatArray) -> FloatArray:
    return np.unique(column, return_counts=True)[1].astype(float)


def _ratio(above: float, below: float) -> float:
    return above / below if abs(below) > 1e-12 else float("nan")


@dataclass(frozen=True, slots=True)
class Panel:
    """How far the mean of a panel can be relied on.

    Attributes
    ----------
    judges : int
        Totals per entry.
    mean : float
        Share of true variance in the plain mean: the Phi coefficient (absolute), severities count as error.
    calibrated : float
        The same once severities are taken out: the G coefficient (relative).
    """

    judges: int
    mean: float
    calibrated: float


def dstudy(variances: Variances, sizes: Sequence[int] = range(1, 11)) -> tuple[Panel, ...]:
    """How many judges an entry needs: reliability of panels of other sizes, of plain and of calibrated means.

    Parameters
    ----------
    variances : Variances
        Of an evaluation, this year's or last year's.
    sizes : sequence of int

    Returns
    -------
    tuple of Panel

    Notes
    -----
    Cronbach et al. (1972); Brennan (2001): a decision study.
    """
    return tuple(
        Panel(
            judges=size,
            mean=reliability_of_mean(variances, size, calibrated=False),
            calibrated=reliability_of_mean(variances, size, calibrated=True),
        )
        for size in sizes
    )


def judges_needed(variances: Variances, goal: float, *, calibrated: bool) -> int | None:
    """The smallest panel whose mean reaches a reliability.

    Parameters
    ----------
    variances : Variances
    goal : float
        Between 0 and 1.
    calibrated : bool
        Whether severities are taken out.

    Returns
    -------
    int or None
        None when entries do not differ.
    """
    if variances.entry <= 0 or not 0 < goal < 1:
        return None
    noise = variances.residual**2 + (0.0 if calibrated else variances.judge**2)
    return max(1, math.ceil(goal / (1 - goal) * noise / variances.entry**2 - 1e-9))
