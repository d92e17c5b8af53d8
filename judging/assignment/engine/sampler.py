"""Draws an assignment whose pairs come with exactly the probabilities they were given.

Probabilities are whole numbers of 2^-bits. From the lowest bit up, the pairs that have the bit are paired off, inside
their entry and inside their judge; partners get opposite signs, and each pair wins or loses the bit. In the end every
pair has probability 0 or 1. An entry's number of judges never changes; a judge's load, and an entry's judges of one
group, end at the whole number below or above their expectation. The number of steps is known beforehand.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from judging.assignment.engine.instance import Ints, Marks, Pairs, pairs_of
from judging.assignment.engine.marginals import Lots, Marginals
from judging.assignment.engine.merge import merged

NOBODY = -1
Places = NDArray[np.int32]


def draw(marginals: Marginals, seed: int) -> Pairs:
    """Draw one assignment.

    Parameters
    ----------
    marginals
        Whose units of an entry add up to a multiple of 2^bits.
    seed
        The same seed and marginals give the same assignment.

    Returns
    -------
    Pairs
        With the pinned ones.
    """
    lots, pinned = Lots(seed), marginals.pinned
    if marginals.plans is not None:
        judges = merged(marginals.plans, lots)
        row = np.concatenate([marginals.plans.row, pinned.row])
        return pairs_of(row, np.concatenate([judges, pinned.column]))
    units, whole = marginals.units.copy(), marginals.whole
    keys = [_inside(marginals.row, labels[marginals.column]) for labels in marginals.groups[::-1]]
    rows = [_shuffled(key, lots) for key in (*keys, marginals.row)]
    columns = [_shuffled(marginals.column, lots)]
    for bit in range(marginals.bits):
        odd = units >> bit & 1 == 1
        here = np.nonzero(odd)[0]
        if len(here):
            of_row, of_column = _pair_off(rows, odd, here), _pair_off(columns, odd, here)
            units[here] += np.where(_signs(of_row, of_column, lots), 1 << bit, -(1 << bit))
    won = units == whole
    row = np.concatenate([marginals.row[won], pinned.row])
    return pairs_of(row, np.concatenate([marginals.column[won], pinned.column]))


def _inside(row: Ints, label: Ints) -> Ints:
    """Return a number for each group of an entry, -1 outside all groups."""
    return np.where(label >= 0, row * (int(label.max(initial=-1)) + 1) + label, NOBODY)


def _shuffled(key: Ints, lots: Lots) -> tuple[Places, Places]:
    """Return the pairs that have a key, by key and within it by lot; and their keys."""
    size = max(len(key), 2).bit_length()
    room = 63 - size - max(int(key.max(initial=0)), 1).bit_length()
    lot = (lots.take(len(key)) >> np.uint64(64 - room)).astype(np.int64)
    packed = ((key << room | lot) << size | np.arange(len(key)))[key >= 0]
    packed.sort()  # sorting numbers is several times quicker than sorting their positions
    return (packed & (1 << size) - 1).astype(np.int32), (packed >> room + size).astype(np.int32)


def _pair_off(orders: Sequence[tuple[Places, Places]], odd: Marks, here: Ints) -> Places:
    """Return the partner of each odd pair: inside the narrowest group, what is left inside the next; -1 for nobody."""
    partner = np.full(len(odd), NOBODY, dtype=np.int32)
    left = odd
    for number, (order, key) in enumerate(orders):
        some = left[order]
        pair, mine = order[some], key[some]
        place = np.arange(len(pair), dtype=np.int32)
        begins = np.append(True, mine[1:] != mine[:-1])[: len(pair)]
        rank = place - np.maximum.accumulate(np.where(begins, place, 0))
        one = np.nonzero((rank[:-1] & 1 == 0) & ~begins[1:])[0]
        partner[pair[one]], partner[pair[one + 1]] = pair[one + 1], pair[one]
        if number + 1 < len(orders):
            left = odd & (partner < 0)
    place = np.empty(len(odd), dtype=np.int32)
    place[here] = np.arange(len(here), dtype=np.int32)
    mate = partner[here]
    return np.where(mate < 0, NOBODY, place[mate])


def _signs(of_row: Places, of_column: Places, lots: Lots) -> Marks:
    """Give partners opposite signs, each chain of partners by one coin.

    Partners form paths and even circles. Who is two steps away has the same sign, so that a chain is two classes; the
    coin says which of them wins.
    """
    count = len(of_row)
    itself = np.arange(count, dtype=np.int32)
    step = np.where(of_row < 0, NOBODY, of_column[of_row])
    same = _classes(np.where(step < 0, itself, step))
    partner = np.where(of_row < 0, of_column, of_row)
    unlike = np.where(partner < 0, count, same[partner])
    coin = lots.take(count) >> np.uint64(63) == 1
    signs: Marks = coin[np.minimum(same, unlike)] ^ (same < unlike)
    return signs


def _classes(step: Places) -> Places:
    """Return a member of the class of each, the same for all who reach one another by steps; itself: no further step.

    No two step to the same. The end of a path stands for all of it, the least member of a circle for the circle: both
    are found by one, two, four and so on steps at a time.
    """
    far = step.copy()
    end = step == np.arange(len(step), dtype=step.dtype)
    ended, before = int(np.count_nonzero(end[far])), -1
    while ended > before:  # whoever is on a path: every round more of them arrive, or all have
        far = far[far]
        ended, before = int(np.count_nonzero(end[far])), ended
    round_ = np.nonzero(~end[far])[0]
    place = np.empty(len(step), dtype=step.dtype)
    place[round_] = np.arange(len(round_), dtype=step.dtype)
    least, ahead, settled = round_.astype(step.dtype), place[step[round_]], not len(round_)
    while not settled:
        lower = np.minimum(least, least[ahead])
        settled = np.array_equal(lower, least)
        least, ahead = lower, ahead[ahead]
    far[round_] = least
    return far
