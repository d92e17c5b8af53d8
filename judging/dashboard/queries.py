"""What the desks show: counts from every stage, and the audit trail. One query per question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role, RoleGrant
from judging.assignment.models import Assignment
from judging.ballots.models import Ballot, BallotStatus
from judging.blinding.models import Candidate, CandidateStatus
from judging.conflicts.models import Conflict, ConflictStatus
from judging.editions.models import Edition, Round, Track
from judging.entries.models import Entry, EntryStatus
from judging.foundation.audit import AuditLine
from judging.foundation.outbox import MAX_ATTEMPTS, Message
from judging.judges.models import Judge, JudgeStatus
from judging.publication.models import Certificate, Notice, NoticeStatus, Objection, ObjectionStatus
from judging.results.models import Flag, FlagStatus, ResultSheet
from judging.selection.models import AwardList, Decision, Move, MoveStatus
from judging.web.pagination import contains


@dataclass(frozen=True, slots=True)
class EditionDesk:
    """An edition with the roles a person has in it."""

    edition: Edition
    roles: tuple[Role, ...]


def desks(session: Session, grants: Sequence[RoleGrant]) -> list[EditionDesk]:
    """Return the editions in which somebody has a role, newest first."""
    everywhere = tuple(grant.role for grant in grants if grant.scope_id is None)
    scopes = {grant.scope_id for grant in grants if grant.scope_id is not None}
    query = sa.select(Edition).order_by(Edition.year.desc(), Edition.created_at.desc())
    if not everywhere:
        query = query.where(Edition.id.in_(scopes))
    found = []
    for edition in session.scalars(query):
        here = tuple(grant.role for grant in grants if grant.scope_id == edition.id)
        roles = tuple(role for role in Role if role in everywhere + here)
        found.append(EditionDesk(edition, roles))
    return found


def _count(session: Session, *where: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count()).where(*where)) or 0


def _round_ids(edition: Edition) -> list[UUID]:
    return [round_.id for track in edition.tracks for round_ in track.rounds if round_.number == edition.round_number]


@dataclass(frozen=True, slots=True)
class Counts:
    """Where an edition stands, in numbers."""

    entries: dict[EntryStatus, int]
    unchecked: int
    judges_waiting: int
    requests: int
    candidates: dict[CandidateStatus, int]
    assigned: int
    ballots: dict[BallotStatus, int]
    flags: int
    sheets: int
    confirmed: int
    lists: int
    decided: int
    unsigned: int
    objections: int
    notices: int
    certificates: int
    unsent: int

    @property
    def submitted(self) -> int:
        """Return how many ballots judges have finished."""
        return self.ballots.get(BallotStatus.SUBMITTED, 0)

    @property
    def handed_in(self) -> int:
        """Return how many entries have been submitted, whatever became of them."""
        return sum(n for status, n in self.entries.items() if status not in (EntryStatus.DRAFT, EntryStatus.WITHDRAWN))


def counts(session: Session, edition: Edition) -> Counts:
    """Count what waits and what is done, in a fixed number of queries."""
    rounds = _round_ids(edition)
    tracks = [track.id for track in edition.tracks]
    return Counts(
        entries=_grouped(session, Entry.status, Entry.edition_id == edition.id),
        unchecked=_count(session, Entry.edition_id == edition.id, Entry.status == EntryStatus.SUBMITTED),
        judges_waiting=_count(session, Judge.status == JudgeStatus.CANDIDATE),
        requests=_count(session, Conflict.edition_id == edition.id, Conflict.status == ConflictStatus.PENDING),
        candidates=_grouped(session, Candidate.status, Candidate.round_id.in_(rounds)),
        assigned=_count(session, Assignment.candidate_id == Candidate.id, Candidate.round_id.in_(rounds)),
        ballots=_grouped(session, Ballot.status, Ballot.candidate_id == Candidate.id, Candidate.round_id.in_(rounds)),
        flags=_count(
            session, Flag.sheet_id == ResultSheet.id, ResultSheet.round_id.in_(rounds), Flag.status == FlagStatus.OPEN
        ),
        sheets=len(rounds),
        confirmed=session.scalar(
            sa.select(sa.func.count(ResultSheet.round_id.distinct())).where(
                ResultSheet.round_id.in_(rounds), ResultSheet.confirmed_at.is_not(None)
            )
        )
        or 0,
        lists=_count(session, AwardList.track_id.in_(tracks)),
        decided=_count(session, AwardList.track_id.in_(tracks), AwardList.decided_at.is_not(None)),
        unsigned=_count(
            session,
            Move.status == MoveStatus.PROPOSED,
            Move.decision_id == Decision.id,
            Decision.award_list_id == AwardList.id,
            AwardList.track_id.in_(tracks),
        ),
        objections=_count(session, Objection.edition_id == edition.id, Objection.status == ObjectionStatus.RECEIVED),
        notices=_count(session, Notice.edition_id == edition.id, Notice.status == NoticeStatus.PUBLISHED),
        certificates=_count(session, Certificate.edition_id == edition.id, Certificate.revoked_at.is_(None)),
        unsent=_count(
            session, Message.scope_id == edition.id, Message.attempts >= MAX_ATTEMPTS, Message.sent_at.is_(None)
        ),
    )


def _grouped(session: Session, column: Any, *where: Any) -> dict[Any, int]:
    query = sa.select(column, sa.func.count()).where(*where).group_by(column)
    return {row[0]: row[1] for row in session.execute(query)}


def judging_by_track(session: Session, edition: Edition) -> list[tuple[str, int, int]]:
    """Return track name, submitted ballots and assignments of the running round."""
    done = sa.func.count(sa.case((Ballot.status == BallotStatus.SUBMITTED, 1)))
    query = (
        sa.select(Track.name, done, sa.func.count(Assignment.id))
        .select_from(Assignment)
        .join(Candidate, Candidate.id == Assignment.candidate_id)
        .join(Round, Round.id == Candidate.round_id)
        .join(Track, Track.id == Round.track_id)
        .outerjoin(Ballot, Ballot.assignment_id == Assignment.id)
        .where(Track.edition_id == edition.id, Round.number == edition.round_number)
        .group_by(Track.name, Track.position)
        .order_by(Track.position)
    )
    return [(name, submitted, total) for name, submitted, total in session.execute(query)]


def recent(session: Session, edition_id: UUID, since: datetime, limit: int = 12) -> list[AuditLine]:
    """Return the newest lines of the trail."""
    query = sa.select(AuditLine).where(AuditLine.scope_id == edition_id, AuditLine.at >= since)
    return list(session.scalars(query.order_by(AuditLine.at.desc()).limit(limit)))


def trail(
    edition_id: UUID, *, text: str = "", act: str = "", day_from: datetime | None, day_to: datetime | None
) -> sa.Select[Any]:
    """Return the query of an edition's trail with its filters; acts on the shared bank belong to every edition."""
    query = sa.select(AuditLine).where(sa.or_(AuditLine.scope_id == edition_id, AuditLine.scope_id.is_(None)))
    if text:
        query = query.where(contains(text, AuditLine.subject, AuditLine.by, AuditLine.reason))
    if act:
        query = query.where(AuditLine.act == act)
    if day_from:
        query = query.where(AuditLine.at >= day_from)
    if day_to:
        query = query.where(AuditLine.at < day_to)
    return query


def letters(edition_id: UUID) -> sa.Select[Any]:
    """Return the query of an edition's letters."""
    return sa.select(Message).where(Message.scope_id == edition_id)
