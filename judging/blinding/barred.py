"""Who must not judge what, told in judges and candidates: this is how conflicts reach assignment without names."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from judging.blinding.identity import Identity
from judging.blinding.identity_queries import candidate_ids_of
from judging.conflicts import queries as conflicts
from judging.entries.models import Entry


def barred_pairs(session: Session, edition_id: UUID, round_id: UUID) -> set[tuple[UUID, UUID]]:
    """Return the pairs (judge, candidate) that must not meet in a round."""
    candidates = candidate_ids_of(session, round_id)
    pairs = conflicts.barred(session, edition_id)
    return {(judge_id, candidates[entry_id]) for judge_id, entry_id in pairs if entry_id in candidates}


def barred_mask(
    session: Session, edition_id: UUID, round_id: UUID, candidate_ids: Sequence[UUID], judge_ids: Sequence[UUID]
) -> NDArray[np.bool_]:
    """Return which of these candidates (rows) and judges (columns) must not meet: the same as the pairs, as a matrix.

    What bars a judge from a unit is marked once per unit and then copied to its candidates, so that 5,000 candidates and
    1,500 judges need no list of the hundreds of thousands of pairs between them.
    """
    query = sa.select(Identity.candidate_id, Identity.entry_id, Entry.unit_id).join(
        Entry, Entry.id == Identity.entry_id
    )
    known = {row[0]: (row[1], row[2]) for row in session.execute(query.where(Identity.round_id == round_id))}
    column = {judge_id: j for j, judge_id in enumerate(judge_ids)}
    row_of_entry = {known[one][0]: i for i, one in enumerate(candidate_ids) if one in known}
    unit = {unit_id: number for number, unit_id in enumerate({unit_id for _entry_id, unit_id in known.values()})}
    unit_of_row = np.array(
        [unit[known[one][1]] if one in known else len(unit) for one in candidate_ids], dtype=np.int64
    )
    by_entry, by_unit = conflicts.barring_rows(session, edition_id)
    of_units = np.zeros((len(unit) + 1, len(judge_ids)), dtype=bool)
    _mark(of_units, [(unit[one], column[judge]) for judge, one in by_unit if one in unit and judge in column])
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
