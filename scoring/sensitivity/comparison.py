"""All methods side by side, and one assumption after another taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import kendalltau

from scoring.arrays import FloatArray, IntArray
from scoring.evaluation import FlagKind, Method
from scoring.flags import find_flags
from scoring.sensitivity.tables import checked_cut, places, scores_by, subset
from scoring.table import ScoreTable

METHODS = (Method.MEAN, Method.TRIMMED, Method.MEDIAN, Method.STANDARD, Method.MAPPED, Method.SEVERITY, Method.FULL)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Every method's scores and places of the same entries.

    Attributes
    ----------
    entries : tuple of str
    scores : mapping of str to array of float
        By method.
    places : mapping of str to array of int
    agreement : mapping of str to float
        Kendall's tau with the reference.
    moved : mapping of str to int
        Entries whose place differs from the reference's.
    entering, leaving : mapping of str to tuple of str
        Entries that a method brings among the best `cut` and that it sends away, against the reference.
    """

    entries: tuple[str, ...]
    reference: str
    cut: int
    scores: Mapping[str, FloatArray]
    places: Mapping[str, IntArray]
    agreement: Mapping[str, float]
    moved: Mapping[str, int]
    entering: Mapping[str, tuple[str, ...]]
    leaving: Mapping[str, tuple[str, ...]]


def compare_methods(
    table: ScoreTable,
    cut: int,
    *,
    reference: Method | str = Method.SEVERITY,
    drop: int = 1,
    drop_from: int = 5,
    cap: float | None = None,
    simulate: bool = True,
) -> Comparison:
    """Score by all methods and name every place that changes.

    Parameters
    ----------
    table : ScoreTable
    cut : int
        The line lies below the best `cut`.
    reference : Method or str
        What the others are compared with: the method that was chosen beforehand.
    drop, drop_from : int
        Of the trimmed mean.
    cap : float, optional
        Of the full calibration.
    simulate : bool
        Whether the full calibration may simulate where judges gave few totals.

    Returns
    -------
    Comparison
    """
    checked_cut(table, cut)
    scores = {
        method.value: scores_by(table, method, drop=drop, drop_from=drop_from, cap=cap, simulate=simulate)
        for method in METHODS
    }
    return _compared(table, cut, Method(reference).value, scores)


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumption taken back.

    Attributes
    ----------
    code : str
        ``no_tracks``, ``no_units``, ``no_cap``, ``severity_only``, ``no_flagged_scores``, ``no_flagged_judges``.
    text : str
        What is done instead.
    agreement : float
        Kendall's tau with the result as it stands, over the entries that both have.
    moved : int
    entering, leaving : tuple of str
    """

    code: str
    text: str
    agreement: float
    moved: int
    entering: tuple[str, ...]
    leaving: tuple[str, ...]


def switch_assumptions(
    table: ScoreTable,
    cut: int,
    *,
    method: Method | str = Method.FULL,
    cap: float | None = None,
    simulate: bool = True,
) -> tuple[Assumption, ...]:
    """Take one assumption back at a time and see who enters and who leaves the best `cut`.

    Parameters
    ----------
    table : ScoreTable
    cut : int
    method : Method or str
    cap : float, optional
    simulate : bool
        Whether the full calibration may simulate where judges gave few totals.

    Returns
    -------
    tuple of Assumption
        Those that concern this table and method.
    """
    checked_cut(table, cut)
    chosen = Method(method)
    base = dict(zip(table.entries, scores_by(table, chosen, cap=cap, simulate=simulate).tolist(), strict=True))
    found = []
    for code, text, other, how, other_cap in _variants(table, chosen, cap):
        scores = dict(zip(other.entries, scores_by(other, how, cap=other_cap, simulate=simulate).tolist(), strict=True))
        both = [entry for entry in table.entries if entry in scores]
        before, after = (np.array([values[entry] for entry in both]) for values in (base, scores))
        one, two = places(before), places(after)
        entering, leaving = _crossing(tuple(both), one, two, cut)
        found.append(Assumption(code, text, _tau(before, after), int((one != two).sum()), entering, leaving))
    return tuple(found)


Variant = tuple[str, str, ScoreTable, Method, float | None]


def _variants(table: ScoreTable, method: Method, cap: float | None) -> list[Variant]:
    found: list[Variant] = []
    if method is Method.FULL:
        text = "severity only: no scales, no noise by judge, no aberrant scores"
        found.append(("severity_only", text, table, Method.SEVERITY, None))
        if table.unit_of_entry is not None:
            blind = replace(table, unit_of_entry=None)
            found.append(("no_units", "without the term for the own unit", blind, method, cap))
        if cap is not None:
            found.append(("no_cap", "totals at the cap taken at their word", table, method, None))
    if method in (Method.FULL, Method.SEVERITY) and table.track_of_entry is not None:
        found.append(
            ("no_tracks", "as if all entries were of one track", replace(table, track_of_entry=None), method, cap)
        )
    flags = find_flags(table).flags
    wild = {(flag.entry, flag.judge) for flag in flags if flag.kind is FlagKind.SCORE}
    judges = {flag.judge for flag in flags if flag.kind is not FlagKind.SCORE and flag.judge}
    for code, text, kept in (
        ("no_flagged_scores", "without the flagged single scores", _not_of(table, wild)),
        (
            "no_flagged_judges",
            "without all scores of the flagged judges",
            np.array([j not in judges for j in table.judges])[table.judge],
        ),
    ):
        if 0 < kept.sum() < table.ballots:
            found.append((code, text, subset(table, kept), method, cap))
    return found


def _not_of(table: ScoreTable, pairs: set[tuple[str, str]]) -> np.ndarray:
    rows = zip(table.entry.tolist(), table.judge.tolist(), strict=True)
    return np.array([(table.entries[entry], table.judges[judge]) not in pairs for entry, judge in rows], bool)


def _compared(table: ScoreTable, cut: int, reference: str, scores: Mapping[str, FloatArray]) -> Comparison:
    place = {method: places(values) for method, values in scores.items()}
    crossing = {method: _crossing(table.entries, place[reference], these, cut) for method, these in place.items()}
    return Comparison(
        entries=table.entries,
        reference=reference,
        cut=cut,
        scores=scores,
        places=place,
        agreement={method: _tau(scores[reference], values) for method, values in scores.items()},
        moved={method: int((these != place[reference]).sum()) for method, these in place.items()},
        entering={method: both[0] for method, both in crossing.items()},
        leaving={method: both[1] for method, both in crossing.items()},
    )


def _crossing(
    entries: tuple[str, ...], before: IntArray, after: IntArray, cut: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    entering = np.flatnonzero((before > cut) & (after <= cut))
    leaving = np.flatnonzero((before <= cut) & (after > cut))
    return tuple(entries[place] for place in entering), tuple(entries[place] for place in leaving)


def _tau(one: FloatArray, other: FloatArray) -> float:
    """Kendall's tau-b; 1 for equal orders of entries that do not differ."""
    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return 1.0
    return float(kendalltau(one, other).statistic)
