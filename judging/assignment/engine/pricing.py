"""Looks through all pairs with the prices of the chosen ones: what would improve, and the bound nothing can exceed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.instance import Floats, Impossible, Ints, Marks, Pairs
from judging.assignment.engine.network import Groups, room_of
from judging.assignment.engine.rest import Rest, holds

CELLS = 400_000  # cells of the matrix that are looked at together
FRESH = 8  # pairs an entry may bring at once beyond what it wants
CROWD = 4  # times as many as it may bring, from which on its pairs are sifted first


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What one look through the matrix found.

    Attributes
    ----------
    bound
        No assignment is worth more.
    improving
        How many pairs outside the candidates improve at these prices.
    fresh
        The best of them, of each entry and of each judge, and others that nearly improve; empty when none does.
    """

    bound: float
    improving: int
    fresh: Pairs


def look(rest: Rest, prices: Prices, chosen: Pairs, candidates: Pairs, *, tolerance: float, band: float = 0.0) -> Look:
    """Look through all pairs.

    Parameters
    ----------
    prices
        Of judges and panel rules.
    chosen
        The assignment among the candidates (without pinned pairs); what an entry has least of it is its threshold.
    candidates
        The pairs it was chosen among, sorted.
    tolerance
        By how much a pair must exceed the threshold to improve.
    band
        How far below the threshold pairs are brought along, for prices move.
    """
    n, m = rest.shape
    instance, judge = rest.instance, prices.judge
    charge = Charge(rest, prices)
    threshold = _thresholds(rest, chosen, charge, judge)
    kind = instance.score.dtype
    rough = judge.astype(kind)
    slack = (
        4
        * float(np.finfo(kind).eps)
        * (
            np.where(np.isfinite(threshold), np.abs(threshold), 0)
            + float(np.abs(judge).max(initial=0))
            + float(prices.toll.max(initial=0)) * len(rest.caps)
        )
    )
    rough_threshold = (threshold - slack - band).astype(kind)
    known = candidates.row * m + candidates.column
    always = np.union1d(chosen.row * m + chosen.column, rest.wished.row * m + rest.wished.column)
    bound = rest.fixed + float(rest.most @ np.maximum(judge, 0) + rest.least @ np.minimum(judge, 0)) + charge.income
    none = np.zeros(0, dtype=np.int64)
    found: list[tuple[Ints, Ints, Floats]] = [(none, none, np.zeros(0))]
    step, improving = max(1, CELLS // max(m, 1)), 0
    for begin in range(0, n, step):
        end = min(begin + step, n)
        values = instance.score[begin:end] - rough
        charge.take_off(values, begin, end)
        marks = values > rough_threshold[begin:end, None]
        marks &= instance.allowed[begin:end]
        _thin(rest, values, marks, begin)
        key = np.flatnonzero(marks) + begin * m
        key = _united(key, always[slice(*np.searchsorted(always, [begin * m, end * m]))])
        row, column = key // m, key % m
        free = rest.open_at(row, column)
        row, column, key = row[free], column[free], key[free]
        worth = rest.worth_at(row, column) - judge[column] - charge.at(row, column)
        order = np.lexsort((-worth, row))
        row, column, key, worth = row[order], column[order], key[order], worth[order]
        rank = np.arange(len(row)) - np.searchsorted(row, row)
        best = rank < rest.wanted[row]
        bound += float(worth[best].sum())
        short = rest.wanted[begin:end] - np.bincount(row[best] - begin, minlength=end - begin)
        if short.any():
            raise Impossible(f"{int((short > 0).sum())} entries have too few possible judges.", int(short.sum()))
        new = (rank < rest.wanted[row] + FRESH) & (worth > threshold[row] - band)
        new[new] = ~holds(known, key[new])
        improving += int((worth[new] > threshold[row[new]] + tolerance).sum())
        found.append((row[new], column[new], (worth - threshold[row])[new]))
    return Look(bound, improving, _best_of_judges(rest, found) if improving else Pairs(none, none))


def _thin(rest: Rest, values: NDArray[np.floating], marks: Marks, begin: int) -> None:
    """Of entries with very many marks leave only the best pairs: more than would be taken, and all that are equal."""
    end = begin + len(marks)
    crowded = np.nonzero(np.count_nonzero(marks, axis=1) > CROWD * (rest.wanted[begin:end] + FRESH))[0]
    if not len(crowded):
        return
    few = values.dtype.type(-np.inf)
    row, column = np.nonzero(marks[crowded])
    free = rest.open_at(crowded[row] + begin, column)
    some = np.full((len(crowded), marks.shape[1]), few)
    some[row[free], column[free]] = values[crowded[row[free]], column[free]]
    size = min(int(rest.wanted[begin:end][crowded].max()) + FRESH, some.shape[1])
    edge = np.partition(some, some.shape[1] - size, axis=1)[:, some.shape[1] - size]
    slack = 8 * np.finfo(values.dtype).eps * np.abs(values[crowded]).max(initial=0)
    marks[crowded] &= some >= np.maximum(edge - slack, np.finfo(values.dtype).min)[:, None]


def _united(one: Ints, other: Ints) -> Ints:
    """Return two sorted arrays as one, each number once."""
    both = np.sort(np.concatenate([one, other]), kind="stable")
    return both[np.append(True, both[1:] > both[:-1])] if len(both) else both


def near(rest: Rest, prices: Prices, candidates: Pairs, kept: Marks, *, within: float) -> Pairs:
    """Return the candidates that are chosen or not far below their entry's threshold: the others were a first guess."""
    row, column = candidates.row, candidates.column
    value = rest.worth_at(row, column) - prices.judge[column] - Charge(rest, prices).at(row, column)
    threshold = np.full(rest.shape[0], np.inf)
    np.minimum.at(threshold, row[kept], value[kept])
    stays = kept | (value >= threshold[row] - within)
    return Pairs(row[stays], column[stays])


class Charge:
    """What the tolls of panel rules cost single pairs, and what they bring in."""

    def __init__(self, rest: Rest, prices: Prices) -> None:
        self._caps = rest.caps
        self._tolls: list[tuple[Ints, Floats]] = []
        self.income = 0.0
        for number, cap in enumerate(rest.caps):
            mine = prices.rule == number
            row, label, toll = prices.row[mine], prices.label[mine], prices.toll[mine]
            key = row * cap.labels + label
            order = np.argsort(key)
            self._tolls.append((key[order], toll[order]))
            self.income += float(toll @ cap.room_at(row, label))

    def at(self, row: Ints, column: Ints) -> Floats:
        """Return the tolls of pairs."""
        cost = np.zeros(len(row))
        for cap, (keys, toll) in zip(self._caps, self._tolls, strict=True):
            if len(keys):
                label = cap.label[column]
                key = row * cap.labels + label
                place = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
                cost += np.where((label >= 0) & (keys[place] == key), toll[place], 0.0)
        return cost

    def take_off(self, values: NDArray[np.floating], begin: int, end: int) -> None:
        """Take the tolls off some entries' values, in the values' own precision."""
        for cap, (keys, toll) in zip(self._caps, self._tolls, strict=True):
            some = slice(*np.searchsorted(keys, [begin * cap.labels, end * cap.labels]))
            if some.start < some.stop:
                table = np.zeros(
                    (end - begin, cap.labels + 1), dtype=values.dtype
                )  # the last: of judges without a label
                table[keys[some] // cap.labels - begin, keys[some] % cap.labels] = toll[some]
                values -= table[:, np.maximum(cap.label, -1)]


def nested_tolls(rest: Rest, groups: Groups, chosen: Pairs, judge: Floats) -> Prices:
    """Return prices with the tolls that make a choice of nested panel rules the best for every entry.

    A group that is full costs as much as the least of its chosen is above the least of the wider group's. Where an entry
    is short, full groups cost so much that judges of other groups come first, whatever they are worth.
    """
    n, _ = rest.shape
    worth = rest.worth_at(chosen.row, chosen.column) - judge[chosen.column]
    threshold = np.full(n, np.inf)
    np.minimum.at(threshold, chosen.row, worth)
    short = np.bincount(chosen.row, minlength=n) < rest.wanted
    if short.any() and len(worth):
        threshold[short] = worth.min() - 2 * (float(np.ptp(rest.instance.score)) + float(np.ptp(judge)))
    above = threshold[chosen.row]
    total = max(len(groups.cap), 1)
    parts: list[tuple[Ints, Ints, Floats]] = []
    for level in range(groups.chain.shape[1]):
        group = groups.chain[chosen.column, level]
        inside = np.nonzero(group >= 0)[0]
        key, place, count = np.unique(
            chosen.row[inside] * total + group[inside], return_inverse=True, return_counts=True
        )
        row, which = key // total, key % total
        wider, least = np.zeros(len(key)), np.full(len(key), np.inf)
        wider[place] = above[inside]
        np.minimum.at(least, place, worth[inside])
        toll = np.where(count == room_of(rest, groups, row, which), np.maximum(least - wider, 0.0), 0.0)
        above[inside] += toll[place]
        some = toll > 0
        parts.append((row[some], which[some], toll[some]))
    if not parts:
        return Prices(judge)
    row, which, tolls = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(row, kind="stable")
    row, which, tolls = row[order], which[order], tolls[order]
    return Prices(judge, row, groups.cap[which], groups.label[which], tolls)


def closed_tolls(rest: Rest, prices: Prices) -> Prices:
    """Return prices that nobody can pay where pinned pairs, or a load of nothing, leave no room. They bring in nothing."""
    score, nudge = rest.instance.score, rest.instance.nudge
    if not len(rest.pinned) and not rest.instance.needs and (rest.most > 0).all():
        return prices
    highest = max(float(score.max(initial=0)), -float(score.min(initial=0))) + float(np.abs(nudge).max(initial=0))
    dear = 4 * (highest + float(np.abs(prices.judge).max(initial=0)) + float(prices.toll.max(initial=0)))
    judge = np.where(rest.most > 0, prices.judge, dear)
    parts = [(prices.row, prices.rule, prices.label, prices.toll)]
    for number, cap in enumerate(rest.caps):
        if number < len(rest.instance.families):  # full only by pinned pairs
            key = np.unique(cap.taken)
            row, label = key // max(cap.labels, 1), key % max(cap.labels, 1)
        else:
            row = np.nonzero(rest.wanted > 0)[0]
            label = np.zeros(len(row), dtype=np.int64)
        full = cap.room_at(row, label) == 0
        parts.append((row[full], np.full(int(full.sum()), number), label[full], np.full(int(full.sum()), dear)))
    row, rule, label, toll = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(row, kind="stable")
    return Prices(judge, row[order], rule[order], label[order], toll[order])


def _thresholds(rest: Rest, chosen: Pairs, charge: Charge, judge: Floats) -> Floats:
    """Return what an entry has least of its chosen judges after prices and tolls; minus infinity when it is short."""
    n, _ = rest.shape
    worth = rest.worth_at(chosen.row, chosen.column) - judge[chosen.column] - charge.at(chosen.row, chosen.column)
    threshold = np.full(n, np.inf)
    np.minimum.at(threshold, chosen.row, worth)
    threshold[np.bincount(chosen.row, minlength=n) < rest.wanted] = -np.inf
    return threshold


def _best_of_judges(rest: Rest, found: list[tuple[Ints, Ints, Floats]]) -> Pairs:
    """Keep what a judge can use of the pairs found, the most improving first."""
    row, column = np.concatenate([one for one, _, _ in found]), np.concatenate([one for _, one, _ in found])
    order = np.lexsort((-np.concatenate([one for _, _, one in found]), column))
    row, column = row[order], column[order]
    rank = np.arange(len(column)) - np.searchsorted(column, column)
    kept = rank < np.maximum(8 * rest.most[column], 8 * FRESH)
    return Pairs(row[kept], column[kept])
