"""Elastic flows: arcs that stand for a change cost something, all others are free.

Nobody bears two changes while others could bear one each: the room for changes per judge or entry is doubled until it
suffices, and its upper half is a little dearer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from judging.assignment.engine.changes import WEIGHT, Kind, Repair
from judging.assignment.engine.cut import FlowFailed, widest, wire
from judging.assignment.engine.diagnosis import Matter
from judging.assignment.engine.instance import Ints
from judging.assignment.engine.nest import Level

ENDLESS = 1 << 30
FINE = 8  # steps of cost between one change more and a less even spread
DEAR = 64  # what a change costs that is only made when nothing else helps


def served(matter: Matter, kind: Kind, waived: Level | None) -> Repair:
    """Let every entry be served, at the least cost in changes of a kind."""
    rest, (row, column) = matter.rest, matter.pairs
    nest = matter.nest if waived is None or waived in matter.nest else (waived,)
    n, m = rest.free.shape
    wires = wire(row, column, nest, n, m)
    entries, judges, sink = np.arange(n), n + np.arange(m), n + m + 1
    own = np.array([level is waived or waived is None for level in nest], dtype=bool)[wires.level]
    leaves = _innermost_need(nest, wires.level, wires.row, wires.head, n)
    supply = np.concatenate([rest.wanted, np.zeros(wires.size - n, dtype=np.int64)])
    kinds = {Kind.PLACES, Kind.WAIVE, Kind.FEWER} if kind is Kind.MIXED else {kind}
    for stretch in _stretches(int(rest.wanted.sum())):
        arcs = _Arcs()
        arcs.add(wires.at, n + column, 1)
        arcs.add(wires.tail, wires.head, wires.room)
        arcs.add(judges, sink, rest.most)
        if Kind.PLACES in kinds:
            arcs.evenly(Kind.PLACES, judges, sink, stretch, WEIGHT[Kind.PLACES])
        if Kind.WAIVE in kinds:
            arcs.add(wires.tail[own], wires.head[own], n + m, FINE * WEIGHT[Kind.WAIVE], name=Kind.WAIVE)
        if Kind.FEWER in kinds:
            arcs.evenly(Kind.FEWER, leaves, sink, stretch, WEIGHT[Kind.FEWER])
        if stretch == ENDLESS:
            arcs.add(entries, sink, rest.wanted, FINE * DEAR, name="last")
        flow = arcs.solve(supply, sink)
        if flow is not None:
            break
    else:
        raise FlowFailed("An elastic flow must always exist.")
    waiver = np.zeros((len(matter.levels), n), dtype=bool)
    if Kind.WAIVE in kinds:
        exceeded = flow.of(Kind.WAIVE, len(wires.row[own])) > 0
        places = np.array([matter.levels.index(level) for level in nest], dtype=np.int64)
        waiver[places[wires.level[own]][exceeded], wires.row[own][exceeded]] = True
    last, nothing = flow.of("last", n), np.zeros(m, dtype=np.int64)
    for number, level in enumerate(matter.levels):  # an entry that loses more than its others have leaves the rule
        if level.need:
            waiver[number] |= last > 0
    name = waived.name if waived is not None else ""
    fewer = flow.of(Kind.FEWER, n) + last
    return Repair(kind, name, flow.of(Kind.PLACES, m), nothing, fewer, np.zeros(n, dtype=np.int64), waiver)


def filled(matter: Matter, kind: Kind) -> Repair:
    """Let every judge have the least load, at the least cost in changes of a kind."""
    n, m = matter.rest.free.shape
    lower, further = np.zeros(m, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for nest in (matter.nest, *((level,) for level in matter.crossing)):
        flow = _fill(matter, nest, kind)
        if flow is not None:
            lower = np.maximum(lower, flow.of(Kind.LOWER, m))
            further = np.maximum(further, flow.of(Kind.FURTHER, n))
    waiver = np.zeros((len(matter.levels), n), dtype=bool)
    return Repair(kind, "", np.zeros(m, dtype=np.int64), lower, np.zeros(n, dtype=np.int64), further, waiver)


def _fill(matter: Matter, nest: Sequence[Level], kind: Kind) -> "_Flow | None":
    rest = matter.rest
    n, m = rest.free.shape
    cut = widest(rest, nest, of_judges=True, pairs=matter.pairs)
    if not cut.short:
        return None
    wires = wire(cut.row, cut.column, nest, n, m)
    entries, judges, sink = np.arange(n), n + np.arange(m), n + m + 1
    supply = np.zeros(wires.size, dtype=np.int64)
    supply[n : n + m] = rest.least
    for stretch in _stretches(int(rest.least.sum())):
        arcs = _Arcs()
        arcs.add(n + cut.column, wires.at, 1)
        arcs.add(wires.head, wires.tail, wires.room)
        arcs.add(entries, sink, rest.wanted)
        if kind is Kind.FURTHER:
            arcs.evenly(Kind.FURTHER, entries, sink, stretch, 1)
        if kind is Kind.LOWER or stretch == ENDLESS:
            arcs.evenly(Kind.LOWER, judges, sink, stretch, 1 if kind is Kind.LOWER else DEAR)
        flow = arcs.solve(supply, sink)
        if flow is not None:
            return flow
    raise FlowFailed("An elastic flow must always exist.")


def _stretches(most: int) -> list[int]:
    """Return how much one judge or entry may have to bear: as little as helps, at last without end."""
    return [2**step for step in range(most.bit_length())] + [ENDLESS]


def _innermost_need(nest: Sequence[Level], level: Ints, row: Ints, node: Ints, n: int) -> Ints:
    """Return the node from which an entry may do with one judge fewer and still keep every “at least”."""
    leaves = np.arange(n)
    for number, one in enumerate(nest):
        if one.need:
            mine = level == number
            leaves[row[mine]] = node[mine]
    return leaves


class _Arcs:
    """Arcs of an elastic network, those of each kind of change under its name."""

    def __init__(self) -> None:
        self._parts: list[tuple[Ints, Ints, Ints, Ints]] = []
        self._named: dict[str, slice] = {}
        self._count = 0

    def add(self, tail: Ints, head: Ints | int, room: Ints | int, cost: int = 0, *, name: str = "") -> None:
        shape = np.shape(tail)
        part = tuple(np.broadcast_to(np.asarray(a, dtype=np.int64), shape) for a in (tail, head, room, cost))
        self._parts.append((part[0], part[1], part[2], part[3]))
        self._named[name] = slice(self._count, self._count + len(tail))
        self._count += len(tail)

    def evenly(self, name: str, tail: Ints, head: int, stretch: int, cost: int) -> None:
        """Add arcs whose second half is a little dearer."""
        self.add(tail, head, stretch - stretch // 2, FINE * cost, name=name)
        if stretch > 1:
            self.add(tail, head, stretch // 2, FINE * cost + 1, name=f"{name}, upper half")

    def solve(self, supply: Ints, sink: int) -> "_Flow | None":
        """Return the cheapest flow, or None when there is none."""
        tail, head, room, cost = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        supply = supply.copy()
        supply[sink] -= supply.sum()
        solver = SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(tail.astype(np.int32), head.astype(np.int32), room, cost)
        solver.set_nodes_supplies(np.arange(len(supply), dtype=np.int32), supply)
        status = solver.solve()
        if status == solver.INFEASIBLE:
            return None
        if status != solver.OPTIMAL:
            raise FlowFailed("The elastic flow could not be solved.")
        return _Flow(np.asarray(solver.flows(np.arange(self._count)), dtype=np.int64), self._named)


@dataclass(frozen=True, slots=True)
class _Flow:
    flow: Ints
    named: dict[str, slice]

    def of(self, name: str, size: int) -> Ints:
        """Return the flow of the arcs of a name, or zeros when there are none."""
        parts = [self.flow[self.named[key]] for key in (name, f"{name}, upper half") if key in self.named]
        total: Ints = sum(parts, np.zeros(size, dtype=np.int64))
        return total
