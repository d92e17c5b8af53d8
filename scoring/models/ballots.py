"""Who judged whom and what was given, as bare arrays: what every model reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.table import ScoreTable

BLOCK = 16_384


@dataclass(frozen=True, eq=False)
class Ballots:
    """Totals sorted by entry.

    Attributes
    ----------
    entry, judge : array of int
        Per ballot, from 0; `entry` never falls, and every entry and judge occurs.
    total : array of float
        Per ballot.
    entries, judges, tracks : int
        How many there are.
    track : array of int
        Per entry; all 0 when there are no tracks.
    own : array of int
        Places of the ballots in which a judge judged the own unit.
    capped : array of int
        Places of the ballots at the cap: their totals say "this or more".
    """

    entry: IntArray
    judge: IntArray
    total: FloatArray
    entries: int
    judges: int
    track: IntArray
    tracks: int
    own: IntArray
    capped: IntArray

    @classmethod
    def of(
        cls,
        entry: IntArray,
        judge: IntArray,
        total: FloatArray,
        *,
        track: IntArray | None = None,
        own: BoolArray | None = None,
        cap: float | None = None,
    ) -> Self:
        """Take columns that are sorted by entry."""
        entries = int(entry[-1]) + 1
        tracks = np.zeros(entries, np.int64) if track is None else track
        nowhere = np.empty(0, np.int64)
        return cls(
            entry=entry,
            judge=judge,
            total=total,
            entries=entries,
            judges=int(judge.max()) + 1,
            track=tracks,
            tracks=int(tracks.max()) + 1,
            own=nowhere if own is None else np.flatnonzero(own).astype(np.int64),
            capped=nowhere if cap is None else np.flatnonzero(total >= cap - 1e-9).astype(np.int64),
        )

    @classmethod
    def of_table(cls, table: ScoreTable, *, cap: float | None = None) -> Self:
        """Take a table with the tracks and units it knows."""
        return cls.of(
            table.entry, table.judge, table.total, track=codes_of(table.track_of_entry), own=table.own_unit, cap=cap
        )

    @property
    def size(self) -> int:
        """Number of ballots."""
        return len(self.total)

    @cached_property
    def starts(self) -> IntArray:
        """Place of the first ballot of every entry."""
        return np.searchsorted(self.entry, np.arange(self.entries)).astype(np.int64)

    @cached_property
    def load_of_entry(self) -> FloatArray:
        """How many ballots every entry has."""
        return np.diff(np.append(self.starts, self.size)).astype(float)

    @cached_property
    def load_of_judge(self) -> FloatArray:
        """How many ballots every judge gave."""
        return np.bincount(self.judge, minlength=self.judges).astype(float)

    @cached_property
    def load_of_track(self) -> FloatArray:
        """How many entries every track has."""
        return np.bincount(self.track, minlength=self.tracks).astype(float)

    @cached_property
    def blocks(self) -> tuple[tuple[slice, slice], ...]:
        """Entries and their ballots, cut into pieces that stay in the processor's cache."""
        cuts = np.searchsorted(self.starts, np.arange(0, self.size, max(BLOCK, 8 * self.judges))).tolist()
        ends = [*dict.fromkeys(cuts[1:]), self.entries]
        pairs = zip([0, *ends[:-1]], ends, strict=True)
        starts = [*self.starts.tolist(), self.size]
        return tuple((slice(a, b), slice(starts[a], starts[b])) for a, b in pairs if b > a)

    def by_entry(self, values: FloatArray) -> FloatArray:
        """Sum over each entry's ballots, along the last axis."""
        return np.asarray(np.add.reduceat(values, self.starts, axis=-1), float)

    def by_judge(self, values: FloatArray) -> FloatArray:
        """Sum over each judge's ballots; of a second axis of chains, each by itself."""
        return _sums(self.judge, values, self.judges)

    def by_track(self, values: FloatArray) -> FloatArray:
        """Sum over each track's entries; of a second axis of chains, each by itself."""
        return _sums(self.track, values, self.tracks)


def codes_of(names: tuple[str, ...] | None) -> IntArray | None:
    """Number names from 0 in order of their first occurrence among the sorted; None for none or one."""
    if names is None or len(set(names)) < 2:
        return None
    place: Mapping[str, int] = {name: number for number, name in enumerate(sorted(set(names)))}
    return np.array([place[name] for name in names], np.int64)


def _sums(index: IntArray, values: FloatArray, size: int) -> FloatArray:
    if values.ndim == 1:
        return np.asarray(np.bincount(index, values, size), float)
    return np.stack([np.bincount(index, row, size) for row in values])
