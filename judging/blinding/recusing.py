"""A judge keeps away from a candidate, on its title or while judging: this is how that becomes a conflict, without names."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.blinding.identity import Identity
from judging.conflicts import queries
from judging.conflicts import service as conflicts
from judging.conflicts.models import Conflict, ConflictBasis, ConflictKind, ConflictStatus
from judging.editions.models import Edition
from judging.entries.models import Entry
from judging.foundation.audit import Actor
from judging.judges.models import Judge


def note_recusal(
    session: Session, edition: Edition, judge_id: UUID, candidate_id: UUID, *, reason: str, by: Actor, at: datetime
) -> None:
    """Record that a judge must keep away from what a candidate is, in this round and in every later one."""
    judge, entry = session.get_one(Judge, judge_id), _entry(session, candidate_id)
    if entry is not None:
        conflicts.recuse(session, edition, judge, entry, reason=reason, by=by, at=at)


def lift_recusal(
    session: Session, edition: Edition, judge_id: UUID, candidate_id: UUID, *, reason: str, by: Actor, at: datetime
) -> None:
    """Waive what a judge said when recusing, because the secretariat gives the sheet back."""
    entry = _entry(session, candidate_id)
    if entry is not None:
        conflicts.lift_recusal(session, edition, judge_id, entry, reason=reason, by=by, at=at)


def declare_on_title(
    session: Session,
    edition: Edition,
    judge: Judge,
    candidate_id: UUID,
    *,
    basis: ConflictBasis,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    """Record what a judge says on seeing nothing but a title; it bars at once."""
    entry = _entry(session, candidate_id)
    if entry is not None:
        conflicts.declare(session, edition, judge, entry=entry, basis=basis, reason=reason, by=by, at=at)


def declared_on(session: Session, edition_id: UUID, round_id: UUID, judge_id: UUID) -> dict[UUID, ConflictBasis]:
    """Return the candidates of a round from which a judge has said to keep away, and why; only the judge's own word."""
    said = sa.and_(
        Conflict.edition_id == edition_id,
        Conflict.judge_id == judge_id,
        Conflict.kind == ConflictKind.DECLARED,
        Conflict.status == ConflictStatus.STANDING,
    )
    query = sa.select(Identity.candidate_id, Conflict.basis).join(Conflict, Conflict.entry_id == Identity.entry_id)
    return {row[0]: row[1] for row in session.execute(query.where(said, Identity.round_id == round_id))}


def declarations_of(session: Session, edition_id: UUID, round_id: UUID) -> dict[UUID, int]:
    """Return how many candidates of a round each judge has said to keep away from."""
    query = (
        sa.select(Conflict.judge_id, sa.func.count(sa.distinct(Identity.candidate_id)))
        .join(Identity, Identity.entry_id == Conflict.entry_id)
        .where(Conflict.edition_id == edition_id, Conflict.kind == ConflictKind.DECLARED)
        .where(Conflict.status.in_(queries.BARRING), Identity.round_id == round_id)
        .group_by(Conflict.judge_id)
    )
    return {judge: number for judge, number in session.execute(query) if judge is not None}


def _entry(session: Session, candidate_id: UUID) -> Entry | None:
    link = sa.and_(Identity.entry_id == Entry.id, Identity.candidate_id == candidate_id)
    return session.scalar(sa.select(Entry).join(Identity, link))
