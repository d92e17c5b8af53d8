"""What would make an impossible problem possible: the fewest changes of each kind, found by an elastic flow.

Arcs that stand for a change (one place more for a judge, one judge fewer for an entry, a rule waived for an entry) cost
something; all other arcs are free. Each alternative allows one kind of change and, where that alone does not help, one
judge fewer for single entries. To lift a conflict of interest is never proposed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from judging.assignment.engine.cut import Cut, FlowFailed, widest, wire
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
from judging.assignment.engine.instance import Family, Instance, Ints, Marks, Need, pairs_of
from judging.assignment.engine.nest import Level, lacking, largest_nest
from judging.assignment.engine.together import Costs, least_slack

Rule = TypeVar("Rule", Family, Need)


class Kind(StrEnum):
    """What a repair changes."""

    PLACES = "places"  # one place more for a judge
    WAIVE = "waive"  # a panel rule does not hold for an entry
    FEWER = "fewer"  # one judge fewer for an entry
    LOWER = "lower"  # a judge's least load is lowered
    FURTHER = "further"  # one judge more for an entry
    MIXED = "mixed"  # places, waived rules and fewer judges together


WEIGHT = {Kind.PLACES: 1, Kind.LOWER: 1, Kind.WAIVE: 2, Kind.FEWER: 3, Kind.FURTHER: 3}
ENDLESS = 1 << 30
NEARLY = 0.05  # how far an integer program's changes may be from the fewest
FINE = 8  # steps of cost between one change more and a less even spread
DEAR = 64  # what a change costs that is only made when nothing else helps


@dataclass(frozen=True, slots=True, eq=False)
class Repair:
    """Changes after which the problem has an answer.

    Attributes
    ----------
    kind
        What it mainly changes.
    rule
        The rule that is waived, if one is.
    places, lower : int64 (m,)
        Places more, and least loads less, of each judge.
    fewer, further : int64 (n,)
        Judges fewer, and judges more, for each entry.
    waived : bool (rules, n)
        Entries spared each panel rule, families before needs.
    bound
        No repair of this kind can do with fewer changes.
    certain
        Whether the problem so changed surely has an answer (rules that cross leave a doubt).
    """

    kind: Kind
    rule: str
    places: Ints
    lower: Ints
    fewer: Ints
    further: Ints
    waived: Marks
    bound: int = 0
    certain: bool = True

    @property
    def changes(self) -> int:
        """Return the number of single changes."""
        return sum(self.used.values())

    @property
    def used(self) -> dict[Kind, int]:
        """Return how many changes of each kind it makes; kinds without any are left out."""
        counts = {
            Kind.PLACES: int(self.places.sum()),
            Kind.LOWER: int(self.lower.sum()),
            Kind.WAIVE: int(self.waived.sum()),
            Kind.FEWER: int(self.fewer.sum()),
            Kind.FURTHER: int(self.further.sum()),
        }
        return {kind: count for kind, count in counts.items() if count}

    @property
    def weight(self) -> int:
        """Return what the changes cost together: a place little, a waived rule more, a missing judge most."""
        return sum(WEIGHT[kind] * count for kind, count in self.used.items())

    def apply(self, instance: Instance) -> Instance:
        """Return the problem so changed."""
        n, m = instance.shape
        pins = np.bincount(instance.pinned.row, minlength=n)
        base = np.where(self.further > 0, np.maximum(instance.wanted, pins), instance.wanted)
        pins = np.bincount(instance.pinned.column, minlength=m)
        most = np.where(self.places > 0, np.maximum(instance.most, pins), instance.most)
        split = len(instance.families)
        return instance.but(
            wanted=base - self.fewer + self.further,
            least=instance.least - self.lower,
            most=most + self.places,
            families=tuple(_spare(f, w) for f, w in zip(instance.families, self.waived[:split], strict=True)),
            needs=tuple(_spare(f, w) for f, w in zip(instance.needs, self.waived[split:], strict=True)),
        )


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
            repair = _served(self._inside(), kind, level)
            found = _completed(self._instance, self._matter, repair, self._clash, patient=False)
            if found is not None:
                return found
        least = self._clash.cause is Cause.MINIMUM
        repair = _filled(self._matter, kind) if least else _served(self._widened(), kind, level)
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


def _served(matter: Matter, kind: Kind, waived: Level | None) -> Repair:
    """Let every entry be served, at the least cost in changes of a kind."""
    rest, (row, column) = matter.rest, matter.pairs
    nest = matter.nest if waived is None or waived in matter.nest else (waived,)
    n, m = rest.free.shape
    wires = wire(row, column, nest, n, m)
    entries, judges, sink = np.arange(n), n + np.arange(m), n + m + 1
    own = np.array([level is waived or waived is None for level in nest], dtype=bool)[wires.level]
    leaves = _innermost_need(nest, wires.level, wires.row, wires.head, n)
    supply = np.concatenate([rest.wanted, np.zeros(wires.size - n, dtype=np.int64)])
    kinds = {Kind.PLACES, Kind.WAIVE, Kind.FEWER} if kind is Kind.MIXED else {kind}
    for stretch in _stretches(int(rest.wanted.sum())):
        arcs = _Arcs()
        arcs.add(wires.at, n + column, 1)
        arcs.add(wires.tail, wires.head, wires.room)
        arcs.add(judges, sink, rest.most)
        if Kind.PLACES in kinds:
            arcs.evenly(Kind.PLACES, judges, sink, stretch, WEIGHT[Kind.PLACES])
        if Kind.WAIVE in kinds:
            arcs.add(wires.tail[own], wires.head[own], n + m, FINE * WEIGHT[Kind.WAIVE], name=Kind.WAIVE)
        if Kind.FEWER in kinds:
            arcs.evenly(Kind.FEWER, leaves, sink, stretch, WEIGHT[Kind.FEWER])
        if stretch == ENDLESS:
            arcs.add(entries, sink, rest.wanted, FINE * DEAR, name="last")
        flow = arcs.solve(supply, sink)
        if flow is not None:
            break
    else:
        raise FlowFailed("An elastic flow must always exist.")
    waiver = np.zeros((len(matter.levels), n), dtype=bool)
    if Kind.WAIVE in kinds:
        exceeded = flow.of(Kind.WAIVE, len(wires.row[own])) > 0
        places = np.array([matter.levels.index(level) for level in nest], dtype=np.int64)
        waiver[places[wires.level[own]][exceeded], wires.row[own][exceeded]] = True
    last, nothing = flow.of("last", n), np.zeros(m, dtype=np.int64)
    for number, level in enumerate(matter.levels):  # an entry that loses more than its others have leaves the rule
        if level.need:
            waiver[number] |= last > 0
    name = waived.name if waived is not None else ""
    fewer = flow.of(Kind.FEWER, n) + last
    return Repair(kind, name, flow.of(Kind.PLACES, m), nothing, fewer, np.zeros(n, dtype=np.int64), waiver)


def _filled(matter: Matter, kind: Kind) -> Repair:
    """Let every judge have the least load, at the least cost in changes of a kind."""
    n, m = matter.rest.free.shape
    lower, further = np.zeros(m, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for nest in (matter.nest, *((level,) for level in matter.crossing)):
        flow = _fill(matter, nest, kind)
        if flow is not None:
            lower = np.maximum(lower, flow.of(Kind.LOWER, m))
            further = np.maximum(further, flow.of(Kind.FURTHER, n))
    waiver = np.zeros((len(matter.levels), n), dtype=bool)
    return Repair(kind, "", np.zeros(m, dtype=np.int64), lower, np.zeros(n, dtype=np.int64), further, waiver)


def _fill(matter: Matter, nest: Sequence[Level], kind: Kind) -> "_Flow | None":
    rest = matter.rest
    n, m = rest.free.shape
    cut = widest(rest, nest, of_judges=True, pairs=matter.pairs)
    if not cut.short:
        return None
    wires = wire(cut.row, cut.column, nest, n, m)
    entries, judges, sink = np.arange(n), n + np.arange(m), n + m + 1
    supply = np.zeros(wires.size, dtype=np.int64)
    supply[n : n + m] = rest.least
    for stretch in _stretches(int(rest.least.sum())):
        arcs = _Arcs()
        arcs.add(n + cut.column, wires.at, 1)
        arcs.add(wires.head, wires.tail, wires.room)
        arcs.add(entries, sink, rest.wanted)
        if kind is Kind.FURTHER:
            arcs.evenly(Kind.FURTHER, entries, sink, stretch, 1)
        if kind is Kind.LOWER or stretch == ENDLESS:
            arcs.evenly(Kind.LOWER, judges, sink, stretch, 1 if kind is Kind.LOWER else DEAR)
        flow = arcs.solve(supply, sink)
        if flow is not None:
            return flow
    raise FlowFailed("An elastic flow must always exist.")


def _stretches(most: int) -> list[int]:
    """Return how much one judge or entry may have to bear: as little as helps, at last without end."""
    return [2**step for step in range(most.bit_length())] + [ENDLESS]


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
        repair = replace(repair, lower=repair.lower + _filled(left, Kind.LOWER).lower)
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


def _innermost_need(nest: Sequence[Level], level: Ints, row: Ints, node: Ints, n: int) -> Ints:
    """Return the node from which an entry may do with one judge fewer and still keep every “at least”."""
    leaves = np.arange(n)
    for number, one in enumerate(nest):
        if one.need:
            mine = level == number
            leaves[row[mine]] = node[mine]
    return leaves


def _spare(rule: Rule, waived: Marks) -> Rule:
    if not waived.any():
        return rule
    return replace(rule, spared=waived if rule.spared is None else rule.spared | waived)


class _Arcs:
    """Arcs of an elastic network, those of each kind of change under its name."""

    def __init__(self) -> None:
        self._parts: list[tuple[Ints, Ints, Ints, Ints]] = []
        self._named: dict[str, slice] = {}
        self._count = 0

    def add(self, tail: Ints, head: Ints | int, room: Ints | int, cost: int = 0, *, name: str = "") -> None:
        shape = np.shape(tail)
        part = tuple(np.broadcast_to(np.asarray(a, dtype=np.int64), shape) for a in (tail, head, room, cost))
        self._parts.append((part[0], part[1], part[2], part[3]))
        self._named[name] = slice(self._count, self._count + len(tail))
        self._count += len(tail)

    def evenly(self, name: str, tail: Ints, head: int, stretch: int, cost: int) -> None:
        """Add arcs whose second half is a little dearer."""
        self.add(tail, head, stretch - stretch // 2, FINE * cost, name=name)
        if stretch > 1:
            self.add(tail, head, stretch // 2, FINE * cost + 1, name=f"{name}, upper half")

    def solve(self, supply: Ints, sink: int) -> "_Flow | None":
        """Return the cheapest flow, or None when there is none."""
        tail, head, room, cost = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        supply = supply.copy()
        supply[sink] -= supply.sum()
        solver = SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(tail.astype(np.int32), head.astype(np.int32), room, cost)
        solver.set_nodes_supplies(np.arange(len(supply), dtype=np.int32), supply)
        status = solver.solve()
        if status == solver.INFEASIBLE:
            return None
        if status != solver.OPTIMAL:
            raise FlowFailed("The elastic flow could not be solved.")
        return _Flow(np.asarray(solver.flows(np.arange(self._count)), dtype=np.int64), self._named)


@dataclass(frozen=True, slots=True)
class _Flow:
    flow: Ints
    named: dict[str, slice]

    def of(self, name: str, size: int) -> Ints:
        """Return the flow of the arcs of a name, or zeros when there are none."""
        parts = [self.flow[self.named[key]] for key in (name, f"{name}, upper half") if key in self.named]
        total: Ints = sum(parts, np.zeros(size, dtype=np.int64))
        return total
