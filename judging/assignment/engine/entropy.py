"""Greatest entropy by its dual: prices of judges, entries and full groups, and a temperature.

The answer has the form p = min(cap, exp(temperature x worth - price of the block - price of the judge)), where the
blocks are the entries and those groups of their panel rules that are full. Prices of blocks follow from the judges'
by one-dimensional searches; the judges' and the temperature come from a damped Newton method on the dual, which is
convex. Caps, loads and the share are kept exactly up to rounding.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.sparse import coo_array

from judging.assignment.engine.instance import Floats, Ints, Marks
from judging.assignment.engine.rations import Rations

STEPS = 200  # of Newton at most
SEARCH = 60  # of a one-dimensional search at most
CLOSE = 1e-9  # places by which a sum may be off
ROUGHLY = 1e-7  # the same where groups of panel rules are settled in turn with the entries
WIDE = 500_000  # pairs that are looked at; of more, each entry keeps its best


class Dual:
    """The dual problem: prices of judges and a temperature; block prices follow."""

    def __init__(self, problem: Rations, goal: float, must: tuple[Ints, Ints]) -> None:
        self.row, self.column = _pairs(problem, must)
        self.n, self.m = problem.rest.shape
        self.cap = problem.cap / problem.whole
        worth = problem.worth[self.row, self.column].astype(np.float64)
        self.worth, self.scale = worth, max(float(np.ptp(worth)), 1e-12) if len(worth) else 1.0
        self.gain, self.goal = worth / self.scale, goal / self.scale
        self.least, self.most = problem.rest.least.astype(float), problem.rest.most.astype(float)
        self.layers = _layers(problem, self.row, self.column)
        self.layer_price = [np.zeros(len(layer.room)) for layer in self.layers]
        self.price, self.heat = np.zeros(self.m), 1.0
        self.p = np.zeros(len(self.row))
        self.close = CLOSE if len(self.layers) == 1 else ROUGHLY

    def solve(self) -> None:
        """Find the minimum of the dual by damped Newton steps; bounded in number."""
        value = self._settle()
        damping = 1e-10
        for _ in range(STEPS):
            slope, heat_slope = self._slopes()
            moving = (self.price != 0) | (np.abs(slope) > CLOSE)
            off = np.abs(np.where(moving, slope, 0.0)).max(initial=0.0)
            heat_stuck = self.heat <= 0 and heat_slope >= 0
            if off < self.close * 100 and (heat_stuck or abs(heat_slope) < self.close * max(1.0, abs(self.goal))):
                return
            step, heat_step = self._direction(slope, heat_slope, moving, heat_stuck, damping)
            before = (self.price, self.heat, list(self.layer_price), self.p)
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
                self.price, self.heat, self.layer_price, self.p = before
                damping *= 100
                if damping > 1e3:
                    return
                continue
            damping = max(damping / 10, 1e-12)
            value = tried

    def _settle(self) -> float:
        """Find the block prices for given prices and heat; return the dual's value."""
        raw = self.heat * self.gain - self.price[self.column]
        for _ in range(SEARCH):
            off = 0.0
            for number, layer in enumerate(self.layers):
                others = raw - sum(
                    (price[other.of] * other.inside for k, (other, price) in enumerate(self._priced()) if k != number),
                    np.zeros(len(raw)),
                )
                price, moved = _search(others, layer, self.layer_price[number], self.cap)
                self.layer_price[number] = price
                off = max(off, moved)
            if off < self.close or len(self.layers) == 1:
                break
        z = raw - sum((price[layer.of] * layer.inside for layer, price in self._priced()), np.zeros(len(raw)))
        self.p = np.minimum(self.cap, np.exp(np.minimum(z, 1.0)))
        log_cap = np.log(self.cap)
        value = float(np.where(z <= log_cap, self.p, self.cap * (1 + z - log_cap)).sum())
        value += sum(float(price @ layer.room) for layer, price in self._priced())
        value += float(self.most @ np.maximum(self.price, 0) + self.least @ np.minimum(self.price, 0))
        return value - self.heat * self.goal

    def _priced(self) -> list[tuple["_Layer", Floats]]:
        return list(zip(self.layers, self.layer_price, strict=True))

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
        block = self._blocks()
        size = int(block.max(initial=-1)) + 1
        total = np.bincount(block, weights=soft, minlength=size)
        some = total > 0
        per = np.zeros(size)
        per[some] = 1 / total[some]
        shares = coo_array((soft, (block, self.column)), shape=(size, self.m)).tocsr()
        scaled = coo_array((soft * per[block], (block, self.column)), shape=(size, self.m)).tocsr()
        curve = -(shares.T @ scaled).toarray()
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

    def _blocks(self) -> Ints:
        """Return of each pair the narrowest block whose sum stands still: a full group, or the entry."""
        block, begin = self.layers[0].of.copy(), len(self.layers[0].room)
        for layer, price in self._priced()[1:]:
            full = layer.inside & (price[layer.of] > 0)
            block[full] = begin + layer.of[full]
            begin += len(layer.room)
        return block


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """Sums that are bounded: entries (exactly), or groups of a rule inside entries (at most)."""

    of: Ints
    inside: Marks
    room: Floats
    exact: bool


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


def _layers(problem: Rations, row: Ints, column: Ints) -> list[_Layer]:
    layers = [_Layer(row, np.ones(len(row), dtype=bool), problem.rest.wanted.astype(float), exact=True)]
    for level, part in zip(problem.levels, problem.parts, strict=True):
        label = level.label[column]
        inside = label >= 0
        key, place = np.unique(row[inside] * max(level.groups, 1) + label[inside], return_inverse=True)
        room = level.cap.room_at(key // max(level.groups, 1), key % max(level.groups, 1)) * part / problem.whole
        of = np.zeros(len(row), dtype=np.int64)
        of[inside] = place
        if len(key):
            layers.append(_Layer(of, inside, np.maximum(room, 1e-12), exact=False))
    return layers


def _search(raw: Floats, layer: _Layer, price: Floats, cap: float) -> tuple[Floats, float]:
    """Return the price of each block at which sum min(cap, exp(raw - price)) is its room; never below 0 if inexact.

    Newton's method on the factor exp(-price): the sum is concave in it, so from below it never overshoots.
    """
    count = len(layer.room)
    of, z = layer.of[layer.inside], raw[layer.inside]
    top = np.full(count, -np.inf)
    np.maximum.at(top, of, z)
    top = np.where(np.isfinite(top), top, 0.0)
    weight = np.exp(z - top[of])  # at most 1: the factor stays in range
    served = layer.room > 0
    sums = np.bincount(of, weights=weight, minlength=count)
    low = layer.room / np.where(sums > 0, sums, 1.0)  # where no pair were capped; never too much
    factor = np.maximum(np.exp(np.clip(top - price, -700, 700)), low)
    for _ in range(SEARCH):
        value = factor[of] * weight
        below = value < cap
        total = np.bincount(of, weights=np.minimum(value, cap), minlength=count)
        slope = np.bincount(of[below], weights=weight[below], minlength=count)
        off = np.where(served, layer.room - total, 0.0)
        wrong = (np.abs(off) > CLOSE / 10) & ((slope > 0) | (off < 0))
        if not wrong.any():
            break
        step = off / np.where(slope > 0, slope, 1.0)
        factor = np.where(wrong, np.where(slope > 0, np.maximum(factor + step, low), low), factor)
    found = top - np.log(np.maximum(factor, 1e-300))
    found = np.where(served, found, 700.0)
    if not layer.exact:
        found = np.maximum(found, 0.0)
    return found, float(np.abs(found - price).max(initial=0.0))


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
