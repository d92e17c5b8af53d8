"""Prices of blocks: entries, whose probabilities add up to their places, and groups inside them, which may be full.

For given prices of judges and a given temperature a pair would have the probability min(cap, t w), with t the factor of
its block. The sum of a block is concave in t, also where groups inside it stop at their room, so that Newton's method
from below never overshoots; the groups that are full are then solved in the same way, from the outermost inwards.
"""

from dataclasses import dataclass

import numpy as np

from judging.assignment.engine.instance import Floats, Ints
from judging.assignment.engine.rations import Rations

SEARCH = 60  # steps of a one-dimensional search at most
CLOSE = 1e-10  # places by which a sum may be off
FAR = 700.0  # the price of what may not be taken at all
NONE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """What follows from prices of judges and a temperature.

    Attributes
    ----------
    p : float64
        Probability of each pair.
    z : float64
        Its logarithm, were there no cap.
    block : int64
        Of each pair the narrowest block whose sum stands still: a full group, or the entry.
    income
        What the blocks' prices bring in.
    """

    p: Floats
    z: Floats
    block: Ints
    income: float


class Blocks:
    """A forest of blocks: entries are its roots, groups of panel rules that could be overfull its other nodes.

    Attributes
    ----------
    order
        The pairs in the order in which they are kept here: those of a block side by side.
    """

    def __init__(self, problem: Rations, row: Ints, column: Ints, cap: float) -> None:
        n = problem.rest.shape[0]
        self.cap, self.size = cap, n
        room, parent, depth = [problem.rest.wanted.astype(float)], [np.full(n, NONE)], [np.zeros(n, dtype=np.int64)]
        leaf = row.copy()
        for level, part in zip(problem.levels, problem.parts, strict=True):
            label, width = level.label[column], max(level.groups, 1)
            inside = np.nonzero(label >= 0)[0]
            key, first, place, count = np.unique(
                row[inside] * width + label[inside], return_index=True, return_inverse=True, return_counts=True
            )
            most = level.cap.room_at(key // width, key % width) * part / problem.whole
            binds = count * cap > most
            node = np.where(binds, self.size + np.cumsum(binds) - 1, NONE)
            above = leaf[inside[first]]
            room.append(np.maximum(most[binds], 1e-12))
            parent.append(above[binds])
            depth.append(np.concatenate(depth)[above[binds]] + 1)
            leaf[inside] = np.where(binds[place], node[place], leaf[inside])
            self.size += int(binds.sum())
        self.room, self.parent, self.depth = np.concatenate(room), np.concatenate(parent), np.concatenate(depth)
        self.order = np.lexsort((column, leaf, row))
        leaf = leaf[self.order]
        self.starts = np.nonzero(np.append(True, leaf[1:] != leaf[:-1])[: len(leaf)])[0]
        self.length = np.diff(np.append(self.starts, len(leaf)))
        self.node = leaf[self.starts]  # of each run of pairs
        self.levels = [np.nonzero(self.depth == d)[0] for d in range(int(self.depth.max(initial=0)) + 1)]
        self.around = [self._around(d) for d in range(len(self.levels))]
        self.price = np.zeros(self.size)  # where the last search ended

    def _around(self, depth: int) -> Ints:
        """Return of each run the block of a depth that it lies in, or none."""
        node = self.node.copy()
        while (deep := self.depth[node] > depth).any():
            node[deep] = self.parent[node[deep]]
        return np.where(self.depth[node] == depth, node, NONE)

    def settle(self, raw: Floats) -> Settled:
        """Find the prices of all blocks for pairs of these logarithms, were no block to cost anything."""
        root = np.arange(self.size)  # of each block the nearest full one around it, or the entry
        self._solve(raw, self.levels[0], 0)
        own, income = self.around[0], float(self.price[self.levels[0]] @ self.room[self.levels[0]])
        for depth, nodes in enumerate(self.levels[1:], start=1):
            p = np.minimum(self.cap, np.exp(np.minimum(raw - self._spread(self.price[own]), 1.0)))
            outer = root[self.parent[nodes]]
            full = self._sums(self._per_run(p), depth)[0][nodes] > self.room[nodes] + CLOSE
            root[nodes] = np.where(full, nodes, outer)
            self._solve(raw, nodes[full], depth)
            income += float((self.price[nodes] - self.price[outer])[full] @ self.room[nodes[full]])
            inside = self.around[depth] >= 0
            own = np.where(inside, root[self.around[depth]], own)
        z = raw - self._spread(self.price[own])
        return Settled(np.minimum(self.cap, np.exp(np.minimum(z, 1.0))), z, np.repeat(own, self.length), income)

    def _solve(self, raw: Floats, nodes: Ints, depth: int) -> None:
        """Set the prices of some blocks of a depth at which their sums are their rooms."""
        asked = np.zeros(self.size + 1, dtype=bool)
        asked[nodes] = True
        runs = np.nonzero(asked[self.around[depth]])[0]  # of no block: the last, which is not asked
        z, length = raw[self._pairs(runs)], self.length[runs]
        node, starts = self.around[depth][runs], np.cumsum(length) - length
        top, sums = np.zeros(self.size), np.zeros(self.size)
        top[node] = -np.inf
        if len(runs):
            np.maximum.at(top, node, np.maximum.reduceat(z, starts))
        weight = np.exp(z - np.repeat(top[node], length))  # at most 1: factors stay in range
        if len(runs):
            np.add.at(sums, node, np.add.reduceat(weight, starts))
        low = self.room / np.where(sums > 0, sums, 1.0)  # where nothing were capped; never too much
        factor = np.maximum(np.exp(np.clip(top - self.price, -FAR, FAR)), low)
        for _ in range(SEARCH):
            if not len(runs):
                break
            value = weight * np.repeat(factor[node], length)
            below = value < self.cap
            total, slope = self._sums(
                np.add.reduceat(np.minimum(value, self.cap), starts),
                depth,
                np.add.reduceat(weight * below, starts),
                runs,
            )
            off = self.room - total
            wrong = asked[:-1] & (np.abs(off) > CLOSE) & ((slope > 0) | (off < 0))
            step = off / np.where(slope > 0, slope, 1.0)
            factor = np.where(wrong & (slope > 0), np.maximum(factor + step, low), np.where(wrong, low, factor))
            mine = wrong[node]
            if not mine.any():
                break
            if 2 * int(length[mine].sum()) < len(weight):  # look only at those that are not there yet
                weight = weight[np.repeat(mine, length)]
                runs, node, length = runs[mine], node[mine], length[mine]
                starts = np.cumsum(length) - length
                asked[:-1] &= wrong
        served = nodes[self.room[nodes] > 0]
        self.price[nodes] = FAR
        self.price[served] = top[served] - np.log(np.maximum(factor[served], 1e-300))

    def _sums(
        self, values: Floats, depth: int, slopes: Floats | None = None, runs: Ints | None = None
    ) -> tuple[Floats, Floats]:
        """Add up runs to blocks of a depth; blocks inside them stop at their room, and are then steep no more."""
        node = self.node if runs is None else self.node[runs]
        total = np.bincount(node, weights=values, minlength=self.size).astype(np.float64)
        slope = np.bincount(node, weights=values if slopes is None else slopes, minlength=self.size).astype(np.float64)
        for nodes in self.levels[:depth:-1]:
            slope[nodes[total[nodes] >= self.room[nodes]]] = 0.0
            total[nodes] = np.minimum(total[nodes], self.room[nodes])
            np.add.at(total, self.parent[nodes], total[nodes])
            np.add.at(slope, self.parent[nodes], slope[nodes])
        return total, slope

    def _per_run(self, values: Floats) -> Floats:
        return np.add.reduceat(values, self.starts) if len(values) else values

    def _spread(self, values: Floats) -> Floats:
        return np.repeat(values, self.length)

    def _pairs(self, runs: Ints) -> Ints | slice:
        """Return the pairs of runs."""
        if len(runs) == len(self.starts):
            return slice(None)
        length = self.length[runs]
        step = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        places: Ints = np.repeat(self.starts[runs], length) + step
        return places
