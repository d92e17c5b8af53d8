"""Chosen pairs as a flow network: entries send their places through groups to judges, and judges to one sink.

Panel rules become nodes between an entry and its judges, which works as long as any two groups of judges are apart or
one lies within the other. Two ways round keep every network solvable: an entry may stay short and a judge under the
least load, each at a high cost, through one node of dummies.
"""

from dataclasses import dataclass

import numpy as np

from judging.assignment.engine.instance import Ints, Pairs
from judging.assignment.engine.rest import Cap, Rest

FINENESS = 2**30  # whole units of cost in the spread of the worths
HEADROOM = 2**60  # the solver multiplies costs by the number of nodes
LOT = 8  # units of cost by which the seed decides between equal pairs
SHORT = 2  # spreads that a missing judge costs


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Arcs and nodes; the pairs' arcs come first, in the pairs' order."""

    tail: Ints
    head: Ints
    room: Ints
    cost: Ints
    supply: Ints
    pairs: Pairs
    entries: int
    judges: int
    dummies: slice  # the arcs by which entries stay short and judges under their least load
    spread: int  # the cost between the best and the least pair
    unit: float  # cost per unit of worth

    @property
    def sink(self) -> int:
        """Return the node where all places end."""
        return self.entries + self.judges


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Every group of judges of which a cap allows so many: a forest.

    Attributes
    ----------
    chain : int64 (m, depth)
        The groups of a judge from the widest to the narrowest, -1 where there are no more.
    cap, label : int64 (groups,)
        Which rule a group belongs to, and which label.
    """

    chain: Ints
    cap: Ints
    label: Ints


def are_nested(caps: tuple[Cap, ...]) -> bool:
    """Say whether any two groups are apart or one within the other, so that a flow can keep the rules."""
    for place, one in enumerate(caps):
        for other in caps[place + 1 :]:
            both = (one.label >= 0) & (other.label >= 0)
            key, count = np.unique(one.label[both] * max(other.labels, 1) + other.label[both], return_counts=True)
            mine = np.bincount(one.label[one.label >= 0], minlength=1)[key // max(other.labels, 1)]
            theirs = np.bincount(other.label[other.label >= 0], minlength=1)[key % max(other.labels, 1)]
            if ((count < mine) & (count < theirs)).any():
                return False
    return True


def groups_of(caps: tuple[Cap, ...], judges: int) -> Groups:
    """Return the groups of at least two judges as a forest; the caps must be nested."""
    sizes = [np.bincount(cap.label[cap.label >= 0], minlength=cap.labels) for cap in caps]
    first = np.concatenate([[0], np.cumsum([len(size) for size in sizes])]).astype(np.int64)
    size = np.concatenate([*sizes, [0]]).astype(np.int64)
    mine = np.full((judges, len(caps)), -1, dtype=np.int64)
    for place, cap in enumerate(caps):
        group = first[place] + cap.label
        mine[:, place] = np.where((cap.label >= 0) & (size[group] > 1), group, -1)
    order = np.argsort(np.where(mine >= 0, -size[mine], 1), axis=1, kind="stable")
    cap_of = np.repeat(np.arange(len(caps)), [len(one) for one in sizes])
    return Groups(np.take_along_axis(mine, order, axis=1), cap_of, np.arange(int(first[-1])) - first[cap_of])


def build(rest: Rest, pairs: Pairs, groups: Groups, *, seed: int, dear: bool) -> Network:
    """Return the network of some pairs; `dear`: missing judges cost more than all else together can."""
    n, m = rest.shape
    entry, judge, sink, dummy = np.arange(n), n + np.arange(m), n + m, n + m + 1
    worth = rest.worth_at(pairs.row, pairs.column)
    low, top = float(worth.min(initial=np.inf)), float(worth.max(initial=-np.inf))
    spread = top - low if len(worth) and top > low else 1.0
    source, links, nodes = _links(rest, pairs, groups, n + m + 2)
    short = (2 * min(n, m) + 4) if dear else SHORT
    fineness = min(FINENESS, HEADROOM // (short * nodes))
    cost = np.rint((top - worth) * (fineness / spread)).astype(np.int64) + lots(pairs, seed)
    missing = short * fineness
    short_judges = np.nonzero(rest.least > 0)[0]
    parts = [
        (source, n + pairs.column, np.ones(len(pairs), dtype=np.int64), cost),
        links,
        (judge, np.full(m, sink), rest.most - rest.least, np.zeros(m, dtype=np.int64)),
        (entry, np.full(n, dummy), rest.wanted, np.full(n, missing)),
        (
            np.full(len(short_judges), dummy),
            n + short_judges,
            rest.least[short_judges],
            np.full(len(short_judges), missing),
        ),
        (np.array([dummy]), np.array([sink]), np.array([rest.wanted.sum()]), np.array([0])),
    ]
    begin = len(pairs) + len(links[0]) + m
    supply = np.zeros(nodes, dtype=np.int64)
    supply[:n], supply[n:sink], supply[sink] = rest.wanted, -rest.least, rest.least.sum() - rest.wanted.sum()
    tail, head, room, cost = (np.concatenate(arrays).astype(np.int64) for arrays in zip(*parts, strict=True))
    dummies = slice(begin, begin + n + len(short_judges))
    return Network(tail, head, room, cost, supply, pairs, n, m, dummies, fineness, fineness / spread)


def room_of(rest: Rest, groups: Groups, row: Ints, group: Ints) -> Ints:
    """Return how many judges of a group an entry may take."""
    room = np.zeros(len(row), dtype=np.int64)
    for number, cap in enumerate(rest.caps):
        mine = groups.cap[group] == number
        room[mine] = cap.room_at(row[mine], groups.label[group[mine]])
    return room


def _links(rest: Rest, pairs: Pairs, groups: Groups, nodes: int) -> tuple[Ints, tuple[Ints, Ints, Ints, Ints], int]:
    """Return where each pair's arc begins, the arcs between groups, and the number of nodes with the groups'."""
    source, total = pairs.row, max(len(groups.cap), 1)
    arcs: list[tuple[Ints, Ints, Ints]] = []
    for level in range(groups.chain.shape[1]):
        group = groups.chain[pairs.column, level]
        inside = np.nonzero(group >= 0)[0]
        key, place, count = np.unique(
            pairs.row[inside] * total + group[inside], return_inverse=True, return_counts=True
        )
        row, which = key // total, key % total
        room = room_of(rest, groups, row, which)
        tight = (count > room) & (room < rest.wanted[row])
        number_of = np.where(tight, nodes + np.cumsum(tight) - 1, -1)
        nodes += int(tight.sum())
        moved = tight[place]
        before = np.zeros(len(key), dtype=np.int64)
        before[place] = source[inside]
        arcs.append((before[tight], number_of[tight], room[tight]))
        source = source.copy()
        source[inside[moved]] = number_of[place[moved]]
    if not arcs:
        return source, (source[:0], source[:0], source[:0], source[:0]), nodes
    tail, head, room = (np.concatenate(arrays) for arrays in zip(*arcs, strict=True))
    return source, (tail, head, room, np.zeros(len(tail), dtype=np.int64)), nodes


def lots(pairs: Pairs, seed: int) -> Ints:
    """Return a lot for every pair, 0 to LOT - 1: the same whichever other pairs are there (a 64-bit mixer)."""
    with np.errstate(over="ignore"):
        x = pairs.row.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + pairs.column.astype(np.uint64)
        x += np.uint64(seed % 2**64) * np.uint64(0xD1B54A32D192ED03)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return ((x >> np.uint64(40)) % np.uint64(LOT)).astype(np.int64)
