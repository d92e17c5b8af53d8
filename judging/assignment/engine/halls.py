"""Fixed panels in halls: which entries are heard where.

Kinds and totals of the halls differ by one at most, as few entries as possible meet a judge who must keep away (a flow
proves how few), and among such splits the halls are made equally strong by exchanges, from a start drawn by lot.
"""

from dataclasses import dataclass, field

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from judging.assignment.engine.cut import FlowFailed
from judging.assignment.engine.instance import Floats, Ints, Marks
from judging.assignment.engine.marginals import Lots

REWARD = 2**40  # for filling the least places of a hall
CLASH = 2**20
LOT = 2**10  # lots decide between equal splits
EXCHANGES = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Halls:
    """Entries, judges and halls.

    Attributes
    ----------
    kind : int64 (n,)
        Kind of each entry, from 0; halls get equal parts of every kind.
    strength : float64 (n,)
        Of each entry, by last year's scores or the form check; NaN where nothing is known.
    allowed : bool (n, m)
        False where a judge must keep away from an entry.
    unit : int64 (m,)
        Unit of each judge, -1 when none.
    severity : float64 (m,)
        Of each judge, from earlier rounds; NaN where nothing is known.
    speciality : bool (m, s)
        What each judge is versed in; every panel should cover every speciality.
    senior, chair : bool (m,)
        Whether a judge counts as senior, and can take the chair.
    size : int64 (h,)
        Judges on the panel of each hall.
    fixed : int64 (m,)
        Hall of a judge who already has one, else -1.
    """

    kind: Ints
    strength: Floats
    allowed: Marks
    unit: Ints
    severity: Floats
    speciality: Marks
    senior: Marks
    chair: Marks
    size: Ints
    fixed: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def count(self) -> int:
        """Return the number of halls."""
        return len(self.size)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Where entries are heard.

    Attributes
    ----------
    hall : int64 (n,)
        Of each entry.
    clashes, bound
        Pairs of an entry and a judge of its hall who must keep away; and how few no split with such panels can have.
    means : float64 (h,)
        Mean known strength of each hall; NaN where nothing is known.
    """

    hall: Ints
    clashes: int
    bound: int
    means: Floats

    @property
    def spread(self) -> float:
        """Return the distance between the strongest and the weakest hall."""
        known = self.means[np.isfinite(self.means)]
        return float(np.ptp(known)) if len(known) else 0.0


def meetings(halls: Halls, panel: Marks) -> Ints:
    """Return how many judges of each hall must keep away from each entry, int64 (n, h); panel: bool (m, h)."""
    return np.asarray((~halls.allowed).astype(np.int64) @ panel.astype(np.int64))


def split_entries(halls: Halls, panel: Marks, seed: int) -> Split:
    """Spread entries over halls.

    Parameters
    ----------
    halls
        The problem.
    panel : bool (m, h)
        Who judges in which hall; a linking judge in two.
    seed
        The same problem and seed give the same split.
    """
    away = meetings(halls, panel)
    hall = _fewest_clashes(halls.kind, away, seed)
    rows = np.arange(len(hall))
    bound = int(away[rows, hall].sum())
    hall = _evened(hall, halls.kind, away, _filled(halls.strength), halls.count)
    known = np.isfinite(halls.strength)
    count = np.bincount(hall[known], minlength=halls.count)
    sums = np.bincount(hall[known], weights=halls.strength[known], minlength=halls.count)
    means = np.full(halls.count, np.nan)
    np.divide(sums, count, out=means, where=count > 0)
    return Split(hall, int(away[rows, hall].sum()), bound, means)


def _fewest_clashes(kind: Ints, away: Ints, seed: int) -> Ints:
    """Return the split with the fewest clashes among those whose kinds and totals are even; equal ones by lot."""
    n, h = away.shape
    kinds = int(kind.max(initial=-1)) + 1
    of_kind = np.bincount(kind, minlength=kinds)
    entry, cell = np.arange(n), n + np.arange(kinds * h)
    hall, sink = n + kinds * h + np.arange(h), n + kinds * h + h
    lots = (Lots(seed).take(n * h) % np.uint64(LOT)).astype(np.int64)
    part = of_kind.repeat(h) // h
    arcs = [
        (
            entry.repeat(h),
            cell[(kind[:, None] * h + np.arange(h)).ravel()],
            np.ones(n * h),
            away.ravel() * CLASH + lots,
        ),
        (cell, np.tile(hall, kinds), part, np.full(kinds * h, -REWARD)),
        (cell, np.tile(hall, kinds), of_kind.repeat(h) % h > 0, np.zeros(kinds * h)),
        (hall, np.full(h, sink), np.full(h, n // h), np.full(h, -REWARD)),
        (hall, np.full(h, sink), np.full(h, n % h > 0), np.zeros(h)),
    ]
    tail, head, room, cost = (np.concatenate([np.asarray(arc[k], dtype=np.int64) for arc in arcs]) for k in range(4))
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tail, head, room, cost)
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[:n], supply[sink] = 1, -n
    solver.set_nodes_supplies(np.arange(sink + 1), supply)
    if solver.solve() != solver.OPTIMAL:
        raise FlowFailed("The entries could not be spread over the halls.")
    flow = np.asarray(solver.flows(np.arange(n * h)), dtype=np.int64).reshape(n, h)
    hall_of: Ints = flow.argmax(axis=1).astype(np.int64)
    return hall_of


def _filled(values: Floats) -> Floats:
    """Put the mean where nothing is known."""
    known = np.isfinite(values)
    return np.where(known, values, values[known].mean() if known.any() else 0.0)


def _evened(hall: Ints, kind: Ints, away: Ints, strength: Floats, count: int) -> Ints:
    """Exchange entries of one kind while that brings the halls' mean strengths together and no clash."""
    hall, centred = hall.copy(), strength - strength.mean() if len(strength) else strength
    sizes = np.maximum(np.bincount(hall, minlength=count), 1)
    same = kind[:, None] == kind
    for _ in range(EXCHANGES):
        sums = np.bincount(hall, weights=centred, minlength=count)
        mean = sums / sizes
        rows = np.arange(len(hall))
        gain = (away[:, hall] - away[rows, hall][:, None]).astype(np.float64)  # of moving a row to a column's hall
        gain = gain + gain.T
        shift = centred[None, :] - centred[:, None]  # what a row's hall gains
        here, there = mean[hall][:, None], mean[hall][None, :]
        mine, theirs = sizes[hall][:, None], sizes[hall][None, :]
        change = (here + shift / mine) ** 2 - here**2 + (there - shift / theirs) ** 2 - there**2
        change[~same | (hall[:, None] == hall) | (gain > 0)] = 0.0
        best = int(change.argmin()) if change.size else 0
        if not change.size or change.flat[best] > -1e-12:
            break
        a, b = np.unravel_index(best, change.shape)
        hall[a], hall[b] = hall[b], hall[a]
    return hall
