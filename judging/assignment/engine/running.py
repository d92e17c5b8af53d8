"""The running order of a hall: drawn by lot, with the longest rest between two entries of one unit.

With n places, f entries of the unit that has most, and c units that have as many, no order keeps entries of one unit
more than (n - c) // (f - 1) places apart, and one that does so always exists. The lot is among such orders.
"""

from collections.abc import Sequence

import numpy as np

from judging.assignment.engine.instance import Ints
from judging.assignment.engine.marginals import Lots

MIXING = 30  # tried exchanges per entry


def longest_rest(units: Sequence[int]) -> int:
    """Return the largest distance that can be kept between entries of one unit; the number of places if none repeats."""
    _, count = np.unique([unit for unit in units if unit >= 0], return_counts=True)
    most = int(count.max(initial=0))
    if most < 2:
        return len(units)
    return (len(units) - int((count == most).sum())) // (most - 1)


def fair_rest(units: Sequence[int]) -> int:
    """Return half the longest rest, two places at least where that can be: as much as leaves first places to the lot.

    At the longest rest the entries of the unit that has most open the session up to five times as often as others; at
    half of it every entry does so about equally often. Where all units have as many entries, no entry has an advantage,
    and the longest rest is kept.
    """
    longest = longest_rest(units)
    _, count = np.unique([unit if unit >= 0 else -2 - i for i, unit in enumerate(units)], return_counts=True)
    if len(set(count.tolist())) < 2:
        return longest
    return max(min(2, longest), longest // 2)


def rest_of(units: Sequence[int], order: Ints) -> int:
    """Return the smallest distance between entries of one unit in an order."""
    last: dict[int, int] = {}
    rest = len(order)
    for place, entry in enumerate(order):
        unit = int(units[entry])
        if unit >= 0 and unit in last:
            rest = min(rest, place - last[unit])
        last[unit] = place
    return rest


def running_order(units: Sequence[int], seed: int, *, enough: int | None = None) -> Ints:
    """Draw an order.

    Parameters
    ----------
    units
        Unit of each entry, in the order of the entries' codes; -1 when it has none.
    seed
        The same seed and units give the same order.
    enough
        A rest that suffices. The longest rest leaves little to the lot: two entries of one unit among eight would
        always open and close the session.

    Returns
    -------
    int64 (n,)
        Positions of the entries in the order in which they are heard, with the longest possible rest,
        or with `enough` where that is less.
    """
    n = len(units)
    lots = Lots(seed)
    own = np.array([unit if unit >= 0 else -2 - i for i, unit in enumerate(units)], dtype=np.int64)
    rest = longest_rest(units) if enough is None else min(enough, longest_rest(units))
    slots = _spread(own, rest, lots)
    tries = lots.take(2 * MIXING * n) % np.uint64(max(n, 1))
    for a, b in tries.reshape(-1, 2).astype(np.int64):
        if slots[a] != slots[b]:
            slots[a], slots[b] = slots[b], slots[a]
            if not (_rested(slots, a, rest) and _rested(slots, b, rest)):
                slots[a], slots[b] = slots[b], slots[a]
    order = np.empty(n, dtype=np.int64)
    entries = np.argsort(lots.take(n), kind="stable")
    for unit in np.unique(own):  # which entry of the unit comes first is drawn too
        order[slots == unit] = entries[own[entries] == unit]
    return order


def _spread(own: Ints, rest: int, lots: Lots) -> Ints:
    """Return a unit for each place: always one that has rested and has most entries left, equal ones by lot."""
    units, left = np.unique(own, return_counts=True)
    free_at = np.zeros(len(units), dtype=np.int64)
    slots = np.empty(len(own), dtype=np.int64)
    for place in range(len(own)):
        ready = (left > 0) & (free_at <= place)
        lot = (lots.take(len(units)) >> np.uint64(11)).astype(np.float64) / 2.0**53
        chosen = int(np.where(ready, left + lot, -1.0).argmax())
        slots[place] = units[chosen]
        left[chosen] -= 1
        free_at[chosen] = place + rest
    return slots


def _rested(slots: Ints, place: int, rest: int) -> bool:
    """Tell whether the unit at a place is not within the rest before or after."""
    near = slots[max(0, place - rest + 1) : place + rest]
    return int((near == slots[place]).sum()) == 1
