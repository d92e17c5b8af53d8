"""Takes probabilities apart into whole plans, each of which keeps every rule, by parting many plans into halves.

What T plans have together is parted into what half of them have and the rest, so that neither holds more of an entry, a
judge or a group than so many plans can; and so on down to single plans. Under rules that nest, such halves always
exist. Under rules that cross they nearly always do, and a small whole-number program finds them at once; where there
are none, the halves are sought anew, for the greatest worth.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack, vstack

from judging.assignment.engine.frame import Frame
from judging.assignment.engine.instance import Floats, Impossible, Ints
from judging.assignment.engine.marginals import Lots
from judging.assignment.engine.rations import Rations
from judging.assignment.engine.shares import Shares, Unfinished
from judging.assignment.engine.watch import Watch

WHOLE = 1e-6  # how near to a whole number counts as one
NODES = 2_000  # of a search tree: a limit that does not depend on the machine
NEARLY, FEW = 2e-4, 200  # the gap and the nodes of a search for halves anew, of which there may be many
SEED = 20  # of the lot among equally good plans


def rounded(problem: Rations, shares: Shares, watch: Watch) -> Ints:
    """Return how many of the plans have each pair: whole numbers next to the shares, or the best ones near them."""
    frame, fine = shares.frame, shares.share * problem.whole
    low, high = np.floor(fine + WHOLE), np.ceil(fine - WHOLE)
    if (low == high).all():
        return low.astype(np.int64)
    worth = problem.worth[frame.row, frame.column].astype(np.float64)
    least, most = frame.low * problem.whole, np.floor(frame.high * problem.whole + WHOLE)
    for wider in (0, 1, problem.cap):
        bounds = np.maximum(low - wider, 0), np.minimum(high + wider, problem.cap)
        found = _best(-worth, *bounds, frame.matrix, least, most, watch, gap=1e-6)
        if found is not None:
            return found
    raise Impossible("No whole plans keep the cap and all rules.", 1)


def parted(problem: Rations, frame: Frame, units: Ints, watch: Watch) -> Ints:
    """Return plans that have each pair as often as it has units, or nearly so; 0 or 1, int64 (plans, pairs)."""
    lots, total, found = Lots(SEED), units.copy(), []
    heaps = [(problem.whole, units)]
    while heaps:
        size, mine = heaps.pop()
        if watch.over:
            raise Unfinished("The plans were not found in time.")
        if size == 1:
            found.append(mine)
            continue
        half = size // 2
        split = Split(frame, mine, half, size - half, lots.take(len(units)) / 2.0**64)
        one = split.even(problem, watch)
        one = split.any(watch) if one is None else one
        other = mine - one if one is not None else None
        if one is None or other is None:
            one, other = split.anew(problem, problem.cap - (total - mine), watch)
            total += one + other - mine
        heaps += [(size - half, other), (half, one)]
    return np.array(found)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What some plans have together, to be parted into `first` and `second` of them."""

    frame: Frame
    units: Ints
    first: int
    second: int
    lot: Floats

    def even(self, problem: Rations, watch: Watch) -> Ints | None:
        """Return the first part, with pairs and loads next to their share of both."""
        n, m = problem.rest.shape
        share = self.first / (self.first + self.second)
        low, high = self._limits()
        loads = self.frame.sums(self.units)[n : n + m] * share
        low[n : n + m], high[n : n + m] = np.floor(loads + WHOLE), np.ceil(loads - WHOLE)
        pairs = self.units * share
        return self._found(np.floor(pairs + WHOLE), np.ceil(pairs - WHOLE), low, high, watch)

    def any(self, watch: Watch) -> Ints | None:
        """Return a first part after which the second can still be plans on average."""
        least, most = np.maximum(self.units - self.second, 0), np.minimum(self.units, self.first)
        return self._found(least, most, *self._limits(), watch)

    def _limits(self) -> tuple[Floats, Floats]:
        frame, a, b = self.frame, self.first, self.second
        sums = frame.sums(self.units)
        low, high = np.maximum(a * frame.low, sums - b * frame.high), np.minimum(a * frame.high, sums - b * frame.low)
        return np.where(frame.single, low, -np.inf), np.where(frame.single, high, np.inf)

    def _found(self, least: Floats, most: Floats, low: Floats, high: Floats, watch: Watch) -> Ints | None:
        """Look for whole numbers between these, those of least lot."""
        open_ = np.nonzero(most > least)[0]
        fixed = self.frame.sums(least)
        low, high = low - fixed, high - fixed
        if (low > high).any():
            return None
        part = least.astype(np.int64)
        matrix = self.frame.matrix[:, open_]
        rows = np.diff(matrix.indptr) > 0
        if (low[~rows] > WHOLE).any() or (high[~rows] < -WHOLE).any():
            return None
        if len(open_):
            top = (most - least)[open_]
            found = _best(self.lot[open_], 0 * top, top, matrix[rows], low[rows], high[rows], watch, gap=0.5)
            if found is None:
                return None
            part[open_] += found
        return part

    def anew(self, problem: Rations, room: Ints, watch: Watch) -> tuple[Ints, Ints]:
        """Return two parts of the greatest worth that the other plans leave room for, whatever they had so far."""
        frame, (a, b), p = self.frame, (self.first, self.second), len(self.units)
        alone, shared = np.nonzero(frame.single)[0], np.nonzero(~frame.single)[0]
        own, common = frame.matrix[alone], frame.matrix[shared]
        none, unit = csr_array(own.shape), csr_array(eye_array(p))
        matrix = vstack([hstack([own, none]), hstack([none, own]), hstack([common, common]), hstack([unit, unit])])
        spent = frame.sums(problem.cap - room)[shared]
        left = np.floor(frame.high[shared] * problem.whole + WHOLE) - spent
        low = np.concatenate([frame.low[alone] * a, frame.low[alone] * b, np.zeros(len(shared) + p)])
        high = np.concatenate([frame.high[alone] * a, frame.high[alone] * b, left, room])
        worth = problem.worth[frame.row, frame.column].astype(np.float64)
        cost = -np.concatenate([worth, worth])
        cost[:p] += self.lot * 1e-6 * (float(np.ptp(worth)) or 1.0)
        top = np.concatenate([np.minimum(room, a), np.minimum(room, b)]).astype(np.float64)
        found = _best(cost, 0 * top, top, csr_array(matrix), low, high, watch, gap=NEARLY, nodes=FEW)
        if found is None:
            raise Impossible("No whole plans keep the cap and all rules.", 1)
        return found[:p], found[p:]


def _best(
    cost: Floats,
    least: Floats,
    most: Floats,
    matrix: csr_array,
    low: Floats,
    high: Floats,
    watch: Watch,
    *,
    gap: float,
    nodes: int = NODES,
) -> Ints | None:
    """Return the whole numbers of least cost under the limits, or None when there are none or the search is too long."""
    found = milp(
        cost,
        integrality=np.ones(len(cost), dtype=np.int64),
        bounds=Bounds(least, most),
        constraints=LinearConstraint(matrix, low, high),
        options={"mip_rel_gap": gap, "node_limit": nodes, "time_limit": watch.left},
    )
    if watch.over and found.status != 0:
        raise Unfinished("The plans were not found in time.")
    return None if found.x is None else np.rint(found.x).astype(np.int64)
