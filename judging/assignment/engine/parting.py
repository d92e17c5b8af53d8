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
from judging.assignment.engine.watch import Progress, Watch

WHOLE = 1e-6  # how near to a whole number counts as one
NODES = 2_000  # of a search tree: a limit that does not depend on the machine
NEARLY, FEW = 2e-4, 50  # the gap and the nodes of a search for halves anew, of which there may be many
SLIGHT = 1e-6  # what a lot weighs where something else decides
WIDER = 20  # times as many entries opened where those in trouble do not suffice
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


def parted(problem: Rations, shares: Shares, units: Ints, watch: Watch) -> Ints:
    """Return plans that have each pair as often as it has units, or nearly so; 0 or 1, int64 (plans, pairs)."""
    frame, lots, total, found = shares.frame, Lots(SEED), units.copy(), list[Ints]()
    worth = problem.worth[frame.row, frame.column].astype(np.float64)
    heaps, memory = [(problem.whole, units)], Memory(frame)
    while heaps:
        size, mine = heaps.pop()
        if watch.over:
            raise Unfinished("The plans were not found in time.")
        watch.tell(Progress(problem.rest.fixed + float(worth @ total) / problem.whole, shares.bound, len(found)))
        if size == 1:
            found.append(mine)
            continue
        half, lot, room = size // 2, lots.take(len(units)) / 2.0**64, problem.cap - (total - mine)
        parts = Split(problem, frame, mine, half, size - half, lot, watch).even()
        known = memory.bettered(size, mine, room) if parts is None else None
        if known is not None:
            parts = Split(problem, frame, known, half, size - half, lot, watch).even()
        if parts is None:
            start = mine if known is None else known
            parts = Split(problem, frame, start, half, size - half, lot, watch).changed(room)
            memory.learn(size, mine, parts[0] + parts[1])
        total += parts[0] + parts[1] - mine
        heaps += [(size - half, parts[1]), (half, parts[0])]
    return np.array(found)


class Memory:
    """How entries had to change before: their equals among other plans change likewise, without another search."""

    def __init__(self, frame: Frame) -> None:
        entries = np.arange(int(frame.row.max(initial=-1)) + 2)
        self._starts, self._row = np.searchsorted(frame.row, entries), frame.row
        self._known: dict[tuple[int, int, bytes], Ints] = {}

    def learn(self, size: int, before: Ints, after: Ints) -> None:
        """Note what has changed."""
        for entry in np.unique(self._row[before != after]):
            mine = slice(self._starts[entry], self._starts[entry + 1])
            self._known[size, int(entry), before[mine].tobytes()] = after[mine]

    def bettered(self, size: int, units: Ints, room: Ints) -> Ints | None:
        """Return units with the changes that are known and fit; None when there are none."""
        found = units.copy()
        for (of, entry, before), after in self._known.items():
            mine = slice(self._starts[entry], self._starts[entry + 1])
            if of == size and before == units[mine].tobytes() and (after <= room[mine]).all():
                found[mine] = after
        return None if (found == units).all() else found


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What some plans have together, to be parted into `first` and `second` of them."""

    problem: Rations
    frame: Frame
    units: Ints
    first: int
    second: int
    lot: Floats
    watch: Watch

    def even(self) -> tuple[Ints, Ints] | None:
        """Return parts in which pairs are next to their share of both; loads too, if that can be."""
        (least, most), (low, high) = self._near(), self._limits()
        n, m = self.problem.rest.shape
        loads = self.frame.sums(self.units)[n : n + m] * self.first / (self.first + self.second)
        close = low.copy(), high.copy()
        close[0][n : n + m] = np.maximum(low[n : n + m], np.floor(loads + WHOLE))
        close[1][n : n + m] = np.minimum(high[n : n + m], np.ceil(loads - WHOLE))
        for bounds in (close, (low, high)):
            found = self._found(least, most, *bounds)
            if found is not None:
                return found, self.units - found
        return None

    def changed(self, room: Ints) -> tuple[Ints, Ints]:
        """Return parts that together differ from the units, as little as can be seen, of the greatest worth.

        Entries whose panels cannot be parted under all rules get other judges, as far as other plans leave room; where
        their change does not fit with the others', more entries are opened.

        Raises
        ------
        Impossible
            If there are no such parts.
        """
        n = self.problem.rest.shape[0]
        some = self._troubled()
        order = np.argsort(self.lot[:n], kind="stable") if len(self.lot) >= n else np.arange(n)
        for count in (0, WIDER * len(some) + WIDER, n):
            if count and count < n:
                some = np.union1d(some, order[:count])
            found = self._anew(some if count < n else np.arange(n), room)
            if found is not None:
                return found
        raise Impossible("No whole plans keep the cap and all rules.", 1)

    def _near(self) -> tuple[Floats, Floats]:
        pairs = self.units * self.first / (self.first + self.second)
        return np.floor(pairs + WHOLE), np.ceil(pairs - WHOLE)

    def _limits(self) -> tuple[Floats, Floats]:
        """Return what the first part may hold so that neither holds more than so many plans can."""
        frame, a, b = self.frame, self.first, self.second
        sums = frame.sums(self.units)
        low, high = np.maximum(a * frame.low, sums - b * frame.high), np.minimum(a * frame.high, sums - b * frame.low)
        return np.where(frame.single, low, -np.inf), np.where(frame.single, high, np.inf)

    def _found(self, least: Floats, most: Floats, low: Floats, high: Floats) -> Ints | None:
        """Look for whole numbers between these, those of least lot."""
        part, open_ = least.astype(np.int64), np.nonzero(most > least)[0]
        fixed = self.frame.sums(least)
        matrix = self.frame.matrix[:, open_]
        rows = np.diff(matrix.indptr) > 0
        if (low > high).any() or ((fixed < low - WHOLE) | (fixed > high + WHOLE))[~rows].any():
            return None
        if len(open_):
            low, high, top = (low - fixed)[rows], (high - fixed)[rows], (most - least)[open_]
            found = _best(self.lot[open_], 0 * top, top, matrix[rows], low, high, self.watch, gap=0.5)
            if found is None:
                return None
            part[open_] += found
        return part

    def _troubled(self) -> Ints:
        """Return the entries that must break a rule in one of the parts, when as few as possible shall."""
        (n, m), frame = self.problem.rest.shape, self.frame
        (least, most), groups = self._near(), np.nonzero(frame.single)[0][n + m :]
        open_ = np.nonzero(most > least)[0]
        low, high = self._limits()
        low, high = low - frame.sums(least), high - frame.sums(least)
        # Columns: open pairs, too many in the first part, too many in the second (then too few in the first).
        p, g = len(open_), len(groups)
        over = csr_array((-np.ones(g), (groups, np.arange(g))), shape=(frame.matrix.shape[0], g))
        matrix = csr_array(hstack([frame.matrix[:, open_], over, -over]))
        low[groups], high[groups] = np.minimum(low[groups], high[groups]), np.maximum(low[groups], high[groups])
        wide = np.full(g, float(frame.high[groups].max(initial=0) * (self.first + self.second)))
        cost = np.concatenate([self.lot[open_] * SLIGHT, np.ones(2 * g)])
        top = np.concatenate([(most - least)[open_], wide, wide])
        found = _best(cost, 0 * top, top, matrix, low, high, self.watch, gap=0.1, nodes=FEW)
        if found is None:
            return np.arange(n)
        amiss = (found[p : p + g] > 0) | (found[p + g :] > 0)
        return np.unique(frame.entry[groups[amiss] - n - m])

    def _anew(self, entries: Ints, room: Ints) -> tuple[Ints, Ints] | None:
        """Return parts of the greatest worth in which some entries have other judges than now, the others the same."""
        frame, a, b = self.frame, self.first, self.second
        inside = np.isin(frame.row, entries)
        mine, others = np.nonzero(inside)[0], np.nonzero(~inside)[0]
        least, most = self._near()
        # Columns: the first part of their pairs, both parts of their pairs, the first part of the others' pairs.
        alone, shared = np.nonzero(frame.single)[0], np.nonzero(~frame.single)[0]
        ours, theirs = frame.matrix[:, mine], frame.matrix[:, others]
        stays = theirs @ self.units[others].astype(float)
        none, unit = csr_array((len(mine), len(others))), csr_array(eye_array(len(mine)))
        matrix = vstack(
            [
                hstack([ours[alone], 0 * ours[alone], theirs[alone]]),
                hstack([-ours[alone], ours[alone], -theirs[alone]]),
                hstack([0 * ours[shared], ours[shared], 0 * theirs[shared]]),
                hstack([-unit, unit, none]),
            ]
        )
        spent = frame.sums(self.problem.cap - room)[shared] + stays[shared]
        left = np.floor(frame.high[shared] * self.problem.whole + WHOLE) - spent
        low = [frame.low[alone] * a, frame.low[alone] * b - stays[alone], np.full(len(shared), -np.inf)]
        high = [frame.high[alone] * a, frame.high[alone] * b - stays[alone], left, np.full(len(mine), b)]
        worth = self.problem.worth[frame.row, frame.column].astype(np.float64)
        slight = self.lot * SLIGHT * (float(np.ptp(worth)) or 1.0)
        cost = np.concatenate([slight[mine], -worth[mine], slight[others]])
        bottom = np.concatenate([np.zeros(2 * len(mine)), least[others]])
        top = np.concatenate([np.minimum(room[mine], a), np.minimum(room[mine], a + b), most[others]])
        bounds = np.concatenate([*low, np.zeros(len(mine))]), np.concatenate(high)
        found = _best(cost, bottom, top, csr_array(matrix), *bounds, self.watch, gap=NEARLY, nodes=FEW)
        if found is None:
            return None
        first, both, rest = np.split(found, [len(mine), 2 * len(mine)])
        part, whole = np.zeros_like(self.units), self.units.copy()
        part[mine], part[others], whole[mine] = first, rest, both
        return part, whole - part


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
