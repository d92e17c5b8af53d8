"""Finds conflicts in what is known of judges and entries: a pure function over both lists."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from judging.conflicts.masks import Side, pairs_of, tied
from judging.conflicts.models import ConflictBasis
from judging.entries.models import Entry
from judging.judges.models import Judge
from judging.units.models import Unit


@dataclass(frozen=True, slots=True)
class Detected:
    """A conflict with a unit or with an entry (exactly one of them)."""

    judge_id: UUID
    unit_id: UUID | None
    entry_id: UUID | None
    basis: ConflictBasis


def detect(
    judges: Iterable[Judge],
    entries: Iterable[Entry],
    recusals: set[tuple[UUID, UUID]],
    *,
    by_region: bool,
    spoken_for: Collection[tuple[UUID, UUID]] = (),
    groups: Iterable[tuple[UUID, str]] = (),
) -> set[Detected]:
    """Return every conflict that the data shows.

    Parameters
    ----------
    recusals
        Pairs (judge, unit) of the judges' own lists.
    by_region
        Whether judges keep away from their own city.
    spoken_for
        Pairs (judge, unit or recommending unit) where the judge's own account speaks for it.
    groups
        Pairs (unit, its group of companies) of the units where judges work.
    """
    people, known, group_of = list(judges), list(entries), dict(groups)
    units = list({entry.unit.id: entry.unit for entry in known}.values())
    works_at = [
        Side(j.unit_name, group_of.get(j.unit_id, "") if j.unit_id else "", j.region, j.unit_id) for j in people
    ]
    rows = [Side(unit.name, unit.parent_group, unit.region, unit.id) for unit in units]
    found = {
        Detected(people[j].id, units[i].id, None, basis)
        for basis, marks in tied(rows, works_at, by_region=by_region).items()
        for i, j in pairs_of(marks)
    }
    ids, unit_ids = {judge.id for judge in people}, {unit.id for unit in units}
    kept_away = {(judge, unit) for judge, unit in recusals if judge in ids and unit in unit_ids}
    found |= {Detected(judge, unit, None, ConflictBasis.RECUSAL_UNIT) for judge, unit in kept_away}
    found |= _by_recommending_unit(people, works_at, known)
    return found | _by_account({unit.id: unit for unit in units}, known, spoken_for)


def _by_recommending_unit(people: list[Judge], works_at: list[Side], entries: list[Entry]) -> set[Detected]:
    """Return who works where entries were gathered."""
    names = sorted({entry.recommending_unit.name for entry in entries if entry.recommending_unit is not None})
    plain = [Side(side.name) for side in works_at]
    marks = tied([Side(name) for name in names], plain, by_region=False)[ConflictBasis.SAME_UNIT]
    judges: dict[str, list[UUID]] = {}
    for i, j in pairs_of(marks):
        judges.setdefault(names[i], []).append(people[j].id)
    return {
        Detected(judge, None, entry.id, ConflictBasis.RECOMMENDING_UNIT)
        for entry in entries
        if entry.recommending_unit is not None
        for judge in judges.get(entry.recommending_unit.name, ())
    }


def _by_account(
    units: Mapping[UUID, Unit], entries: Iterable[Entry], spoken_for: Collection[tuple[UUID, UUID]]
) -> set[Detected]:
    """Return what a judge's own account puts forward."""
    of_units = {Detected(judge, side, None, ConflictBasis.ACCOUNT) for judge, side in spoken_for if side in units}
    judges: dict[UUID | None, set[UUID]] = {}
    for judge, side in spoken_for:
        judges.setdefault(side, set()).add(judge)
    return of_units | {
        Detected(judge, None, entry.id, ConflictBasis.ACCOUNT)
        for entry in entries
        for judge in judges.get(entry.recommending_unit_id, ())
    }
