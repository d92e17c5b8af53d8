"""Marks and judges worth a second look: every score held against what it would be expected to be without itself."""

from collections.abc import Sequence

import numpy as np
from scipy.special import digamma, ndtr, polygamma, stdtr

from scoring.additive import AdditiveCalibration
from scoring.arrays import BoolArray, FloatArray, sums_by
from scoring.evaluation import Flag, FlagKind
from scoring.table import ScoreTable

SCORE_Q = 0.05
JUDGE_Q = 0.10
MODIFIED_Z = 3.5
FEWEST_JUDGES = 5
FEWEST_OWN = 1
FEWEST_OTHERS = 3
PRIOR_TOTALS = 20
MAD_EFFICIENCY = 0.37


def benjamini_hochberg(p: FloatArray) -> FloatArray:
    """Adjusted p-values: flagging those below q keeps the expected share of false flags below q.

    Parameters
    ----------
    p : array of float

    Returns
    -------
    array of float

    Notes
    -----
    Benjamini & Hochberg (1995).
    """
    order = np.argsort(p)[::-1]
    scaled = p[order] * len(p) / np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return adjusted


def modified_z(values: FloatArray) -> FloatArray:
    """0.6745 (x - median) / MAD; 0 for all when the MAD is 0.

    Notes
    -----
    Iglewicz & Hoaglin (1993), who call 3.5 and more an outlier.
    """
    middle = np.median(values)
    mad = float(np.median(np.abs(values - middle)))
    return 0.6745 * (values - middle) / mad if mad > 0 else np.zeros(len(values))


def flag_by_deviation(table: ScoreTable, *, threshold: float = MODIFIED_Z) -> tuple[Flag, ...]:
    """Flag totals far from the median of their entry, by the modified z-score.

    A rule people can check by hand, but blind to severity: `flag_by_residual` finds twice as much.

    Parameters
    ----------
    table : ScoreTable
    threshold : float
        Absolute z from which a total is flagged.

    Returns
    -------
    tuple of Flag
        Strongest first; `p` and `q` are those of a normal deviate.
    """
    z = np.zeros(table.ballots)
    ends = np.cumsum(table.judges_per_entry)
    effect = np.zeros(table.ballots)
    for start, end in zip(ends - table.judges_per_entry, ends, strict=True):
        if end - start >= 3:
            z[start:end] = modified_z(table.total[start:end])
            effect[start:end] = table.total[start:end] - np.median(table.total[start:end])
    p = 2 * ndtr(-np.abs(z))
    found = np.abs(z) >= threshold
    return _score_flags(table, FlagKind.DEVIATION, found, z, p, benjamini_hochberg(p), effect, threshold)


def flag_by_residual(table: ScoreTable, fit: AdditiveCalibration, *, q: float = SCORE_Q) -> tuple[Flag, ...]:
    """Flag totals that entry and judge, estimated without this very total, make unlikely.

    Parameters
    ----------
    table : ScoreTable
    fit : AdditiveCalibration
        Of the same table.
    q : float
        Expected share of false flags (Benjamini-Hochberg over all totals).

    Returns
    -------
    tuple of Flag
        Strongest first; `effect` is given minus expected, in points.

    Notes
    -----
    Leave-one-out residuals of the mixed model, studentized; the scale is the judge's own median absolute deviation,
    moderated towards that of all, so that a wild total cannot hide by widening its own scale.
    """
    if fit.leave_out is None or fit.leave_out_t is None:
        return ()
    scale, degrees = _scales(table, fit.leave_out_t)
    t = fit.leave_out_t / scale[table.judge]
    p = 2 * stdtr(degrees[table.judge], -np.abs(t))
    adjusted = benjamini_hochberg(p)
    return _score_flags(table, FlagKind.SCORE, adjusted <= q, t, p, adjusted, fit.leave_out, q)


def flag_severity(table: ScoreTable, fit: AdditiveCalibration, *, q: float = JUDGE_Q) -> tuple[Flag, ...]:
    """Flag judges whose severity lies outside what the bulk of the judges shows.

    Parameters
    ----------
    table : ScoreTable
    fit : AdditiveCalibration
    q : float
        Expected share of false flags over all judges.

    Returns
    -------
    tuple of Flag
        Strongest first; `effect` is the severity in points from the median judge's.
    """
    if fit.severity_se is None or not _enough(table, fit):
        return ()
    apart = fit.severity - float(np.median(fit.severity))
    statistic = apart / _bulk(apart, fit.severity_se)
    p = np.asarray(2 * stdtr(_bulk_degrees(table), -np.abs(statistic)), float)
    words = ["more severe" if effect > 0 else "more lenient" for effect in apart]
    texts = [
        f"Judge {judge} is {abs(effect):.1f} points {word} than the middle judge on equal work."
        for judge, effect, word in zip(table.judges, apart, words, strict=True)
    ]
    return _judge_flags(table, FlagKind.SEVERITY, statistic, p, apart, texts, q)


def flag_inconsistency(table: ScoreTable, fit: AdditiveCalibration, *, q: float = JUDGE_Q) -> tuple[Flag, ...]:
    """Flag judges whose totals stray further from what the work made likely than the bulk of the judges' do.

    Parameters
    ----------
    table : ScoreTable
    fit : AdditiveCalibration
    q : float
        Expected share of false flags over all judges.

    Returns
    -------
    tuple of Flag
        Strongest first; `effect` is the judge's excess spread over the median judge's, in points.
    """
    if fit.leave_out_t is None or not _enough(table, fit):
        return ()
    loads = table.entries_per_judge
    square = sums_by(table.judge, fit.leave_out_t**2, len(loads)) / loads
    share = (table.ballots - len(table.entries) - len(table.judges) + fit.design.parts) / table.ballots
    degrees = np.maximum(loads * share, 1.0)
    logs = np.log(np.maximum(square, 1e-12)) - digamma(degrees / 2) + np.log(degrees / 2)
    apart = logs - np.median(logs)
    statistic = apart / _bulk(apart, np.sqrt(polygamma(1, degrees / 2)))
    p = stdtr(_bulk_degrees(table), -statistic)
    spread = np.sqrt(square) * (fit.noise or 0.0)
    effect = spread - np.median(spread)
    texts = [
        f"Judge {judge} strays {size:.1f} points from what is expected, {excess:.1f} more than the middle judge."
        for judge, size, excess in zip(table.judges, spread, effect, strict=True)
    ]
    return _judge_flags(table, FlagKind.INCONSISTENCY, statistic, p, effect, texts, q)


def flag_favouritism(table: ScoreTable, fit: AdditiveCalibration, *, q: float = JUDGE_Q) -> tuple[Flag, ...]:
    """Flag judges who give entries of their own unit more than others would make likely.

    Parameters
    ----------
    table : ScoreTable
        With units of entries and judges.
    fit : AdditiveCalibration
    q : float
        Expected share of false flags over the judges who have at least 1 own and 3 other entries.

    Returns
    -------
    tuple of Flag
        Strongest first; `effect` is own minus other, in points. A flag without a judge is the pooled test of all.
    """
    own = own_unit(table)
    if fit.leave_out_t is None or own is None:
        return ()
    tested = testable_for_favouritism(table)
    difference, statistic, degrees = _own_minus_other(table, fit, own)
    places = np.flatnonzero(tested)
    flags: list[Flag] = []
    if len(places):
        p = stdtr(degrees[places], -statistic[places])
        adjusted = benjamini_hochberg(p)
        for at in np.argsort(p, kind="stable"):
            place = int(places[at])
            if adjusted[at] <= q:
                text = (
                    f"Judge {table.judges[place]} gives the own unit {difference[place]:.1f} points more than others."
                )
                found = statistic[place], p[at], adjusted[at], difference[place]
                flags.append(_flag(FlagKind.FAVOURITISM, table.judges[place], "", found, q, len(places), text))
    return (*_pooled(fit, own, q), *flags)


def own_unit(table: ScoreTable) -> BoolArray | None:
    """Per ballot, whether judge and entry are of the same unit; None when units are not known."""
    return table.own_unit


def testable_for_favouritism(table: ScoreTable) -> BoolArray:
    """Per judge, whether there are at least 1 entry of the own unit and 3 of others."""
    own = own_unit(table)
    if own is None:
        return np.zeros(len(table.judges), bool)
    count = sums_by(table.judge, own.astype(float), len(table.judges))
    return np.asarray((count >= FEWEST_OWN) & (table.entries_per_judge - count >= FEWEST_OTHERS), bool)


def count_tested(table: ScoreTable, fit: AdditiveCalibration) -> dict[str, int]:
    """How many scores or judges each kind of flag was tested on; 0 means that the design cannot test it."""
    judges = len(table.judges) if _enough(table, fit) else 0
    return {
        FlagKind.SCORE.value: table.ballots if fit.leave_out_t is not None else 0,
        FlagKind.SEVERITY.value: judges,
        FlagKind.INCONSISTENCY.value: judges if fit.leave_out_t is not None else 0,
        FlagKind.FAVOURITISM.value: int(testable_for_favouritism(table).sum()) if fit.leave_out_t is not None else 0,
    }


def _enough(table: ScoreTable, fit: AdditiveCalibration) -> bool:
    return fit.solution is not None and len(table.judges) >= FEWEST_JUDGES and fit.design.parts == 1


def _scales(table: ScoreTable, t: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Scale of every judge's residuals, moderated, and the degrees of freedom to read them with."""
    common = _mad_scale(t) or float(t.std()) or 1.0
    loads = table.entries_per_judge
    ends = np.cumsum(loads)
    sorted_t = t[np.argsort(table.judge, kind="stable")]
    own = np.array([_mad_scale(sorted_t[end - load : end]) for load, end in zip(loads, ends, strict=True)])
    weight = MAD_EFFICIENCY * loads
    square = (PRIOR_TOTALS * common**2 + weight * own**2) / (PRIOR_TOTALS + weight)
    return np.asarray(np.sqrt(square), float), np.asarray(PRIOR_TOTALS + weight, float)


def _mad_scale(values: FloatArray) -> float:
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def _bulk(apart: FloatArray, se: FloatArray) -> FloatArray:
    """Spread of the bulk of the judges, never below the error with which one of them is known."""
    return np.maximum(np.maximum(_mad_scale(apart), se), 1e-12)


def _bulk_degrees(table: ScoreTable) -> float:
    return max(1.0, MAD_EFFICIENCY * (len(table.judges) - 1))


def _own_minus_other(
    table: ScoreTable, fit: AdditiveCalibration, own: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Difference of mean leave-out residuals, its t, and degrees of freedom, per judge."""
    if fit.leave_out is None or fit.leave_out_t is None:
        raise ValueError("residuals are needed")
    size = len(table.judges)
    weight = own.astype(float)
    ours = sums_by(table.judge, weight, size)
    others = table.entries_per_judge - ours
    safe_ours, safe_others = np.maximum(ours, 1), np.maximum(others, 1)
    mean_ours = sums_by(table.judge, weight * fit.leave_out, size) / safe_ours
    mean_others = sums_by(table.judge, (1 - weight) * fit.leave_out, size) / safe_others
    centre = np.where(own, mean_ours[table.judge], mean_others[table.judge])
    squares = sums_by(table.judge, (fit.leave_out - centre) ** 2, size)
    overall = float(((fit.leave_out - centre) ** 2).sum()) / max(table.ballots - 2 * size, 1)
    degrees = PRIOR_TOTALS + np.maximum(table.entries_per_judge - 2, 0)
    variance = np.maximum((PRIOR_TOTALS * overall + squares) / degrees, 1e-300)
    difference = mean_ours - mean_others
    return difference, difference / np.sqrt(variance * (1 / safe_ours + 1 / safe_others)), degrees


def _pooled(fit: AdditiveCalibration, own: BoolArray, q: float) -> tuple[Flag, ...]:
    residual = fit.leave_out
    if residual is None or own.sum() < FEWEST_OTHERS or (~own).sum() < FEWEST_OTHERS:
        return ()
    ours, others = residual[own], residual[~own]
    difference = float(ours.mean() - others.mean())
    error = float(np.sqrt(ours.var(ddof=1) / len(ours) + others.var(ddof=1) / len(others)))
    statistic = difference / error if error > 0 else 0.0
    p = float(stdtr(min(len(ours), len(others)) - 1, -statistic))
    if p > q:
        return ()
    text = f"Over all judges, entries of a judge's own unit get {difference:.1f} points more than others."
    return (_flag(FlagKind.FAVOURITISM, "", "", (statistic, p, p, difference), q, 1, text),)


def _score_flags(
    table: ScoreTable,
    kind: FlagKind,
    found: BoolArray,
    statistic: FloatArray,
    p: FloatArray,
    adjusted: FloatArray,
    effect: FloatArray,
    threshold: float,
) -> tuple[Flag, ...]:
    places = np.flatnonzero(found)
    flags = []
    for place in places[np.argsort(-np.abs(statistic[places]), kind="stable")]:
        judge, entry = table.judges[table.judge[place]], table.entries[table.entry[place]]
        word = "above" if effect[place] > 0 else "below"
        text = (
            f"Judge {judge} gave entry {entry} {table.total[place]:g},"
            f" {abs(effect[place]):.1f} points {word} what the others make likely."
        )
        numbers = statistic[place], p[place], adjusted[place], effect[place]
        flags.append(_flag(kind, judge, entry, numbers, threshold, table.ballots, text))
    return tuple(flags)


def _judge_flags(
    table: ScoreTable,
    kind: FlagKind,
    statistic: FloatArray,
    p: FloatArray,
    effect: FloatArray,
    texts: Sequence[str],
    q: float,
) -> tuple[Flag, ...]:
    adjusted = benjamini_hochberg(p)
    flags = []
    for place in np.argsort(-np.abs(statistic), kind="stable"):
        if adjusted[place] <= q:
            numbers = statistic[place], p[place], adjusted[place], effect[place]
            flags.append(_flag(kind, table.judges[place], "", numbers, q, len(p), texts[place]))
    return tuple(flags)


def _flag(
    kind: FlagKind, judge: str, entry: str, numbers: Sequence[float], threshold: float, tested: int, text: str
) -> Flag:
    statistic, p, q, effect = map(float, numbers)
    return Flag(kind, judge, entry, statistic, p, q, effect, threshold, tested, text)
