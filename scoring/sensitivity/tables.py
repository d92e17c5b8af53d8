"""Parts and variants of a table, and scores of all its entries by any method."""

from dataclasses import replace

import numpy as np

from scoring.additive import calibrate_additive
from scoring.aggregate import aggregate_mean, aggregate_median, aggregate_trimmed
from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.calibration import calibrate_mapped, calibrate_standard
from scoring.errors import ScoringError
from scoring.evaluation import Method
from scoring.full import calibrate_full
from scoring.sentences import Sentence
from scoring.table import ScoreTable

DIGITS = 9


def subset(table: ScoreTable, kept: BoolArray) -> ScoreTable:
    """Some of the ballots of a table; entries and judges without any are gone.

    Parameters
    ----------
    table : ScoreTable
    kept : array of bool
        Per ballot; at least one.

    Returns
    -------
    ScoreTable

    Raises
    ------
    ScoringError
        ``no_rows`` when nothing is kept.
    """
    if not kept.any():
        raise ScoringError("no_rows", Sentence("Nothing is left of the table.", "表中什么也没有剩下。"))
    entries, entry = np.unique(table.entry[kept], return_inverse=True)
    judges, judge = np.unique(table.judge[kept], return_inverse=True)
    return replace(
        table,
        entries=_chosen(table.entries, entries) or (),
        judges=_chosen(table.judges, judges) or (),
        entry=entry.astype(np.int64),
        judge=judge.astype(np.int64),
        total=table.total[kept],
        units=None if table.units is None else table.units[kept],
        marks=None if table.marks is None else table.marks[kept],
        unit_of_entry=_chosen(table.unit_of_entry, entries),
        unit_of_judge=_chosen(table.unit_of_judge, judges),
        track_of_entry=_chosen(table.track_of_entry, entries),
        order=None if table.order is None else table.order[kept],
    )


def shifted(table: ScoreTable, rows: IntArray, points: float) -> ScoreTable:
    """The table with some totals moved by so many points."""
    total = table.total.copy()
    total[rows] += points
    return replace(table, total=total, units=None, decimals=0, criteria=(), weights=(), marks=None)


def scores_by(
    table: ScoreTable,
    method: Method,
    *,
    drop: int = 1,
    drop_from: int = 5,
    cap: float | None = None,
    simulate: bool = True,
) -> FloatArray:
    """Unrounded scores of all entries by one method, without any uncertainty."""
    if method is Method.TRIMMED:
        return aggregate_trimmed(table, drop=drop, drop_from=drop_from).scores
    if method is Method.FULL:
        return calibrate_full(table, cap=cap, intervals=False, simulate=simulate).scores
    if method is Method.SEVERITY:
        return calibrate_additive(table).scores
    if method in (Method.STANDARD, Method.MAPPED):
        return (calibrate_standard if method is Method.STANDARD else calibrate_mapped)(table).scores
    return (aggregate_median if method is Method.MEDIAN else aggregate_mean)(table).scores


def places(scores: FloatArray) -> IntArray:
    """Places from 1, the highest score first; equals share the better place."""
    rounded = np.round(scores, DIGITS)
    return np.searchsorted(np.sort(-rounded), -rounded, side="left").astype(np.int64) + 1


def near_cut(place: IntArray, cut: int, width: int) -> IntArray:
    """Entries whose place is within `width` of the line below the best `cut`, best first."""
    chosen = np.flatnonzero((place > cut - width) & (place <= cut + width))
    return chosen[np.argsort(place[chosen], kind="stable")].astype(np.int64)


def checked_cut(table: ScoreTable, cut: int) -> int:
    """The cut, if it lies among the entries."""
    if not 1 <= cut <= len(table.entries):
        text = Sentence(
            f"The line cannot lie below place {cut} of {len(table.entries)} entries.",
            f"一共 {len(table.entries)} 件成果，分界线不能在第 {cut} 名之后。",
        )
        raise ScoringError("bad_parameter", text, name="cut", value=cut)
    return cut


def _chosen(values: tuple[str, ...] | None, places_kept: IntArray) -> tuple[str, ...] | None:
    return None if values is None else tuple(values[place] for place in places_kept.tolist())
