"""Letters about accounts, and the page that shows an invitation's link to hand on (WeChat reads the QR code)."""

from datetime import datetime

import segno
from flask import current_app, url_for
from flask import session as cookie
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from judging.accounts.models import Invitation
from judging.accounts.service import Invited
from judging.foundation import outbox
from judging.web.filters import format_date

COOKIE = "links"
KEPT = 12  # how many links this browser remembers, so that the page with a link survives a reload


def full_address(endpoint: str, **values: object) -> str:
    """Return the address of a page as people outside reach it, for letters and QR codes."""
    base: str = current_app.config["BASE_URL"]
    return base.rstrip("/") + url_for(endpoint, **values)  # type: ignore[arg-type]


def mail_link(token: str) -> str:
    """Return the address of an invitation."""
    return full_address("accounts.invitation", token=token)


def invitation_letter(session: Session, invited: Invited, *, at: datetime, event: str = "") -> str:
    """Lay the letter with an invitation's link in the outbox when there is an e-mail; return the link.

    Parameters
    ----------
    event
        What the person is invited to: the edition's name.
    """
    link, invitation = mail_link(invited.token), invited.invitation
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):  # letters speak the language of the house
        subject = gettext("Invitation: %(event)s", event=event or gettext("Quality achievement judging"))
        body = gettext(
            "Dear %(name)s,\n\nyou are invited to %(event)s as: %(role)s. "
            "Please open this link and create your account:\n\n%(link)s\n\n"
            "The link is for you only and is valid until %(day)s. If you did not expect this letter, please ignore it.",
            name=invitation.name or gettext("Sir or Madam"),
            event=event or gettext("Quality achievement judging"),
            role=str(invitation.role.label),
            link=link,
            day=format_date(invitation.expires_at),
        )
    outbox.lay(session, to=invitation.email, subject=subject, body=body, at=at, scope_id=invitation.scope_id)
    return link


def remember(invited: Invited, back: str | None = None) -> str:
    """Keep a link's token in this browser's session and return the address of the page that shows it.

    Parameters
    ----------
    back
        The path of the page to go back to from there.
    """
    kept = dict(list(cookie.get(COOKIE, {}).items())[-KEPT + 1 :])
    cookie[COOKIE] = kept | {str(invited.invitation.id): invited.token}
    return url_for("accounts.invitation_link", invitation_id=invited.invitation.id, next=back)


def remembered(invitation: Invitation) -> str | None:
    """Return the link of an invitation when it was made in this browser's session."""
    token = cookie.get(COOKIE, {}).get(str(invitation.id))
    return mail_link(token) if token else None


def qr_image(text: str) -> str:
    """Return a QR code as an image address for a page."""
    uri: str = segno.make(text, error="m", micro=False).svg_data_uri(scale=5, border=2)
    return uri
