"""Who must not judge what, told in judges and candidates: this is how conflicts reach assignment without names."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.blinding.identity import Identity
from judging.blinding.identity_queries import candidate_ids_of
from judging.conflicts import queries as conflicts


def barred_pairs(session: Session, edition_id: UUID, round_id: UUID) -> set[tuple[UUID, UUID]]:
    """Return the pairs (judge, candidate) that must not meet in a round."""
    candidates = candidate_ids_of(session, round_id)
    pairs = conflicts.barred(session, edition_id)
    return {(judge_id, candidates[entry_id]) for judge_id, entry_id in pairs if entry_id in candidates}


def is_barred(session: Session, edition_id: UUID, judge_id: UUID, candidate_id: UUID) -> bool:
    """Say whether one judge must not judge one candidate."""
    entry_id = sa.select(Identity.entry_id).where(Identity.candidate_id == candidate_id).scalar_subquery()
    return conflicts.is_barred(session, edition_id, judge_id, entry_id)
