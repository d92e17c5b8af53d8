"""The proof that no assignment can be worth more, and how anybody re-checks it: prices, and twenty lines.

Let every judge cost a price and every panel rule a toll. Whatever the prices are, no assignment is worth more than what
the entries could get at most if they paid them (each taking its best judges without minding loads and rules), plus what
the prices bring in. The solver's prices make that sum as small as its own assignment is worth, so neither can be
improved.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_array

from judging.assignment.engine.instance import Floats, Instance, Ints, Marks


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What proves a bound.

    Attributes
    ----------
    judge : float64 (m,)
        Price of a place with each judge: positive where places are rare, negative where a least load must be filled.
    row, rule, label : int64 (t,), sorted by row
        An entry, a panel rule (families first, then needs) and a label of the rule; the “label” of a need is 0, and
        its judges those who are not of the kind needed.
    toll : float64 (t,), not negative
        What each such judge costs this entry on top.
    """

    judge: Floats
    row: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    rule: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    label: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    toll: Floats = field(default_factory=lambda: np.zeros(0))


def bound_of(instance: Instance, prices: Prices) -> float:
    """Return what no assignment that keeps the pinned pairs and all rules can be worth more than.

    Written to be read, in float64 and with nothing of the solver's: compare it with what a plan is worth.

    Returns
    -------
    float
        An upper bound of `objective_of` (affinity and nudges), whatever the prices are; minus infinity when some
        entry has too few possible judges.
    """
    n, m = instance.shape
    pins = instance.pinned.grid(n, m)
    wanted, loads = np.maximum(instance.wanted - pins.sum(axis=1), 0), pins.sum(axis=0)
    room, must = np.maximum(instance.most - loads, 0), np.maximum(instance.least - loads, 0)
    nudges = coo_array((instance.nudge, (instance.nudged.row, instance.nudged.column)), shape=(n, m)).tocsr()
    bound = float(room @ np.maximum(prices.judge, 0) + must @ np.minimum(prices.judge, 0))  # what prices bring in
    for i in range(n):
        worth = instance.score[i].astype(np.float64) + nudges[[i]].toarray()[0]
        bound += float(worth[pins[i]].sum())
        worth -= prices.judge
        for t in range(*np.searchsorted(prices.row, [i, i + 1])):
            concerned, places = _rule(instance, pins[i], i, int(prices.rule[t]), int(prices.label[t]))
            worth[concerned] -= prices.toll[t]
            bound += places * float(prices.toll[t])
        worth[pins[i] | ~instance.allowed[i]] = -np.inf
        bound += float(np.sort(worth)[m - wanted[i] :].sum()) if wanted[i] <= m else -np.inf
    return bound


def _rule(instance: Instance, pinned: Marks, entry: int, rule: int, label: int) -> tuple[Marks, int]:
    """Return whom a panel rule counts on an entry's panel, and how many of them it still admits."""
    if rule < len(instance.families):
        family = instance.families[rule]
        concerned, most, spared = family.label == label, family.most, family.spared
    else:
        need = instance.needs[rule - len(instance.families)]
        concerned, spared = ~need.member, need.spared
        wanted = max(int(instance.wanted[entry]), int(pinned.sum()))
        most = wanted - min(need.least, wanted - int((concerned & pinned).sum()))  # who may be none of the kind
    if spared is not None and spared[entry]:
        return concerned, len(pinned)
    return concerned, max(most - int((concerned & pinned).sum()), 0)
