"""Problems and chances as SHA-256 digests that do not hang on the order of rows and columns."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from judging.assignment.engine.instance import Family, Instance, Ints, Need, Pairs, pairs_of
from judging.assignment.engine.marginals import Marginals

DRAW = 2  # the way seeds are turned into plans: another number is another draw


class Digest(Protocol):
    """What takes bytes."""

    def update(self, data: bytes, /) -> None:
        """Take bytes."""


def chances_digest(marginals: Marginals) -> str:
    """Return the SHA-256 of the chances: grid, groups of judges, pinned pairs, each pair with its units, and plans."""
    digest = sha256(f"chances {DRAW}\n{marginals.whole}\n".encode())
    for array in (marginals.groups, marginals.pinned.row, marginals.pinned.column):
        _add(digest, array)
    for array in (marginals.row, marginals.column, marginals.units):
        _add(digest, array)
    if (plans := marginals.plans) is not None:
        digest.update(b"plans\n")
        for array in (plans.row, plans.column, plans.least, plans.most):
            _add(digest, array)
        for cap in plans.caps:
            for array in (cap.label, cap.room, cap.taken):
                _add(digest, array)
    return digest.hexdigest()


def problem_digest(instance: Instance, rows: Sequence[str] | None = None, columns: Sequence[str] | None = None) -> str:
    """Return the SHA-256 of a problem, the same in whatever order its rows and columns come.

    Names in their order, one a line; then every array in that order, as little-endian 64-bit numbers behind its shape;
    labels of a rule are numbered as they first occur.
    """
    n, m = instance.shape
    row_order, column_order = order_of(rows, n), order_of(columns, m)
    digest = sha256(b"problem\n")
    for names, order in ((rows, row_order), (columns, column_order)):
        digest.update("".join(f"{i if names is None else names[i]}\n" for i in order).encode() + b"\n")
    ordered = in_order(instance, row_order, column_order)
    for begin in range(0, n, 1000):
        _add(digest, ordered.score[begin : begin + 1000])
        _add(digest, np.packbits(ordered.allowed[begin : begin + 1000], axis=1))
    for array in (ordered.wanted, ordered.least, ordered.most, ordered.pinned.row, ordered.pinned.column):
        _add(digest, array)
    for array in (ordered.nudged.row, ordered.nudged.column):
        _add(digest, array)
    _add(digest, ordered.nudge)
    for family in ordered.families:
        digest.update(f"family\n{family.name}\n{family.most}\n".encode())
        _add(digest, _numbered(family.label))
        _add(digest, np.zeros(n, dtype=bool) if family.spared is None else family.spared)
    for need in ordered.needs:
        digest.update(f"need\n{need.name}\n{need.least}\n".encode())
        _add(digest, need.member)
        _add(digest, np.zeros(n, dtype=bool) if need.spared is None else need.spared)
    return digest.hexdigest()


def in_order(instance: Instance, rows: Ints, columns: Ints) -> Instance:
    """Return the same problem with its entries and judges in another order."""
    n, m = instance.shape
    place, seat = np.empty(n, dtype=np.int64), np.empty(m, dtype=np.int64)
    place[rows], seat[columns] = np.arange(n), np.arange(m)
    nudged = np.lexsort((seat[instance.nudged.column], place[instance.nudged.row]))
    row, column = place[instance.nudged.row][nudged], seat[instance.nudged.column][nudged]
    return Instance(
        score=instance.score[np.ix_(rows, columns)],
        allowed=instance.allowed[np.ix_(rows, columns)],
        wanted=instance.wanted[rows],
        least=instance.least[columns],
        most=instance.most[columns],
        pinned=pairs_of(place[instance.pinned.row], seat[instance.pinned.column]),
        nudged=Pairs(row, column),
        nudge=np.asarray(instance.nudge)[nudged],
        families=tuple(
            Family(f.label[columns], f.most, f.name, None if f.spared is None else f.spared[rows])
            for f in instance.families
        ),
        needs=tuple(
            Need(f.member[columns], f.least, f.name, None if f.spared is None else f.spared[rows])
            for f in instance.needs
        ),
    )


def order_of(names: Sequence[str] | None, count: int) -> Ints:
    """Return the positions of names in their order; as they stand where there are none."""
    if names is None:
        return np.arange(count)
    if len(names) != count or len(set(names)) != count:
        raise ValueError(f"There must be {count} different names.")
    return np.array(sorted(range(count), key=lambda i: names[i]), dtype=np.int64)


def _numbered(label: Ints) -> Ints:
    """Number labels as they first occur; -1 stays."""
    known: dict[int, int] = {-1: -1}
    return np.array([known.setdefault(int(a), len(known) - 1) for a in label], dtype=np.int64)


def _add(digest: Digest, array: NDArray[np.generic]) -> None:
    kind = "<f8" if array.dtype.kind == "f" else "<i8"
    plain = np.ascontiguousarray(array.astype(kind) if array.dtype.kind != "u" else array)
    digest.update(f"{plain.shape}\n".encode())
    digest.update(plain.tobytes())
