"""The highest expected affinity when no pair may be more probable than a cap, on a grid of 2^-bits, with its bound.

The flow of :mod:`judging.assignment.engine.optimum` with one difference: an entry splits each place into 2^bits parts
and takes at most a cap of them from one judge. The proof is the same: prices of judges and tolls of panel rules.
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.sparse import csr_array

from judging.assignment.engine.candidates import first_candidates
from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.cut import FlowFailed, Wires, wire
from judging.assignment.engine.instance import Floats, Impossible, Instance, Ints, Marks, pairs_of
from judging.assignment.engine.nest import Level, largest_nest, levels_of
from judging.assignment.engine.rest import Cap, Rest
from judging.assignment.engine.sampler import Marginals

ENOUGH = 2e-7  # the gap, as a share, at which the expectation counts as proved
ROUNDS = 60
CELLS = 2_000_000  # cells of the matrix that are looked at together
FRESH = 8  # pairs an entry may bring at once beyond those it can use
FINENESS = 2**26  # whole units of cost in the spread of the worths
FINEST = 12  # bits at most
NEAR = 0.001  # how far below the cap the grid may lie
MANY = 1_000_000  # pairs of a large problem: there a draw takes longer with each bit,
ROUGH = 0.02  # and the grid may lie this share below the cap


class RulesCross(ValueError):
    """Panel rules whose groups cross cannot all be kept in every draw; `names` are those that would be broken."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"These panel rules cross others: {', '.join(names)}.")
        self.names = names


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """A cap on the probability that an entry gets any judge of a group (of one unit, say).

    Attributes
    ----------
    label : int64 (m,)
        Of each judge, -1 outside all groups.
    cap
        The most that the probabilities of a group's judges may add up to.
    """

    label: Ints
    cap: float


@dataclass(frozen=True, slots=True, eq=False)
class Rations:
    """A problem in parts of 2^-bits of a place.

    Attributes
    ----------
    rest
        What the pinned pairs leave.
    worth : float (n, m)
        Scores with nudges.
    free : bool (n, m)
        Pairs that may be drawn.
    levels
        The panel rules from the widest to the narrowest, with group caps among them.
    parts : int64 (levels,)
        Parts for each place that a rule leaves.
    bits, cap
        The grid, and the parts that a pair may have.
    """

    rest: Rest
    worth: np.ndarray
    free: Marks
    levels: tuple[Level, ...]
    parts: Ints
    bits: int
    cap: int


def rations(instance: Instance, cap: float, bits: int | None, together: Together | None) -> Rations:
    """Lay the problem out on a grid.

    Raises
    ------
    RulesCross
        If panel rules, or the group cap, cross.
    """
    if not 0 < cap <= 1:
        raise ValueError("A cap is a probability above 0.")
    if bits is None:
        low = cap - NEAR if instance.score.size <= MANY else cap * (1 - ROUGH)
        bits = next((b for b in range(1, FINEST) if np.floor(cap * 2**b) / 2**b >= low), FINEST)
    rest = Rest(instance)
    n, _ = rest.shape
    levels, shared = list(levels_of(instance, rest)), None
    if together is not None:
        none = np.zeros(0, dtype=np.int64)
        shared = Level("", False, Cap(together.label.astype(np.int64), np.ones(n, dtype=np.int64), none))
        levels.append(shared)
    nest, crossing = largest_nest(levels)
    if crossing:
        raise RulesCross(tuple(level.name for level in crossing))
    own = 0 if together is None else int(np.floor(together.cap * 2**bits + 1e-9))
    parts = np.array([own if level is shared else 1 << bits for level in nest], dtype=np.int64)
    free = instance.allowed & (rest.wanted > 0)[:, None] & (rest.most > 0)
    free[instance.pinned.row, instance.pinned.column] = False
    worth = instance.score
    if len(instance.nudged):
        worth = worth.astype(np.float64)
        np.add.at(worth, (instance.nudged.row, instance.nudged.column), instance.nudge)
    return Rations(rest, worth, free, nest, parts, bits, max(1, int(np.floor(cap * 2**bits + 1e-9))))


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
    problem = rations(instance, cap, bits, together)
    rest, whole = problem.rest, 1 << problem.bits
    if not problem.free.any():
        if rest.wanted.any() or rest.least.any():
            raise Impossible("No pair may be drawn.", int(rest.wanted.sum()))
        none = np.zeros(0, dtype=np.int64)
        return _marginals(problem, none, none, none, rest.fixed, rest.fixed)
    wanted, least, most = int(rest.wanted.sum()), int(rest.least.sum()), int(rest.most.sum())
    if not least <= wanted <= most:
        raise Impossible(
            f"{wanted} places are wanted; the judges' loads allow {least} to {most}.",
            max(wanted - most, least - wanted),
        )
    stretch = -(-whole // problem.cap)
    wider = instance.but(wanted=instance.wanted * stretch, most=instance.most * stretch)
    some = first_candidates(Rest(wider), seed=seed)
    row, column = some.row, some.column
    for rounds in range(ROUNDS):
        flow = _solve(problem, row, column)
        bound, more = _look(problem, flow, row, column)
        total = rest.fixed + float(problem.worth[row, column].astype(np.float64) @ flow.units) / whole
        last = not len(more[0]) or rounds == ROUNDS - 1
        if not flow.short and (last or bound - total <= ENOUGH * max(abs(bound), abs(total))):
            return _marginals(problem, row, column, flow.units, total, bound)
        if last:
            raise Impossible("No probabilities keep the cap and all rules.", -(-flow.short // whole))
        joined = pairs_of(np.concatenate([row, more[0]]), np.concatenate([column, more[1]]))
        row, column = joined.row, joined.column
    raise FlowFailed("The rounds are counted above.")


def _marginals(problem: Rations, row: Ints, column: Ints, units: Ints, total: float, bound: float) -> Marginals:
    some = units > 0
    groups = np.array([level.label for level in problem.levels], dtype=np.int64).reshape(-1, problem.rest.shape[1])
    return Marginals(
        row=row[some],
        column=column[some],
        units=units[some],
        bits=problem.bits,
        groups=groups,
        pinned=problem.rest.pinned,
        expected=total,
        bound=max(bound, total),
        cap=problem.cap / 2**problem.bits,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Flow:
    units: Ints
    short: int
    prices: Prices


def _solve(problem: Rations, row: Ints, column: Ints) -> _Flow:
    """Return the best flow over some pairs; entries may stay short and judges under their least load, dearly."""
    rest, bits = problem.rest, problem.bits
    n, m = rest.shape
    wires = wire(row, column, problem.levels, n, m, problem.parts, problem.cap)
    entries, judges, sink, dummy = np.arange(n), n + np.arange(m), n + m, n + m + 1
    worth = problem.worth[row, column].astype(np.float64)
    low, top = float(worth.min(initial=np.inf)), float(worth.max(initial=-np.inf))
    spread = top - low if len(worth) and top > low else 1.0
    dear = FINENESS * 8
    wanted, least, most = rest.wanted << bits, rest.least << bits, rest.most << bits
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
    return _Flow(flow[: len(row)], short, _prices(problem, wires, distance, FINENESS / spread))


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


def _look(problem: Rations, flow: _Flow, row: Ints, column: Ints) -> tuple[float, tuple[Ints, Ints]]:
    """Return the bound that prices prove on all pairs, and pairs not yet looked at that would improve."""
    rest, prices, whole = problem.rest, flow.prices, 1 << problem.bits
    n, m = rest.shape
    bound = rest.fixed + float(rest.most @ np.maximum(prices.judge, 0) + rest.least @ np.minimum(prices.judge, 0))
    for number, level in enumerate(problem.levels):
        mine = prices.rule == number
        rooms = level.cap.room_at(prices.row[mine], prices.label[mine]) * problem.parts[number]
        bound += float(prices.toll[mine] @ rooms) / whole
    threshold, tolerance = _thresholds(problem, flow, row, column), 4 * np.abs(problem.worth).max(initial=0) / FINENESS
    known = np.sort(row * m + column)
    found = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))]
    step = max(1, CELLS // max(m, 1))
    for begin in range(0, n, step):
        rows = slice(begin, min(begin + step, n))
        value = _values(problem, prices, rows)
        wanted = rest.wanted[rows] * whole
        width = min(m, -(-int(wanted.max(initial=0)) // problem.cap) + FRESH)
        best = np.sort(np.partition(value, m - width, axis=1)[:, m - width :], axis=1)[:, ::-1]
        takes = np.clip(wanted[:, None] - problem.cap * np.arange(width), 0, problem.cap)
        bound += float((np.where((takes > 0) & (best > -np.inf), best, 0.0) * takes).sum()) / whole  # else short anyway
        bar = (threshold[rows] + tolerance)[:, None]
        i, j = np.nonzero((value > bar) & (value >= best[:, -1:])) if width else found[0]
        key = (begin + i) * m + j
        fresh = known[np.minimum(np.searchsorted(known, key), len(known) - 1)] != key if len(known) else key >= 0
        found.append((begin + i[fresh], j[fresh]))
    return bound, (np.concatenate([i for i, _ in found]), np.concatenate([j for _, j in found]))


def _values(problem: Rations, prices: Prices, rows: slice) -> Floats:
    """Return what pairs are worth to entries after prices and tolls; minus infinity where they may not be."""
    value: Floats = problem.worth[rows].astype(np.float64) - prices.judge
    for number, level in enumerate(problem.levels):
        mine = (prices.rule == number) & (prices.row >= rows.start) & (prices.row < rows.stop)
        if mine.any():
            toll = np.zeros((len(value), level.groups + 1))
            toll[prices.row[mine] - rows.start, prices.label[mine]] = prices.toll[mine]
            value -= toll[:, level.label]
    value[~problem.free[rows]] = -np.inf
    return value


def _thresholds(problem: Rations, flow: _Flow, row: Ints, column: Ints) -> Floats:
    """Return the least worth, after prices and tolls, of what an entry has; minus infinity when it stays short."""
    n, _ = problem.rest.shape
    prices = flow.prices
    value = problem.worth[row, column].astype(np.float64) - prices.judge[column]
    for number, level in enumerate(problem.levels):
        mine = prices.rule == number
        key = prices.row[mine] * (level.groups + 1) + prices.label[mine]
        order = np.argsort(key)
        asked = row * (level.groups + 1) + level.label[column]
        if len(key):
            at = np.minimum(np.searchsorted(key[order], asked), len(key) - 1)
            hit = (key[order][at] == asked) & (level.label[column] >= 0)
            value -= np.where(hit, prices.toll[mine][order][at], 0.0)
    threshold = np.full(n, np.inf)
    used = flow.units > 0
    np.minimum.at(threshold, row[used], value[used])
    full = np.bincount(row, weights=flow.units, minlength=n) >= (problem.rest.wanted << problem.bits)
    threshold[~full] = -np.inf
    threshold[problem.rest.wanted == 0] = np.inf
    return threshold
