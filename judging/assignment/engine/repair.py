"""Repair: a judge falls out, an entry is withdrawn or comes, a conflict is declared late; as little changes as can.

The order is lexicographic and certified: first every begun ballot stays, then as many of the other pairs as possible,
then the affinity is as high as it can be. First all pairs that may stay are pinned: if the free places can be filled so,
no other plan changes less, and the optimum among the rest is proved by its own bound. Otherwise each of them is worth
more than a whole ejection chain can win, so that no pair is given up for affinity.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from judging.assignment.engine.instance import Impossible, Instance, Ints, Marks, Pairs, pairs_of, total_of
from judging.assignment.engine.optimum import Solution, optimum


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What changes for one entry.

    Attributes
    ----------
    entry
    out, into
        Judges who leave and who come, in order.
    forced
        Those of `out` who cannot stay whatever is done: fallen out, in conflict, the entry withdrawn.
    """

    entry: int
    out: tuple[int, ...]
    into: tuple[int, ...]
    forced: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Repair:
    """A repaired plan.

    Attributes
    ----------
    pairs
    total
        Its affinity.
    changes
        Entry by entry; entries that are not named keep their panel.
    kept, moved
        Pairs of the old plan that stay, and that leave although they could have stayed: as few as possible.
    void
        Begun pairs that cannot stay: their judge fell out, their entry was withdrawn, or they are forbidden now.
    cost
        Affinity of the old plan on the entries of both, less that of the new one on them.
    gap
        By how much a plan that keeps as many pairs could have more affinity at most.
    """

    pairs: Pairs
    total: float
    changes: tuple[Change, ...]
    kept: int
    moved: int
    void: Pairs
    cost: float
    gap: float


def repair(
    instance: Instance,
    before: Pairs,
    begun: Pairs,
    *,
    seed: int = 0,
    solve: Callable[..., Solution] = optimum,
) -> Repair:
    """Return the plan that changes least, of the highest affinity.

    Parameters
    ----------
    instance
        The problem as it is now: a judge who fell out has a most load of 0, a withdrawn entry wants nobody, a late
        conflict is forbidden, a new entry is a further row.
    before
        The plan as it was, in the positions of `instance`.
    begun
        Pairs whose ballot has begun.
    seed
        Decides between plans of the same worth.
    solve
        The optimum to use.

    Raises
    ------
    Impossible
        If no plan that keeps the begun ballots keeps the rules.
    """
    _, m = instance.shape
    alive = _alive(instance, before)
    staying = _only(before, alive)
    started = np.isin(_code(begun, m), _code(instance.pinned, m)) | _alive(instance, begun)
    pinned = _union(instance.pinned, _only(begun, started))
    after, gap = _solved(instance, pinned, staying, seed, solve)
    kept = int(np.isin(_code(staying, m), _code(after, m)).sum())
    changes = _changes(before, after, alive)
    both = np.isin(before.row, np.nonzero(instance.wanted > 0)[0])
    same = np.isin(after.row, before.row)
    cost = total_of(instance, _only(before, both)) - total_of(instance, _only(after, same))
    return Repair(
        after, total_of(instance, after), changes, kept, len(staying) - kept, _only(begun, ~started), cost, gap
    )


def _solved(
    instance: Instance, pinned: Pairs, staying: Pairs, seed: int, solve: Callable[..., Solution]
) -> tuple[Pairs, float]:
    """Pin all that may stay; where that cannot be, make every pair that stays dearer than any chain."""
    _, m = instance.shape
    whole = _union(pinned, staying)
    if _fits(instance, whole):
        try:
            return _filled(instance, whole, seed, solve)
        except Impossible:
            pass
    usable = instance.score[instance.allowed]
    spread = float(usable.max() - usable.min()) if len(usable) else 0.0
    dear = (min(instance.shape) + 2) * max(spread, 1e-6)
    loose = _only(staying, ~np.isin(_code(staying, m), _code(pinned, m)))
    worth = np.full(len(loose), dear)
    nudged = Pairs(np.append(instance.nudged.row, loose.row), np.append(instance.nudged.column, loose.column))
    nudge = np.append(instance.nudge, worth)
    solution = solve(instance.but(pinned=pinned, nudged=nudged, nudge=nudge), seed=seed)
    return solution.pairs, max(0.0, solution.bound - solution.worth)


def _filled(instance: Instance, pinned: Pairs, seed: int, solve: Callable[..., Solution]) -> tuple[Pairs, float]:
    """Fill the free places and leave all else: a problem of the entries alone that want somebody."""
    n, m = instance.shape
    rows = np.nonzero(np.bincount(pinned.row, minlength=n) < instance.wanted)[0]
    if not 0 < len(rows) <= n // 2:
        solution = solve(instance.but(pinned=pinned), seed=seed)
        return solution.pairs, max(0.0, solution.bound - solution.worth)
    place = np.full(n, -1)
    place[rows] = np.arange(len(rows))
    here, nudged = place[pinned.row] >= 0, place[instance.nudged.row] >= 0
    load = np.bincount(pinned.column[~here], minlength=m)
    some = Instance(
        score=instance.score[rows],
        allowed=instance.allowed[rows],
        wanted=instance.wanted[rows],
        least=np.maximum(instance.least - load, 0),
        most=np.maximum(instance.most - load, 0),
        pinned=Pairs(place[pinned.row[here]], pinned.column[here]),
        nudged=Pairs(place[instance.nudged.row[nudged]], instance.nudged.column[nudged]),
        nudge=instance.nudge[nudged],
        families=tuple(replace(rule, spared=_of_rows(rule.spared, rows)) for rule in instance.families),
        needs=tuple(replace(rule, spared=_of_rows(rule.spared, rows)) for rule in instance.needs),
    )
    solution = solve(some, seed=seed)
    found = Pairs(rows[solution.pairs.row], solution.pairs.column)
    return _union(_only(pinned, ~here), found), max(0.0, solution.bound - solution.worth)


def _of_rows(spared: Marks | None, rows: Ints) -> Marks | None:
    return None if spared is None else spared[rows]


def _fits(instance: Instance, pinned: Pairs) -> bool:
    """Say whether pairs fill no entry and no judge beyond what is wanted, and keep the panel rules among themselves."""
    n, m = instance.shape
    if (np.bincount(pinned.row, minlength=n) > instance.wanted).any():
        return False
    if (np.bincount(pinned.column, minlength=m) > instance.most).any():
        return False
    for family in instance.families:
        label = family.label[pinned.column]
        inside = label >= 0
        if family.spared is not None:
            inside &= ~family.spared[pinned.row]
        _, count = np.unique(pinned.row[inside] * (int(label.max(initial=0)) + 1) + label[inside], return_counts=True)
        if count.max(initial=0) > family.most:
            return False
    for need in instance.needs:
        others = np.bincount(pinned.row[~need.member[pinned.column]], minlength=n)
        short = (others > instance.wanted - need.least) & (instance.wanted > 0)
        if need.spared is not None:
            short &= ~need.spared
        if short.any():
            return False
    return True


def _alive(instance: Instance, pairs: Pairs) -> Marks:
    """Mark the pairs that may stay: allowed, their entry still wants judges and their judge still judges."""
    allowed = instance.allowed[pairs.row, pairs.column]
    return allowed & (instance.wanted[pairs.row] > 0) & (instance.most[pairs.column] > 0)


def _changes(before: Pairs, after: Pairs, alive: Marks) -> tuple[Change, ...]:
    """List what changes, entry by entry."""
    m = int(max(before.column.max(initial=0), after.column.max(initial=0))) + 1
    old, new = _code(before, m), _code(after, m)
    gone, come = np.setdiff1d(old, new), np.setdiff1d(new, old)
    dead = old[~alive]
    changes = []
    forced = np.intersect1d(gone, dead)
    for entry in np.unique(np.concatenate([gone, come]) // m).tolist():
        changes.append(Change(entry, _of(gone, entry, m), _of(come, entry, m), _of(forced, entry, m)))
    return tuple(changes)


def _of(codes: Ints, entry: int, m: int) -> tuple[int, ...]:
    begin, end = np.searchsorted(codes, [entry * m, (entry + 1) * m])
    return tuple((codes[begin:end] - entry * m).tolist())


def _code(pairs: Pairs, m: int) -> Ints:
    return pairs.row * m + pairs.column


def _only(pairs: Pairs, kept: Marks) -> Pairs:
    return Pairs(pairs.row[kept], pairs.column[kept])


def _union(one: Pairs, other: Pairs) -> Pairs:
    return pairs_of(np.append(one.row, other.row), np.append(one.column, other.column))
