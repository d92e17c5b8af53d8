"""An order of entries and judges that depends on the totals alone, so that names cannot move a simulated figure.

Every ballot's total is hashed; entries and judges take the sum of their ballots' hashes as colour, and then, some times
over, the sum of hashes that hold the colours of the other side too (Weisfeiler & Leman, 1968). Sums are of whole numbers
modulo 2**64, so no order of addition can change them. Entries of one colour are alike in all that a model can see.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.arrays import FloatArray, IntArray
from scoring.models.ballots import Ballots

Hashes = NDArray[np.uint64]
ROUNDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Canonical:
    """The same ballots with entries and judges numbered by what they gave and got.

    Attributes
    ----------
    ballots : Ballots
    entry_of, judge_of : array of int
        Old numbers, in the new order.
    kind : array of int
        Per entry in the new order: equal for entries that are alike.
    """

    ballots: Ballots
    entry_of: IntArray
    judge_of: IntArray
    kind: IntArray

    def back(self, values: FloatArray) -> FloatArray:
        """Values per entry in the new order, averaged over those alike, in the old order."""
        restored = np.empty(len(values))
        restored[self.entry_of] = self.averaged(values)
        return restored

    def averaged(self, values: FloatArray) -> FloatArray:
        """Values per entry, averaged over those alike; both in the new order."""
        together = np.bincount(self.kind)
        return np.asarray((np.bincount(self.kind, values) / together)[self.kind], float)


def as_given(ballots: Ballots) -> Canonical:
    """Keep the numbers they have: where nothing is simulated, they cannot matter."""
    entries = np.arange(ballots.entries)
    return Canonical(ballots, entries, np.arange(ballots.judges), entries)


def canonical(ballots: Ballots) -> Canonical:
    """Number entries and judges by what they gave and got."""
    by_entry, by_judge = _colours(ballots)
    entry_of, judge_of = np.argsort(by_entry, kind="stable"), np.argsort(by_judge, kind="stable")
    entry_to, judge_to = np.argsort(entry_of), np.argsort(judge_of)
    entry, judge = entry_to[ballots.entry], judge_to[ballots.judge]
    order = np.lexsort((judge, entry))
    place = np.argsort(order)
    track = _first_seen(ballots.track[entry_of])
    sorted_colours = by_entry[entry_of]
    kind = np.concatenate([[0], np.cumsum(sorted_colours[1:] != sorted_colours[:-1])]).astype(np.int64)
    moved = Ballots(
        entry=entry[order],
        judge=judge[order],
        total=ballots.total[order],
        entries=ballots.entries,
        judges=ballots.judges,
        track=track,
        tracks=ballots.tracks,
        own=np.sort(place[ballots.own]),
        capped=np.sort(place[ballots.capped]),
    )
    return Canonical(moved, entry_of, judge_of, kind)


def _first_seen(codes: IntArray) -> IntArray:
    """Codes renumbered by first occurrence."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first)).astype(np.int64)[inverse]


def _colours(ballots: Ballots) -> tuple[Hashes, Hashes]:
    own = np.zeros(ballots.size, np.uint64)
    own[ballots.own] = 1
    given = _mixed((ballots.total + 0.0).view(np.uint64) ^ _mixed(own))
    by_entry, by_judge = np.zeros(ballots.entries, np.uint64), np.zeros(ballots.judges, np.uint64)
    for _ in range(ROUNDS):
        by_track = np.zeros(ballots.tracks, np.uint64)
        np.add.at(by_track, ballots.track, _mixed(by_entry))
        hashes = _mixed(given + 3 * by_entry[ballots.entry] + 5 * by_judge[ballots.judge])
        by_entry = np.add.reduceat(hashes, ballots.starts) ^ _mixed(by_track)[ballots.track]
        by_judge = np.zeros(ballots.judges, np.uint64)
        np.add.at(by_judge, ballots.judge, hashes)
    return by_entry, by_judge


def _mixed(values: Hashes) -> Hashes:
    """Scramble 64 bits (the finalizer of splitmix64)."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
