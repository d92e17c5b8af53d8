"""Why there is no plan, by code: who clashes, by how many places, and what would help."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from judging.assignment.engine import diagnosis as engine
from judging.assignment.engine.diagnosis import Clash
from judging.assignment.engine.instance import Instance
from judging.assignment.engine.repairs import Repair as Change
from judging.assignment.engine.repairs import repairs_of
from judging.assignment.problem import Cause, Diagnosis, Problem, Repair, RepairKind

CAUSES = {
    engine.Cause.ROOM: Cause.ROOM,
    engine.Cause.NEED: Cause.NEED,
    engine.Cause.FAMILY: Cause.FAMILY,
    engine.Cause.TOGETHER: Cause.RULES,
    engine.Cause.MINIMUM: Cause.MINIMUM,
}


def without_judges(problem: Problem) -> Diagnosis:
    """Say that nobody has a seat."""
    codes = tuple(demand.code for demand in problem.demands)
    return Diagnosis(Cause.FEW_JUDGES, codes, (), sum(demand.wanted for demand in problem.demands), 0)


def diagnose(problem: Problem, instance: Instance, *, ways: bool = True) -> Diagnosis:
    """Return the clash that a person can understand best, with the ways out, the cheapest first."""
    finding = engine.find_clash(instance)
    found = tuple(_lines(problem, instance, change) for change in repairs_of(instance, finding)) if ways else ()
    clash = finding.clash
    if clash is None:
        return Diagnosis(Cause.RULES, tuple(demand.code for demand in problem.demands), (), 0, 0, ways=found)
    if _lonely(instance, clash):
        return Diagnosis(
            Cause.FEW_JUDGES, _codes(problem.demands, clash.entries), (), clash.wanted, clash.room, ways=found
        )
    return Diagnosis(
        CAUSES[clash.cause],
        _codes(problem.demands, clash.entries),
        _codes(problem.places, clash.judges),
        clash.wanted,
        clash.room,
        found,
        clash.rules,
    )


def unless_unknown(found: Diagnosis, short: int) -> Diagnosis:
    """Return a diagnosis that names a clash; one that names none says that it is not known whether there is a plan."""
    named = found.cause is not Cause.RULES or found.wanted > found.room
    return found if named else replace(found, cause=Cause.UNKNOWN, wanted=short, room=0)


def _lonely(instance: Instance, clash: Clash) -> bool:
    """Say whether each of these candidates alone has fewer possible judges than it wants."""
    if clash.cause is not engine.Cause.ROOM:
        return False
    possible = (instance.allowed[clash.entries] & (instance.most > 0)).sum(axis=1)
    return bool((possible < instance.wanted[clash.entries]).all())


def _codes(rows: Sequence[object], chosen: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[str, ...]:
    return tuple(str(getattr(rows[int(i)], "code", "")) for i in chosen)


def _lines(problem: Problem, instance: Instance, change: Change) -> tuple[Repair, ...]:
    judges, entries = problem.places, problem.demands
    rules = [family.name for family in instance.families] + [need.name for need in instance.needs]
    return (
        *(Repair(RepairKind.MORE, judges[j].code, int(change.places[j])) for j in np.nonzero(change.places)[0]),
        *(Repair(RepairKind.LOWER, judges[j].code, int(change.lower[j])) for j in np.nonzero(change.lower)[0]),
        *(Repair(RepairKind.FEWER, entries[i].code, int(change.fewer[i])) for i in np.nonzero(change.fewer)[0]),
        *(Repair(RepairKind.FURTHER, entries[i].code, int(change.further[i])) for i in np.nonzero(change.further)[0]),
        *(
            Repair(RepairKind.WAIVE, entries[i].code, 1, rule)
            for number, rule in enumerate(rules)
            for i in np.nonzero(change.waived[number])[0]
        ),
    )
