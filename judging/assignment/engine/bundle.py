"""Chances under panel rules that cross: a bundle of whole plans, each of which keeps every rule and none a pair too often.

A draw from single pairs' probabilities can keep groups of judges only where they nest. So here the probabilities come
as whole plans, equally many times one over their number; :mod:`judging.assignment.engine.merge` draws from them.
"""

import io

import numpy as np

from judging.assignment.engine.instance import Impossible, Instance, Ints
from judging.assignment.engine.marginals import Marginals, Plans
from judging.assignment.engine.parting import parted, rounded
from judging.assignment.engine.rations import EPS, NEAR, Rations, Together, rations
from judging.assignment.engine.shares import best_shares
from judging.assignment.engine.watch import Watch

FEWEST, MOST = 16, 32  # plans of a bundle


def plans_for(cap: float) -> int:
    """Return how many plans come nearest to a cap: the fewest from 16 on that are within 0.001, or the nearest to 32."""
    counts = range(FEWEST, MOST + 1)
    below = {count: cap - np.floor(cap * count + EPS) / count for count in counts}
    return next((count for count in counts if below[count] <= NEAR), min(counts, key=lambda count: below[count]))


def bundle(
    instance: Instance,
    *,
    cap: float = 1.0,
    bits: int | None = None,
    together: Together | None = None,
    watch: Watch | None = None,
) -> Marginals:
    """Return chances made of whole plans with the highest expected affinity, and what none can exceed.

    Parameters
    ----------
    cap
        No pair is more probable than this: it is in at most so large a part of the plans.
    bits
        There are 2^bits plans; when not given, 16 to 32, as the cap needs.
    together
        A cap on groups of judges.
    watch
        Hears of progress; may call the search off.

    Returns
    -------
    Marginals
        With `plans`. Their `bound` is that of probabilities that keep the rules on average only.

    Raises
    ------
    Impossible
        If no plans keep all limits.
    Unfinished
        If the watch calls before the last plan is found.
    """
    watch = watch or Watch()
    problem = rations(instance, cap, plans_for(cap) if bits is None else 1 << bits, together, nest=False)
    if not problem.free.any():
        if problem.rest.wanted.any() or problem.rest.least.any():
            raise Impossible("No pair may be drawn.", int(problem.rest.wanted.sum()))
        return _marginals(problem, np.zeros((problem.whole, 0), dtype=np.int64), problem.rest.fixed)
    shares = best_shares(instance, problem, watch)
    units = rounded(problem, shares, watch)
    marks = parted(problem, shares, units, watch)
    _, pair = np.nonzero(marks)
    _, m = problem.rest.shape
    keys = (shares.frame.row * m + shares.frame.column)[pair].reshape(problem.whole, -1)
    return _marginals(problem, keys, shares.bound)


def packed(found: Marginals) -> bytes:
    """Return the plans of a bundle as a NumPy file: the judges of each, entry by entry, and the bound."""
    assert found.plans is not None
    with io.BytesIO() as file:
        np.savez_compressed(file, judges=found.plans.column.astype(np.int32), bound=np.array(found.bound))
        return file.getvalue()


def unpacked(instance: Instance, content: bytes, *, cap: float = 1.0, together: Together | None = None) -> Marginals:
    """Return a bundle again from the file of its plans and its problem."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        column, bound = file["judges"].astype(np.int64), float(file["bound"])
    problem = rations(instance, cap, len(column), together, nest=False)
    rest, (n, m) = problem.rest, problem.rest.shape
    return _marginals(problem, np.sort(np.repeat(np.arange(n), rest.wanted) * m + column, axis=1), bound)


def _marginals(problem: Rations, keys: Ints, bound: float) -> Marginals:
    """Return the chances of plans given as sorted keys of their pairs."""
    rest, (n, m) = problem.rest, problem.rest.shape
    pair, units = np.unique(keys, return_counts=True)
    row, column = pair // m, pair % m
    expected = rest.fixed + float(problem.worth[row, column].astype(np.float64) @ units) / problem.whole
    seats = np.repeat(np.arange(n), rest.wanted)
    return Marginals(
        row=row,
        column=column,
        units=units.astype(np.int64),
        bits=0,
        groups=np.array([cap.label for cap in rest.caps], dtype=np.int64).reshape(-1, m),
        pinned=rest.pinned,
        expected=expected,
        bound=max(bound, expected),
        cap=problem.cap / problem.whole,
        plans=Plans(seats, keys % max(m, 1), rest.caps, *_loads(problem, keys % max(m, 1))),
    )


def _loads(problem: Rations, column: Ints) -> tuple[Ints, Ints]:
    """Return the loads that a draw may give: the plans', and the whole numbers next to the mean."""
    _, m = problem.rest.shape
    loads = np.array([np.bincount(plan, minlength=m) for plan in column])
    mean = loads.mean(axis=0)
    least, most = np.floor(mean), np.ceil(mean)
    return np.minimum(least, loads.min(axis=0)).astype(np.int64), np.maximum(most, loads.max(axis=0)).astype(np.int64)
