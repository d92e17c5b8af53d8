"""Solves a network with OR-Tools' min-cost flow and reads prices out of what is left of it."""

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.sparse import csr_array

from judging.assignment.engine.instance import Floats, Ints
from judging.assignment.engine.network import Network

FAR = 2**61  # further than any path


def solve(network: Network) -> Ints:
    """Return the flow of every arc.

    Raises
    ------
    ArithmeticError
        If the solver says anything but “optimal”; flows must not be read then.
    """
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(network.tail, network.head, network.room, network.cost)
    solver.set_nodes_supplies(np.arange(len(network.supply)), network.supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"The flow solver answered {status!r}.")
    return np.asarray(solver.flows(np.arange(len(network.tail))), dtype=np.int64)


def prices(network: Network, flow: Ints) -> Floats:
    """Return the judges' prices that prove the flow best among its pairs, in the middle of all that do.

    Along every arc with room left, and against every arc with flow, the difference of two nodes' potentials is at
    most its cost. The largest and the smallest solution are the distances from the sink and to it.

    Returns
    -------
    float64 (m,)
        What a place with a judge costs, in the worths' unit: positive when places are rare, negative when a least
        load must be filled.
    """
    forward, backward = flow < network.room, flow > 0
    start = np.concatenate([network.tail[forward], network.head[backward]])
    end = np.concatenate([network.head[forward], network.tail[backward]])
    cost = np.concatenate([network.cost[forward], -network.cost[backward]])
    nodes = len(network.supply)
    judges = slice(network.entries, network.entries + network.judges)
    begin = np.full(nodes, FAR, dtype=np.int64)
    begin[judges] = network.spread  # enough for judges whom no path reaches
    begin[network.sink] = 0
    from_sink = _distances(csr_array((cost, (end, start)), shape=(nodes, nodes)), begin)
    to_sink = _distances(csr_array((cost, (start, end)), shape=(nodes, nodes)), begin)
    high = from_sink[judges] - from_sink[network.sink]
    low = to_sink[network.sink] - to_sink[judges]
    middle = -(high + low) / (2 * network.unit)
    return np.asarray(np.where(network.supply[judges] < 0, middle, np.maximum(middle, 0.0)))  # no least load, no reward


def _distances(arcs: csr_array, begin: Ints) -> Ints:
    """Return the shortest distances (Bellman and Ford, all arcs at once); row: the end of an arc, column: its start."""
    some = np.nonzero(np.diff(arcs.indptr))[0]
    first, start, cost = arcs.indptr[some], arcs.indices, arcs.data
    distance = begin.copy()
    if not len(some):
        return distance
    for _ in range(len(begin)):
        found = np.minimum.reduceat(distance[start] + cost, first)
        if not (found < distance[some]).any():
            break
        distance[some] = np.minimum(distance[some], found)
    return distance
