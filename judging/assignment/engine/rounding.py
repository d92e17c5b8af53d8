"""Probabilities rounded to a grid by a flow: each pair down or up, all sums kept, and as much affinity as can be."""

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from judging.assignment.engine.cut import FlowFailed, wire
from judging.assignment.engine.instance import Floats, Ints
from judging.assignment.engine.rations import Rations


def rounded(problem: Rations, row: Ints, column: Ints, p: Floats) -> Ints:
    """Return the parts of each pair."""
    rest, whole = problem.rest, problem.whole
    n, m = rest.shape
    fine = p * whole
    low = np.minimum(np.floor(fine + 1e-7), problem.cap).astype(np.int64)
    up = np.minimum(np.ceil(fine - 1e-7).astype(np.int64), problem.cap) - low
    wires = wire(row, column, problem.levels, n, m, problem.parts)
    entries, judges, sink = np.arange(n), n + np.arange(m), n + m
    worth = problem.worth[row, column].astype(np.float64)
    spread = float(np.ptp(worth)) or 1.0
    cost = np.rint((worth.max(initial=0.0) - worth) / spread * 2**20).astype(np.int64)
    taken = np.bincount(column, weights=low, minlength=m).astype(np.int64)
    given = np.bincount(row, weights=low, minlength=n).astype(np.int64)
    inner = np.zeros(wires.size, dtype=np.int64)
    np.add.at(inner, wires.at, low)
    for number in range(len(problem.levels))[::-1]:  # from the innermost groups outwards
        mine = wires.level == number
        np.add.at(inner, wires.tail[mine], inner[wires.head[mine]])
    room = np.maximum(wires.room - inner[wires.head], 0)
    least = np.maximum((rest.least * whole) - taken, 0)
    most = np.maximum((rest.most * whole) - taken, least)
    wanted = (rest.wanted * whole) - given
    more = np.maximum(problem.cap - low - up, 0)
    dear = 2**26
    arcs = (
        (wires.at, n + column, up, cost),
        (wires.at, n + column, np.minimum(more, 4), cost + 2**22),
        (n + column, wires.at, np.minimum(low, 4), 2**22 + 2**20 - cost),
        (wires.tail, wires.head, room, 0),
        (wires.head, wires.tail, inner[wires.head], 0),
        (judges, sink, most - least, 0),
        (entries, sink, np.maximum(wanted, 0), dear),
    )
    tail, head, rooms, price = (
        np.concatenate([np.broadcast_to(np.asarray(arc[k], dtype=np.int64), len(arc[0])) for arc in arcs])
        for k in range(4)
    )
    supply = np.zeros(wires.size, dtype=np.int64)
    supply[:n], supply[n:sink] = wanted, -least
    supply[sink] = -supply.sum()
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tail, head, rooms, price)
    solver.set_nodes_supplies(np.arange(wires.size), supply)
    if solver.solve() != solver.OPTIMAL:
        raise FlowFailed("The probabilities could not be rounded to the grid.")
    flow = np.asarray(solver.flows(np.arange(len(tail))), dtype=np.int64)
    a = len(row)
    units: Ints = low + flow[:a] + flow[a : 2 * a] - flow[2 * a : 3 * a]
    if flow[-n:].any():
        raise FlowFailed("The probabilities could not be rounded to the grid.")
    return units
