"""Who must not judge what, told in judges and candidates: this is how conflicts reach assignment without names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from judging.blinding.identity import Identity
from judging.conflicts import queries as conflicts
from judging.entries.models import Entry
from judging.judges.models import Judge


@dataclass(frozen=True, slots=True)
class _Known:
    """Who takes part in a round, by the database's own keys."""

    judges: Mapping[str, UUID]
    of_entry: Mapping[str, UUID]  # candidate
    of_unit: Mapping[str, list[UUID]]  # candidates

    @classmethod
    def load(cls, session: Session, round_id: UUID) -> "_Known":
        """Read the candidates of a round with entry and unit, and all judges."""
        keys = conflicts.key(Identity.entry_id), conflicts.key(Entry.unit_id)
        query = sa.select(Identity.candidate_id, *keys).join(Entry, Entry.id == Identity.entry_id)
        of_entry, of_unit = dict[str, UUID](), dict[str, list[UUID]]()
        for candidate_id, entry, unit in session.execute(query.where(Identity.round_id == round_id)):
            of_entry[entry] = candidate_id
            of_unit.setdefault(unit, []).append(candidate_id)
        judges = session.execute(sa.select(conflicts.key(Judge.id), Judge.id))
        return cls(dict(judges.all()), of_entry, of_unit)


def barred_pairs(session: Session, edition_id: UUID, round_id: UUID) -> set[tuple[UUID, UUID]]:
    """Return the pairs (judge, candidate) that must not meet in a round."""
    known = _Known.load(session, round_id)
    by_entry, by_unit = conflicts.barring_rows(session, edition_id)
    found = {(known.judges[judge], known.of_entry[entry]) for judge, entry in by_entry if entry in known.of_entry}
    found |= {(known.judges[judge], one) for judge, unit in by_unit for one in known.of_unit.get(unit, ())}
    return found


def barred_mask(
    session: Session, edition_id: UUID, round_id: UUID, candidate_ids: Sequence[UUID], judge_ids: Sequence[UUID]
) -> NDArray[np.bool_]:
    """Return which of these candidates (rows) and judges (columns) must not meet: the same as the pairs, as a matrix.

    What bars a judge from a unit is marked once per unit and then copied to its candidates, so that 5,000 candidates and
    1,500 judges need no list of the hundreds of thousands of pairs between them.
    """
    known = _Known.load(session, round_id)
    row = {candidate_id: i for i, candidate_id in enumerate(candidate_ids)}
    place = {judge_id: j for j, judge_id in enumerate(judge_ids)}
    column = {key: place[judge_id] for key, judge_id in known.judges.items() if judge_id in place}
    unit_number = {unit: number for number, unit in enumerate(known.of_unit)}
    unit_of_row = np.full(len(candidate_ids), len(unit_number), dtype=np.int64)
    for unit, candidates in known.of_unit.items():
        unit_of_row[[row[one] for one in candidates if one in row]] = unit_number[unit]
    row_of_entry = {entry: row[one] for entry, one in known.of_entry.items() if one in row}
    by_entry, by_unit = conflicts.barring_rows(session, edition_id)
    of_units = np.zeros((len(unit_number) + 1, len(judge_ids)), dtype=bool)
    _mark(of_units, [(unit_number[u], column[judge]) for judge, u in by_unit if u in unit_number and judge in column])
    mask = of_units[unit_of_row]
    _mark(mask, [(row_of_entry[e], column[judge]) for judge, e in by_entry if e in row_of_entry and judge in column])
    return mask


def _mark(mask: NDArray[np.bool_], places: list[tuple[int, int]]) -> None:
    if places:
        rows, columns = np.array(places, dtype=np.int64).T
        mask[rows, columns] = True


def is_barred(session: Session, edition_id: UUID, judge_id: UUID, candidate_id: UUID) -> bool:
    """Say whether one judge must not judge one candidate."""
    entry_id = sa.select(Identity.entry_id).where(Identity.candidate_id == candidate_id).scalar_subquery()
    return conflicts.is_barred(session, edition_id, judge_id, entry_id)
