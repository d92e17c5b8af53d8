"""Finds conflicts in what is known of judges and entries: a pure function over both lists."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from judging.conflicts.models import ConflictBasis
from judging.conflicts.rules import same_unit
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
    """
    known = list(entries)
    units = {entry.unit.id: entry.unit for entry in known}
    found: set[Detected] = set()
    for judge in judges:
        found |= {
            Detected(judge.id, unit.id, None, basis)
            for unit in units.values()
            for basis in _bases(judge, unit, recusals, by_region)
        }
        found |= {
            Detected(judge.id, None, entry.id, ConflictBasis.RECOMMENDING_UNIT)
            for entry in known
            if entry.recommending_unit is not None and same_unit(judge.unit_name, entry.recommending_unit.name)
        }
    return found | _by_account(units, known, spoken_for)


def _by_account(
    units: Collection[UUID], entries: Iterable[Entry], spoken_for: Collection[tuple[UUID, UUID]]
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


def _bases(judge: Judge, unit: Unit, recusals: set[tuple[UUID, UUID]], by_region: bool) -> Iterator[ConflictBasis]:
    if judge.unit_id == unit.id or same_unit(judge.unit_name, unit.name):
        yield ConflictBasis.SAME_UNIT
    if (judge.id, unit.id) in recusals:
        yield ConflictBasis.RECUSAL_UNIT
    if by_region and judge.region and not judge.region.endswith("0000") and judge.region == unit.region:
        yield ConflictBasis.REGION
