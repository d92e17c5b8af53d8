"""The mixed model equations of tracks and judges after the entries are eliminated, put together quickly."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import csr_array

from scoring.arrays import FloatArray, IntArray
from scoring.models.ballots import Ballots
from scoring.models.gaussian import rows_of

MOST_CELLS = 20_000_000
BLOCK_PAIRS = 4_000_000
BLOCK_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Equations:
    """What does not change while the variance ratios are sought.

    Attributes
    ----------
    ballots : Ballots
    center : float
        Mean of the totals.
    totals : array of float
        Totals from it.
    entry_sums : array of float
        Their sums over entries.
    plain : array of float
        Crossproduct of the design of tracks and judges.
    crossed : tuple of (float, array) or None
        For every number of totals v that entries have: v, and the crossproduct over these entries of the sums of
        their rows. None when there are so many different numbers that one sparse product a step is cheaper.
    """

    ballots: Ballots
    center: float
    totals: FloatArray
    entry_sums: FloatArray
    plain: FloatArray
    crossed: tuple[tuple[float, FloatArray], ...] | None

    @classmethod
    def of(cls, ballots: Ballots) -> Self:
        """Prepare the equations."""
        center = float(ballots.total.mean())
        totals = ballots.total - center
        tracks, size = ballots.tracks, ballots.tracks + ballots.judges
        plain = np.diag(np.concatenate([np.bincount(ballots.track, ballots.load_of_entry), ballots.load_of_judge]))
        plain[:tracks, tracks:] = _track_by_judge(ballots, np.ones(ballots.size))
        plain[tracks:, :tracks] = plain[:tracks, tracks:].T
        loads = np.flatnonzero(np.bincount(ballots.load_of_entry.astype(np.int64)))
        crossed = None
        if len(loads) * size * size <= MOST_CELLS or len(loads) == 1:
            crossed = tuple((float(load), _crossed_at(ballots, int(load))) for load in loads)
        return cls(ballots, center, totals, ballots.by_entry(totals), plain, crossed)

    @property
    def size(self) -> int:
        """How many tracks and judges."""
        return len(self.plain)

    def matrix(self, pivots: FloatArray, for_judge: float, for_track: float) -> FloatArray:
        """Coefficients of tracks and judges, in Fortran's order."""
        tracks = self.ballots.tracks
        if self.crossed is None:
            rows = self._rows()
            weighted = csr_array(rows.multiply(1 / pivots[:, None]))
            matrix = np.asfortranarray(self.plain - (rows.T @ weighted).toarray())
        else:
            first, *others = self.crossed
            ratio = float(pivots[0] - self.ballots.load_of_entry[0])
            matrix = np.asfortranarray(self.plain - first[1] / (first[0] + ratio))
            for load, crossed in others:
                matrix -= crossed / (load + ratio)
        places = np.arange(tracks, self.size)
        matrix[places, places] += for_judge
        if for_track and tracks > 1:
            matrix[:tracks, :tracks] += for_track * (np.eye(tracks) - 1 / tracks)
        return matrix

    def trace_of_lower(self, lower: FloatArray, pivots: FloatArray) -> float:
        """Sum over entries of f'Cf / pivot^2, where C is symmetric and given by its lower triangle, zeros above."""
        if self.crossed is None:
            rows = self._rows()
            symmetric = lower + np.tril(lower, -1).T
            scaled = csr_array(rows.multiply(1 / pivots[:, None] ** 2))
            return float((symmetric * (rows.T @ scaled).toarray()).sum())
        ratio = float(pivots[0] - self.ballots.load_of_entry[0])
        trace = 0.0
        for load, crossed in self.crossed:
            # Above its diagonal `lower` holds zeros; its transpose lies in memory as `crossed` does.
            both = 2 * float(np.vdot(lower.T, crossed)) - float(np.diag(lower) @ np.diag(crossed))
            trace += both / (load + ratio) ** 2
        return trace

    def reduced(self, values: FloatArray, sums: FloatArray, pivots: FloatArray) -> FloatArray:
        """Right-hand side of tracks and judges for `values` per ballot, whose sums over entries are `sums`."""
        ballots = self.ballots
        shares = sums / pivots
        heads = np.bincount(ballots.track, sums - ballots.load_of_entry * shares, ballots.tracks)
        return np.concatenate([heads, ballots.by_judge(values - shares[ballots.entry])])

    def of_entries(self, fixed: FloatArray) -> FloatArray:
        """Sum over each entry's ballots of the effects of track and judge."""
        ballots = self.ballots
        judged = ballots.by_entry(fixed[ballots.tracks :][ballots.judge])
        return np.asarray(ballots.load_of_entry * fixed[ballots.track] + judged, float)

    def _rows(self) -> csr_array:
        return rows_of(self.ballots, self.ballots.load_of_entry, np.ones(self.ballots.size))


def _track_by_judge(ballots: Ballots, values: FloatArray) -> FloatArray:
    """Sums of `values` per ballot by track and judge."""
    cell = ballots.track[ballots.entry] * ballots.judges + ballots.judge
    sums = np.bincount(cell, values, ballots.tracks * ballots.judges)
    return np.asarray(sums.reshape(ballots.tracks, ballots.judges), float)


def _crossed_at(ballots: Ballots, load: int) -> FloatArray:
    """Crossproduct of the sums of rows over the entries with `load` totals."""
    tracks, judges = ballots.tracks, ballots.judges
    chosen = ballots.load_of_entry == load
    panels = ballots.judge[chosen[ballots.entry]].reshape(-1, load)
    crossed = np.zeros((tracks + judges, tracks + judges))
    crossed[tracks:, tracks:] = _pairs(panels, judges)
    per_track = np.bincount(ballots.track[chosen], minlength=tracks)
    crossed[np.arange(tracks), np.arange(tracks)] = load * load * per_track
    heads = load * _track_by_judge(ballots, chosen[ballots.entry].astype(float))
    crossed[:tracks, tracks:] = heads
    crossed[tracks:, :tracks] = heads.T
    return crossed


def _pairs(panels: IntArray, judges: int) -> FloatArray:
    """How often each pair of judges sits on the same panel; panels in rows."""
    count, load = panels.shape
    if load * 16 > judges and load > 16:
        together = np.zeros((judges, judges))
        step = max(1, BLOCK_CELLS // judges)
        for first in range(0, count, step):
            some = panels[first : first + step]
            seats = np.zeros((len(some), judges))
            seats[np.arange(len(some))[:, None], some] = 1.0
            together += seats.T @ seats
        return together
    counted = np.zeros(judges * judges, np.int64)
    step = max(1, BLOCK_PAIRS // (load * load))
    for first in range(0, count, step):
        some = panels[first : first + step]
        counted += np.bincount((some[:, :, None] * judges + some[:, None, :]).ravel(), minlength=judges * judges)
    return counted.reshape(judges, judges).astype(float)
