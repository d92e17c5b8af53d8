"""A judge keeps away from a candidate while judging: this is how a recusal becomes a conflict, without names."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.blinding.identity import Identity
from judging.conflicts import service as conflicts
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


def _entry(session: Session, candidate_id: UUID) -> Entry | None:
    link = sa.and_(Identity.entry_id == Entry.id, Identity.candidate_id == candidate_id)
    return session.scalar(sa.select(Entry).join(Identity, link))
