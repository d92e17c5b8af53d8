"""The highest expected affinity when no pair may be more probable than a cap, on a grid of 2^-bits, with its bound.

The flow of :mod:`judging.assignment.engine.optimum` with one difference: an entry splits each place into 2^bits parts
and takes at most a cap of them from one judge. The proof is the same: prices of judges and tolls of panel rules.
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.sparse import csr_array

from judging.assignment.engine.candidates import first_candidates
from judging.assignment.engine.capped import look
from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.cut import FlowFailed, Wires, wire
from judging.assignment.engine.instance import NO_PAIRS, Floats, Impossible, Instance, Ints, pairs_of
from judging.assignment.engine.marginals import Marginals
from judging.assignment.engine.rations import Rations, Together, bits_for, rations
from judging.assignment.engine.rest import Rest

ENOUGH = 2e-7  # the gap, as a share, at which the expectation counts as proved
ROUNDS = 60
FINENESS = 2**26  # whole units of cost in the spread of the worths


def greatest(
    instance: Instance,
    *,
    cap: float = 1.0,
    bits: int | None = None,
    together: Together | None = None,
    seed: int = 0,
) -> Marginals:
    """Return the probabilities with the highest expected affinity, and the proof that there are no better ones.

    Parameters
    ----------
    cap
        No pair is more probable than this (rounded down to the grid).
    bits
        The grid is 2^-bits; when not given, the coarsest that comes within 0.001 of the cap, or within 2 % of it for
        more than a million pairs.
    together
        A cap on groups of judges.
    seed
        Of the lot among pairs of equal worth.

    Raises
    ------
    Impossible
        If no probabilities keep all limits.
    RulesCross
        If panel rules cross.
    """
    problem = rations(instance, cap, 1 << (bits_for(instance, cap) if bits is None else bits), together)
    rest, whole = problem.rest, problem.whole
    row, column = begin(instance, problem, seed=seed)
    if not problem.free.any():
        return _marginals(problem, row, column, row, rest.fixed, rest.fixed)
    row, column, flow, bound = settled(problem, row, column)
    total = rest.fixed + float(problem.worth[row, column].astype(np.float64) @ flow.units) / whole
    return _marginals(problem, row, column, flow.units, total, bound)


def settled(problem: Rations, row: Ints, column: Ints) -> tuple[Ints, Ints, "Flow", float]:
    """Return the best flow over all pairs, begun with some, with the pairs it was found among and the bound it proves.

    Raises
    ------
    Impossible
        If no probabilities keep all limits.
    """
    for rounds in range(ROUNDS):
        flow = _solve(problem, row, column)
        bound, more = look(problem, flow.prices, row, column, flow.units)
        total = problem.rest.fixed + float(problem.worth[row, column].astype(np.float64) @ flow.units) / problem.whole
        last = not len(more[0]) or rounds == ROUNDS - 1
        if not flow.short and (last or bound - total <= ENOUGH * max(abs(bound), abs(total))):
            return row, column, flow, bound
        if last:
            raise Impossible("No probabilities keep the cap and all rules.", -(-flow.short // problem.whole))
        joined = pairs_of(np.concatenate([row, more[0]]), np.concatenate([column, more[1]]))
        row, column = joined.row, joined.column
    raise FlowFailed("The rounds are counted above.")


def begin(instance: Instance, problem: Rations, *, seed: int = 0) -> tuple[Ints, Ints]:
    """Return pairs to begin with, as many of each entry as the cap makes it need; none where none are wanted.

    Raises
    ------
    Impossible
        If sums alone show that there is no answer.
    """
    rest = problem.rest
    wanted, least, most = int(rest.wanted.sum()), int(rest.least.sum()), int(rest.most.sum())
    if not problem.free.any():
        if wanted or least:
            raise Impossible("No pair may be drawn.", wanted)
        return NO_PAIRS.row, NO_PAIRS.column
    if not least <= wanted <= most:
        raise Impossible(
            f"{wanted} places are wanted; the judges' loads allow {least} to {most}.",
            max(wanted - most, least - wanted),
        )
    stretch = -(-problem.whole // problem.cap)
    wider = instance.but(wanted=instance.wanted * stretch, most=instance.most * stretch)
    some = first_candidates(Rest(wider), seed=seed)
    return some.row, some.column


def _marginals(problem: Rations, row: Ints, column: Ints, units: Ints, total: float, bound: float) -> Marginals:
    some = units > 0
    groups = np.array([level.label for level in problem.levels], dtype=np.int64).reshape(-1, problem.rest.shape[1])
    return Marginals(
        row=row[some],
        column=column[some],
        units=units[some],
        bits=problem.whole.bit_length() - 1,
        groups=groups,
        pinned=problem.rest.pinned,
        expected=total,
        bound=max(bound, total),
        cap=problem.cap / problem.whole,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Parts of each pair, places that stay empty, and the prices that prove it best."""

    units: Ints
    short: int
    prices: Prices


def _solve(problem: Rations, row: Ints, column: Ints) -> Flow:
    """Return the best flow over some pairs; entries may stay short and judges under their least load, dearly."""
    rest, whole = problem.rest, problem.whole
    n, m = rest.shape
    wires = wire(row, column, problem.levels, n, m, problem.parts, problem.cap)
    entries, judges, sink, dummy = np.arange(n), n + np.arange(m), n + m, n + m + 1
    worth = problem.worth[row, column].astype(np.float64)
    low, top = float(worth.min(initial=np.inf)), float(worth.max(initial=-np.inf))
    spread = top - low if len(worth) and top > low else 1.0
    dear = FINENESS * 8
    wanted, least, most = rest.wanted * whole, rest.least * whole, rest.most * whole
    under = np.nonzero(least > 0)[0]
    arcs = (
        (wires.at, n + column, problem.cap, np.rint((top - worth) * (FINENESS / spread)).astype(np.int64)),
        (wires.tail, wires.head, wires.room, 0),
        (judges, sink, most - least, 0),
        (entries, dummy, wanted, dear),
        (np.full(len(under), dummy), n + under, least[under], dear),
        (np.array([dummy]), sink, int(wanted.sum()), 0),
    )
    tail, head, rooms, cost = (
        np.concatenate([np.broadcast_to(np.asarray(arc[k], dtype=np.int64), len(arc[0])) for arc in arcs])
        for k in range(4)
    )
    supply = np.zeros(wires.size, dtype=np.int64)
    supply[:n], supply[n:sink], supply[sink] = wanted, -least, int(least.sum() - wanted.sum())
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tail, head, rooms, cost)
    solver.set_nodes_supplies(np.arange(wires.size), supply)
    if solver.solve() != solver.OPTIMAL:
        raise FlowFailed("The flow could not be solved.")
    flow = np.asarray(solver.flows(np.arange(len(tail))), dtype=np.int64)
    begin = len(row) + len(wires.tail) + m
    short = int(flow[begin : begin + n + len(under)].sum())
    distance = _potentials(tail, head, flow, rooms, cost, wires.size, sink)
    return Flow(flow[: len(row)], short, _prices(problem, wires, distance, FINENESS / spread))


def _prices(problem: Rations, wires: Wires, distance: Floats, unit: float) -> Prices:
    n, m = problem.rest.shape
    judge = (distance[n + m] - distance[n : n + m]) / unit
    judge = np.where(problem.rest.least > 0, judge, np.maximum(judge, 0.0))  # no least load, no reward
    toll = np.maximum(distance[wires.head] - distance[wires.tail], 0.0) / unit
    some = toll > 0
    return Prices(judge, wires.row[some], wires.level[some], wires.label[some], toll[some])


def _potentials(tail: Ints, head: Ints, flow: Ints, room: Ints, cost: Ints, size: int, sink: int) -> Floats:
    """Return potentials that no arc with room left contradicts, in the middle of those that do not."""
    forward, backward = flow < room, flow > 0
    start = np.concatenate([tail[forward], head[backward]])
    end = np.concatenate([head[forward], tail[backward]])
    price = np.concatenate([cost[forward], -cost[backward]])
    far = np.full(size, 32 * FINENESS, dtype=np.int64)
    far[sink] = 0
    out = _distances(csr_array((price, (end, start)), shape=(size, size)), far)
    back = _distances(csr_array((price, (start, end)), shape=(size, size)), far)
    return np.asarray((out - out[sink] + back[sink] - back) / 2.0, dtype=np.float64)


def _distances(arcs: csr_array, begin: Ints) -> Ints:
    """Return the shortest distances, all arcs looked at together in rounds; row: the end of an arc, column: its start."""
    some = np.nonzero(np.diff(arcs.indptr))[0]
    distance = begin.copy()
    if not len(some):
        return distance
    first, start, cost = arcs.indptr[some], arcs.indices, arcs.data
    for _ in range(len(begin)):
        found = np.minimum.reduceat(distance[start] + cost, first)
        if not (found < distance[some]).any():
            break
        distance[some] = np.minimum(distance[some], found)
    return distance
