"""The pairs an optimum is first sought among: each entry's best judges, and the best entries of judges left thin."""

import numpy as np

from judging.assignment.engine.instance import Ints, Marks, Pairs, pairs_of
from judging.assignment.engine.rest import Rest, Worth

CELLS = 400_000  # cells of the matrix that are looked at together
WIDE = 10  # candidates of an entry that wants few judges


def first_candidates(rest: Rest, *, seed: int) -> Pairs:
    """Return good pairs, enough to begin with; equal ones are taken by the seed's lot."""
    _, m = rest.shape
    rng = np.random.default_rng(seed)
    found = [(rest.wished.row, rest.wished.column)]
    count = np.minimum(m, np.maximum(WIDE, 3 * rest.wanted))
    everybody = np.arange(m)
    for size in np.unique(count[rest.wanted > 0]):
        found.append(_of_entries(rest, np.nonzero((count == size) & (rest.wanted > 0))[0], everybody, int(size), rng))
    for need in rest.instance.needs:
        members = np.nonzero(need.member)[0]
        found.append(_of_entries(rest, np.nonzero(rest.wanted > 0)[0], members, WIDE // 2 * need.least, rng))
    held = np.bincount(np.concatenate([column for _, column in found]), minlength=m)
    thin = np.nonzero((held < rest.most) & (rest.most > 0))[0]
    found.append(_of_judges(rest, thin, rng))
    pairs = pairs_of(np.concatenate([row for row, _ in found]), np.concatenate([column for _, column in found]))
    free = rest.open_at(pairs.row, pairs.column)
    return Pairs(pairs.row[free], pairs.column[free])


def _of_entries(rest: Rest, rows: Ints, columns: Ints, size: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return each entry's best judges among some."""
    score, allowed = rest.instance.score, rest.instance.allowed
    _, m = rest.shape
    parts = []
    step = max(1, CELLS // max(len(columns), 1))
    for begin in range(0, len(rows), step):
        some = rows[begin : begin + step]
        if len(columns) == m and some[-1] - some[0] == len(some) - 1:
            here = slice(int(some[0]), int(some[-1]) + 1)
            values = np.where(allowed[here], score[here], score.dtype.type(-np.inf))
        else:
            grid = np.ix_(some, columns)
            values = np.where(allowed[grid], score[grid], score.dtype.type(-np.inf))
        row, column = _places(_best(values, size, rng))
        parts.append((some[row], columns[column]))
    return _joined(parts)


def _of_judges(rest: Rest, columns: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return some judges' best entries, as many as they may carry."""
    score, allowed = rest.instance.score, rest.instance.allowed
    n, _ = rest.shape
    parts = []
    step = max(1, CELLS // max(n, 1))
    for begin in range(0, len(columns), step):
        some = columns[begin : begin + step]
        values = np.where(allowed[:, some].T, score[:, some].T, score.dtype.type(-np.inf))
        column, row = _places(_best(values, int(rest.most[some].max()), rng))
        parts.append((row, some[column]))
    return _joined(parts)


def _joined(parts: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    none = np.zeros(0, dtype=np.int64)
    return np.concatenate([none, *(a for a, _ in parts)]), np.concatenate([none, *(b for _, b in parts)])


def _places(marks: Marks) -> tuple[Ints, Ints]:
    """Return where marks stand; on a flat array that is much faster than on a matrix."""
    flat = np.flatnonzero(marks)
    return flat // marks.shape[1], flat % marks.shape[1]


def _best(values: Worth, size: int, rng: np.random.Generator) -> Marks:
    """Mark the greatest `size` values of each row; of equal ones at the edge, some by lot. Minus infinity never."""
    _, width = values.shape
    if size >= width:
        return np.asarray(values > -np.inf)
    edge = np.partition(values, width - size, axis=1)[:, width - size, None]
    marks = np.asarray(values >= np.maximum(edge, np.finfo(values.dtype).min))
    crowded = np.nonzero(np.count_nonzero(marks, axis=1) > size)[0]
    if len(crowded):
        tied = values[crowded] == edge[crowded]
        lots = np.where(tied, rng.random((len(crowded), width), dtype=np.float32), np.where(marks[crowded], 2, -1))
        marks[crowded] = lots >= np.partition(lots, width - size, axis=1)[:, width - size, None]
    return marks
