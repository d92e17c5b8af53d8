"""Draws an assignment whose pairs come with exactly the probabilities they were given.

Probabilities are whole numbers of 2^-bits. From the lowest bit up, the pairs that have the bit are paired off, inside
their entry and inside their judge; partners get opposite signs, and each pair wins or loses the bit. In the end every
pair has probability 0 or 1. An entry's number of judges never changes; a judge's load, and an entry's judges of one
group, end at the whole number below or above their expectation. The number of steps is known beforehand.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from judging.assignment.engine.instance import Ints, Marks, Pairs, pairs_of
from judging.assignment.engine.marginals import Lots, Marginals
from judging.assignment.engine.merge import merged

NOBODY = -1


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
    units, whole = marginals.units.copy(), 1 << marginals.bits
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


def _shuffled(key: Ints, lots: Lots) -> tuple[Ints, Ints]:
    """Return the pairs that have a key, by key and within it by lot; and their keys."""
    here = np.argsort(lots.take(len(key)))
    here = here[np.argsort(key[here], kind="stable")]
    here = here[key[here] >= 0]
    return here, key[here]


def _pair_off(orders: Sequence[tuple[Ints, Ints]], odd: Marks, here: Ints) -> Ints:
    """Return the partner of each odd pair: inside the narrowest group, what is left inside the next; -1 for nobody."""
    partner = np.full(len(odd), NOBODY, dtype=np.int64)
    left = odd
    for number, (order, key) in enumerate(orders):
        some = np.nonzero(left[order])[0]
        if len(some) > 1:
            mine = key[some]
            starts = np.concatenate([[True], mine[1:] != mine[:-1]])
            first = np.nonzero(starts)[0]
            rank = np.arange(len(mine)) - first[np.cumsum(starts) - 1]
            one = np.nonzero((rank[:-1] % 2 == 0) & ~starts[1:])[0]
            a, b = order[some[one]], order[some[one + 1]]
            partner[a], partner[b] = b, a
        if number + 1 < len(orders):
            left = odd & (partner < 0)
    place = np.empty(len(odd), dtype=np.int64)
    place[here] = np.arange(len(here))
    mate = partner[here]
    return np.where(mate < 0, NOBODY, place[mate])


def _signs(of_row: Ints, of_column: Ints, lots: Lots) -> Marks:
    """Give partners opposite signs, each chain of partners by one coin.

    Partners form paths and even circles. Every pair has two nodes, one for each sign it could have; a partnership joins
    unlike signs. The two components of a chain are its two ways to be signed.
    """
    count = len(of_row)
    ends = np.empty((2 * count, 2), dtype=np.int64)
    here = np.arange(count)
    for side, partner in enumerate((of_row, of_column)):
        alone = partner < 0
        ends[:count, side] = np.where(alone, here, count + partner)
        ends[count:, side] = np.where(alone, count + here, partner)
    data = np.ones(4 * count, dtype=np.int8)
    graph = csr_array((data, ends.ravel(), np.arange(0, 4 * count + 1, 2)), shape=(2 * count, 2 * count))
    _, part = connected_components(graph, directed=True, connection="strong")
    way = part[:count] < part[count:]
    _, first, chain = np.unique(np.minimum(part[:count], part[count:]), return_index=True, return_inverse=True)
    coin = lots.take(count)[first] >> np.uint64(63) == 1  # of the chain's first pair, however components are numbered
    signs: Marks = (coin ^ way[first])[chain] ^ way
    return signs
