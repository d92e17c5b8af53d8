"""The best panel an entry could have if it were alone: what no fair plan can exceed."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from judging.assignment.engine.instance import Floats, Instance, Ints, Pairs


def best_panels(instance: Instance, pairs: Pairs) -> Floats:
    """Return the highest affinity of each entry that conflicts, pins and panel rules allow, float (n,).

    With panel rules the entries that could be lowest are solved one by one; the others keep the value without rules,
    which is at least as high, so that every value is a bound.
    """
    n, m = instance.shape
    seats = np.bincount(pairs.row, minlength=n)
    most = int(seats.max(initial=0))
    best = np.full(n, np.inf)
    pinned = instance.pinned
    for begin in range(0, n, 1000):
        rows = np.arange(begin, min(n, begin + 1000))
        worth = np.where(instance.allowed[rows], instance.score[rows], -np.inf)
        fixed = np.zeros(len(rows))
        held = np.zeros(len(rows), dtype=np.int64)
        inside = (pinned.row >= begin) & (pinned.row < begin + 1000)
        for i, j in zip(pinned.row[inside] - begin, pinned.column[inside], strict=True):
            fixed[i] += instance.score[begin + i, j]
            held[i] += 1
            worth[i, j] = -np.inf
        if 0 < most < m:
            worth = np.partition(worth, m - most, axis=1)[:, m - most :]
        ordered = -np.sort(-worth, axis=1)
        taken = np.arange(ordered.shape[1]) < (seats[rows] - held)[:, None]
        best[rows] = fixed + np.where(taken, ordered, 0.0).sum(axis=1, dtype=np.float64)
    if instance.families or instance.needs:
        _sharpen(instance, seats, best)
    return best


def _sharpen(instance: Instance, seats: Ints, best: Floats) -> None:
    """Solve single entries, lowest first, until the next cannot be lower than what is known."""
    lowest = np.inf
    for entry in np.argsort(best, kind="stable"):
        if not seats[entry]:
            continue
        if best[entry] >= lowest:
            return
        exact = _alone(instance, int(entry), int(seats[entry]))
        if exact is not None:
            best[entry] = min(best[entry], exact)
        lowest = min(lowest, best[entry])


def _alone(instance: Instance, entry: int, seats: int) -> float | None:
    """Return the best panel of one entry under the panel rules; None when there is none."""
    pins = instance.pinned.column[instance.pinned.row == entry]
    usable = instance.allowed[entry].copy()
    usable[pins] = True
    judges = np.nonzero(usable)[0]
    pinned = np.isin(judges, pins)
    worth = instance.score[entry, judges].astype(np.float64)
    rules, least, most = [np.ones(len(judges))], [float(seats)], [float(seats)]
    for family in instance.families:
        if family.spared is not None and family.spared[entry]:
            continue
        label = family.label[judges]
        for name in np.unique(label[label >= 0]):
            inside = label == name
            if inside.sum() > family.most:
                rules.append(inside.astype(float))
                least.append(0.0)
                most.append(float(max(family.most, (inside & pinned).sum())))
    for need in instance.needs:
        if need.spared is not None and need.spared[entry]:
            continue
        member = need.member[judges]
        free = seats - int((pinned & ~member).sum())
        rules.append(member.astype(float))
        least.append(float(min(need.least, max(free, 0))))
        most.append(float(seats))
    found = milp(
        -worth,
        integrality=np.ones(len(judges), dtype=np.int64),
        bounds=Bounds(pinned.astype(float), 1.0),
        constraints=LinearConstraint(np.array(rules), least, most),
        options={"mip_rel_gap": 0.0},
    )
    return None if found.x is None else float(worth[found.x > 0.5].sum())
