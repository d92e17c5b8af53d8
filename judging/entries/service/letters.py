"""Letters to the contact of an entry about what has become of it."""

from datetime import datetime

from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.editions.models import Edition
from judging.entries.models import Entry, Verdict
from judging.foundation import outbox
from judging.web.filters import format_weekday_datetime


def tell_returned(session: Session, entry: Entry, edition: Edition, *, who: str, at: datetime) -> None:
    """Say what has to be corrected, and until when."""
    sentence = gettext(
        "%(who)s has returned your entry for correction.\n\nWhat to correct: %(reason)s\nUntil: %(until)s\n\n"
        "Please open “My entries”, correct the entry and submit it again. What you entered has been kept.",
        who=who,
        reason=entry.return_reason,
        until=format_weekday_datetime(entry.return_until),
    )
    _lay(session, entry, edition, gettext("Please correct your entry %(code)s", code=entry.code), sentence, at)


def tell_verdict(session: Session, entry: Entry, edition: Edition, verdict: Verdict, why: str, at: datetime) -> None:
    """Tell the verdict of the formal check, with its reasons."""
    sentence = gettext("The formal check of your entry has ended: %(verdict)s.", verdict=str(verdict.label))
    if why:
        sentence += "\n" + gettext("Reason: %(reason)s", reason=why)
    _lay(session, entry, edition, gettext("Formal check of your entry %(code)s", code=entry.code), sentence, at)


def tell_withdrawn(session: Session, entry: Entry, edition: Edition, verdict: Verdict, at: datetime) -> None:
    """Say that a verdict no longer stands."""
    sentence = gettext(
        "The verdict “%(verdict)s” on your entry has been withdrawn; the entry is in review again. "
        "You will get another letter when it has been checked.",
        verdict=str(verdict.label),
    )
    _lay(session, entry, edition, gettext("Your entry %(code)s is in review again", code=entry.code), sentence, at)


def _lay(session: Session, entry: Entry, edition: Edition, subject: str, sentence: str, at: datetime) -> None:
    head = gettext("Dear %(name)s,", name=entry.contact_name or entry.unit.contact_name or entry.unit.name)
    about = gettext("Entry: %(code)s %(title)s", code=entry.code, title=entry.title)
    body = "\n\n".join([head, about, sentence, edition.organiser])
    to = entry.contact_email or entry.unit.contact_email
    outbox.lay(session, to=to, subject=subject, body=body, at=at, scope_id=edition.id)
