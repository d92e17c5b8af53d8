"""Seats are offered, judges reminded, answers kept; a declined seat is freed and what it held is named."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.assignment import invitation_rules as rules
from judging.assignment import invitations, letters
from judging.assignment.invitation_rules import InvitationAct
from judging.assignment.models import Assignment, InvitationStatus, Preference, Seat, SeatInvitation, Wish
from judging.assignment.service.changes import begun_among
from judging.assignment.service.versions import advance
from judging.blinding.recusing import declare_on_title
from judging.blinding.titles import titles_of
from judging.conflicts.models import ConflictBasis
from judging.editions.models import Edition, Round, Track
from judging.editions.rules import require_round
from judging.foundation import audit
from judging.foundation.audit import Actor

PAUSE = timedelta(hours=12)  # between two letters to one judge


def invite_judges(
    session: Session,
    edition: Edition,
    round_: Round,
    *,
    answer_by: datetime | None,
    only: UUID | None = None,
    by: Actor,
    at: datetime,
) -> list[SeatInvitation]:
    """Offer every seat that has not been offered yet (or only that of one judge), by letter and on the judge's pages."""
    require_round(edition, round_, *rules.OPEN)
    seats = [seat for seat in invitations.uninvited(session, round_.id) if only in (None, seat.judge_id)]
    if not seats:
        raise rules.NobodyToInvite
    known = {invitation.judge_id: invitation for invitation in invitations.of_round(session, round_.id)}
    made = [_offer(session, round_, seat, known.get(seat.judge_id), answer_by, by, at) for seat in seats]
    session.flush()
    track = _track(edition, round_)
    for invitation in made:
        letters.invite(session, edition, track, round_, invitation, at=at)
    detail = {"judges": [seat.judge.code for seat in seats]}
    _record(session, edition, InvitationAct.INVITED, round_.id, track.name, by=by, at=at, detail=detail)
    session.flush()
    return made


def _offer(
    session: Session,
    round_: Round,
    seat: Seat,
    known: SeatInvitation | None,
    answer_by: datetime | None,
    by: Actor,
    at: datetime,
) -> SeatInvitation:
    """Make an invitation, or make a former one of the judge new: what the judge said of titles stays."""
    made = known or SeatInvitation(round_id=round_.id, judge_id=seat.judge_id, judge=seat.judge, preferences=[])
    made.seat_id, made.panel_name = seat.id, seat.panel.name
    made.status, made.reason, made.freed, made.answered_at = InvitationStatus.INVITED, "", 0, None
    made.invited_at, made.invited_by_id, made.answer_by = at, by.id, answer_by
    session.add(made)
    return made


def remind_judges(session: Session, edition: Edition, round_: Round, *, by: Actor, at: datetime) -> int:
    """Write again to those who have not answered and were not written to just now; return how many."""
    require_round(edition, round_, *rules.OPEN)
    track = _track(edition, round_)
    silent = [
        invitation
        for invitation in invitations.of_round(session, round_.id)
        if invitation.status is InvitationStatus.INVITED
        and invitation.seat_id is not None
        and at - (invitation.reminded_at or invitation.invited_at) >= PAUSE
    ]
    if not silent:
        raise rules.NobodyToRemind
    for invitation in silent:
        invitation.reminders, invitation.reminded_at = invitation.reminders + 1, at
        letters.remind(session, edition, track, round_, invitation, at=at)
    detail = {"judges": [invitation.judge.code for invitation in silent]}
    _record(session, edition, InvitationAct.REMINDED, round_.id, track.name, by=by, at=at, detail=detail)
    session.flush()
    return len(silent)


def declare_conflict(
    session: Session,
    edition: Edition,
    round_: Round,
    invitation: SeatInvitation,
    candidate_id: UUID,
    *,
    basis: ConflictBasis,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    """Keep what a judge says of a title; a wish about it falls."""
    rules.require_answerable(edition, round_, invitation)
    declare_on_title(session, edition, invitation.judge, candidate_id, basis=basis, reason=reason, by=by, at=at)
    invitation.opened_at = invitation.opened_at or at
    about = sa.and_(Preference.invitation_id == invitation.id, Preference.candidate_id == candidate_id)
    session.execute(sa.delete(Preference).where(about))
    session.flush()
    session.expire(invitation, ["preferences"])


def confirm_titles(
    session: Session, edition: Edition, round_: Round, invitation: SeatInvitation, *, by: Actor, at: datetime
) -> None:
    """Keep that the judge has gone through all titles and declared what there is."""
    rules.require_answerable(edition, round_, invitation)
    invitation.opened_at = invitation.opened_at or at
    invitation.titles_read_at = at
    _record(session, edition, InvitationAct.TITLES_READ, invitation.id, _named(invitation), by=by, at=at)
    session.flush()


def state_wishes(
    session: Session,
    edition: Edition,
    round_: Round,
    invitation: SeatInvitation,
    wishes: Mapping[UUID | str, Wish],
    *,
    words: str,
    by: Actor,
    at: datetime,
) -> None:
    """Keep what the judge would gladly judge and what rather not, in place of what was said before.

    `wishes` goes by candidate or by topic; what is neutral needs no line.
    """
    rules.require_answerable(edition, round_, invitation)
    session.execute(sa.delete(Preference).where(Preference.invitation_id == invitation.id))
    for subject, wish in wishes.items():
        if wish is not Wish.NEUTRAL:
            about = {"topic": subject} if isinstance(subject, str) else {"candidate_id": subject}
            session.add(Preference(invitation_id=invitation.id, wish=wish, **about))
    invitation.wish_words = words.strip()[:200]
    detail = {wish.value: sum(said is wish for said in wishes.values()) for wish in (Wish.WISH, Wish.RATHER_NOT)}
    _record(session, edition, InvitationAct.WISHES, invitation.id, _named(invitation), by=by, at=at, detail=detail)
    session.flush()
    session.expire(invitation, ["preferences"])


def accept_seat(
    session: Session, edition: Edition, round_: Round, invitation: SeatInvitation, *, by: Actor, at: datetime
) -> None:
    """Take the seat; titles that can be read have been read before, unless the secretariat answers for the judge."""
    rules.require_answerable(edition, round_, invitation)
    answers_for_self = by.id is not None and by.id == invitation.judge.user_id
    if answers_for_self and invitation.titles_read_at is None and _has_titles(session, round_):
        raise rules.TitlesUnread
    invitation.status, invitation.answered_at = InvitationStatus.ACCEPTED, at
    _record(session, edition, InvitationAct.ACCEPTED, invitation.id, _named(invitation), by=by, at=at)
    session.flush()


def _has_titles(session: Session, round_: Round) -> bool:
    return bool(titles_of(session, round_.id))


def decline_seat(
    session: Session,
    edition: Edition,
    round_: Round,
    invitation: SeatInvitation,
    *,
    reason: str,
    by: Actor,
    at: datetime,
) -> int:
    """Give the seat up: it is freed, and its candidates wait for other judges; return how many."""
    rules.require_answerable(edition, round_, invitation)
    if len(reason.strip()) < 2:
        raise rules.ReasonWanted
    seat = session.get_one(Seat, invitation.seat_id)
    given = list(session.scalars(sa.select(Assignment).where(Assignment.seat_id == seat.id)))
    begun = len(begun_among(session, [assignment.id for assignment in given]))
    if begun:
        raise rules.SheetsBegun(count=begun)
    for assignment in given:
        session.delete(assignment)
    if given:
        advance(session, round_.id)
    invitation.status, invitation.answered_at, invitation.reason = InvitationStatus.DECLINED, at, reason.strip()
    invitation.freed, invitation.seat_id = len(given), None
    session.flush()
    session.delete(seat)
    detail = {"panel": invitation.panel_name, "freed": len(given)}
    subject = _named(invitation)
    _record(
        session, edition, InvitationAct.DECLINED, invitation.id, subject, by=by, at=at, reason=reason, detail=detail
    )
    session.flush()
    return len(given)


def _track(edition: Edition, round_: Round) -> Track:
    return next(track for track in edition.tracks if track.id == round_.track_id)


def _named(invitation: SeatInvitation) -> str:
    return f"{invitation.judge.code} {invitation.judge.name}"


def _record(
    session: Session,
    edition: Edition,
    act: InvitationAct,
    subject_id: UUID,
    subject: str,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subject_id=subject_id,
        subject=subject,
        scope_id=edition.id,
        reason=reason.strip(),
        detail=detail,
    )
