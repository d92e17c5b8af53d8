"""Panel rules as groups of judges that lie inside one another: what a flow and a draw can both keep.

A rule “at most one judge of a city” bounds, for every entry, the judges of each city. A rule “at least one senior” says
the same of the others: an entry of three takes at most two of them. Groups of several rules that are nested or apart
(units inside cities) form a tree, and a tree can be walked by a flow. Groups that cross cannot.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from judging.assignment.engine.instance import Instance, Ints, Marks
from judging.assignment.engine.rest import Cap, Rest


@dataclass(frozen=True, slots=True, eq=False)
class Remainder:
    """What is left to be decided once the pinned pairs stand.

    Attributes
    ----------
    free : bool (n, m)
        Pairs that may still be chosen.
    wanted : int64 (n,)
        Judges an entry still lacks.
    least, most : int64 (m,)
        Bounds of the load still to come.
    """

    free: Marks
    wanted: Ints
    least: Ints
    most: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One rule as groups of judges: each entry has only so much room for each group.

    Attributes
    ----------
    name
        Of the rule.
    need
        Whether the rule is one of “at least”; its one group are then the judges who are not of the kind.
    cap
        The groups, and the room an entry has for each.
    """

    name: str
    need: bool
    cap: Cap

    @property
    def label(self) -> Ints:
        """Return the group of each judge, -1 outside all groups."""
        return self.cap.label

    @property
    def groups(self) -> int:
        """Return the number of groups."""
        return self.cap.labels


def remainder_of(instance: Instance, rest: Rest) -> Remainder:
    """Return what is left once the pinned pairs stand."""
    free = instance.allowed
    if len(instance.pinned):
        free = free.copy()
        free[instance.pinned.row, instance.pinned.column] = False
    return Remainder(free, rest.wanted, rest.least, rest.most)


def levels_of(instance: Instance, rest: Rest) -> tuple[Level, ...]:
    """Return every panel rule as groups, families before needs."""
    names = [(family.name, False) for family in instance.families] + [(need.name, True) for need in instance.needs]
    return tuple(Level(name, need, cap) for (name, need), cap in zip(names, rest.caps, strict=True))


def lacking(level: Level, wanted: Ints) -> Ints:
    """Return how many of a needed kind each entry must still take, int64 (n,)."""
    rows = np.arange(len(wanted))
    lack: Ints = np.maximum(wanted - level.cap.room_at(rows, np.zeros_like(rows)), 0)
    return lack


def nested(levels: Sequence[Level]) -> tuple[Level, ...] | None:
    """Return the rules from the outermost to the innermost, or None where their groups cross."""
    rest, order = list(levels), []
    while rest:
        outer = next((a for a in rest if all(_inside(b, a) for b in rest if b is not a)), None)
        if outer is None:
            return None
        rest.remove(outer)
        order.append(outer)
    return tuple(order)


def largest_nest(levels: Sequence[Level]) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
    """Return rules that can be walked together, the earlier ones first, and those that cross them."""
    chosen: tuple[Level, ...] = ()
    crossing = []
    for level in levels:
        order = nested((*chosen, level))
        if order is None:
            crossing.append(level)
        else:
            chosen = order
    return chosen, tuple(crossing)


def _inside(inner: Level, outer: Level) -> bool:
    """Tell whether every group of one rule lies within one group of the other, or wholly outside."""
    within = inner.label >= 0
    both = np.unique(inner.label[within] * (outer.groups + 1) + outer.label[within] + 1)
    return len(both) == len(np.unique(inner.label[within]))
