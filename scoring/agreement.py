"""How far judges agree: intraclass correlations, Kendall's W, Krippendorff's alpha, and the reliability of panels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from scoring.alpha import mid_ranks, ratio
from scoring.arrays import FloatArray
from scoring.errors import ScoringError
from scoring.evaluation import Variances
from scoring.sentences import Sentence
from scoring.table import ScoreTable


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
        single_1=ratio(between - within, between + (k - 1) * within),
        single_2=ratio(between - rest, between + (k - 1) * rest + k * (judges - rest) / n),
        single_3=ratio(between - rest, between + (k - 1) * rest),
        mean_1=ratio(between - within, between),
        mean_2=ratio(between - rest, between + (judges - rest) / n),
        mean_3=ratio(between - rest, between),
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
    w = ratio(12 * float(((sums - sums.mean()) ** 2).sum()), m**2 * (n**3 - n) - m * ties)
    chi2 = m * (n - 1) * w
    return Concordance(w, chi2, float(chdtrc(n - 1, chi2)))


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
    return ratio(true, true + noise / judges)


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
