"""What panel rules that cross lack together: a small integer program where no flow can tell.

Flows keep rules whose groups lie inside one another. Where rules cross, each can be kept alone and yet not all at once;
on a round of usual size HiGHS says so exactly, and what would have to give way.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from judging.assignment.engine.instance import Floats, Ints, Marks
from judging.assignment.engine.nest import Level, Remainder

PAIRS = 20_000  # more are not looked at
NODES = 2_000
NEVER = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """What single changes cost; None where a change is not allowed."""

    places: float | None = None
    fewer: float | None = None
    lower: float | None = None
    waive: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Slack:
    """The cheapest changes, as in a repair."""

    places: Ints
    fewer: Ints
    lower: Ints
    waived: Marks
    cost: float
    proved: bool

    @property
    def nothing(self) -> bool:
        """Tell whether no change is needed."""
        return self.cost < 1e-6


def least_slack(
    rest: Remainder, levels: tuple[Level, ...], pairs: tuple[Ints, Ints], costs: Costs, *, gap: float = 1e-4
) -> Slack | None:
    """Return the cheapest changes after which all rules can be kept.

    Parameters
    ----------
    rest, levels
        The problem, and all its rules in whatever order.
    pairs
        Pairs that may be used; the answer is proved for all when these are all.
    costs
        Of changes.
    gap
        How far from the cheapest the answer may be, as a share.

    Returns
    -------
    Slack or None
        None when there are too many pairs, or no such changes help.
    """
    row, column = pairs
    n, m = rest.free.shape
    p = len(row)
    if p > PAIRS:
        return None
    sizes = (p, m, n, m, n * len(levels))  # pairs, places, fewer, lower, waived
    start = np.concatenate([[0], np.cumsum(sizes)])
    pair, place, fewer, lower = (start[k] + np.arange(sizes[k]) for k in range(4))
    lines = _Lines(int(start[-1]))
    lines.add(np.concatenate([row, np.arange(n)]), np.concatenate([pair, fewer]), 1.0, rest.wanted, rest.wanted)
    load = np.concatenate([column, np.arange(m)]), np.concatenate([pair, place])
    lines.add(*load, np.concatenate([np.ones(p), -np.ones(m)]), np.full(m, -np.inf), rest.most)
    lines.add(
        np.concatenate([column, np.arange(m)]), np.concatenate([pair, lower]), 1.0, rest.least, np.full(m, np.inf)
    )
    for number, level in enumerate(levels):
        inside = np.nonzero(level.label[column] >= 0)[0]
        key, knot = np.unique(row[inside] * max(level.groups, 1) + level.label[column[inside]], return_inverse=True)
        entry = key // max(level.groups, 1)
        room = level.cap.room_at(entry, key % max(level.groups, 1))
        waive = start[4] + number * n + entry
        many = np.arange(len(key))
        parts = [(knot, pair[inside], np.ones(len(inside))), (many, waive, -(rest.wanted[entry] + 1.0))]
        if level.need:
            parts.append((many, fewer[entry], np.ones(len(key))))
        line, at, value = (np.concatenate(part) for part in zip(*parts, strict=True))
        lines.add(line, at, value, np.full(len(key), -np.inf), room)
    price, top = _prices(costs, sizes, n, m, rest)
    found = milp(
        price,
        integrality=np.ones(int(start[-1]), dtype=np.int64),
        bounds=Bounds(np.zeros(int(start[-1])), top),
        constraints=lines.constraint(),
        options={"node_limit": NODES, "mip_rel_gap": gap},
    )
    if found.x is None:
        return None
    changes = np.rint(found.x).astype(np.int64)
    part = [changes[a:b] for a, b in pairwise(start)]
    waived = part[4].reshape(len(levels), n) > 0
    return Slack(part[1], part[2], part[3], waived, float(found.fun), found.status == 0)


def _prices(costs: Costs, sizes: tuple[int, ...], n: int, m: int, rest: Remainder) -> tuple[Floats, Floats]:
    """Return what each variable costs and how far it may go."""
    single = [(0.0, 1.0, sizes[0]), (costs.places, float(n), m), (costs.fewer, np.inf, n), (costs.lower, np.inf, m)]
    single += [(cost, 1.0, n) for cost in costs.waive]
    price = np.concatenate([np.full(size, NEVER if cost is None else cost) for cost, _, size in single])
    top = np.concatenate([np.full(size, 0.0 if cost is None else most) for cost, most, size in single])
    top[sizes[0] + m : sizes[0] + m + n] = np.minimum(top[sizes[0] + m : sizes[0] + m + n], rest.wanted)
    return price, top


class _Lines:
    """Constraints, block after block."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._blocks: list[tuple[Ints, Ints, Floats]] = []
        self._low: list[Floats] = []
        self._high: list[Floats] = []
        self._count = 0

    def add(self, line: Ints, at: Ints, value: Floats | float, low: Ints | Floats, high: Ints | Floats) -> None:
        self._blocks.append((line + self._count, at, np.broadcast_to(np.asarray(value, dtype=float), len(at))))
        self._low.append(np.asarray(low, dtype=float))
        self._high.append(np.asarray(high, dtype=float))
        self._count += len(low)

    def constraint(self) -> LinearConstraint:
        line, at, value = (np.concatenate(part) for part in zip(*self._blocks, strict=True))
        matrix = csr_array(coo_array((value, (line, at)), shape=(self._count, self._width)))
        return LinearConstraint(matrix, np.concatenate(self._low), np.concatenate(self._high))
