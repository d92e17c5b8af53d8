"""Greatest entropy by its dual: prices of judges, entries and full groups, and a temperature.

The answer has the form p = min(cap, exp(temperature x worth - price of the block - price of the judge)), where the
blocks are the entries and those groups of their panel rules that are full. Prices of blocks follow from the judges'
by one-dimensional searches; the judges' and the temperature come from a damped Newton method on the dual, which is
convex. Caps, loads and the share are kept exactly up to rounding.
"""

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.sparse import csr_array

from judging.assignment.engine.blocks import Blocks
from judging.assignment.engine.instance import Floats, Ints, Marks
from judging.assignment.engine.rations import Rations

STEPS = 200  # of Newton at most
SEARCH = 60  # of a one-dimensional search at most
CLOSE = 1e-9  # places by which a sum may be off
DENSE = 10_000_000  # cells of entries by judges up to which products of whole matrices are quicker
WIDE = 500_000  # pairs that are looked at; of more, each entry keeps its best


class Dual:
    """The dual problem: prices of judges and a temperature; block prices follow."""

    def __init__(self, problem: Rations, goal: float, must: tuple[Ints, Ints]) -> None:
        row, column = _pairs(problem, must)
        self.n, self.m = problem.rest.shape
        self.cap = problem.cap / problem.whole
        self.blocks = Blocks(problem, row, column, self.cap)
        self.row, self.column = row[self.blocks.order], column[self.blocks.order]
        worth = problem.worth[self.row, self.column].astype(np.float64)
        self.worth, self.scale = worth, max(float(np.ptp(worth)), 1e-12) if len(worth) else 1.0
        self.gain, self.goal = worth / self.scale, goal / self.scale
        self.least, self.most = problem.rest.least.astype(float), problem.rest.most.astype(float)
        self.price, self.heat = np.zeros(self.m), 1.0
        self.p, self.block = np.zeros(len(self.row)), self.row

    def solve(self) -> None:
        """Find the minimum of the dual by damped Newton steps; bounded in number."""
        value = self._settle()
        damping = 1e-10
        for _ in range(STEPS):
            slope, heat_slope = self._slopes()
            moving = (self.price != 0) | (np.abs(slope) > CLOSE)
            off = np.abs(np.where(moving, slope, 0.0)).max(initial=0.0)
            heat_stuck = self.heat <= 0 and heat_slope >= 0
            if off < CLOSE * 100 and (heat_stuck or abs(heat_slope) < CLOSE * max(1.0, abs(self.goal))):
                return
            step, heat_step = self._direction(slope, heat_slope, moving, heat_stuck, damping)
            before = (self.price, self.heat, self.p, self.block)
            length = 1.0
            for _try in range(30):
                price = before[0] + length * step
                price[before[0] * price < 0] = 0.0  # stop at the kink
                self.price, self.heat = price, max(0.0, before[1] + length * heat_step)
                tried = self._settle()
                fall = float(slope @ (price - before[0])) + heat_slope * (self.heat - before[1])
                if tried <= value + 1e-4 * fall + 1e-13 * abs(value):
                    break
                length /= 2
            else:
                self.price, self.heat, self.p, self.block = before
                damping *= 100
                if damping > 1e3:
                    return
                continue
            damping = max(damping / 10, 1e-12)
            value = tried

    def _settle(self) -> float:
        """Find the block prices for given prices and heat; return the dual's value."""
        now = self.blocks.settle(self.heat * self.gain - self.price[self.column])
        self.p, self.block, log_cap = now.p, now.block, np.log(self.cap)
        value = float(np.where(now.z <= log_cap, now.p, self.cap * (1 + now.z - log_cap)).sum()) + now.income
        value += float(self.most @ np.maximum(self.price, 0) + self.least @ np.minimum(self.price, 0))
        return value - self.heat * self.goal

    def _slopes(self) -> tuple[Floats, float]:
        """Return the slope of the dual by judge (zero where the kink holds it) and by heat."""
        load = np.bincount(self.column, weights=self.p, minlength=self.m)
        target = np.where(self.price > 0, self.most, np.where(self.price < 0, self.least, load))
        target = np.where((self.price == 0) & (load > self.most), self.most, target)
        target = np.where((self.price == 0) & (load < self.least), self.least, target)
        return target - load, float(self.gain @ self.p) - self.goal

    def _direction(
        self, slope: Floats, heat_slope: float, moving: Marks, heat_stuck: bool, damping: float
    ) -> tuple[Floats, float]:
        """Return the Newton step: what judges and heat do to one another once the blocks have settled."""
        soft = np.where(self.p < self.cap, self.p, 0.0)
        block, size = self.block, self.blocks.size
        total = np.bincount(block, weights=soft, minlength=size)
        some = total > 0
        per = np.zeros(size)
        per[some] = 1 / total[some]
        shares = csr_array((soft, (block, self.column)), shape=(size, self.m))
        curve = -self._schur(shares, per)
        curve[np.diag_indices(self.m)] += np.bincount(self.column, weights=soft, minlength=self.m)
        warmth = np.bincount(block, weights=soft * self.gain, minlength=size)
        cross = -np.bincount(self.column, weights=soft * self.gain, minlength=self.m) + shares.T @ (warmth * per)
        bend = float((soft * self.gain**2).sum() - (warmth**2 * per).sum())
        matrix = np.block([[curve, cross[:, None]], [cross[None, :], np.array([[bend]])]])
        right = np.append(slope, heat_slope)
        use = np.append(moving, not heat_stuck)
        at_kink = np.append(self.price == 0, False)
        step = np.zeros(self.m + 1)
        for _ in range(SEARCH):  # a price at its kink moves only the way its slope says
            free = np.nonzero(use)[0]
            step[:] = 0.0
            step[free] = _descend(matrix[np.ix_(free, free)], right[free], damping)
            against = at_kink & (step * right > 0)
            if not against.any():
                break
            use &= ~against
        return step[:-1], float(step[-1])

    def _schur(self, shares: csr_array, per: Floats) -> Floats:
        """Return how prices of judges work on one another through the blocks they share."""
        dense, rest = shares[: self.n], shares[self.n :]
        if self.n * self.m <= DENSE:
            own = dense.toarray() * np.sqrt(per[: self.n, None])
            found = own.T @ own
        else:
            found = (dense.T @ (dense * per[: self.n, None])).toarray()
        return np.asarray(found + (rest.T @ (rest * per[self.n :, None])).toarray())


def _pairs(problem: Rations, must: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Return the pairs to spread over: all, or the best of each entry and the pairs of a known answer."""
    n, m = problem.rest.shape
    if np.count_nonzero(problem.free) <= WIDE:
        row, column = np.nonzero(problem.free)
        return row, column
    each = max(1, WIDE // n)
    marks = np.zeros((n, m), dtype=bool)
    for begin in range(0, n, 500):
        rows = slice(begin, begin + 500)
        value = np.where(problem.free[rows], problem.worth[rows], -np.inf)
        edge = np.partition(value, m - each, axis=1)[:, m - each, None]
        marks[rows] = (value >= edge) & problem.free[rows]
    marks[must] = True
    row, column = np.nonzero(marks)
    return row, column


def _descend(matrix: Floats, right: Floats, damping: float) -> Floats:
    size = float(np.abs(np.diag(matrix)).max(initial=0.0)) or 1.0
    for _ in range(12):
        try:
            factor = cho_factor(matrix + np.eye(len(matrix)) * damping * size)
        except LinAlgError:
            damping = max(damping * 100, 1e-14)
        else:
            return np.asarray(-cho_solve(factor, right), dtype=np.float64)
    return -right / size
