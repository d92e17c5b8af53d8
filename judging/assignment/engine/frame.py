"""Pairs under all rules as a matrix: what one plan may have of every entry, judge and group, whether groups cross or not."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from judging.assignment.engine.instance import Floats, Ints, Marks
from judging.assignment.engine.rations import Rations


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Limits of one plan: low <= matrix x <= high.

    Attributes
    ----------
    row, column
        The pairs.
    matrix : (rows, pairs)
        Entries first, then judges, then the groups that could be overfull.
    low, high
        Of each row, for one plan; a group cap may be no whole number.
    single : bool
        Rows that hold for every plan, not only for many of them on average.
    level, entry, label
        Of the groups.
    """

    row: Ints
    column: Ints
    matrix: csr_array
    low: Floats
    high: Floats
    single: Marks
    level: Ints
    entry: Ints
    label: Ints

    def sums(self, units: Ints | Floats) -> Floats:
        """Return what pairs add up to in every row."""
        return np.asarray(self.matrix @ units, dtype=np.float64)


def frame_of(problem: Rations, row: Ints, column: Ints) -> Frame:
    """Return the limits of some pairs."""
    rest, p = problem.rest, len(row)
    n, m = rest.shape
    i, j = [row, n + column], [np.arange(p), np.arange(p)]
    low, high = [rest.wanted, rest.least], [rest.wanted, rest.most]
    single, begin = [np.ones(n + m, dtype=bool)], n + m
    groups: list[tuple[Ints, Ints, Ints]] = [(row[:0],) * 3]
    for number, (level, part) in enumerate(zip(problem.levels, problem.parts, strict=True)):
        width = max(level.groups, 1)
        inside = np.nonzero(level.label[column] >= 0)[0]
        key, place, count = np.unique(
            row[inside] * width + level.label[column[inside]], return_inverse=True, return_counts=True
        )
        entry, label = key // width, key % width
        room = level.cap.room_at(entry, label) * part / problem.whole
        binds = count > room  # also where no plan alone could break it, for the pairs of one plan are taken whole
        mine = binds[place]
        i.append(begin + (np.cumsum(binds) - 1)[place[mine]])
        j.append(inside[mine])
        low.append(np.zeros(int(binds.sum()), dtype=np.int64))
        high.append(room[binds])
        single.append(np.full(int(binds.sum()), part == problem.whole))
        groups.append((np.full(int(binds.sum()), number), entry[binds], label[binds]))
        begin += int(binds.sum())
    ones = np.ones(sum(map(len, i)))
    matrix = csr_array(coo_array((ones, (np.concatenate(i), np.concatenate(j))), shape=(begin, p)))
    levels, entry, label = (np.concatenate(parts) for parts in zip(*groups, strict=True))
    bounds = np.concatenate(low).astype(np.float64), np.concatenate(high).astype(np.float64)
    return Frame(row, column, matrix, *bounds, np.concatenate(single), levels, entry, label)
