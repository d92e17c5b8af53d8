"""Small fair problems solved exactly, and the bound of a linear program on the floor of larger ones.

The order of a fair plan is lexicographic: its lowest affinity, then its second lowest, and so on, then its total. With
f the affinities of the entries, “the sum of the s lowest” is the largest value of s r - sum d with d >= r - f, d >= 0
(Ogryczak), so that s = 1, 2, ... one after the other, each held for the next, gives the order; HiGHS solves each.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, csr_array, hstack, vstack

from judging.assignment.engine.instance import Floats, Instance, Ints, Marks, Pairs, pairs_of

SMALL = 400  # pairs of a problem that is solved exactly
LINEAR = 40_000  # pairs of a problem whose floor is bounded by a linear program
NODES = 20_000  # of the search tree, so that the answer does not hang on the clock
LEAST_NODES = 20  # where only the floor is asked, of all pairs
FINE = 100.0  # by which floors are stretched, for a solver is content with what is a millionth short
LOOSE = 1e-2  # how far a total may be below the best where only the floor is asked
INFEASIBLE = 2  # what the solver says
FEW_NODES = 200  # of the search tree of a larger problem among good candidates


def is_small(instance: Instance) -> bool:
    """Say whether a problem is small enough for an exact answer."""
    n, m = instance.shape
    return n * m <= SMALL


@dataclass(frozen=True, slots=True, eq=False)
class _Program:
    """The rules of a problem over its usable pairs: `least` <= rules x <= most, x in [low, 1]."""

    row: Ints
    column: Ints
    worth: Floats
    low: Floats
    rules: csr_array
    least: Floats
    most: Floats
    sums: csr_array


def _program(instance: Instance, pairs: Pairs) -> _Program:
    n, m = instance.shape
    pins = instance.pinned.grid(n, m)
    row, column = np.nonzero(instance.allowed | pins)
    own = pairs.grid(n, m)
    worth = instance.score[row, column].astype(np.float64)
    size = len(row)
    place = np.arange(size)
    seats = np.bincount(pairs.row, minlength=n).astype(float)
    loads = own.sum(axis=0)
    blocks = [coo_array((np.ones(size), (row, place)), shape=(n, size))]
    blocks.append(coo_array((np.ones(size), (column, place)), shape=(m, size)))
    least = [seats, np.minimum(instance.least, loads).astype(float)]
    most = [seats, np.maximum(instance.most, loads).astype(float)]
    for family in instance.families:
        held = np.ones(n, dtype=bool) if family.spared is None else ~family.spared
        inside = np.nonzero((family.label[column] >= 0) & held[row])[0]
        labels = int(family.label.max(initial=-1)) + 1
        code = row[inside] * labels + family.label[column[inside]]
        seated = family.label[pairs.column]
        now = np.bincount((pairs.row * labels + seated)[seated >= 0], minlength=n * labels)
        kinds, where = np.unique(code, return_inverse=True)
        blocks.append(coo_array((np.ones(len(inside)), (where, inside)), shape=(len(kinds), size)))
        least.append(np.zeros(len(kinds)))
        most.append(np.maximum(family.most, now[kinds]).astype(float))
    for need in instance.needs:
        inside = np.nonzero(need.member[column])[0]
        blocks.append(coo_array((np.ones(len(inside)), (row[inside], inside)), shape=(n, size)))
        have = np.bincount(pairs.row, weights=need.member[pairs.column], minlength=n)
        asked = np.full(n, need.least) if need.spared is None else np.where(need.spared, 0, need.least)
        least.append(np.minimum(asked, have))
        most.append(np.full(n, np.inf))
    sums = csr_array((worth, (row, place)), shape=(n, size))
    rules = csr_array(vstack(blocks))
    return _Program(row, column, worth, pins[row, column].astype(float), rules, _join(least), _join(most), sums)


def _join(parts: list[Floats]) -> Floats:
    return np.concatenate(parts)


@dataclass(frozen=True, slots=True, eq=False)
class Exact:
    """A plan proved best, its different lowest affinities in order, and what each could at most be."""

    pairs: Pairs
    values: list[float]
    bounds: list[float]


def leximin(instance: Instance, pairs: Pairs, levels: int, aim: float = np.inf) -> Exact | None:
    """Return the plan with the lexicographically highest lowest affinities, of the highest total among these.

    Parameters
    ----------
    instance
    pairs
        A plan that keeps the rules: what it breaks because of its pins may stay broken.
    levels
        How many different values, from the lowest, are made as high as possible; with 1 only the lowest is, however
        many entries have it.
    aim
        With one level: a lowest value that suffices.

    Returns
    -------
    Exact, or None
        None when the search was cut short.
    """
    program = _program(instance, pairs)
    served = np.nonzero(np.bincount(pairs.row, minlength=instance.shape[0]))[0]
    held: list[float] = []
    chosen: Floats | None = None
    while True:
        answer = _solve(program, served, held, total=False)
        if answer is None:
            return None
        value, chosen = answer
        held.append(value)
        lows = np.sort(np.asarray(program.sums @ chosen, dtype=np.float64)[served])
        distinct = _distinct(lows[: len(held)].tolist())
        if (
            levels == 1
            or len(held) == len(served)
            or (len(distinct) == levels and lows[len(held)] > distinct[-1] + 1e-7)
        ):
            break
        if len(distinct) > levels:
            break
    best = held[0]
    answer = _solve(program, served, [min(best, aim)] if levels == 1 else held, total=True)
    if answer is None:
        return None
    chosen = answer[1]
    inside = chosen > 0.5
    sums = np.sort(np.bincount(program.row[inside], weights=program.worth[inside], minlength=instance.shape[0])[served])
    values = _distinct(sums.tolist())[:levels]
    return Exact(pairs_of(program.row[inside], program.column[inside]), values, [best, *values[1:]])


def _distinct(ordered: list[float]) -> list[float]:
    values: list[float] = []
    for value in ordered:
        if not values or value > values[-1] + 1e-7:
            values.append(value)
    return values


def _solve(program: _Program, served: Ints, held: list[float], total: bool) -> tuple[float, Floats] | None:
    """Maximise the sum of the lowest so many, or the total, with the sums of fewer held."""
    size, count = len(program.row), len(served)
    orders = len(held) if total else len(held) + 1
    width = size + orders * (count + 1)
    sums = program.sums[served]
    blocks, least, most = [_padded(program.rules, 0, width)], [program.least], [program.most]
    goal = np.zeros(width)
    for order in range(orders):
        begin = size + order * (count + 1)
        entries = np.arange(count)
        ones = np.ones(count)
        link = coo_array(
            (
                np.concatenate([ones, -ones]),
                (np.concatenate([entries] * 2), np.concatenate([entries, np.full(count, count)])),
            ),
            shape=(count, count + 1),
        )
        blocks.append(_padded(sums, 0, width) + _padded(link, begin, width))  # f + d - r >= 0
        least.append(np.zeros(count))
        most.append(np.full(count, np.inf))
        lowest = np.zeros(width)
        lowest[begin : begin + count] = -1.0
        lowest[begin + count] = order + 1.0
        if order < len(held):
            blocks.append(csr_array(lowest[None, :]))
            least.append(np.array([held[order] - 1e-7]))
            most.append(np.array([np.inf]))
        else:
            goal = -lowest
    if total:
        goal[:size] = -program.worth
    low = np.zeros(width)
    low[:size] = program.low
    high = np.full(width, np.inf)
    high[:size] = 1.0
    low[[size + order * (count + 1) + count for order in range(orders)]] = -np.inf
    whole = np.zeros(width, dtype=np.int64)
    whole[:size] = 1
    found = milp(
        goal,
        integrality=whole,
        bounds=Bounds(low, high),
        constraints=LinearConstraint(csr_array(vstack(blocks)), _join(least), _join(most)),
        options={"mip_rel_gap": 0.0, "node_limit": NODES},
    )
    if found.status != 0 or found.x is None:
        return None
    return -float(found.fun), np.round(found.x[:size])


def _padded(block: csr_array | coo_array, begin: int, width: int) -> csr_array:
    """Put a block of columns into a wider matrix."""
    rows, columns = block.shape
    left, right = csr_array((rows, begin)), csr_array((rows, width - begin - columns))
    return csr_array(hstack([left, block, right]))


def is_linear(instance: Instance) -> bool:
    """Say whether a problem is small enough for programs among its candidates."""
    n, m = instance.shape
    return n * m <= LINEAR


def served_at(instance: Instance, pairs: Pairs, floor: Floats, among: Marks) -> Pairs | None:
    """Return the plan of the highest total in which every entry has its floor, sought among some pairs.

    Parameters
    ----------
    instance
    pairs
        A plan that keeps the rules.
    floor : float (n,)
        Lowest affinity of each entry; minus infinity for none.
    among : bool (n, m)
        The pairs to choose from; those of `pairs` are too.

    Returns
    -------
    Pairs, or None
        None when none was found with a bounded search.
    """
    found, _ = _served(instance, pairs, floor, among, gap=1e-6, nodes=FEW_NODES)
    return found


def reached_at(instance: Instance, pairs: Pairs, floor: Floats) -> tuple[Pairs | None, bool]:
    """Return a plan in which every entry has its floor, if one is found, and else whether it is proved that none has.

    All pairs are looked at, so that what cannot be here cannot be at all.
    """
    return _served(instance, pairs, floor, np.ones(instance.shape, dtype=bool), gap=LOOSE, nodes=LEAST_NODES)


def _served(
    instance: Instance, pairs: Pairs, floor: Floats, among: Marks, *, gap: float, nodes: int
) -> tuple[Pairs | None, bool]:
    n, m = instance.shape
    program = _program(instance, pairs)
    columns = np.nonzero((among | pairs.grid(n, m))[program.row, program.column])[0]
    bound = np.nonzero(np.isfinite(floor))[0]
    rules = csr_array(vstack([program.rules[:, columns], FINE * program.sums[bound][:, columns]]))
    least = np.append(program.least, FINE * (floor[bound] - 1e-9))
    most = np.append(program.most, np.full(len(bound), np.inf))
    found = milp(
        -program.worth[columns],
        integrality=np.ones(len(columns), dtype=np.int64),
        bounds=Bounds(program.low[columns], 1.0),
        constraints=LinearConstraint(rules, least, most),
        options={"mip_rel_gap": gap, "node_limit": nodes},
    )
    if found.x is None:
        return None, found.status == INFEASIBLE
    inside = columns[found.x > 0.5]
    chosen = pairs_of(program.row[inside], program.column[inside])
    sums = np.bincount(program.row[inside], weights=program.worth[inside], minlength=n)
    return (chosen if (sums[bound] >= floor[bound] - 1e-7).all() else None), False


def floor_bound(instance: Instance, pairs: Pairs, known: float, among: Marks) -> float:
    """Return a floor that no plan can exceed, by linear programming among some pairs; at most what is known already.

    The bound is computed anew from the multipliers, not taken from the solver: with weights w >= 0 of the entries that
    sum to 1 and the prices of the rules, the lowest affinity of any plan is at most the largest weighted total, over
    all pairs.
    """
    n, m = instance.shape
    program = _program(instance, pairs)
    size = len(program.row)
    columns = np.nonzero((among | pairs.grid(n, m))[program.row, program.column])[0]
    served = np.nonzero(np.bincount(pairs.row, minlength=n))[0]
    above = hstack([-program.sums[served], csr_array(np.ones((len(served), 1)))])
    rules = hstack([program.rules, csr_array((program.rules.shape[0], 1))])
    finite = np.isfinite(program.most)
    matrix = csr_array(vstack([above, rules.tocsr()[finite], -rules]))
    right = _join([np.zeros(len(served)), program.most[finite], -program.least])
    goal = np.zeros(len(columns) + 1)
    goal[-1] = -1.0
    low, high = np.append(program.low[columns], -np.inf), np.append(np.ones(len(columns)), np.inf)
    bounds = list(zip(low.tolist(), high.tolist(), strict=True))
    some = matrix[:, np.append(columns, size)]
    found = linprog(goal, A_ub=some, b_ub=right, bounds=bounds, method="highs")  # type: ignore[call-overload]
    if found.status != 0:
        return known
    prices = np.minimum(found.ineqlin.marginals, 0.0)
    weight = -prices[: len(served)].sum()
    if weight <= 0:
        return known
    prices = prices / weight
    # max t = min over prices of: -prices.right + best x of the rest, each x alone between its bounds
    rest = matrix[:, :size].T @ prices
    value = -prices @ right + np.where(rest > 0, rest, rest * program.low).sum()
    return min(known, float(value))
