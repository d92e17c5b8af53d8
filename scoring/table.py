"""The one table the engine reads: entry, judge, criterion, mark; checked when made, in one order whatever came in."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Self

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray, counts_by
from scoring.checks import Limits, Rows, check_rows
from scoring.digest import digest_of
from scoring.errors import ScoringError
from scoring.faults import UNEQUAL
from scoring.marks import weighted_units, whole_units
from scoring.sentences import Sentence

Number = Decimal | float | int | str


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """The totals of one round, one row a ballot, sorted by entry and judge.

    Make it with `from_columns`, which checks every row.

    Attributes
    ----------
    entries, judges : tuple of str
        Ids, sorted; `entry` and `judge` count in them.
    entry, judge : array of int
        Who is judged and who judges, per ballot.
    total : array of float
        The judge's total for the entry, per ballot.
    units : array of int or None
        The same totals as whole multiples of ``10**-decimals``, when decimals of marks and weights allow it.
    decimals : int
        Decimals of the totals.
    criteria : tuple of str
        Names of the criteria, sorted; empty when totals were given.
    weights : tuple of float
        Weight per criterion.
    marks : array of float or None
        Marks, one row a ballot, one column a criterion.
    recused : int
        How many given rows were set aside because the judge was recused.
    unit_of_entry, unit_of_judge : tuple of str or None
        Unit of every entry and judge, where known.
    track_of_entry : tuple of str or None
        Track of every entry, where known.
    order : array of float or None
        Per ballot, when it was given, on any scale that grows; NaN where not known.
    """

    entries: tuple[str, ...]
    judges: tuple[str, ...]
    entry: IntArray
    judge: IntArray
    total: FloatArray
    units: IntArray | None
    decimals: int
    criteria: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    marks: FloatArray | None = None
    recused: int = 0
    unit_of_entry: tuple[str, ...] | None = None
    unit_of_judge: tuple[str, ...] | None = None
    track_of_entry: tuple[str, ...] | None = None
    order: FloatArray | None = None

    @classmethod
    def from_columns(
        cls,
        *,
        entry: Iterable[object],
        judge: Iterable[object],
        mark: Iterable[object],
        criterion: Iterable[object] | None = None,
        weights: Mapping[str, Number] | None = None,
        low: Number | Mapping[str, Number] | None = None,
        high: Number | Mapping[str, Number] | None = None,
        step: Number | Mapping[str, Number] | None = None,
        entries: Collection[str] | None = None,
        judges: Collection[str] | None = None,
        recused: Sequence[bool] | None = None,
        barred: Collection[tuple[str, str]] = (),
        unit_of_entry: Mapping[str, str] | None = None,
        unit_of_judge: Mapping[str, str] | None = None,
        track_of_entry: Mapping[str, str] | None = None,
        order: Sequence[float] | None = None,
        rows: Sequence[int] | None = None,
    ) -> Self:
        """Make a table of columns of equal length, one value a row.

        Parameters
        ----------
        entry, judge, mark : iterable
            Who is judged, who judges, and the mark; a total when there is no `criterion`.
        criterion : iterable, optional
            The criterion of each mark; then every ballot must have every criterion.
        weights : mapping, optional
            Weight of each criterion (1 where not given); total = sum of weight x mark.
        low, high, step : number or mapping, optional
            What marks are allowed: for all, or by criterion.
        entries, judges : collection of str, optional
            Whom to expect. Others are bad rows, and so is an expected entry that nobody scored.
        recused : sequence of bool, optional
            Rows that must not count (回避), whatever they hold.
        barred : collection of (entry, judge)
            Pairs that must not occur among the rows that count.
        unit_of_entry, unit_of_judge : mapping, optional
            Units by id, for the test of favouritism and the own-unit term of the full calibration.
        track_of_entry : mapping, optional
            Tracks by id: entries of a track are alike before they are judged, those of different tracks need not be.
        order : sequence of float, optional
            When each mark was given, on any scale that grows; NaN where not known. A ballot takes its first mark's.
        rows : sequence of int, optional
            Numbers by which to name the rows; from 1 when not given.

        Returns
        -------
        ScoreTable

        Raises
        ------
        BadRows
            Listing every row that cannot be used.
        ScoringError
            ``no_rows``, ``unequal_columns`` or ``bad_weight``.
        """
        given = Rows.of(entry, judge, mark, criterion, recused, rows)
        limits = Limits.of(low, high, step)
        criteria = tuple(sorted((set(weights) if weights and criterion is not None else set(given.criterion)) - {""}))
        good = check_rows(given, limits, entries=entries, judges=judges, barred=barred, criteria=criteria)
        table = cls._from_checked(good, criteria, _weights_of(criteria, weights), given, unit_of_entry, unit_of_judge)
        if order is not None and len(order) != len(given.mark):
            raise ScoringError("unequal_columns", UNEQUAL)
        when = None if order is None else _when(table, given, order)
        return replace(table, track_of_entry=_units(table.entries, track_of_entry), order=when)

    @classmethod
    def _from_checked(
        cls,
        good: Rows,
        criteria: tuple[str, ...],
        weights: tuple[float, ...],
        given: Rows,
        unit_of_entry: Mapping[str, str] | None,
        unit_of_judge: Mapping[str, str] | None,
    ) -> Self:
        entries, entry = _coded(good.entry)
        judges, judge = _coded(good.judge)
        _, column = _coded(good.criterion)
        order = np.lexsort((column, judge, entry))
        marks = np.array(good.mark, float)[order].reshape(-1, max(1, len(criteria))) + 0.0  # + 0.0: no negative zero
        whole = weighted_units(marks, weights) if criteria else whole_units(marks.ravel())
        first = order[:: max(1, len(criteria))]
        table = cls(
            entries=entries,
            judges=judges,
            entry=entry[first],
            judge=judge[first],
            total=marks @ np.array(weights or (1.0,)) if whole is None else whole.units / float(10**whole.decimals),
            units=None if whole is None else whole.units,
            decimals=0 if whole is None else whole.decimals,
            criteria=criteria,
            weights=weights,
            marks=marks if criteria else None,
            recused=sum(given.recused),
            unit_of_entry=_units(entries, unit_of_entry),
            unit_of_judge=_units(judges, unit_of_judge),
        )
        for array in (table.entry, table.judge, table.total, table.units, table.marks):
            if array is not None:
                array.setflags(write=False)
        return table

    @property
    def ballots(self) -> int:
        """Number of totals that count."""
        return len(self.total)

    @cached_property
    def judges_per_entry(self) -> IntArray:
        """How many totals each entry has."""
        return counts_by(self.entry, len(self.entries))

    @cached_property
    def entries_per_judge(self) -> IntArray:
        """How many totals each judge gave: the judge's load."""
        return counts_by(self.judge, len(self.judges))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything in the table; the order in which rows came does not matter."""
        content = self.total if self.marks is None else self.marks
        parts = [self.entries, self.judges, self.criteria, self.weights, self.unit_of_entry, self.unit_of_judge]
        # Absent columns leave no mark: digests of tables without them are those of earlier versions.
        added = [part for part in (self.track_of_entry, self.order) if part is not None]
        return digest_of([*parts, self.entry, self.judge, content, *added])

    @cached_property
    def own_unit(self) -> BoolArray | None:
        """Per ballot, whether judge and entry are of the same unit; None when units are not known."""
        if self.unit_of_entry is None or self.unit_of_judge is None:
            return None
        ours, theirs = np.array(self.unit_of_entry, object), np.array(self.unit_of_judge, object)
        same = (ours[self.entry] == theirs[self.judge]) & (ours[self.entry] != "")
        return np.asarray(same, bool)


def _coded(values: Sequence[str]) -> tuple[tuple[str, ...], IntArray]:
    """Sorted distinct values, and for every value its place among them."""
    distinct = tuple(sorted(set(values)))
    place = {value: index for index, value in enumerate(distinct)}
    return distinct, np.array([place[value] for value in values], np.int64)


def _units(ids: tuple[str, ...], units: Mapping[str, str] | None) -> tuple[str, ...] | None:
    return None if units is None else tuple(str(units.get(identity, "") or "") for identity in ids)


def _when(table: ScoreTable, given: Rows, order: Sequence[float]) -> FloatArray:
    """The order of every ballot: that of its first mark."""
    first: dict[tuple[str, str], float] = {}
    for entry, judge, recused, when in zip(given.entry, given.judge, given.recused, order, strict=True):
        if not recused:
            key = (entry, judge)
            first[key] = float(np.fmin(first.get(key, np.nan), float(when)))
    return np.array(
        [first[table.entries[e], table.judges[j]] for e, j in zip(table.entry, table.judge, strict=True)], float
    )


def _weights_of(criteria: tuple[str, ...], weights: Mapping[str, Number] | None) -> tuple[float, ...]:
    chosen = tuple(float((weights or {}).get(name, 1)) for name in criteria)
    if any(not np.isfinite(weight) or weight < 0 for weight in chosen) or (chosen and not any(chosen)):
        raise ScoringError(
            "bad_weight",
            Sentence(
                "Weights must be numbers from 0 up, and not all of them 0.", "权重必须是不小于 0 的数，而且不能都是 0。"
            ),
        )
    return chosen
