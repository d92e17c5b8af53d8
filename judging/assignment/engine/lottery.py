"""A draw that nobody can steer: sealed before, opened after, and drawn again by whoever doubts it.

Before the draw the organizer publishes the problem, the chances of every pair, and a seal: the SHA-256 of the secret
seed, the problem's digest and the chances' digest. Afterwards the seed is published. Whoever has the three checks the
seal, checks that the chances keep their limits, and draws the same assignment. Entries and judges are put in the order
of their names first, so that no order of rows matters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from judging.assignment.engine.bundle import bundle, unpacked
from judging.assignment.engine.digests import chances_digest, in_order, order_of, problem_digest
from judging.assignment.engine.grid import greatest
from judging.assignment.engine.instance import Instance, Ints, Pairs, pairs_of
from judging.assignment.engine.marginals import Marginals, Plans
from judging.assignment.engine.rations import Rations, Together, do_cross, rations
from judging.assignment.engine.sampler import draw
from judging.assignment.engine.spread import widest_spread
from judging.assignment.engine.watch import Watch


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
    watch: Watch | None = None,
    plans: bytes = b"",
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
    watch
        Hears of progress where panel rules cross, and may call the search off.
    plans
        Where panel rules cross: the file of the plans, when they have been found before.

    Raises
    ------
    Impossible
        If no chances keep all limits.
    RulesCross
        If the greatest entropy is asked for under panel rules that cross.
    Unfinished
        If the watch calls first.
    """
    n, m = instance.shape
    row_order, column_order = order_of(rows, n), order_of(columns, m)
    ordered = in_order(instance, row_order, column_order)
    group = None if together is None else Together(together.label[column_order], together.cap)
    if plans:
        marginals = unpacked(ordered, plans, cap=terms.cap, together=group)
    elif terms.share is None and do_cross(ordered, group):
        marginals = bundle(ordered, cap=terms.cap, bits=terms.bits, together=group, watch=watch)
    elif terms.share is None:
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
    plans = marginals.plans
    problem = rations(instance, terms.cap, marginals.whole, together, nest=plans is None)
    n, m = instance.shape
    row, column, units = marginals.row, marginals.column, marginals.units
    per_entry = np.bincount(row, weights=units, minlength=n)
    per_judge = np.bincount(column, weights=units, minlength=m)
    rest, whole = problem.rest, problem.whole
    found = {
        "pairs": int(((units > problem.cap) | (units < 1) | ~problem.free[row, column]).sum()),
        "entries": int((per_entry != rest.wanted * whole).sum()),
        "judges": int(((per_judge < rest.least * whole) | (per_judge > rest.most * whole)).sum()),
    }
    for level, part in zip(problem.levels, problem.parts, strict=True):
        inside = level.label[column] >= 0
        key, place = np.unique(row[inside] * level.groups + level.label[column[inside]], return_inverse=True)
        room = level.cap.room_at(key // max(level.groups, 1), key % max(level.groups, 1)) * part
        over = np.bincount(place, weights=units[inside], minlength=len(key)) > room
        found["groups"] = found.get("groups", 0) + int(over.sum())
    if plans is not None:
        found["plans"] = _broken_plans(problem, plans, marginals)
    return {name: count for name, count in found.items() if count}


def _broken_plans(problem: Rations, plans: Plans, marginals: Marginals) -> int:
    """Count the plans that break a rule or a load, or all of them when they are not what the chances say."""
    rest, (_, m) = problem.rest, problem.rest.shape
    keys = np.sort((plans.row * m + plans.column).ravel())
    same = np.array_equal(keys, np.repeat(marginals.row * m + marginals.column, marginals.units))
    same &= np.array_equal(plans.row, np.repeat(np.arange(len(rest.wanted)), rest.wanted))
    same &= len(plans.caps) == len(rest.caps)
    for ours, theirs in zip(rest.caps, plans.caps, strict=False):
        same &= all(np.array_equal(getattr(ours, part), getattr(theirs, part)) for part in ("label", "room", "taken"))
    if not same:
        return len(plans)
    found = 0
    for column in plans.column:
        load, key = np.bincount(column, minlength=m), plans.row * m + column
        bad = bool(((load < rest.least) | (load > rest.most)).any()) or bool((key[1:] == key[:-1]).any())
        for cap in rest.caps:
            inside = cap.label[column] >= 0
            group, count = np.unique(plans.row[inside] * cap.labels + cap.label[column[inside]], return_counts=True)
            bad |= bool((count > cap.room_at(group // max(cap.labels, 1), group % max(cap.labels, 1))).any())
        found += bad
    return found
