"""What the pinned pairs leave to decide: places, loads, and every panel rule as “at most so many of these judges”."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from judging.assignment.engine.instance import Floats, Instance, Ints, Marks, Pairs

Worth = NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class Cap:
    """“At most so many judges with the same label on an entry's panel”: what every panel rule comes to.

    A family is that already. A need of seniors is a cap of those who are none: all places but the seniors'.

    Attributes
    ----------
    label : int64 (m,)
        Of each judge; -1 is a judge whom the rule does not concern.
    room : int64 (n,)
        How many judges of one label an entry may have.
    taken : int64 (p,)
        Of each pinned judge with a label: entry * labels + label, sorted.
    """

    label: Ints
    room: Ints
    taken: Ints

    @property
    def labels(self) -> int:
        """Return how many labels there are."""
        return int(self.label.max(initial=-1)) + 1

    def room_at(self, row: Ints, label: Ints) -> Ints:
        """Return how many judges of a label an entry may still take beside the pinned ones."""
        key = row * self.labels + label
        count = np.searchsorted(self.taken, key, side="right") - np.searchsorted(self.taken, key, side="left")
        return np.maximum(self.room[row] - count, 0)


class Rest:
    """The problem without its pinned pairs, which are taken off places, loads and panel rules.

    Attributes
    ----------
    wanted : int64 (n,)
    least, most : int64 (m,)
    caps
        The panel rules: the families, then the needs, in the instance's order.
    fixed
        What the pinned pairs are worth.
    """

    def __init__(self, instance: Instance) -> None:
        n, m = instance.shape
        self.instance, self.shape = instance, (n, m)
        self._pin = np.unique(instance.pinned.row * m + instance.pinned.column)
        self._nudge_key, places = np.unique(instance.nudged.row * m + instance.nudged.column, return_inverse=True)
        self._nudge = np.bincount(places, weights=instance.nudge, minlength=len(self._nudge_key))
        row, column = self._pin // m, self._pin % m
        per_row, per_column = np.bincount(row, minlength=n), np.bincount(column, minlength=m)
        self.wanted: Ints = np.maximum(instance.wanted - per_row, 0)
        self.least: Ints = np.maximum(instance.least - per_column, 0)
        self.most: Ints = np.maximum(instance.most - per_column, 0)
        self.fixed = float(self.worth_at(row, column).sum())
        self.caps = tuple(self._caps(instance, row, column))

    def _caps(self, instance: Instance, row: Ints, column: Ints) -> list[Cap]:
        n, m = self.shape
        caps = [
            Cap(
                family.label,
                _unless(family.spared, np.full(n, family.most, dtype=np.int64), 2 * m),
                _taken(family.label, row, column),
            )
            for family in instance.families
        ]
        wanted = self.wanted + np.bincount(row, minlength=n)
        for need in instance.needs:
            other = np.where(need.member, -1, 0).astype(np.int64)
            free = np.maximum(wanted - np.bincount(row[other[column] == 0], minlength=n), 0)
            room = wanted - np.minimum(need.least, free)
            caps.append(Cap(other, _unless(need.spared, room, 2 * m), _taken(other, row, column)))
        return caps

    @property
    def pinned(self) -> Pairs:
        """Return the pinned pairs, each once."""
        _, m = self.shape
        return Pairs(self._pin // m, self._pin % m)

    @cached_property
    def wished(self) -> Pairs:
        """Return the pairs that are worth more than their score and may be chosen."""
        _, m = self.shape
        key = self._nudge_key[self._nudge > 0]
        row, column = key // m, key % m
        return _some(Pairs(row, column), self.open_at(row, column))

    def open_at(self, row: Ints, column: Ints) -> Marks:
        """Say which pairs are there to choose: allowed, not pinned, room at the judge and under every rule."""
        _, m = self.shape
        free = self.instance.allowed[row, column] & (self.wanted[row] > 0) & (self.most[column] > 0)
        free &= ~holds(self._pin, row * m + column)
        for cap in self.caps:
            label = cap.label[column]
            free &= (label < 0) | (cap.room_at(row, np.maximum(label, 0)) > 0)
        return free

    def worth_at(self, row: Ints, column: Ints) -> Floats:
        """Return what pairs are worth: score and nudge, float64."""
        _, m = self.shape
        worth = self.instance.score[row, column].astype(np.float64)
        if len(self._nudge):
            key = row * m + column
            place = np.minimum(np.searchsorted(self._nudge_key, key), len(self._nudge) - 1)
            worth += np.where(self._nudge_key[place] == key, self._nudge[place], 0.0)
        return worth


def _unless(spared: Marks | None, room: Ints, everybody: int) -> Ints:
    """Return a rule's room, wide open for the entries that are spared the rule."""
    return room if spared is None else np.where(spared, everybody, room)


def _taken(label: Ints, row: Ints, column: Ints) -> Ints:
    labels = int(label.max(initial=-1)) + 1
    mine = label[column] >= 0
    return np.sort(row[mine] * labels + label[column[mine]])


def holds(keys: Ints, asked: Ints) -> Marks:
    """Say which of the keys asked for are among sorted keys."""
    if not len(keys):
        return np.zeros(len(asked), dtype=bool)
    return np.asarray(keys[np.minimum(np.searchsorted(keys, asked), len(keys) - 1)] == asked)


def _some(pairs: Pairs, marks: Marks) -> Pairs:
    return Pairs(pairs.row[marks], pairs.column[marks])
