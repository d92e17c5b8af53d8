"""A draw that nobody can steer: sealed before, opened after, and drawn again by whoever doubts it.

Before the draw the organizer publishes the problem, the chances of every pair, and a seal: the SHA-256 of the secret
seed, the problem's digest and the chances' digest. Afterwards the seed is published. Whoever has the three checks the
seal, checks that the chances keep their limits, and draws the same assignment. Entries and judges are put in the order
of their names first, so that no order of rows matters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from judging.assignment.engine.grid import greatest
from judging.assignment.engine.instance import Family, Instance, Ints, Need, Pairs, pairs_of
from judging.assignment.engine.marginals import Marginals
from judging.assignment.engine.rations import Together, rations
from judging.assignment.engine.sampler import draw
from judging.assignment.engine.spread import widest_spread


class Digest(Protocol):
    """What takes bytes."""

    def update(self, data: bytes, /) -> None:
        """Take bytes."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the chances are made by.

    Attributes
    ----------
    cap
        The highest chance of a pair.
    share
        Part of the best affinity to be expected, for the greatest entropy; None for the greatest expectation.
    bits
        Of the grid, or None for the usual one.
    """

    cap: float = 0.5
    share: float | None = None
    bits: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Lottery:
    """Chances, ready to be sealed and drawn; positions are those of the names in their order.

    Attributes
    ----------
    marginals
        The chances.
    rows, columns : int64
        Position, in the problem as it was given, of each entry and of each judge in the order of names.
    problem, chances
        Digests.
    """

    marginals: Marginals
    rows: Ints
    columns: Ints
    problem: str
    chances: str

    def seal(self, seed: str) -> str:
        """Return what to publish before the draw."""
        return seal_of(seed, self.problem, self.chances)

    def draw(self, seed: str) -> Pairs:
        """Return the assignment that a seed draws, in the positions of the problem as it was given."""
        pairs = redraw(self.marginals, seed, self.problem, self.chances)
        return pairs_of(self.rows[pairs.row], self.columns[pairs.column])


def prepare(
    instance: Instance,
    terms: Terms,
    *,
    rows: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    together: Together | None = None,
) -> Lottery:
    """Find the chances of every pair and their digests.

    Parameters
    ----------
    instance
        The problem.
    terms
        Cap, and share of the best affinity.
    rows, columns
        Names of entries and judges, each once; by their order nothing depends on how the problem is laid out.
    together
        A cap on groups of judges.
    """
    n, m = instance.shape
    row_order, column_order = _order(rows, n), _order(columns, m)
    ordered = in_order(instance, row_order, column_order)
    group = None if together is None else Together(together.label[column_order], together.cap)
    if terms.share is None:
        marginals = greatest(ordered, cap=terms.cap, bits=terms.bits, together=group)
    else:
        marginals = widest_spread(ordered, cap=terms.cap, share=terms.share, bits=terms.bits, together=group)
    return Lottery(
        marginals, row_order, column_order, problem_digest(instance, rows, columns), chances_digest(marginals)
    )


def seal_of(seed: str, problem: str, chances: str) -> str:
    """Return the SHA-256, in hexadecimal, of seed, problem's digest and chances' digest, each on a line."""
    return sha256(f"{seed}\n{problem}\n{chances}\n".encode()).hexdigest()


def redraw(marginals: Marginals, seed: str, problem: str, chances: str) -> Pairs:
    """Draw the assignment again, in positions of the order of names.

    The stream of lots begins at the SHA-256 of the word “draw” and what was sealed, read as one number.
    """
    return draw(marginals, int(sha256(f"draw\n{seed}\n{problem}\n{chances}\n".encode()).hexdigest(), 16))


def faults(
    instance: Instance,
    lottery: Lottery,
    seed: str,
    seal: str,
    pairs: Pairs,
    *,
    terms: Terms,
    rows: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    together: Together | None = None,
) -> tuple[str, ...]:
    """Say what does not hold of a draw; nothing when all is as it was sealed.

    Returns
    -------
    tuple of str
        Of ``problem`` (the digest is another), ``chances`` (digest, or a limit that they break), ``seal`` (the seed is
        not the one that was sealed), ``draw`` (the assignment is not what the seed draws).
    """
    found = []
    if problem_digest(instance, rows, columns) != lottery.problem:
        found.append("problem")
    ordered = in_order(instance, lottery.rows, lottery.columns)
    group = None if together is None else Together(together.label[lottery.columns], together.cap)
    if chances_digest(lottery.marginals) != lottery.chances or broken_limits(ordered, lottery.marginals, terms, group):
        found.append("chances")
    if seal_of(seed, lottery.problem, lottery.chances) != seal:
        found.append("seal")
    again = lottery.draw(seed)
    if not (np.array_equal(again.row, pairs.row) and np.array_equal(again.column, pairs.column)):
        found.append("draw")
    return tuple(found)


def broken_limits(
    instance: Instance, marginals: Marginals, terms: Terms, together: Together | None = None
) -> dict[str, int]:
    """Count what chances break: pairs above the cap or forbidden, entries, judges and groups with a wrong sum."""
    problem = rations(instance, terms.cap, 1 << marginals.bits, together)
    n, m = instance.shape
    row, column, units = marginals.row, marginals.column, marginals.units
    per_entry = np.bincount(row, weights=units, minlength=n)
    per_judge = np.bincount(column, weights=units, minlength=m)
    rest, bits = problem.rest, marginals.bits
    found = {
        "pairs": int(((units > problem.cap) | (units < 1) | ~problem.free[row, column]).sum()),
        "entries": int((per_entry != rest.wanted << bits).sum()),
        "judges": int(((per_judge < rest.least << bits) | (per_judge > rest.most << bits)).sum()),
    }
    for level, part in zip(problem.levels, problem.parts, strict=True):
        inside = level.label[column] >= 0
        key, place = np.unique(row[inside] * level.groups + level.label[column[inside]], return_inverse=True)
        room = level.cap.room_at(key // max(level.groups, 1), key % max(level.groups, 1)) * part
        over = np.bincount(place, weights=units[inside], minlength=len(key)) > room
        found["groups"] = found.get("groups", 0) + int(over.sum())
    return {name: count for name, count in found.items() if count}


def chances_digest(marginals: Marginals) -> str:
    """Return the SHA-256 of the chances: grid, groups of judges, pinned pairs, and each pair with its units."""
    digest = sha256(f"chances\n{marginals.bits}\n".encode())
    for array in (marginals.groups, marginals.pinned.row, marginals.pinned.column):
        _add(digest, array)
    for array in (marginals.row, marginals.column, marginals.units):
        _add(digest, array)
    return digest.hexdigest()


def problem_digest(instance: Instance, rows: Sequence[str] | None = None, columns: Sequence[str] | None = None) -> str:
    """Return the SHA-256 of a problem, the same in whatever order its rows and columns come.

    Names in their order, one a line; then every array in that order, as little-endian 64-bit numbers behind its shape;
    labels of a rule are numbered as they first occur.
    """
    n, m = instance.shape
    row_order, column_order = _order(rows, n), _order(columns, m)
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


def _order(names: Sequence[str] | None, count: int) -> Ints:
    if names is None:
        return np.arange(count)
    if len(names) != count or len(set(names)) != count:
        raise ValueError(f"There must be {count} different names.")
    return np.array(sorted(range(count), key=lambda i: names[i]), dtype=np.int64)


def _numbered(label: Ints) -> Ints:
    """Number labels as they first occur; -1 stays."""
    known: dict[int, int] = {-1: -1}
    return np.array([known.setdefault(int(a), len(known) - 1) for a in label], dtype=np.int64)


def _add(digest: "Digest", array: NDArray[np.generic]) -> None:
    kind = "<f8" if array.dtype.kind == "f" else "<i8"
    plain = np.ascontiguousarray(array.astype(kind) if array.dtype.kind != "u" else array)
    digest.update(f"{plain.shape}\n".encode())
    digest.update(plain.tobytes())
