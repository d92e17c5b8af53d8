"""Whether judges can be compared: they are when candidates link them all."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Grid = NDArray[np.bool_]


def count_parts(grid: Grid) -> int:
    """Return into how many parts candidates and judges with at least one pair fall."""
    rows, _ = np.nonzero(grid)
    return len(np.unique(_parts(grid)[rows])) if len(rows) else 0


def parts_of_judges(grid: Grid) -> NDArray[np.int64]:
    """Return the number of the part of each judge, from 1, the largest first; 0 for a judge without candidates."""
    part = _parts(grid)[grid.shape[0] :]
    used: Grid = np.asarray(grid.any(axis=0))
    numbers, counts = np.unique(part[used], return_counts=True)
    turn = {int(number): place for place, number in enumerate(numbers[np.argsort(-counts, kind="stable")], start=1)}
    return np.array([turn[int(p)] if u else 0 for p, u in zip(part, used, strict=True)], dtype=np.int64)


def _parts(grid: Grid) -> NDArray[np.int32]:
    rows, columns = np.nonzero(grid)
    n, m = grid.shape
    graph = csr_array((np.ones(len(rows)), (rows, n + columns)), shape=(n + m, n + m))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int32)
