"""Who judged what, as a graph: its parts, and the sparse matrices that calibration eliminates."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from scipy.sparse import csr_array, hstack
from scipy.sparse.csgraph import connected_components

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.table import ScoreTable


@dataclass(frozen=True, eq=False)
class Design:
    """Entries against judges.

    Attributes
    ----------
    incidence : sparse array
        Entries in rows, judges in columns, 1 where the judge scored the entry.
    load_of_entry, load_of_judge : array of float
        Its row and column sums.
    parts : int
        Number of connected components of the graph.
    part_of_entry, part_of_judge : array of int
        Component of each, from 0 in order of the first entry's id.
    """

    incidence: csr_array
    load_of_entry: FloatArray
    load_of_judge: FloatArray
    parts: int
    part_of_entry: IntArray
    part_of_judge: IntArray

    @classmethod
    def of(cls, table: ScoreTable) -> Self:
        """Read the design off a table."""
        entries, judges = len(table.entries), len(table.judges)
        incidence = csr_array((np.ones(table.ballots), (table.entry, table.judge)), shape=(entries, judges))
        edges = (np.ones(table.ballots), (table.entry, entries + table.judge))
        graph = csr_array(edges, shape=(entries + judges, entries + judges))
        parts, label = connected_components(graph, directed=False)
        return cls(
            incidence=incidence,
            load_of_entry=table.judges_per_entry.astype(float),
            load_of_judge=table.entries_per_judge.astype(float),
            parts=int(parts),
            part_of_entry=label[:entries].astype(np.int64),
            part_of_judge=label[entries:].astype(np.int64),
        )

    @cached_property
    def with_level(self) -> csr_array:
        """Incidence with the entry's load in front: what a common level and the judges add to an entry's sum."""
        return csr_array(hstack([csr_array(self.load_of_entry[:, None]), self.incidence], format="csr"))

    @cached_property
    def crossed(self) -> tuple[tuple[float, FloatArray], ...]:
        """For every number of totals v: v, and the crossproduct of `with_level` over the entries that have v."""
        return tuple(
            (float(load), self._crossed_at(self.load_of_entry == load)) for load in np.unique(self.load_of_entry)
        )

    def _crossed_at(self, chosen: BoolArray) -> FloatArray:
        rows = self.with_level[np.flatnonzero(chosen)]
        return np.asarray((rows.T @ rows).toarray(), float)
