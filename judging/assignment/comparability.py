"""Whether judges can be compared: they are when candidates link them all. Parts without a link are joined by swaps."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from judging.assignment.problem import Problem

Grid = NDArray[np.bool_]
TRIES = 60


def count_parts(grid: Grid) -> int:
    """Return into how many parts candidates and judges with at least one pair fall."""
    rows, _ = np.nonzero(grid)
    return len(np.unique(_parts(grid)[rows])) if len(rows) else 0


def parts_of_judges(grid: Grid) -> NDArray[np.int64]:
    """Return the number of the part of each judge, from 1, the largest first; 0 for a judge without candidates."""
    part = _parts(grid)[grid.shape[0] :]
    used: NDArray[np.bool_] = np.asarray(grid.any(axis=0))
    numbers, counts = np.unique(part[used], return_counts=True)
    turn = {int(number): place for place, number in enumerate(numbers[np.argsort(-counts, kind="stable")], start=1)}
    return np.array([turn[int(p)] if u else 0 for p, u in zip(part, used, strict=True)], dtype=np.int64)


def measure(grid: Grid) -> tuple[float, float]:
    """Return how well the severities of judges can be told apart, and how exactly each is known.

    The model is total = candidate + severity + chance. With candidates swept out, the information about severities is
    ``J = diag(loads) - B' diag(1 / judges) B``; judges without a candidate are left out.

    Parameters
    ----------
    grid : bool (n, m)
        Who judges what.

    Returns
    -------
    tuple of float
        The A-efficiency ``(m - 1)² / (tr J · tr J⁺)``: 1 when all differences between two judges are known equally well,
        as in a complete design of the same size. And ``sqrt(tr J⁺ / m)``, the standard error of a severity in units of
        the chance error of a total. Both are 0 when candidates do not link all judges.
    """
    used = grid[:, grid.any(axis=0)]
    used = used[used.any(axis=1)]
    m = used.shape[1]
    if m < 2 or count_parts(used) != 1:
        return 0.0, 0.0
    ones = used.astype(np.float64)
    information = np.diag(ones.sum(axis=0)) - ones.T @ (ones / ones.sum(axis=1, keepdims=True))
    inverse = np.linalg.inv(information + np.full((m, m), 1.0 / m))  # the mean severity is taken for known
    trace = float(np.trace(inverse)) - 1.0
    return round((m - 1) ** 2 / (float(np.trace(information)) * trace), 6), round(float(np.sqrt(trace / m)), 6)


def _parts(grid: Grid) -> NDArray[np.int32]:
    rows, columns = np.nonzero(grid)
    n, m = grid.shape
    graph = csr_array((np.ones(len(rows)), (rows, n + columns)), shape=(n + m, n + m))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int32)


def join_parts(problem: Problem, grid: Grid, pinned: Grid) -> Grid:
    """Return a plan in which as many parts as the rules allow are joined, at the lowest loss of fit; loads stay."""
    grid = grid.copy()
    while count_parts(grid) > 1:
        better = _best_swap(problem, grid, pinned)
        if better is None:
            return grid
        grid = better
    return grid


def _best_swap(problem: Problem, grid: Grid, pinned: Grid) -> Grid | None:
    """Exchange the judges of two pairs from different parts, cheapest first, until that leaves fewer parts."""
    rows, columns = np.nonzero(grid & ~pinned)
    part = _parts(grid)[rows]
    score = problem.score
    own = score[rows, columns]
    crossed = score[np.ix_(rows, columns)]  # [e, f]: the candidate of e with the judge of f
    legal = problem.allowed[np.ix_(rows, columns)] & (part[:, None] < part[None, :])
    legal &= problem.allowed[np.ix_(rows, columns)].T
    first, second = np.nonzero(legal)
    if not len(first):
        return None
    loss = own[first] + own[second] - crossed[first, second] - crossed[second, first]
    before = count_parts(grid)
    for place in np.argsort(loss, kind="stable")[:TRIES]:
        e, f = first[place], second[place]
        tried = grid.copy()
        tried[rows[e], columns[e]] = tried[rows[f], columns[f]] = False
        tried[rows[e], columns[f]] = tried[rows[f], columns[e]] = True
        if _groups_hold(problem, tried, (int(rows[e]), int(rows[f]))) and count_parts(tried) < before:
            return tried
    return None


def _groups_hold(problem: Problem, grid: Grid, rows: tuple[int, ...]) -> bool:
    for row in rows:
        groups = [group for j in np.nonzero(grid[row])[0] for group in problem.places[j].groups]
        if len(groups) != len(set(groups)):
            return False
    return True
