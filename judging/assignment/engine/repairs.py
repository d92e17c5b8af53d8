"""What would make an impossible problem possible: the fewest changes of each kind, found by an elastic flow.

Arcs that stand for a change (one place more for a judge, one judge fewer for an entry, a rule waived for an entry) cost
something; all other arcs are free. Each alternative allows one kind of change and, where that alone does not help, one
judge fewer for single entries. To lift a conflict of interest is never proposed.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from judging.assignment.engine.changes import WEIGHT, Kind, Repair
from judging.assignment.engine.cut import Cut, widest
from judging.assignment.engine.diagnosis import (
    Cause,
    Clash,
    Finding,
    Matter,
    find_clash,
    has_answer,
    lay_out,
    look_across,
)
from judging.assignment.engine.direct import places_for, unmet
from judging.assignment.engine.elastic import filled, served
from judging.assignment.engine.instance import Instance, Ints, pairs_of
from judging.assignment.engine.nest import Level, lacking, largest_nest
from judging.assignment.engine.together import Costs, least_slack

__all__ = ["Kind", "Repair", "repairs_of"]

NEARLY = 0.05  # how far an integer program's changes may be from the fewest


def repairs_of(instance: Instance, finding: Finding | None = None) -> tuple[Repair, ...]:
    """Return alternative repairs, the cheapest first; none when the problem has an answer.

    Parameters
    ----------
    instance
        The problem.
    finding
        What :func:`find_clash` found of it, if that is known.

    Returns
    -------
    tuple of Repair
        Each makes the problem possible, by flows over every nest of rules.
    """
    finding = find_clash(instance) if finding is None else finding
    clash, cut = finding.clash, finding.cut
    if clash is None:
        return ()
    matter = lay_out(instance)
    if cut is None:
        sound = [_completed(instance, matter, repair, clash) for repair in _of_crossing(matter)]
        return _distinct([repair for repair in sound if repair is not None])
    rules = [level for level in matter.levels if clash.cause is Cause.TOGETHER or level.name in clash.rules]
    if clash.cause is Cause.MINIMUM:
        kinds: list[tuple[Kind, Level | None]] = [(Kind.LOWER, None), (Kind.FURTHER, None)]
    else:
        kinds = [(Kind.PLACES, None), *((Kind.WAIVE, level) for level in rules)]
        kinds += [(Kind.FEWER, None)] if clash.cause is not Cause.NEED else []
    elastic = _Elastic(instance, matter, clash, cut)
    sound = [_read_off(instance, matter, clash, cut, *kind) or elastic.of(*kind) for kind in kinds]
    if clash.cause is not Cause.MINIMUM and all(repair is None or repair.fewer.any() for repair in sound):
        sound.append(elastic.of(Kind.MIXED, None))
    if matter.crossing and not any(sound):  # what flows propose does not keep all rules
        sound = [_completed(instance, matter, repair, clash) for repair in _of_crossing(matter)]
    return _distinct([repair for repair in sound if repair is not None])


def _read_off(
    instance: Instance, matter: Matter, clash: Clash, cut: Cut, kind: Kind, level: Level | None
) -> Repair | None:
    """Return the repair that the cut itself shows, if it shows one and that suffices."""
    n, m = matter.rest.free.shape
    lack = unmet(cut)
    needed = next((level for level in matter.levels if level.need and level.name in clash.rules), None)
    alone = clash.cause is Cause.ROOM or (
        needed is not None and len(cut.demand) == n and _is_of_need(matter, cut, needed)
    )
    places: Ints | None = np.zeros(m, dtype=np.int64)
    lower, fewer = np.zeros(m, dtype=np.int64), np.zeros(n, dtype=np.int64)
    waived = np.zeros((len(matter.levels), n), dtype=bool)
    if kind is Kind.PLACES and alone:
        able = np.ones(m, dtype=bool) if needed is None else needed.label < 0
        places = places_for(matter.rest, cut, able)
    elif kind is Kind.WAIVE and alone and level is not None and level is needed:
        waived[matter.levels.index(level)] = lack > 0
    elif kind is Kind.FEWER and alone and needed is None and lack.max() == 1:
        fewer = lack
    elif kind is Kind.LOWER and lack.max() == 1:
        lower = lack
    else:
        return None
    if places is None:
        return None
    name = "" if level is None else level.name
    repair = Repair(kind, name, places, lower, fewer, np.zeros(n, dtype=np.int64), waived)
    return _completed(instance, matter, repair, clash, patient=False)


def _is_of_need(matter: Matter, cut: Cut, level: Level) -> bool:
    """Tell whether a cut is that of the places for a needed kind."""
    return np.array_equal(cut.demand, lacking(level, matter.rest.wanted)) and bool((level.label[cut.column] < 0).all())


class _Elastic:
    """Repairs by elastic flows over all rules that nest; the pairs they need are found once."""

    def __init__(self, instance: Instance, matter: Matter, clash: Clash, cut: Cut) -> None:
        self._instance, self._matter, self._clash, self._cut = instance, matter, clash, cut
        self._wide: Matter | None = None

    def of(self, kind: Kind, level: Level | None) -> Repair | None:
        """Return the repair of a kind, or None where none helps."""
        if self._clash.cause is Cause.ROOM and kind is not Kind.MIXED:
            repair = served(self._inside(), kind, level)
            found = _completed(self._instance, self._matter, repair, self._clash, patient=False)
            if found is not None:
                return found
        least = self._clash.cause is Cause.MINIMUM
        repair = filled(self._matter, kind) if least else served(self._widened(), kind, level)
        return _completed(self._instance, self._wide or self._matter, repair, self._clash)

    def _inside(self) -> Matter:
        """Return the entries of the clash alone: what is missing is missing among them."""
        matter, cut = self._matter, self._cut
        here = cut.entries[cut.row]
        rest = replace(matter.rest, wanted=np.where(cut.entries, matter.rest.wanted, 0))
        return replace(matter, rest=rest, nest=(), pairs=(cut.row[here], cut.column[here]))

    def _widened(self) -> Matter:
        if self._wide is None:
            matter = _led_by(self._matter, self._clash.rules)
            more, cut = widest(matter.rest, matter.nest, pairs=matter.pairs), self._cut
            joined = pairs_of(np.concatenate([more.row, cut.row]), np.concatenate([more.column, cut.column]))
            self._wide = replace(matter, pairs=(joined.row, joined.column))
        return self._wide


def _of_crossing(matter: Matter) -> list[Repair]:
    """Return repairs for rules that cross, of each kind alone where that helps, and of all kinds together."""
    n = matter.rest.free.shape[0]
    least = 1.0 * WEIGHT[Kind.LOWER]
    none: tuple[float | None, ...] = (None,) * len(matter.levels)
    weights = (2.0,) * len(matter.levels)
    tries = [(Kind.PLACES, "", Costs(places=1.0, lower=least, waive=none))]
    for number, level in enumerate(matter.levels):
        only = tuple(2.0 if number == k else None for k in range(len(none)))
        tries.append((Kind.WAIVE, level.name, Costs(lower=least, waive=only)))
    tries.append((Kind.FEWER, "", Costs(fewer=3.0, lower=least, waive=none)))
    tries.append((Kind.MIXED, "", Costs(places=1.0, fewer=3.0, lower=least, waive=weights)))
    found: list[Repair] = []
    for kind, rule, costs in tries:
        if kind is Kind.MIXED and found:
            continue
        slack = least_slack(matter.rest, matter.levels, matter.pairs, costs, gap=NEARLY)
        if slack is not None:
            nothing = np.zeros(n, dtype=np.int64)
            found.append(Repair(kind, rule, slack.places, slack.lower, slack.fewer, nothing, slack.waived))
    return found


def _led_by(matter: Matter, rules: Sequence[str]) -> Matter:
    """Return the matter with a nest that holds the rules that clash."""
    first = [level for level in matter.levels if level.name in rules]
    nest, crossing = largest_nest([*first, *(level for level in matter.levels if level not in first)])
    return replace(matter, nest=nest, crossing=crossing)


def _completed(
    instance: Instance, matter: Matter, repair: Repair, clash: Clash, *, patient: bool = True
) -> Repair | None:
    """Lower least loads too, if patient, where the change leaves too few places for them; refuse what does not help."""
    changed = repair.apply(instance)
    if not has_answer(changed, matter.pairs):
        if not patient:
            return None
        left = lay_out(changed, matter.pairs)
        if repair.kind is Kind.FURTHER or not left.rest.least.any():
            return None
        repair = replace(repair, lower=repair.lower + filled(left, Kind.LOWER).lower)
        if not has_answer(repair.apply(instance), matter.pairs):
            return None
    used = repair.used
    if repair.kind not in used:  # what was asked for does not help, what comes beside it does
        repair = replace(repair, kind=next(iter(used)) if len(used) == 1 else Kind.MIXED, rule="")
    short = clash.short
    if repair.kind is Kind.WAIVE:  # an entry without the rule gains at most the places that it wants
        wanted = matter.rest.wanted
        if clash.cause is Cause.NEED and repair.rule:
            level = next(level for level in matter.levels if level.name == repair.rule)
            wanted = lacking(level, wanted)
        gains = np.cumsum(np.sort(wanted)[::-1])
        short = int(np.searchsorted(gains, short)) + 1
    certain = not matter.crossing or look_across(lay_out(repair.apply(instance), matter.pairs)).certain
    return replace(repair, bound=short, certain=certain)


def _distinct(repairs: Sequence[Repair]) -> tuple[Repair, ...]:
    seen: dict[bytes, Repair] = {}
    for repair in sorted(repairs, key=lambda repair: repair.weight):
        parts = (repair.places, repair.lower, repair.fewer, repair.further, repair.waived)
        if repair.changes:
            seen.setdefault(b"".join(part.tobytes() for part in parts), repair)
    return tuple(seen.values())
