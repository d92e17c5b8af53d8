"""A table made of ids that are counted already: for a million marks, where one object a cell would cost too much."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

import numpy as np

from scoring.arrays import FloatArray, IntArray
from scoring.checks import LARGEST_MARK
from scoring.errors import BadRows, ScoringError
from scoring.faults import NO_ROWS, unscored
from scoring.marks import whole_units
from scoring.table import ScoreTable


class Coded(Protocol):
    """Columns of a large file.

    `entries` and `judges` are distinct ids; `entry` and `judge` count in them, in any order.
    """

    @property
    def entries(self) -> tuple[str, ...]: ...
    @property
    def judges(self) -> tuple[str, ...]: ...
    @property
    def entry(self) -> IntArray: ...
    @property
    def judge(self) -> IntArray: ...
    @property
    def mark(self) -> FloatArray: ...
    @property
    def order(self) -> FloatArray | None: ...


def is_sound(given: Coded) -> bool:
    """Whether every row can be used; if not, the rows have to be told one by one."""
    if not len(given.mark) or "" in given.entries or "" in given.judges:
        return False
    pair = np.sort(given.entry * len(given.judges) + given.judge)
    return bool((np.abs(given.mark) <= LARGEST_MARK).all() and (pair[1:] != pair[:-1]).all())


def table_of_codes(
    given: Coded,
    *,
    absent: float | None = None,
    unit_of_entry: Mapping[str, str] | None = None,
    unit_of_judge: Mapping[str, str] | None = None,
    track_of_entry: Mapping[str, str] | None = None,
) -> ScoreTable:
    """Make a table of totals: the same, bit by bit, as `ScoreTable.from_columns` makes of the same rows.

    Parameters
    ----------
    given : Coded
        Sound, as `is_sound` says.
    absent : float, optional
        A mark that says the judge gave none.
    unit_of_entry, unit_of_judge, track_of_entry : mapping, optional
        By id.

    Returns
    -------
    ScoreTable

    Raises
    ------
    ScoringError
        ``no_rows``.
    """
    counted = np.ones(len(given.mark), bool) if absent is None else given.mark != absent
    if not counted.any():
        raise ScoringError("no_rows", NO_ROWS)
    entries, entry = _in_order(given.entries, given.entry[counted])
    judges, judge = _in_order(given.judges, given.judge[counted])
    if len(entries) < len(given.entries):
        raise BadRows([unscored(entry) for entry in sorted(set(given.entries) - set(entries))])
    order = np.argsort(entry * len(judges) + judge, kind="stable")
    total = given.mark[counted][order] + 0.0  # + 0.0: no negative zero
    whole = whole_units(total)
    table = ScoreTable(
        entries=entries,
        judges=judges,
        entry=entry[order],
        judge=judge[order],
        total=total if whole is None else whole.units / float(10**whole.decimals),
        units=None if whole is None else whole.units,
        decimals=0 if whole is None else whole.decimals,
        recused=int((~counted).sum()),
    )
    for array in (table.entry, table.judge, table.total, table.units):
        if array is not None:
            array.setflags(write=False)
    return replace(
        table,
        unit_of_entry=_by_id(entries, unit_of_entry),
        unit_of_judge=_by_id(judges, unit_of_judge),
        track_of_entry=_by_id(entries, track_of_entry),
        order=None if given.order is None else given.order[counted][order],
    )


def _in_order(ids: tuple[str, ...], index: IntArray) -> tuple[tuple[str, ...], IntArray]:
    """Sorted ids that occur, and for every row its place among them."""
    used = np.bincount(index, minlength=len(ids)) > 0
    ordered = sorted(np.flatnonzero(used).tolist(), key=ids.__getitem__)
    place = np.zeros(len(ids), np.int64)
    place[ordered] = np.arange(len(ordered))
    return tuple(ids[at] for at in ordered), place[index]


def _by_id(ids: tuple[str, ...], said: Mapping[str, str] | None) -> tuple[str, ...] | None:
    return None if said is None else tuple(said.get(identity, "") for identity in ids)
