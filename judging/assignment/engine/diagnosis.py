"""Why a problem has no answer: which entries and judges clash, under which rule, and by how many places.

A largest flow that stays short comes with a smallest cut: entries that together want more than all the judges they may
have can give (a set that violates Hall's condition). The set named is the smallest with that shortage: without any one
of its entries the shortage would be smaller. What to do about it is in :mod:`judging.assignment.engine.repairs`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from judging.assignment.engine.cut import Cut, some_pairs, widest
from judging.assignment.engine.instance import Instance, Ints, Marks
from judging.assignment.engine.nest import (
    Level,
    Remainder,
    lacking,
    largest_nest,
    levels_of,
    remainder_of,
)
from judging.assignment.engine.rest import Rest
from judging.assignment.engine.together import Costs, Slack, least_slack


class Cause(StrEnum):
    """What makes a problem impossible."""

    ROOM = "room"  # entries want more than the judges they may have can take
    NEED = "need"  # too few judges of a kind that each entry must have
    FAMILY = "family"  # too few judges with different labels
    TOGETHER = "together"  # each rule alone could be kept, all together cannot
    MINIMUM = "minimum"  # judges must have more than their entries can give


@dataclass(frozen=True, slots=True, eq=False)
class Clash:
    """Entries and judges that cannot be brought together.

    Attributes
    ----------
    cause
        What is short.
    rules
        Names of the panel rules it comes from.
    entries, judges : int64
        Positions of those who clash.
    wanted, room
        Places wanted by the entries (of the kind needed, under a need), and how many there are for them. For least
        loads: the places that the judges must have, and how many their entries can give.
    """

    cause: Cause
    rules: tuple[str, ...]
    entries: Ints
    judges: Ints
    wanted: int
    room: int

    @property
    def short(self) -> int:
        """Return how many places are missing."""
        return self.wanted - self.room


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What was found of a problem.

    Attributes
    ----------
    clash
        The clash that is understood best, or None where the problem has an answer.
    parts
        The same clash as groups of entries that share no judge, the largest shortage first.
    without
        Of each panel rule: whether the problem has an answer without it.
    certain
        False where rules cross and the problem is too large for an integer program: then no flow can keep all of them
        at once, and that none falls short proves nothing.
    cut
        The cut behind the clash.
    """

    clash: Clash | None
    parts: tuple[Clash, ...] = ()
    without: Mapping[str, bool] = field(default_factory=dict)
    certain: bool = True
    cut: Cut | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Matter:
    """A problem laid out for flows."""

    rest: Remainder
    levels: tuple[Level, ...]
    nest: tuple[Level, ...]
    crossing: tuple[Level, ...]
    pairs: tuple[Ints, Ints]

    @property
    def whole(self) -> bool:
        """Tell whether the pairs to begin with are all there are."""
        return len(self.pairs[0]) == np.count_nonzero(self.rest.free)


def lay_out(instance: Instance, pairs: tuple[Ints, Ints] | None = None) -> Matter:
    """Return a problem laid out for flows, beginning with some pairs."""
    rest = Rest(instance)
    left = remainder_of(instance, rest)
    levels = levels_of(instance, rest)
    nest, crossing = largest_nest(levels)
    return Matter(left, levels, nest, crossing, some_pairs(left.free) if pairs is None else pairs)


def find_clash(instance: Instance) -> Finding:
    """Say whether and why a problem has no answer.

    Parameters
    ----------
    instance
        The problem.

    Returns
    -------
    Finding
        With the clash that is easiest to understand: too little room, then too few of a kind, then one rule, then all
        rules together, then least loads.
    """
    matter = lay_out(instance)
    found = first_short(matter)
    if found is None:
        return look_across(matter)
    clash, cut = found
    without = {} if clash.cause in (Cause.ROOM, Cause.MINIMUM) else _without(matter)
    return Finding(clash, _parts(matter, clash, cut), without, True, cut)


def look_across(matter: Matter) -> Finding:
    """Say whether rules that cross can all be kept, after every nest of them can."""
    if not matter.crossing:
        return Finding(None)
    slack = _slack_across(matter)
    if slack is None or slack.nothing:
        return Finding(None, certain=slack is not None)
    entries = (slack.fewer > 0) | slack.waived.any(axis=0)
    judges = (slack.places > 0) | (slack.lower > 0)
    entries |= matter.rest.free[:, judges].any(axis=1) & ~entries.any()
    judges |= np.asarray(matter.rest.free[entries].any(axis=0))
    named = np.nonzero(entries)[0]
    wanted = int(matter.rest.wanted[named].sum())
    rules = tuple(level.name for level in matter.levels)
    clash = Clash(Cause.TOGETHER, rules, named, np.nonzero(judges)[0], wanted, wanted - round(slack.cost))
    return Finding(clash, (clash,), _without(matter))


def _slack_across(matter: Matter) -> Slack | None:
    """Return the fewest changes that rules which cross would need; None where that cannot be said for certain."""
    freely = Costs(places=1.0, fewer=1.0, lower=1.0, waive=(1.0,) * len(matter.levels))
    slack = least_slack(matter.rest, matter.levels, matter.pairs, freely)
    sure = slack is not None and (slack.nothing or (slack.proved and matter.whole))
    return slack if sure else None


def has_answer(instance: Instance, pairs: tuple[Ints, Ints] | None = None) -> bool:
    """Tell whether loads and all rules can be kept, as far as :func:`find_clash` can be certain."""
    return _keeps(lay_out(instance, pairs))


def _keeps(matter: Matter) -> bool:
    short = any(
        widest(matter.rest, nest, of_judges=of_judges, pairs=matter.pairs).short
        for nest in (matter.nest, *((level,) for level in matter.crossing))
        for of_judges in (False, True)
        if not of_judges or matter.rest.least.any()
    )
    if short or not matter.crossing:
        return not short
    slack = _slack_across(matter)
    return slack is None or slack.nothing


def _without(matter: Matter) -> dict[str, bool]:
    """Say of each rule whether all else could be kept without it."""
    answer = {}
    for level in matter.levels:
        others = tuple(other for other in matter.levels if other is not level)
        nest, crossing = largest_nest(others)
        answer[level.name] = _keeps(replace(matter, levels=others, nest=nest, crossing=crossing))
    return answer


def first_short(matter: Matter) -> tuple[Clash, Cut] | None:
    """Return the first check that fails, from the simplest to the most involved."""
    rest, pairs = matter.rest, matter.pairs
    plain = widest(rest, pairs=pairs)
    if plain.short:
        return _clash(rest, Cause.ROOM, (), plain), plain
    for level in matter.levels:
        found = _needed(rest, level) if level.need else None
        if found is not None:
            return found
    nests = (matter.nest, *((level,) for level in matter.crossing))
    for nest in nests:
        whole = widest(rest, nest, pairs=pairs) if nest else plain
        if whole.short:
            return _simplest(matter, nest, whole)
    for nest in nests if rest.least.any() else ():
        cut = widest(rest, nest, of_judges=True, pairs=pairs)
        if cut.short:
            return _of_minimum(matter, cut, nest), cut
    return None


def _simplest(matter: Matter, nest: Sequence[Level], whole: Cut) -> tuple[Clash, Cut]:
    """Blame one rule where one suffices, else all rules of the nest."""
    for level in nest:
        cut = whole if len(nest) == 1 else widest(matter.rest, (level,), pairs=matter.pairs)
        if cut.short:
            return _clash(matter.rest, Cause.NEED if level.need else Cause.FAMILY, (level.name,), cut), cut
    return _clash(matter.rest, Cause.TOGETHER, tuple(level.name for level in nest), whole), whole


def _needed(rest: Remainder, level: Level) -> tuple[Clash, Cut] | None:
    """Look only at the judges of a kind, and at the places that entries must give to them."""
    members = np.nonzero(level.label < 0)[0]
    lack = lacking(level, rest.wanted)
    only = Remainder(np.ascontiguousarray(rest.free[:, members]), lack, rest.least[members], rest.most[members])
    cut = widest(only)
    if not cut.short:
        return None
    clash = _clash(only, Cause.NEED, (level.name,), cut)
    m = rest.free.shape[1]
    judges = np.zeros(m, dtype=bool)
    judges[members] = cut.judges
    wide = replace(cut, column=members[cut.column], judges=judges)
    named = Clash(clash.cause, clash.rules, clash.entries, members[clash.judges], clash.wanted, clash.room)
    return named, wide


def _clash(rest: Remainder, cause: Cause, rules: tuple[str, ...], cut: Cut) -> Clash:
    judges = cut.judges.copy()
    judges[cut.column[cut.across]] = True
    if not judges.any():  # every way out ends at a rule
        judges = np.asarray(rest.free[cut.entries].any(axis=0))
    entries = np.nonzero(cut.entries)[0]
    wanted, room = int(cut.demand[entries].sum()), int(cut.given[entries].sum())
    return Clash(cause, rules, entries, np.nonzero(judges)[0], wanted, room)


def _of_minimum(matter: Matter, cut: Cut, nest: Sequence[Level]) -> Clash:
    entries = cut.entries.copy()
    entries[cut.row[cut.across]] = True
    judges = np.nonzero(cut.judges & (matter.rest.least > 0))[0]
    wanted, room = int(matter.rest.least[judges].sum()), int(cut.given[judges].sum())
    names = tuple(level.name for level in nest)
    return Clash(Cause.MINIMUM, names, np.nonzero(entries)[0], judges, wanted, room)


def _parts(matter: Matter, clash: Clash, cut: Cut) -> tuple[Clash, ...]:
    """Split a clash into groups of entries and judges between which no free pair leads."""
    part = _connected(matter.rest.free, clash, cut)
    of_judges = clash.cause is Cause.MINIMUM
    if int(part.max(initial=0)) == 0:
        return (clash,)
    found = []
    for number in range(int(part.max()) + 1):
        entries = clash.entries[part[: len(clash.entries)] == number]
        judges = clash.judges[part[len(clash.entries) :] == number]
        who = judges if of_judges else entries
        wanted, room = int(cut.demand[who].sum()), int(cut.given[who].sum())
        if wanted > room:
            found.append(Clash(clash.cause, clash.rules, entries, judges, wanted, room))
    return tuple(sorted(found, key=lambda c: (-c.short, *c.entries[:1])))


def _connected(free: Marks, clash: Clash, cut: Cut) -> Ints:
    """Return the part of each entry and then of each judge of a clash, by the pairs looked at or else by all."""
    n, m = free.shape
    a, b = len(clash.entries), len(clash.judges)
    place = np.full(n + m, -1, dtype=np.int64)
    place[clash.entries], place[n + clash.judges] = np.arange(a), a + np.arange(b)
    i, j = place[cut.row], place[n + cut.column]
    inside = (i >= 0) & (j >= 0)
    graph = coo_array((np.ones(int(inside.sum()), dtype=np.int8), (i[inside], j[inside])), shape=(a + b, a + b))
    count, part = connected_components(graph, directed=False)
    if count > 1:
        rows, columns = np.nonzero(free[np.ix_(clash.entries, clash.judges)])
        graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, a + columns)), shape=(a + b, a + b))
        _, part = connected_components(graph, directed=False)
    parts: Ints = part.astype(np.int64)
    return parts
