"""The largest flow of judges to entries, and the smallest cut where it falls short.

Millions of pairs need not be looked at one by one: the flow starts from a few pairs of each entry and adds those that
lead out of the cut, until none does. The cut is then the cut of all pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow
from scipy.sparse import csr_array

from judging.assignment.engine.instance import Ints, Marks
from judging.assignment.engine.nest import Level, Remainder

FEW = 200_000  # below this, all pairs are taken at once
EACH = 12  # pairs of an entry to begin with
CHUNK = 2_000  # rows looked at together


class FlowFailed(RuntimeError):
    """The solver did not answer; its flows must not be read."""


@dataclass(frozen=True, slots=True, eq=False)
class Wires:
    """Arcs from entries through the groups of their rules, and the node where each pair leaves them.

    Nodes: entries 0..n-1, judges n..n+m-1, source n+m, sink n+m+1, then one for each group of an entry that has a pair.
    """

    tail: Ints
    head: Ints
    room: Ints
    at: Ints
    size: int
    level: Ints  # rule of each arc, as a position in the levels
    row: Ints  # entry of each arc
    label: Ints  # group of each arc


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A largest flow, and the nodes that the source still reaches in what it leaves.

    Attributes
    ----------
    short
        Demand that finds no room.
    row, column : int64
        The pairs that were looked at.
    used : bool
        Whether the flow takes the pair.
    demand, given : int64
        What is wanted by, and what flows from the source into each entry (or judge, when judges demand).
    entries, judges : bool (n,), (m,)
        Those on the source's side: the smallest set that shows the shortage.
    across : bool
        Pairs that lead out of it, one by one full.
    """

    short: int
    row: Ints
    column: Ints
    used: Marks
    demand: Ints
    given: Ints
    entries: Marks
    judges: Marks
    across: Marks


def some_pairs(free: Marks, each: int = EACH) -> tuple[Ints, Ints]:
    """Return pairs to begin with: all of a small problem, else about so many of each entry and of each judge."""
    n, m = free.shape
    if n * m <= FEW:
        row, column = np.nonzero(free)
        return row, column
    lot = np.random.default_rng(n * m)
    laps = -(-2 * each * n // m)
    column = np.concatenate([lot.permutation(m) for _ in range(laps)])[: 2 * each * n]
    row = np.arange(n).repeat(2 * each)
    row, column = row[free[row, column]], column[free[row, column]]
    poor = np.nonzero(np.bincount(row, minlength=n) < each)[0]
    rare = np.nonzero(np.bincount(column, minlength=m) < each)[0]
    i, j = np.nonzero(_thinned(free[poor], lot, 2 * each))
    jj, ii = np.nonzero(_thinned(np.ascontiguousarray(free[:, rare].T), lot, 2 * each))
    key = np.sort(np.concatenate([row * m + column, poor[i] * m + j, ii * m + rare[jj]]))
    key = key[np.concatenate([[True], key[1:] > key[:-1]])] if len(key) else key
    return key // m, key % m


def wire(
    row: Ints, column: Ints, levels: Sequence[Level], n: int, m: int, parts: Ints | None = None, cap: int = 0
) -> Wires:
    """Lay the arcs of the rules, outermost first.

    Parameters
    ----------
    row, column
        The pairs.
    levels
        Nested rules, outermost first.
    n, m
        Numbers of entries and of judges.
    parts : int64 (levels,)
        Into how many parts each place of a rule is split; one when not given.
    cap
        Parts that a pair may take, if groups that cannot fill their room may be left out.
    """
    at, size = row.copy(), n + m + 2
    none = np.zeros(0, dtype=np.int64)
    found: list[tuple[Ints, Ints, Ints, Ints, Ints, Ints]] = [(none,) * 6]
    for number, level in enumerate(levels):
        label = level.label[column]
        inside = np.nonzero(label >= 0)[0]
        _, first, knot, count = np.unique(
            row[inside] * max(level.groups, 1) + label[inside],
            return_index=True,
            return_inverse=True,
            return_counts=True,
        )
        start = inside[first]
        of_row, of_label = row[start], label[start]
        room = level.cap.room_at(of_row, of_label) * (1 if parts is None else parts[number])
        binds = count * cap > room if cap else np.ones(len(start), dtype=bool)
        node = np.where(binds, size - 1 + np.cumsum(binds), -1)
        found.append(
            (
                at[start[binds]],
                node[binds],
                room[binds],
                np.full(int(binds.sum()), number),
                of_row[binds],
                of_label[binds],
            )
        )
        at[inside] = np.where(binds[knot], node[knot], at[inside])
        size += int(binds.sum())
    tail, head, room, which, of_row, of_label = (np.concatenate(part) for part in zip(*found, strict=True))
    return Wires(tail, head, room, at, size, which, of_row, of_label)


def widest(
    rest: Remainder,
    levels: Sequence[Level] = (),
    *,
    of_judges: bool = False,
    pairs: tuple[Ints, Ints] | None = None,
) -> Cut:
    """Find the largest flow over all free pairs.

    Parameters
    ----------
    rest
        Who may judge what, and how much.
    levels
        Nested rules to be kept, outermost first.
    of_judges
        Whether the least loads of the judges are what demands, and the places of the entries what gives.
    pairs
        Pairs to begin with.

    Returns
    -------
    Cut
        Exact for all free pairs, whatever pairs it began with.
    """
    n, m = rest.free.shape
    row, column = some_pairs(rest.free) if pairs is None else pairs
    whole = n * m <= FEW and pairs is None
    while True:
        wires = wire(row, column, levels, n, m)
        cut, side = _solve(rest, wires, row, column, of_judges)
        if whole or not cut.short:
            return cut
        more = _leading_out(rest.free, levels, wires, side, row, column, of_judges)
        if not len(more[0]):
            return cut
        row, column = np.concatenate([row, more[0]]), np.concatenate([column, more[1]])


def _solve(rest: Remainder, wires: Wires, row: Ints, column: Ints, of_judges: bool) -> tuple[Cut, Marks]:
    n, m = rest.free.shape
    source, sink = n + m, n + m + 1
    entries, judges = np.arange(n), n + np.arange(m)
    one = np.ones(len(row), dtype=np.int64)
    if of_judges:
        arcs = [(np.full(m, source), judges, rest.least), (n + column, wires.at, one)]
        arcs += [(wires.head, wires.tail, wires.room), (entries, np.full(n, sink), rest.wanted)]
    else:
        arcs = [(np.full(n, source), entries, rest.wanted), (wires.at, n + column, one)]
        arcs += [(wires.tail, wires.head, wires.room), (judges, np.full(m, sink), rest.most)]
    solver = SimpleMaxFlow()
    tail, head, room = (np.concatenate(part) for part in zip(*arcs, strict=True))
    solver.add_arcs_with_capacity(tail.astype(np.int32), head.astype(np.int32), room.astype(np.int64))
    if not len(tail) or solver.solve(source, sink) != solver.OPTIMAL:
        raise FlowFailed("The largest flow could not be found.")
    demand = arcs[0][2]
    flows: Ints = solver.flows(np.arange(len(demand) + len(row), dtype=np.int64))
    side = np.zeros(wires.size, dtype=bool)
    short = int(demand.sum()) - int(solver.optimal_flow())
    if short and len(row):
        side[np.asarray(solver.get_source_side_min_cut(), dtype=np.int64)] = True
    elif short:  # no pair leads anywhere, and the solver may not even know the sink
        side[source] = True
        side[arcs[0][1][demand > 0]] = True
    used = flows[len(demand) :] > 0
    near, far = (side[n + column], side[wires.at]) if of_judges else (side[wires.at], side[n + column])
    given = flows[: len(demand)]
    return Cut(short, row, column, used, demand, given, side[:n], side[n : n + m], near & ~far), side


def _leading_out(
    free: Marks, levels: Sequence[Level], wires: Wires, side: Marks, row: Ints, column: Ints, of_judges: bool
) -> tuple[Ints, Ints]:
    """Return free pairs, not yet looked at, over which the flow could leave the cut: a few of each entry."""
    n, m = free.shape
    rows = np.arange(n) if of_judges else np.nonzero(side[:n])[0]
    far = side[n : n + m] if of_judges else ~side[n : n + m]
    found = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))]
    if not far.any():
        return found[0]
    known = csr_array((np.ones(len(row), dtype=bool), (row, column)), shape=(n, m))
    lot = np.random.default_rng(len(row))
    for begin in range(0, len(rows), CHUNK):
        some = rows[begin : begin + CHUNK]
        open_ = free[some] & far
        looked_at = known[some].tocoo()
        open_[looked_at.row, looked_at.col] = False
        hopeful = np.nonzero(open_.any(axis=1))[0]
        some, open_ = some[hopeful], open_[hopeful]
        if len(some):
            reached = _reached(levels, wires, side, some)
            i, j = np.nonzero(_thinned(open_ & (~reached if of_judges else reached), lot))
            found.append((some[i], j))
    return np.concatenate([i for i, _ in found]), np.concatenate([j for _, j in found])


def _reached(levels: Sequence[Level], wires: Wires, side: Marks, rows: Ints) -> Marks:
    """Tell of entries and judges whether the innermost node on their way that exists lies on the source's side."""
    state: Marks = side[rows][:, None]
    place = np.full(int(rows.max(initial=0)) + 1, -1)
    place[rows] = np.arange(len(rows))
    for number, level in enumerate(levels):
        arcs = np.nonzero((wires.level == number) & (wires.row < len(place)))[0]
        arcs = arcs[place[wires.row[arcs]] >= 0]
        at = place[wires.row[arcs]], wires.label[arcs]
        exists = np.zeros((len(rows), level.groups + 1), dtype=bool)  # a judge outside all groups has the last column
        reached = np.zeros_like(exists)
        exists[at], reached[at] = True, side[wires.head[arcs]]
        if len(levels) == 1:  # by groups, before it is spread to judges
            return np.asarray(np.where(exists, reached, state)[:, level.label])
        state = np.where(exists[:, level.label], reached[:, level.label], state)
    return state


def _thinned(open_: Marks, lot: np.random.Generator, each: int = 8) -> Marks:
    """Keep about so many of each row, and at least one."""
    count = open_.sum(axis=1)
    if (count <= 2 * each).all():
        return open_
    kept = open_ & (lot.random(open_.shape, dtype=np.float32) < (each / np.maximum(count, 1))[:, None])
    first = open_.argmax(axis=1)
    some = np.nonzero(count)[0]
    kept[some, first[some]] = True
    marks: Marks = kept
    return marks
