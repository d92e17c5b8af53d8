"""Judges' totals to one score per entry: mean, trimmed mean, median. Sums are exact, then divided once."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray, counts_by, exact_sums_by, sums_by
from scoring.errors import Note, ScoringError
from scoring.sentences import Sentence
from scoring.table import ScoreTable

DROP_FROM = 5


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate:
    """One score per entry, in the order of ``table.entries``.

    Attributes
    ----------
    scores : array of float
        The score; where totals are decimals, the float nearest to the exact quotient.
    kept : array of bool
        Per ballot, whether its total is in the score.
    notes : tuple of Note
        What to say beside it.
    """

    scores: FloatArray
    kept: BoolArray
    notes: tuple[Note, ...] = ()


def aggregate_mean(table: ScoreTable) -> Aggregate:
    """Mean of each entry's totals (平均分).

    Parameters
    ----------
    table : ScoreTable

    Returns
    -------
    Aggregate
    """
    kept = np.ones(table.ballots, bool)
    return Aggregate(_mean_of(table, kept), kept)


def aggregate_trimmed(table: ScoreTable, *, drop: int = 1, drop_from: int = DROP_FROM) -> Aggregate:
    """Mean of each entry's totals without the `drop` highest and lowest (去掉最高最低分的平均).

    Recused totals are not in the table, so they are out before anything is dropped. Entries with fewer than
    `drop_from` totals keep all of them.

    Parameters
    ----------
    table : ScoreTable
    drop : int
        How many are left out at each end, from 0.
    drop_from : int
        From how many totals on: 5 unless chosen otherwise. Three or four leave one or two totals, which is noted.

    Returns
    -------
    Aggregate
        With notes ``small_panel_trimmed`` and ``too_few_to_trim`` where they apply.

    Raises
    ------
    ScoringError
        ``bad_drop`` when nothing would be left.

    Notes
    -----
    The rule of skating's and gymnastics' panels and of most Chinese competitions; by custom from three judges on.
    """
    if drop < 0 or drop_from <= 2 * drop:
        text = Sentence(
            f"Dropping {drop} at each end needs at least {2 * drop + 1} totals; it was asked from {drop_from} on.",
            f"两端各去掉 {drop} 个分数至少需要 {2 * drop + 1} 个分数，而要求从 {drop_from} 个起就去掉。",
        )
        raise ScoringError("bad_drop", text, drop=drop, drop_from=drop_from)
    counts = table.judges_per_entry
    order, place = _places_within_entry(table)
    size = counts[table.entry[order]]
    inner = (place >= drop) & (place < size - drop)
    kept = np.empty(table.ballots, bool)
    kept[order] = inner | (size < drop_from)
    return Aggregate(_mean_of(table, kept), kept, _trim_notes(counts, drop, drop_from))


def aggregate_median(table: ScoreTable) -> Aggregate:
    """Median of each entry's totals; the mean of the middle two when they are even in number.

    Parameters
    ----------
    table : ScoreTable

    Returns
    -------
    Aggregate
    """
    order, place = _places_within_entry(table)
    size = table.judges_per_entry[table.entry[order]]
    kept = np.empty(table.ballots, bool)
    kept[order] = (place == (size - 1) // 2) | (place == size // 2)
    return Aggregate(_mean_of(table, kept), kept)


def raw_totals(table: ScoreTable) -> FloatArray:
    """Sum of all totals of each entry: a common tie-break."""
    return _sum_of(table, np.ones(table.ballots, bool))


def mean_by_judge(table: ScoreTable) -> FloatArray:
    """Mean of the totals each judge gave."""
    return sums_by(table.judge, table.total, len(table.judges)) / table.entries_per_judge


def sd_by_judge(table: ScoreTable, *, ddof: int = 1) -> FloatArray:
    """Standard deviation of the totals each judge gave; 0 where there are too few, or all are equal."""
    mean = mean_by_judge(table)
    squares = sums_by(table.judge, (table.total - mean[table.judge]) ** 2, len(table.judges))
    sd = np.sqrt(squares / np.maximum(table.entries_per_judge - ddof, 1))
    return np.where(sd > 1e-12 * (1 + np.abs(mean)), sd, 0.0)


def _mean_of(table: ScoreTable, kept: BoolArray) -> FloatArray:
    counts = counts_by(table.entry[kept], len(table.entries))
    if table.units is None:
        return sums_by(table.entry[kept], table.total[kept], len(table.entries)) / counts
    return np.asarray(_unit_sums(table, kept) / (counts * 10**table.decimals), float)


def _sum_of(table: ScoreTable, kept: BoolArray) -> FloatArray:
    if table.units is None:
        return sums_by(table.entry[kept], table.total[kept], len(table.entries))
    return np.asarray(_unit_sums(table, kept) / 10**table.decimals, float)


def _unit_sums(table: ScoreTable, kept: BoolArray) -> IntArray:
    if table.units is None:
        raise ScoringError("not_decimal", Sentence("These totals are not decimal numbers.", "这些总分不是十进制小数。"))
    return exact_sums_by(table.entry[kept], table.units[kept], len(table.entries))


def _places_within_entry(table: ScoreTable) -> tuple[IntArray, IntArray]:
    """Ballots ordered by entry and total, and the place of each in its entry from 0."""
    sizes = table.judges_per_entry
    if sizes.min() == sizes.max():  # Equal panels are sorted row by row, much faster than all totals at once.
        size = int(sizes[0])
        rows = np.argsort(
            table.total.reshape(-1, size), axis=1, kind="stable"
        )  # stable: equals stay in order of judges
        order = (rows + size * np.arange(len(sizes))[:, None]).ravel().astype(np.int64)
        return order, np.tile(np.arange(size), len(sizes))
    order = np.lexsort((table.judge, table.total, table.entry)).astype(np.int64)
    start = np.cumsum(table.judges_per_entry) - table.judges_per_entry
    return order, np.arange(table.ballots) - start[table.entry[order]]


def _trim_notes(counts: IntArray, drop: int, drop_from: int) -> tuple[Note, ...]:
    if not drop:
        return ()
    notes = []
    small = int(((counts >= drop_from) & (counts < DROP_FROM)).sum())
    if small:
        text = f"{small} entries have fewer than {DROP_FROM} totals; dropping leaves hardly anything to average."
        notes.append(Note("small_panel_trimmed", text, {"entries": small, "from": DROP_FROM}))
    whole = int((counts < drop_from).sum())
    if whole:
        text = f"{whole} entries have fewer than {drop_from} totals; none of theirs was dropped."
        notes.append(Note("too_few_to_trim", text, {"entries": whole, "from": drop_from}))
    return tuple(notes)
