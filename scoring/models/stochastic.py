"""The mixed model of `scoring.reml` for thousands of judges: nothing is factored, traces are sampled.

Entries and tracks are eliminated, the judges' system is solved by conjugate gradients with its diagonal as preconditioner
(seven or eight steps on random designs), and the two traces that the gradient needs are estimated with sixteen probes of
random signs. Steps on the logarithms of the variance ratios are those of the exact fit, which starts from moments too.

Sources: Hutchinson (1990) for the probes; Hestenes & Stiefel (1952) for the gradients.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import csr_array

from scoring.arrays import FloatArray
from scoring.models.ballots import Ballots

PROBES = 16
MOST_STEPS = 500


@dataclass(frozen=True, slots=True, eq=False)
class Judges:
    """The judges' system at one pair of variance ratios, entries and tracks eliminated.

    Attributes
    ----------
    ballots : Ballots
    seats : sparse array
        Entries by judges, 1 where the judge scored the entry.
    pivots : array of float
        Load plus ratio, per entry.
    kept : array of float
        Ratio over pivot, per entry: the share of the level that entries leave to their track.
    heads : array of float
        Pivots of the tracks.
    own : array of float
        Load plus ratio, per judge.
    """

    ballots: Ballots
    seats: csr_array
    pivots: FloatArray
    kept: FloatArray
    heads: FloatArray
    own: FloatArray

    @classmethod
    def at(cls, ballots: Ballots, seats: csr_array, for_entry: float, for_judge: float) -> Self:
        """Take two ratios as known."""
        pivots = ballots.load_of_entry + for_entry
        kept = for_entry / pivots
        heads = ballots.by_track(ballots.load_of_entry * kept)
        return cls(ballots, seats, pivots, kept, heads, ballots.load_of_judge + for_judge)

    def tracks_of(self, sums: FloatArray) -> FloatArray:
        """Levels of tracks that go with given sums of the judges' effects per entry (columns: right-hand sides)."""
        if self.ballots.tracks == 1:
            return np.asarray((self.kept @ sums)[None, :] / self.heads[:, None], float)
        columns = [np.bincount(self.ballots.track, self.kept * column, self.ballots.tracks) for column in sums.T]
        return np.asarray(np.array(columns).T / self.heads[:, None], float)

    def apart(self, effects: FloatArray) -> FloatArray:
        """Per entry, sums of the judges' effects when their part of the tracks' levels is taken off."""
        sums = np.asarray(self.seats @ effects)
        return np.asarray(sums - self.ballots.load_of_entry[:, None] * self._spread(self.tracks_of(sums)), float)

    def times(self, effects: FloatArray) -> FloatArray:
        """The system's matrix times columns."""
        sums = np.asarray(self.seats @ effects)
        shares = sums / self.pivots[:, None]
        shares += self.kept[:, None] * self._spread(self.tracks_of(sums))
        return np.asarray(self.own[:, None] * effects - self.seats.T @ shares, float)

    def _spread(self, levels: FloatArray) -> FloatArray:
        """Levels of tracks, per entry; one row for all when there is one track."""
        return levels if len(levels) == 1 else np.asarray(levels[self.ballots.track], float)

    def diagonal(self) -> FloatArray:
        """Of the matrix, but for the tracks' small part."""
        return np.asarray(self.own - self.seats.T @ (1 / self.pivots), float)

    def right(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Right-hand side of the judges for values per ballot, and the tracks' own."""
        ballots = self.ballots
        sums = ballots.by_entry(values)
        track = ballots.by_track(self.kept * sums)
        shares = sums / self.pivots + self.kept * (track / self.heads)[ballots.track]
        return ballots.by_judge(values) - np.asarray(self.seats.T @ shares), track


def seats_of(ballots: Ballots) -> csr_array:
    """Entries by judges, 1 where the judge scored the entry."""
    starts = np.append(ballots.starts, ballots.size)
    shape = (ballots.entries, ballots.judges)
    return csr_array((np.ones(ballots.size), ballots.judge.astype(np.int32), starts.astype(np.int32)), shape=shape)


def solve(system: Judges, right: FloatArray, start: FloatArray, tolerance: float) -> FloatArray:
    """Solve for columns by preconditioned conjugate gradients, all in step."""
    diagonal = system.diagonal()[:, None]
    found = start.copy()
    residual = right - system.times(found) if np.any(found) else right.copy()
    scaled = residual / diagonal
    direction = scaled.copy()
    power = (residual * scaled).sum(axis=0)
    enough = tolerance**2 * np.maximum((right * (right / diagonal)).sum(axis=0), 1e-300)
    for _ in range(MOST_STEPS):
        if np.all(power <= enough):
            break
        moved = system.times(direction)
        bend = (direction * moved).sum(axis=0)
        step = np.where(bend > 0, power / np.where(bend > 0, bend, 1.0), 0.0)
        found += step * direction
        residual -= step * moved
        scaled = residual / diagonal
        before, power = power, (residual * scaled).sum(axis=0)
        direction = scaled + np.where(before > 0, power / np.where(before > 0, before, 1.0), 0.0) * direction
    return found
