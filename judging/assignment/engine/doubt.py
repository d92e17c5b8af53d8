"""Pairs that prices leave in doubt, neither clearly in nor out, and the program that decides on them."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.instance import Floats, Ints, Marks, Pairs, pairs_of
from judging.assignment.engine.pricing import Charge
from judging.assignment.engine.rest import Cap, Rest

AROUND = 60  # judges looked at for an empty place
TINY = 1e-9  # costs that are none


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """Pairs to decide on, and those that are settled as chosen."""

    open: Pairs
    chosen: Pairs


def doubt_of(candidates: Pairs, chosen: Marks, margin: Floats, free: Marks, *, size: int) -> Doubt:
    """Return which pairs are in doubt.

    Parameters
    ----------
    chosen : bool (p,)
        Of the candidates.
    margin : float64 (p,)
        By how much a candidate is above its entry's threshold, after prices and tolls.
    free : bool (p,)
        Candidates in doubt in any case.
    size
        How many more may come in: those nearest to the threshold, or above it. The chosen of their entries, any of whom
        they could replace, are in doubt with them.
    """
    outside = np.nonzero(~chosen & ~free)[0]
    lot = np.random.default_rng(size).random(len(outside))
    nearest = outside[np.lexsort((lot, -np.round(margin[outside], 9)))[:size]]
    doubt = free | (chosen & np.isin(candidates.row, candidates.row[nearest]))
    doubt[nearest] = True
    return Doubt(_some(candidates, doubt), _some(candidates, chosen & ~doubt))


def around_short(rest: Rest, candidates: Pairs, chosen: Pairs, proof: Prices) -> Doubt:
    """Return what to decide on once more where few places are left empty: many judges for them, and all who sit there.

    Parameters
    ----------
    candidates
        The pairs that others may choose among, sorted.
    chosen
        An assignment that leaves a few places empty, or a few judges below their least load.
    proof
        Prices by which judges are looked for.
    """
    n, m = rest.shape
    rows = np.nonzero(np.bincount(chosen.row, minlength=n) < rest.wanted)[0]
    seats = np.nonzero(np.bincount(chosen.column, minlength=m) < rest.least)[0]
    row = np.concatenate([np.repeat(rows, m), np.tile(np.arange(n), len(seats))])
    column = np.concatenate([np.tile(np.arange(m), len(rows)), np.repeat(seats, n)])
    line = np.concatenate([np.repeat(np.arange(len(rows)), m), len(rows) + np.repeat(np.arange(len(seats)), n)])
    free = rest.open_at(row, column)
    row, column, line = row[free], column[free], line[free]
    value = rest.worth_at(row, column) - proof.judge[column] - Charge(rest, proof).at(row, column)
    order = np.lexsort((-value, line))
    near = order[np.arange(len(order)) - np.searchsorted(line[order], line[order]) < AROUND]
    touched = np.isin(chosen.row, row[near]) & np.isin(chosen.row, rows, invert=True) & (len(seats) > 0)
    touched |= np.isin(chosen.column, np.union1d(column[near], seats))
    within = np.union1d(rows, chosen.row[touched])
    some = _some(candidates, np.isin(candidates.row, within))
    wide = pairs_of(np.concatenate([some.row, row[near]]), np.concatenate([some.column, column[near]]))
    return Doubt(wide, _some(chosen, np.isin(chosen.row, within, invert=True)))


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What is in doubt as lines of a program: `lines` z = `right`, `low` <= z <= `top`, and as little `cost` as can be.

    Columns: pairs, places left empty, loads lacking, loads left, rules' room left. Lines: entries, judges, rules.
    What pairs are worth is said less the prices, and what is left of loads and rules is paid for: by good prices a
    solver's first guess is nearly right. The least cost is what is lost against taking the best at these prices.
    """

    lines: csr_array
    right: Floats
    cost: Floats
    low: Floats
    top: Floats
    pairs: int
    rows: Ints  # entries with places to fill
    seats: Ints  # judges concerned
    limits: tuple["Limits", ...]
    unit: float  # what 1 of the cost is worth

    @property
    def lacking(self) -> slice:
        """Return the columns of places left empty and loads lacking."""
        return slice(self.pairs, self.pairs + len(self.rows) + len(self.seats))


def table_of(rest: Rest, doubt: Doubt, proof: Prices) -> Table:
    """Return the program of what is in doubt, as prices of judges and tolls of rules show it."""
    n, m = rest.shape
    pairs, p = doubt.open, len(doubt.open)
    wanted = rest.wanted - np.bincount(doubt.chosen.row, minlength=n)
    load = np.bincount(doubt.chosen.column, minlength=m)
    rows, seats = np.nonzero(wanted > 0)[0], np.unique(np.concatenate([pairs.column, np.nonzero(load < rest.least)[0]]))
    e, s = len(rows), len(seats)
    number = np.full(n, -1)
    number[rows] = np.arange(e)
    useful = np.nonzero(number[pairs.row] >= 0)[0]
    worth = rest.worth_at(pairs.row, pairs.column) - proof.judge[pairs.column]
    i = [number[pairs.row[useful]], np.arange(e), e + np.searchsorted(seats, pairs.column), *[e + np.arange(s)] * 2]
    j = [useful, p + np.arange(e), np.arange(p), p + e + np.arange(s), p + e + s + np.arange(s)]
    right = [wanted[rows], rest.most[seats] - load[seats]]
    left = [rest.most[seats] - np.maximum(load[seats], rest.least[seats])]
    price, found = [proof.judge[seats]], []
    line, width = e + s, p + e + 2 * s
    for rule, cap in enumerate(rest.caps):
        limits = limits_of(cap, doubt, *tolls_of(proof, rule, cap))
        more = len(limits.room)
        i += [line + limits.place, line + np.arange(more)]
        j += [limits.inside, width + np.arange(more)]
        right.append(limits.room)
        left.append(limits.room)
        price.append(limits.toll)
        worth[limits.inside] -= limits.toll[limits.place]
        found.append(limits)
        line, width = line + more, width + more
    cells = (np.ones(sum(map(len, i))), (np.concatenate(i), np.concatenate(j)))
    worth -= _thresholds(pairs.row, worth, wanted)
    unit = float(np.ptp(worth)) or 1.0 if p else 1.0
    lacking = np.concatenate([wanted[rows], np.maximum(rest.least[seats] - load[seats], 0)])
    missing = np.full(e + s, 4.0 * (1 + min(e, s)))  # more than any exchange can win, when worths lie between 0 and 1
    cost = np.concatenate([-worth / unit, missing, np.concatenate(price) / unit])
    cost[np.abs(cost) < TINY] = 0.0
    top = np.concatenate([number[pairs.row] >= 0, lacking, *left]).astype(float)
    lines = csr_array(coo_array(cells, shape=(line, width)))
    return Table(
        lines, np.concatenate(right).astype(float), cost, np.zeros(width), top, p, rows, seats, tuple(found), unit
    )


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """The rules that open pairs can still break or pay for, and which open pair is under which of them."""

    row: Ints
    label: Ints
    room: Ints
    toll: Floats
    place: Ints
    inside: Ints


def limits_of(cap: Cap, doubt: Doubt, tolled: Ints, tolls: Floats) -> Limits:
    """Return what a panel rule leaves to the pairs in doubt beside the settled ones.

    Parameters
    ----------
    tolled : entry * labels + label of those that pay a toll, sorted
    tolls
        What they pay.
    """
    width = max(cap.labels, 1)
    label = cap.label[doubt.open.column]
    inside = np.nonzero(label >= 0)[0]
    key, place, count = np.unique(
        doubt.open.row[inside] * width + label[inside], return_inverse=True, return_counts=True
    )
    fixed = cap.label[doubt.chosen.column]
    held = np.sort((doubt.chosen.row * width + fixed)[fixed >= 0])
    taken = np.searchsorted(held, key, side="right") - np.searchsorted(held, key)
    room = np.maximum(cap.room_at(key // width, key % width) - taken, 0)
    toll = np.zeros(len(key))
    if len(tolled):
        at = np.minimum(np.searchsorted(tolled, key), len(tolled) - 1)
        toll = np.where(tolled[at] == key, tolls[at], 0.0)
    binds = (count > room) | (toll > 0)
    mine = binds[place]
    return Limits(
        key[binds] // width,
        key[binds] % width,
        room[binds],
        toll[binds],
        (np.cumsum(binds) - 1)[place[mine]],
        inside[mine],
    )


def tolls_of(proof: Prices, rule: int, cap: Cap) -> tuple[Ints, Floats]:
    """Return a rule's tolls: entry * labels + label, sorted, and what each is."""
    mine = np.nonzero(proof.rule == rule)[0]
    key = proof.row[mine] * max(cap.labels, 1) + proof.label[mine]
    order = np.argsort(key)
    return key[order], proof.toll[mine[order]]


def _thresholds(row: Ints, worth: Floats, wanted: Ints) -> Floats:
    """Return for each pair what the last judge whom its entry wants would be worth, if it took the best."""
    order = np.lexsort((-worth, row))
    rank = np.arange(len(row)) - np.searchsorted(row[order], row[order])
    last = np.zeros(len(wanted))
    edge = order[rank == wanted[row[order]] - 1]
    last[row[edge]] = worth[edge]
    return last[row]


def _some(pairs: Pairs, marks: Marks) -> Pairs:
    return Pairs(pairs.row[marks], pairs.column[marks])
