"""Letters to judges about a seat. They tell track and days, and nothing of any candidate."""

from datetime import datetime

from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from judging.accounts.letters import full_address
from judging.assignment.models import SeatInvitation
from judging.editions.models import Edition, Round, Track
from judging.foundation import outbox
from judging.web.filters import format_weekday_datetime


def invite(
    session: Session, edition: Edition, track: Track, round_: Round, invitation: SeatInvitation, *, at: datetime
) -> None:
    """Ask a judge to take a seat."""
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        subject = gettext("%(edition)s: invitation to judge", edition=edition.name)
        _lay(session, edition, track, round_, invitation, subject, at)


def remind(
    session: Session, edition: Edition, track: Track, round_: Round, invitation: SeatInvitation, *, at: datetime
) -> None:
    """Ask again."""
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        subject = gettext("%(edition)s: your answer to our invitation is still missing", edition=edition.name)
        _lay(session, edition, track, round_, invitation, subject, at)


def _lay(
    session: Session,
    edition: Edition,
    track: Track,
    round_: Round,
    invitation: SeatInvitation,
    subject: str,
    at: datetime,
) -> None:
    lines = [
        gettext("Dear %(name)s,", name=invitation.judge.name),
        gettext(
            "we would like to have you as a judge in “%(track)s”, %(kind)s.",
            track=track.name,
            kind=str(round_.kind.label),
        ),
        gettext(
            "Please look at the titles, say which of them you must keep away from, and accept or decline here:\n%(link)s",
            link=full_address("assignment.invitation", edition=edition.slug, seat_invitation_id=invitation.id),
        ),
    ]
    if invitation.answer_by:
        lines.append(gettext("Please answer by %(day)s.", day=format_weekday_datetime(invitation.answer_by)))
    lines.append(f"{edition.organiser}\n{edition.contact}")
    outbox.lay(session, to=invitation.judge.email, subject=subject, body="\n\n".join(lines), at=at, scope_id=edition.id)
