"""Shortest paths and negative cycles among judges, by relaxation of whole arrays of edges (Bellman-Ford)."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from judging.assignment.engine.chains import Board, Moves
from judging.assignment.engine.instance import Floats, Ints, Marks

ROUNDS = 80  # of relaxation; a chain has far fewer links
LOOK = 6  # rounds between two looks for a cycle


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Judges 0..m-1 and room m, with the moves of a board as edges and those to and from room behind them.

    Attributes
    ----------
    start, end : int64 (e,)
    cost : float64 (e,)
    moves
        The first ``len(moves.seat)`` edges.
    nodes
        m + 1.
    """

    start: Ints
    end: Ints
    cost: Floats
    moves: Moves
    nodes: int


def graph_of(board: Board, moves: Moves, cost: Floats) -> Graph:
    """Return the graph of some moves with their costs; who may carry more or fewer is asked of the board."""
    m = len(board.loads)
    more = np.nonzero(board.loads < board.instance.most)[0]
    fewer = np.nonzero(board.loads > board.instance.least)[0]
    start = np.concatenate([moves.start, more, np.full(len(fewer), m)])
    end = np.concatenate([moves.end, np.full(len(more), m), fewer])
    return Graph(start, end, np.concatenate([cost, np.zeros(len(more) + len(fewer))]), moves, m + 1)


def relax(graph: Graph, start: Floats, slack: float, look: bool = False) -> tuple[Floats, Ints, list[list[int]]]:
    """Return distances from given starting values, the edge by which each node was reached, and cycles when asked.

    Parameters
    ----------
    graph
    start : float (nodes,)
        Distances to begin with; inf where a path cannot begin.
    slack
        What is less than this is no improvement.
    look
        Stop at the first negative cycles and return them, as lists of edges.

    Returns
    -------
    distance : float (nodes,)
    by : int64 (nodes,)
        Edge into each node; -1 where the path begins.
    cycles
        Empty unless `look`; each a list of edges in order.
    """
    distance, by = start.copy(), np.full(graph.nodes, -1, dtype=np.int64)
    fresh = np.isfinite(distance)
    for step in range(ROUNDS):
        edges = np.nonzero(fresh[graph.start])[0]
        end = graph.end[edges]
        reached = distance[graph.start[edges]] + graph.cost[edges]
        better = reached < distance[end] - slack
        edges, end, reached = edges[better], end[better], reached[better]
        if not len(edges):
            break
        old = distance.copy()
        np.minimum.at(distance, end, reached)
        wins = reached <= distance[end]
        by[end[wins]] = edges[wins]
        fresh = distance < old
        if look and step % LOOK == LOOK - 1:
            cycles = cycles_of(graph, by)
            if cycles:
                return distance, by, cycles
    return distance, by, cycles_of(graph, by) if look else []


def cycles_of(graph: Graph, by: Ints) -> list[list[int]]:
    """Return the cycles among the edges by which nodes were reached; they share no node."""
    if not len(graph.start):
        return []
    before = np.where(by >= 0, graph.start[by], graph.nodes)
    jump = np.append(before, graph.nodes)
    for _ in range(int(np.ceil(np.log2(graph.nodes + 1))) + 1):
        jump = jump[jump]
    seen = np.zeros(graph.nodes + 1, dtype=bool)
    cycles = []
    for node in np.unique(jump[jump < graph.nodes]):
        if seen[node]:
            continue
        walk, here = [], int(node)
        while not seen[here]:
            seen[here] = True
            walk.append(int(by[here]))
            here = int(graph.start[by[here]])
        if here == node:
            cycles.append(walk[::-1])
    return cycles


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Moves that belong together, and the affinity they lose."""

    seat: Ints
    place: Ints
    cost: float


def nearest(board: Board, graph: Graph, options: list[tuple[Moves, Floats]]) -> list[Chain]:
    """Return cheap chains that begin with one of some moves of a seat and end where that seat came from.

    Lengths are measured by the board's prices, by which no step is shorter than nothing; what little they lack after
    chains were taken is cut off, so that a chain may be a little dearer than the cheapest. (Dijkstra.)

    Parameters
    ----------
    board
    graph
        The moves the links of a chain may be.
    options
        For each seat the moves to begin with, and what each costs in place of the affinity it loses.
    """
    price = np.append(board.prices, 0.0)
    size = graph.nodes + len(options)
    reduced = np.maximum(graph.cost + price[graph.end] - price[graph.start], 0.0)
    heads = [cost + price[moves.end] for moves, cost in options]
    lowest = min(float(head.min()) for head in heads)
    start = [graph.start, *(np.full(len(head), graph.nodes + i) for i, head in enumerate(heads))]
    end = np.concatenate([graph.end, *(moves.end for moves, _ in options)])
    length = np.concatenate([reduced, *(head - lowest for head in heads)])
    net = _rows(np.concatenate(start), end, length, size)
    sources = np.arange(graph.nodes, size)
    distance, before = dijkstra(net.lengths, indices=sources, return_predecessors=True)
    givers = [int(moves.start[0]) for moves, _ in options]
    away = [float(distance[i, giver]) - price[giver] for i, giver in enumerate(givers)]
    chains = []
    for i in np.argsort(away, kind="stable"):
        if not np.isfinite(away[i]):
            continue
        edges = net.walk(before[i], int(sources[i]), givers[i])
        inner = edges[(edges < len(graph.moves.seat))]
        head = int(edges[0]) - len(graph.start) - sum(len(moves.seat) for moves, _ in options[:i])
        moves, cost = options[i]
        seat = np.append(moves.seat[head], graph.moves.seat[inner])
        place = np.append(moves.place[head], graph.moves.place[inner])
        chains.append(Chain(seat, place, float(cost[head] + graph.cost[inner].sum())))
    return sorted(chains, key=lambda chain: chain.cost)


@dataclass(frozen=True, slots=True, eq=False)
class _Net:
    """Edges ordered by the node they leave; parallel ones are kept apart."""

    lengths: csr_array
    order: Ints

    def walk(self, before: Ints, source: int, node: int) -> Ints:
        """Return the edges of the shortest path to a node."""
        edges = []
        while node != source:
            last = int(before[node])
            begin, end = self.lengths.indptr[last], self.lengths.indptr[last + 1]
            parallel = np.nonzero(self.lengths.indices[begin:end] == node)[0] + begin
            edges.append(self.order[parallel[np.argmin(self.lengths.data[parallel])]])
            node = last
        return np.array(edges[::-1], dtype=np.int64)


def _rows(start: Ints, end: Ints, length: Floats, size: int) -> _Net:
    order = np.argsort(start.astype(np.int16 if size < 32_000 else np.int32), kind="stable")
    first = np.searchsorted(start[order], np.arange(size + 1)).astype(np.int32)
    return _Net(csr_array((length[order], end[order].astype(np.int32), first), shape=(size, size)), order)


def apply_edges(board: Board, graph: Graph, edges: list[int]) -> bool:
    """Make the moves on a cycle; False when together they break a rule."""
    kept = np.array([edge for edge in edges if edge < len(graph.moves.seat)], dtype=np.int64)
    return board.apply(graph.moves.seat[kept], graph.moves.place[kept])


def polish(board: Board, slack: float, marked: Marks | None = None, tries: int = 2000) -> int:
    """Take negative cycles, that is chains that win affinity, until there are none; return how many were taken."""
    banned: set[int] = set()
    taken = 0
    width = board.candidates.shape[1]
    for _ in range(tries):
        moves = board.moves(marked)
        graph = graph_of(board, moves, -moves.gain)
        if banned:
            codes = moves.seat * width + moves.place
            graph.cost[np.nonzero(np.isin(codes, list(banned)))[0]] = np.inf
        distance, _, cycles = relax(graph, -np.append(board.prices, 0.0), slack, look=True)
        if not cycles:
            board.prices = distance[-1] - distance[:-1]
            break
        touched: set[int] = set()
        for cycle in cycles:
            inner = [edge for edge in cycle if edge < len(moves.seat)]
            rows = set((moves.seat[inner] // board.seats).tolist())
            if rows & touched:
                continue  # its edges are out of date; it comes back in the next round
            if apply_edges(board, graph, cycle):
                taken += 1
                touched |= rows
                continue
            worst = min(inner, key=lambda edge: float(moves.gain[edge]))
            banned.add(int(moves.seat[worst] * width + moves.place[worst]))
    return taken
