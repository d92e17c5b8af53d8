"""Who must not judge what, told in judges and candidates: this is how conflicts reach assignment without names."""

from uuid import UUID

from sqlalchemy.orm import Session

from judging.blinding.identity_queries import candidate_ids_of, entry_id_of
from judging.conflicts import queries as conflicts


def barred_pairs(session: Session, edition_id: UUID, round_id: UUID) -> set[tuple[UUID, UUID]]:
    """Return the pairs (judge, candidate) that must not meet in a round."""
    candidates = candidate_ids_of(session, round_id)
    pairs = conflicts.barred(session, edition_id)
    return {(judge_id, candidates[entry_id]) for judge_id, entry_id in pairs if entry_id in candidates}


def is_barred(session: Session, edition_id: UUID, judge_id: UUID, candidate_id: UUID) -> bool:
    """Say whether one judge must not judge one candidate."""
    theirs = conflicts.barred(session, edition_id, judge_id=judge_id)
    return bool(theirs) and (judge_id, entry_id_of(session, candidate_id)) in theirs
