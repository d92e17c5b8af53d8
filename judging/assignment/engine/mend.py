"""Settles what prices leave open: a small whole-number program over the pairs that are neither clearly in nor out."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from judging.assignment.engine.instance import Floats, Ints, Marks, Pairs
from judging.assignment.engine.rest import Cap, Rest

NODES = 300  # of the search tree: a limit that does not depend on the machine


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
        How many more are in doubt: those nearest to the threshold.
    """
    distance = np.where(chosen == (margin >= 0), np.abs(margin), 0.0)
    doubt = free.copy()
    doubt[np.argsort(distance, kind="stable")[:size]] = True
    return Doubt(_some(candidates, doubt), _some(candidates, chosen & ~doubt))


@dataclass(frozen=True, slots=True, eq=False)
class Mended:
    """An assignment without its pinned pairs, by how many places it is short, and whether no other is better."""

    pairs: Pairs
    short: int
    proved: bool


def mend(rest: Rest, doubt: Doubt, *, seconds: float) -> Mended:
    """Decide on the pairs in doubt: as few places short as can be, then of the greatest worth."""
    n, m = rest.shape
    pairs, p = doubt.open, len(doubt.open)
    worth = rest.worth_at(pairs.row, pairs.column)
    wanted = rest.wanted - np.bincount(doubt.chosen.row, minlength=n)
    load = np.bincount(doubt.chosen.column, minlength=m)
    rows, seats = np.nonzero(wanted > 0)[0], np.unique(np.concatenate([pairs.column, np.nonzero(load < rest.least)[0]]))
    e, s = len(rows), len(seats)
    if not p + e + s:
        return Mended(doubt.chosen, 0, proved=True)
    number = np.full(n, -1)
    number[rows] = np.arange(e)
    useful = np.nonzero(number[pairs.row] >= 0)[0]
    # Columns: pairs, places left empty, loads lacking.
    i = [number[pairs.row[useful]], np.arange(e), e + np.searchsorted(seats, pairs.column), e + np.arange(s)]
    j = [useful, p + np.arange(e), np.arange(p), p + e + np.arange(s)]
    low = [wanted[rows], rest.least[seats] - load[seats]]
    high = [wanted[rows], rest.most[seats] - load[seats]]
    begin = e + s
    for cap in rest.caps:
        limits = limits_of(cap, doubt)
        i.append(begin + limits.place)
        j.append(limits.inside)
        low.append(np.full(len(limits.room), -np.inf))
        high.append(limits.room)
        begin += len(limits.room)
    shape = (begin, p + e + s)
    matrix = coo_array((np.ones(sum(map(len, i))), (np.concatenate(i), np.concatenate(j))), shape=shape).tocsr()
    low_worth, spread = (float(worth.min()), float(np.ptp(worth)) or 1.0) if p else (0.0, 1.0)
    missing = 4.0 * (1 + min(e, s))  # more than any exchange can win, when the worths lie between 0 and 1
    top = np.zeros(shape[1])
    top[:p] = number[pairs.row] >= 0
    top[p : p + e] = wanted[rows]
    top[p + e :] = np.maximum(rest.least[seats] - load[seats], 0)
    whole = np.zeros(shape[1], dtype=np.int64)
    whole[:p] = 1
    found = milp(
        np.concatenate([(low_worth - worth) / spread, np.full(e + s, missing)]),
        integrality=whole,
        bounds=Bounds(np.zeros(shape[1]), top),
        constraints=LinearConstraint(matrix, np.concatenate(low).astype(float), np.concatenate(high).astype(float)),
        options={"time_limit": seconds, "mip_rel_gap": 1e-6, "node_limit": NODES},
    )
    if found.x is None:
        return Mended(doubt.chosen, max(int(wanted.sum()), 1), proved=False)
    taken = found.x[:p] > 0.5
    row = np.concatenate([pairs.row[taken], doubt.chosen.row])
    column = np.concatenate([pairs.column[taken], doubt.chosen.column])
    order = np.lexsort((column, row))
    return Mended(Pairs(row[order], column[order]), round(float(found.x[p:].sum())), proved=found.status == 0)


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """The rules that open pairs can still break, and which open pair is under which of them."""

    row: Ints
    label: Ints
    room: Ints
    place: Ints
    inside: Ints


def limits_of(cap: Cap, doubt: Doubt) -> Limits:
    """Return what a panel rule leaves to the pairs in doubt beside the settled ones."""
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
    binds = count > room
    mine = binds[place]
    return Limits(
        key[binds] // width, key[binds] % width, room[binds], (np.cumsum(binds) - 1)[place[mine]], inside[mine]
    )


def _some(pairs: Pairs, marks: Marks) -> Pairs:
    return Pairs(pairs.row[marks], pairs.column[marks])
