"""The letter that asks an entrant for a new masked copy. It names the entry and never the candidate's code."""

from datetime import datetime

from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from judging.editions.models import Edition
from judging.entries.models import Entry
from judging.foundation import outbox


def ask_for_copy(session: Session, edition: Edition, entry: Entry, address: str, reason: str, at: datetime) -> None:
    """Lay the letter in the outbox; without an address nothing is laid."""
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        subject = gettext(
            "%(edition)s: please send a new masked copy of %(code)s", edition=edition.name, code=entry.code
        )
        body = gettext(
            "Dear %(name)s,\n\nthe masked copy of “%(title)s” (%(code)s) still shows who made it: %(reason)s\n\n"
            "Please take all names of units, groups and people out of it and send it to the secretariat as a PDF.\n\n"
            "%(organiser)s\n%(contact)s",
            name=entry.contact_name or gettext("Sir or Madam"),
            title=entry.title,
            code=entry.code,
            reason=reason,
            organiser=edition.organiser,
            contact=edition.contact,
        )
    outbox.lay(session, to=address, subject=subject, body=body, at=at, scope_id=edition.id)
