"""Questions about invitations to seats."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from judging.assignment.models import InvitationStatus, Panel, Preference, Seat, SeatInvitation
from judging.blinding.models import Candidate, CandidateStatus
from judging.blinding.recusing import declarations_of
from judging.editions.models import Edition, Round, Track
from judging.foundation.errors import NotFound
from judging.judges.models import Judge


def of_judge(session: Session, edition: Edition, judge_id: UUID) -> list[SeatInvitation]:
    """Return a judge's own invitations of the running rounds, the newest first."""
    running = [round_.id for track in edition.tracks if (round_ := track.round(edition.round_number))]
    query = sa.select(SeatInvitation).where(SeatInvitation.judge_id == judge_id, SeatInvitation.round_id.in_(running))
    return list(session.scalars(query.order_by(SeatInvitation.invited_at.desc(), SeatInvitation.id)))


def unanswered(session: Session, edition: Edition, judge_id: UUID) -> int:
    """Return how many invitations of a judge wait for an answer, in one statement."""
    open_ = sa.and_(
        SeatInvitation.judge_id == judge_id,
        SeatInvitation.status == InvitationStatus.INVITED,
        SeatInvitation.seat_id.is_not(None),
        Round.number == edition.round_number,
        Track.edition_id == edition.id,
    )
    query = sa.select(sa.func.count(SeatInvitation.id)).join(Round, Round.id == SeatInvitation.round_id)
    return session.scalar(query.join(Track, Track.id == Round.track_id).where(open_)) or 0


def own(session: Session, edition: Edition, invitation_id: UUID, judge_id: UUID) -> SeatInvitation:
    """Return a judge's own invitation of this edition; another's does not exist."""
    query = _full(edition).where(SeatInvitation.id == invitation_id, SeatInvitation.judge_id == judge_id)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def in_round(session: Session, edition: Edition, round_id: UUID, invitation_id: UUID) -> SeatInvitation:
    """Return an invitation of the round."""
    query = _full(edition).where(SeatInvitation.id == invitation_id, SeatInvitation.round_id == round_id)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def _full(edition: Edition) -> sa.Select[SeatInvitation]:
    return (
        sa.select(SeatInvitation)
        .join(Round, Round.id == SeatInvitation.round_id)
        .join(Track, Track.id == Round.track_id)
        .where(Track.edition_id == edition.id)
        .options(joinedload(SeatInvitation.judge), selectinload(SeatInvitation.preferences))
        .execution_options(populate_existing=True)
    )


def of_round(session: Session, round_id: UUID) -> list[SeatInvitation]:
    """Return the invitations of a round with their judges, by name."""
    query = sa.select(SeatInvitation).join(SeatInvitation.judge).where(SeatInvitation.round_id == round_id)
    return list(session.scalars(query.options(joinedload(SeatInvitation.judge)).order_by(Judge.name, Judge.code)))


def uninvited(session: Session, round_id: UUID) -> list[Seat]:
    """Return the seats whose judges have not been asked, with judge and panel."""
    asked = sa.exists().where(SeatInvitation.seat_id == Seat.id)
    query = sa.select(Seat).join(Seat.panel).join(Seat.judge).where(Panel.round_id == round_id, ~asked)
    return list(session.scalars(query.options(joinedload(Seat.judge), joinedload(Seat.panel)).order_by(Judge.code)))


def entries_in(session: Session, round_id: UUID) -> int:
    """Return how many candidates a round has, cleared or not."""
    taking_part = sa.and_(Candidate.round_id == round_id, Candidate.status != CandidateStatus.REMOVED)
    return session.scalar(sa.select(sa.func.count(Candidate.id)).where(taking_part)) or 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the organizer's overview."""

    invitation: SeatInvitation
    declared: int
    wishes: int

    @property
    def withdrawn(self) -> bool:
        """Say whether the secretariat has taken the seat away."""
        return self.invitation.seat_id is None and self.invitation.status is not InvitationStatus.DECLINED


def answers(session: Session, edition: Edition, round_id: UUID) -> list[Answer]:
    """Return what all invited judges have said, in as many statements as for one."""
    declared = declarations_of(session, edition.id, round_id)
    query = sa.select(Preference.invitation_id, sa.func.count()).join(
        SeatInvitation, SeatInvitation.id == Preference.invitation_id
    )
    rows = session.execute(query.where(SeatInvitation.round_id == round_id).group_by(Preference.invitation_id))
    wishes: dict[UUID, int] = {row[0]: row[1] for row in rows}
    return [
        Answer(invitation, declared.get(invitation.judge_id, 0), wishes.get(invitation.id, 0))
        for invitation in of_round(session, round_id)
    ]


def counts(lines: Sequence[Answer]) -> dict[str, int]:
    """Return how many have said what."""
    standing = [line.invitation for line in lines if not line.withdrawn]
    return {status.value: sum(one.status is status for one in standing) for status in InvitationStatus}


def waiting(session: Session, round_id: UUID) -> int:
    """Return how many invited judges with a seat have not answered."""
    unanswered = sa.and_(
        SeatInvitation.round_id == round_id,
        SeatInvitation.status == InvitationStatus.INVITED,
        SeatInvitation.seat_id.is_not(None),
    )
    return session.scalar(sa.select(sa.func.count(SeatInvitation.id)).where(unanswered)) or 0
