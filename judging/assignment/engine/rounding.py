"""Probabilities rounded to a grid by a flow: each pair down or up, all sums kept, and as much affinity as can be."""

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from judging.assignment.engine.cut import FlowFailed, wire
from judging.assignment.engine.instance import Floats, Ints
from judging.assignment.engine.rations import Rations

SLIGHT = 1e-7  # parts by which a number may be off that counts as whole
MORE = 4  # parts by which a pair may leave the numbers next to it


def rounded(problem: Rations, row: Ints, column: Ints, p: Floats) -> Ints:
    """Return the parts of each pair."""
    fine = p * problem.whole
    low = np.minimum(np.floor(fine + SLIGHT), problem.cap).astype(np.int64)
    up = np.minimum(np.ceil(fine - SLIGHT).astype(np.int64), problem.cap) - low
    for more in (0, MORE):  # sums are a little off: seldom must a pair leave the numbers next to it
        found = _flowed(problem, row, column, low, up, more)
        if found is not None:
            return found
    raise FlowFailed("The probabilities could not be rounded to the grid.")


def _flowed(problem: Rations, row: Ints, column: Ints, low: Ints, up: Ints, more: int) -> Ints | None:
    """Return whole parts between low and low + up, or so many parts off where it must be; None where that is not enough."""
    rest, whole = problem.rest, problem.whole
    n, m = rest.shape
    wires = wire(row, column, problem.levels, n, m, problem.parts)
    entries, judges, sink = np.arange(n), n + np.arange(m), n + m
    worth = problem.worth[row, column].astype(np.float64)
    spread = float(np.ptp(worth)) or 1.0
    cost = np.rint((worth.max(initial=0.0) - worth) / spread * 2**20).astype(np.int64)
    taken = np.bincount(column, weights=low, minlength=m).astype(np.int64)
    given = np.bincount(row, weights=low, minlength=n).astype(np.int64)
    inner, top = (np.zeros(wires.size, dtype=np.int64) for _ in range(2))
    np.add.at(inner, wires.at, low)
    np.add.at(top, wires.at, low + up)
    for number in range(len(problem.levels))[::-1]:  # from the innermost groups outwards
        mine = wires.level == number
        for sums in (inner, top):
            np.add.at(sums, wires.tail[mine], sums[wires.head[mine]])
    room = np.maximum(wires.room - inner[wires.head], 0)
    outer, binds = np.arange(wires.size), np.ones(len(wires.head), dtype=bool)
    if not more:  # groups that cannot become overfull need no node
        binds = top[wires.head] > wires.room
        for number in range(len(problem.levels)):
            mine = (wires.level == number) & ~binds
            outer[wires.head[mine]] = outer[wires.tail[mine]]
    at, tail, head, room = outer[wires.at], outer[wires.tail][binds], wires.head[binds], room[binds]
    least = np.maximum((rest.least * whole) - taken, 0)
    most = np.maximum((rest.most * whole) - taken, least)
    wanted = (rest.wanted * whole) - given
    if not more and (wanted < 0).any():
        return None
    some = up > 0 if not more else np.ones(len(row), dtype=bool)
    beyond, back = np.minimum(np.maximum(problem.cap - low - up, 0), more), np.minimum(low, more)
    arcs = [
        (at[some], n + column[some], up[some], cost[some]),
        (tail, head, room, 0),
        (judges, sink, most - least, 0),
        (entries, sink, np.maximum(wanted, 0), 2**26),
    ]
    if more:
        arcs[1:1] = [
            (at, n + column, beyond, cost + 2**22),
            (n + column, at, back, 2**22 + 2**20 - cost),
            (head, tail, inner[head], 0),
        ]
    start, end, rooms, price = (
        np.concatenate([np.broadcast_to(np.asarray(arc[k], dtype=np.int64), len(arc[0])) for arc in arcs])
        for k in range(4)
    )
    supply = np.zeros(wires.size, dtype=np.int64)
    supply[:n], supply[n:sink] = wanted, -least
    supply[sink] = -supply.sum()
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(start, end, rooms, price)
    solver.set_nodes_supplies(np.arange(wires.size), supply)
    if solver.solve() != solver.OPTIMAL:
        return None
    flow = np.asarray(solver.flows(np.arange(len(start))), dtype=np.int64)
    if flow[-n:].any():
        return None
    units, a = low.copy(), int(some.sum())
    units[some] += flow[:a]
    if more:
        units += flow[a : 2 * a] - flow[2 * a : 3 * a]
    return units
