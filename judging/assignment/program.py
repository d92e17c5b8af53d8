"""The plan as a linear program: with one family of panel rules it is a network, and its corners are whole numbers.

Columns: one per allowed pair; one per unit of load of a judge (the next unit costs more than the last, which balances
loads); and three kinds of slack that are closed, except when the cheapest repair is asked for.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, csr_array

from judging.assignment.problem import Problem

TIME_LIMIT = 20.0  # seconds; only crossing panel rules ever need a search
MANY = 30_000  # columns from which inner points beat the simplex
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The matrix of a problem, and where its columns begin."""

    problem: Problem
    row: NDArray[np.int64]  # of each pair
    column: NDArray[np.int64]
    fixed: NDArray[np.bool_]  # pinned pairs
    unit_seat: NDArray[np.int64]  # of each unit of load
    unit_number: NDArray[np.int64]
    matrix: csr_array
    low: Vector
    high: Vector

    @property
    def starts(self) -> tuple[int, int, int, int, int]:
        """Return where units, missing judges, extra places and lowered minima begin, and where all ends."""
        pairs, units, n, m = len(self.row), len(self.unit_seat), len(self.problem.demands), len(self.problem.places)
        return pairs, pairs + units, pairs + units + n, pairs + units + n + m, pairs + units + n + 2 * m


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Values of all columns, and the proven bound of the minimised objective."""

    values: Vector
    bound: float


def build(problem: Problem) -> Program:
    """Return the program; pinned pairs stand whatever the rules say, and the rules make room for them."""
    n, m = len(problem.demands), len(problem.places)
    fixed_grid = pinned_grid(problem)
    row, column = np.nonzero(problem.allowed | fixed_grid)
    wanted = np.maximum([demand.wanted for demand in problem.demands], fixed_grid.sum(axis=1))
    room = np.maximum([place.room for place in problem.places], fixed_grid.sum(axis=0))
    unit_seat = np.repeat(np.arange(m), room)
    unit_number = np.concatenate([np.arange(1, r + 1) for r in room]) if m else np.zeros(0, dtype=np.int64)
    group_rows, group_pairs, caps = _groups(problem, row, column, fixed_grid)
    p, u = len(row), len(unit_seat)
    width, seats = p + u + n + 2 * m, np.arange(m)
    parts = [
        (row, np.arange(p), 1.0),
        (np.arange(n), p + u + np.arange(n), 1.0),
        (n + column, np.arange(p), 1.0),
        (n + unit_seat, p + np.arange(u), -1.0),
        (n + seats, p + u + n + seats, -1.0),
        (n + seats, p + u + n + m + seats, 1.0),
        (n + m + group_rows, group_pairs, 1.0),
    ]
    i, j = np.concatenate([a for a, _, _ in parts]), np.concatenate([b for _, b, _ in parts])
    values = np.concatenate([np.full(len(a), v) for a, _, v in parts])
    matrix = coo_array((values, (i, j)), shape=(n + m + len(caps), width)).tocsr()
    low = np.concatenate([wanted, np.zeros(m), np.zeros(len(caps))]).astype(float)
    high = np.concatenate([wanted, np.zeros(m), caps]).astype(float)
    return Program(problem, row, column, fixed_grid[row, column], unit_seat, unit_number, matrix, low, high)


def pinned_grid(problem: Problem) -> NDArray[np.bool_]:
    """Return where the pinned pairs stand."""
    rows = {demand.code: i for i, demand in enumerate(problem.demands)}
    columns = {place.code: j for j, place in enumerate(problem.places)}
    grid = np.zeros((len(rows), len(columns)), dtype=bool)
    for candidate, judge in problem.pinned:
        if candidate in rows and judge in columns:
            grid[rows[candidate], columns[judge]] = True
    return grid


def _groups(
    problem: Problem, row: NDArray[np.int64], column: NDArray[np.int64], fixed: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return rows, pairs and caps of “at most one judge of a group per candidate”, where it can bind."""
    members: dict[str, list[int]] = {}
    for j, place in enumerate(problem.places):
        for group in place.groups:
            members.setdefault(group, []).append(j)
    number = np.full((len(problem.demands), len(problem.places)), -1, dtype=np.int64)
    number[row, column] = np.arange(len(row))
    rows: list[NDArray[np.int64]] = []
    pairs: list[NDArray[np.int64]] = []
    caps: list[int] = []
    for seats in (seats for seats in members.values() if len(seats) > 1):
        inside = number[:, seats]
        for i in np.nonzero((inside >= 0).sum(axis=1) > 1)[0]:
            found = inside[i][inside[i] >= 0]
            rows.append(np.full(len(found), len(caps)))
            pairs.append(found)
            caps.append(max(1, int(fixed[i, seats].sum())))
    none = np.zeros(0, dtype=np.int64)
    return (
        np.concatenate(rows) if rows else none,
        np.concatenate(pairs) if pairs else none,
        np.array(caps, dtype=np.int64),
    )


def solve(program: Program, cost: Vector, *, slack: float = 0) -> Solution | None:
    """Minimise: first as a linear program; a search follows only when its corner is not made of whole numbers.

    `slack` is how far a single rule of a candidate or judge may be stretched (for the cheapest repair).
    """
    pairs, units, *_, end = program.starts
    low, high = np.zeros(end), np.ones(end)
    low[:pairs][program.fixed] = 1
    least = np.array([place.least for place in program.problem.places], dtype=np.int64)
    low[pairs:units] = program.unit_number <= least[program.unit_seat] if len(least) else 0
    high[units:] = slack
    loose = _linear(program, cost, low, high)
    if loose is None or np.abs(loose.values - np.round(loose.values)).max(initial=0) < 1e-6:
        return loose
    whole = np.zeros(end, dtype=np.int64)
    whole[:pairs] = 1
    rules, bounds = LinearConstraint(program.matrix, program.low, program.high), Bounds(low, high)
    tight = milp(
        cost,
        constraints=rules,
        bounds=bounds,
        integrality=whole,
        options={"time_limit": TIME_LIMIT, "mip_rel_gap": 1e-7},
    )
    return None if tight.x is None else Solution(np.round(tight.x), float(tight.mip_dual_bound))


def _linear(program: Program, cost: Vector, low: Vector, high: Vector) -> Solution | None:
    equal = program.low == program.high
    found = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrices
        cost,
        A_eq=program.matrix[equal],
        b_eq=program.low[equal],
        A_ub=program.matrix[~equal],
        b_ub=program.high[~equal],
        bounds=np.column_stack([low, high]),
        method="highs-ds" if len(cost) < MANY else "highs-ipm",  # both end in a corner
    )
    return None if found.x is None else Solution(np.asarray(found.x), float(found.fun))
