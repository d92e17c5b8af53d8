"""A problem whose places are split into parts: what a cap on probabilities leaves of each pair, judge and rule."""

from dataclasses import dataclass

import numpy as np

from judging.assignment.engine.instance import Instance, Ints, Marks
from judging.assignment.engine.nest import Level, largest_nest, levels_of
from judging.assignment.engine.rest import Cap, Rest

FINEST = 12  # bits at most
NEAR = 0.001  # how far below the cap the grid may lie
MANY = 1_000_000  # pairs of a large problem: there a draw takes longer with each bit,
ROUGH = 0.02  # and the grid may lie this share below the cap
EPS = 1e-9


class RulesCross(ValueError):
    """Panel rules whose groups cross are no forest; `names` are those that cross the ones before them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"These panel rules cross others: {', '.join(names)}.")
        self.names = names


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """A cap on the probability that an entry gets any judge of a group (of one unit, say).

    Attributes
    ----------
    label : int64 (m,)
        Of each judge, -1 outside all groups.
    cap
        The most that the probabilities of a group's judges may add up to.
    """

    label: Ints
    cap: float


@dataclass(frozen=True, slots=True, eq=False)
class Rations:
    """A problem in parts of a place.

    Attributes
    ----------
    rest
        What the pinned pairs leave.
    worth : float (n, m)
        Scores with nudges.
    free : bool (n, m)
        Pairs that may be drawn.
    levels
        The panel rules, with group caps among them; from the widest to the narrowest where they nest.
    parts : int64 (levels,)
        Parts for each place that a rule leaves.
    whole
        The parts of a place.
    cap
        The parts that a pair may have.
    """

    rest: Rest
    worth: np.ndarray
    free: Marks
    levels: tuple[Level, ...]
    parts: Ints
    whole: int
    cap: int


def bits_for(instance: Instance, cap: float) -> int:
    """Return the coarsest grid of 2^-bits that comes within 0.001 of a cap; within 2 % of it for large problems."""
    low = cap - NEAR if instance.score.size <= MANY else cap * (1 - ROUGH)
    return next((b for b in range(1, FINEST) if np.floor(cap * 2**b) / 2**b >= low), FINEST)


def rations(instance: Instance, cap: float, whole: int, together: Together | None, *, nest: bool = True) -> Rations:
    """Split every place into so many parts.

    Parameters
    ----------
    nest
        Whether the rules must be a forest, widest first.

    Raises
    ------
    RulesCross
        If they must, but panel rules, or the group cap, cross.
    """
    if not 0 < cap <= 1:
        raise ValueError("A cap is a probability above 0.")
    rest = Rest(instance)
    levels, shared = _levels(instance, rest, together)
    if nest:
        levels, crossing = largest_nest(levels)
        if crossing:
            raise RulesCross(tuple(level.name for level in crossing))
    own = 0 if together is None else int(np.floor(together.cap * whole + EPS))
    parts = np.array([own if level is shared else whole for level in levels], dtype=np.int64)
    free = instance.allowed & (rest.wanted > 0)[:, None] & (rest.most > 0)
    free[instance.pinned.row, instance.pinned.column] = False
    worth = instance.score
    if len(instance.nudged):
        worth = worth.astype(np.float64)
        np.add.at(worth, (instance.nudged.row, instance.nudged.column), instance.nudge)
    return Rations(rest, worth, free, levels, parts, whole, max(1, int(np.floor(cap * whole + EPS))))


def do_cross(instance: Instance, together: Together | None = None) -> bool:
    """Say whether panel rules, or the group cap, cross one another."""
    return bool(largest_nest(_levels(instance, Rest(instance), together)[0])[1])


def _levels(instance: Instance, rest: Rest, together: Together | None) -> tuple[tuple[Level, ...], Level | None]:
    levels = levels_of(instance, rest)
    if together is None:
        return levels, None
    none, n = np.zeros(0, dtype=np.int64), rest.shape[0]
    shared = Level("", False, Cap(together.label.astype(np.int64), np.ones(n, dtype=np.int64), none))
    return (*levels, shared), shared
