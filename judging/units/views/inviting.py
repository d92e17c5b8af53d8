"""Invitations to speak for a unit: the link is told once, to the browser that asked for it, and by letter."""

from uuid import UUID

from flask import session as cookie
from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.accounts import service as accounts
from judging.accounts.guards import me
from judging.accounts.models import Invitation, Role
from judging.accounts.views import mail_link
from judging.editions.addresses import this_edition
from judging.foundation import clock, outbox
from judging.foundation.errors import NotFound
from judging.units.forms import InviteForm
from judging.units.models import RecommendingUnit, Unit


def invite(session: Session, form: InviteForm, role: Role, subject: Unit | RecommendingUnit) -> None:
    """Make the invitation, remember its link for this browser, and lay the letter."""
    at, edition = clock.now(), this_edition()
    made = accounts.invite(
        session,
        role=role,
        scope_id=edition.id,
        subject_id=subject.id,
        by=me().actor,
        at=at,
        name=form.name.data,
        email=form.email.data or "",
        phone=form.phone.data or "",
    )
    cookie["invitation"] = {"subject": str(subject.id), "token": made.token}
    body = gettext(
        "Dear %(name)s,\n\nyou are invited to speak for %(unit)s in %(edition)s. "
        "Please open this link and choose a password:\n\n%(link)s\n\nThe link can be used once, within 14 days.\n\n"
        "%(organiser)s",
        name=form.name.data,
        unit=subject.name,
        edition=edition.name,
        link=mail_link(made.token),
        organiser=edition.organiser,
    )
    title = gettext("Your account for %(edition)s", edition=edition.name)
    outbox.lay(session, to=form.email.data or "", subject=title, body=body, at=at, scope_id=edition.id)


def link_for(subject_id: UUID) -> str:
    """Return the link of the invitation that this browser made last, if it was for this unit."""
    made = cookie.get("invitation") or {}
    return mail_link(made["token"]) if made.get("subject") == str(subject_id) else ""


def withdraw(session: Session, subject_id: UUID, invitation_id: UUID) -> None:
    """Make an invitation worthless."""
    found = session.get(Invitation, invitation_id)
    if found is None or found.subject_id != subject_id or found.revoked_at is not None:
        raise NotFound
    accounts.withdraw_invitation(session, found, by=me().actor, at=clock.now())
    cookie.pop("invitation", None)
