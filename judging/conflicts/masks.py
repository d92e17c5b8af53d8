"""Which judge is tied to which unit, for all of them at once: one matrix for each basis, from names, groups and cities.

A pure function over texts. No judge is compared with a unit one by one: names become numbers, numbers are compared as
arrays, and 1,500 judges take no longer with 3,000 units than their names take to read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from judging.conflicts.models import ConflictBasis
from judging.conflicts.rules import bare_name, group_key, parents_of, plain_name

Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of a unit, or of where a judge works."""

    name: str
    group: str = ""  # of companies
    region: str = ""  # GB/T 2260
    unit: object = None  # the registered unit it is, if it is one


def tied(units: Sequence[Side], judges: Sequence[Side], *, by_region: bool) -> dict[ConflictBasis, Marks]:
    """Return for each basis which judge is tied to which unit, bool (units, judges).

    Parameters
    ----------
    units, judges
        Rows and columns.
    by_region
        Whether judges keep away from their own city; a whole province is no city.
    """
    same = _same_names([unit.name for unit in units], [judge.name for judge in judges])
    same |= _equal([unit.unit for unit in units], [judge.unit for judge in judges])
    found = {ConflictBasis.SAME_UNIT: same, ConflictBasis.UNIT_GROUP: _grouped(units, judges) & ~same}
    if by_region:
        cities = [_city(judge.region) for judge in judges]
        found[ConflictBasis.REGION] = _equal([unit.region for unit in units], cities)
    return found


def _grouped(units: Sequence[Side], judges: Sequence[Side]) -> Marks:
    """Two of one group, or one whose group the other is."""
    own, other = [group_key(unit.group) for unit in units], [group_key(judge.group) for judge in judges]
    within = _equal(own, other)
    below = _equal(own, [_as_group(judge.name) for judge in judges])
    above = _equal([_as_group(unit.name) for unit in units], other)
    return np.asarray(within | below | above)


def _as_group(name: str) -> str:
    """A unit is a group when its own name says so."""
    return group_key(name) if "集团" in name else plain_name(name)


def _city(region: str) -> str:
    return "" if region.endswith("0000") else region


def _equal(one: Sequence[object], other: Sequence[object]) -> Marks:
    """Mark equal values; nothing equals nothing."""
    number: dict[object, int] = {}
    codes = [np.array([number.setdefault(v, len(number)) if v else -1 for v in side], dtype=np.int64) for side in (one, other)]  # fmt: skip
    return np.asarray((codes[0][:, None] == codes[1][None, :]) & (codes[0] >= 0)[:, None])


def _same_names(one: Sequence[str], other: Sequence[str]) -> Marks:
    """Mark what :func:`judging.conflicts.rules.same_unit` says of every two names."""
    found = _equal([bare_name(name) for name in one], [bare_name(name) for name in other])
    _mark_branches(found, one, other)
    _mark_branches(found.T, other, one)
    return found


def _mark_branches(found: Marks, branches: Sequence[str], parents: Sequence[str]) -> None:
    """Mark the rows whose name begins with the name of a column's company."""
    columns: dict[str, list[int]] = {}
    for j, name in enumerate(parents):
        columns.setdefault(plain_name(name), []).append(j)
    for i, name in enumerate(branches):
        for parent in parents_of(name):
            found[i, columns.get(parent, [])] = True


def pairs_of(marks: Marks) -> Iterable[tuple[int, int]]:
    """Return the positions of what is marked."""
    rows, columns = np.nonzero(marks)
    return zip(rows.tolist(), columns.tolist(), strict=True)
