"""What may be published, when, and what counts as an objection: decisions without database, clock or request."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from judging.editions.models import DayKind, Edition
from judging.foundation.audit import Act
from judging.foundation.errors import DomainError
from judging.foundation.labels import LabelEnum
from judging.publication.models import Notice, NoticeKind, NoticeStatus, Objection, ObjectionStatus
from judging.web.filters import format_date

MAX_DAYS = 60
MAX_OBJECTIONS = 10  # from one address to one notice within the hour; a whole office may share an address
OBJECTION_WINDOW = timedelta(hours=1)
GROUPING = ("track", "tier")  # headings of the list; `entry` ties a row to its entry and is never shown
OPEN = frozenset({ObjectionStatus.RECEIVED, ObjectionStatus.ACCEPTED})
ANONYMOUS = frozenset({"匿名", "匿名者", "群众", "知情人", "知情者", "某某", "无", "不便透露", "anonymous", "none"})
EMAIL = re.compile(r"[^\s@<>,;，；]+@[^\s@<>,;，；]+\.[A-Za-z]{2,}")


class PublicationAct(Act):
    """What can be done to notices, objections and certificates."""

    HOLIDAYS = "publication.holidays", _l("Holiday calendar changed")
    DRAFTED = "publication.drafted", _l("Notice drafted")
    EDITED = "publication.edited", _l("Draft of a notice changed")
    DISCARDED = "publication.discarded", _l("Draft of a notice discarded")
    PUBLISHED = "publication.published", _l("Notice published")
    ANNOUNCED = "publication.announced", _l("Announcement published")
    OBJECTION_FILED = "objection.filed", _l("Objection received")
    OBJECTION_ACCEPTED = "objection.accepted", _l("Objection accepted")
    OBJECTION_REFUSED = "objection.refused", _l("Objection not accepted")
    OBJECTION_INQUIRY = "objection.inquiry", _l("Answered as an inquiry")
    OBJECTION_UPHELD = "objection.upheld", _l("Objection upheld")
    OBJECTION_DISMISSED = "objection.dismissed", _l("Objection dismissed")
    OBJECTOR_SHOWN = "objection.shown", _l("Objector's identity looked at")
    EVIDENCE_READ = "objection.evidence", _l("Evidence of an objection downloaded")
    ISSUED = "certificate.issued", _l("Certificate issued")
    REISSUED = "certificate.reissued", _l("Certificate issued again")
    REVOKED = "certificate.revoked", _l("Certificate revoked")


class NoticeField(LabelEnum):
    """All that a notice may show of an entry. What is not named here never reaches the public."""

    UNIT = "unit", _l("Unit")
    TITLE = "title", _l("Title")
    GROUP = "group", _l("Group")
    RECOMMENDER = "recommender", _l("Recommending unit")
    CHANNEL = "channel", _l("Recommended to")
    RANK = "rank", _l("Place")


DEFAULT_FIELDS = (NoticeField.UNIT, NoticeField.TITLE, NoticeField.GROUP, NoticeField.RECOMMENDER, NoticeField.CHANNEL)


class CalendarUnknown(DomainError):
    """Working days cannot be counted through a year whose holidays nobody has entered."""

    message = _l(
        "The holidays of %(year)s are not known yet. Please enter them on the page “Holidays”; working days are never guessed."
    )


class BadWindow(DomainError):
    """The number of days makes no sense."""

    message = _l("A notice stands between 1 and 60 days.")


class AlreadyPublished(DomainError):
    """A published notice is a document; it is replaced, never changed."""

    message = _l("This notice has been published and can no longer be changed. Please draft a new version.")


class NotPublished(DomainError):
    """The act needs a notice that stands."""

    message = _l("This is possible only with the published notice that stands now.")


class DraftWaits(DomainError):
    """One draft at a time."""

    message = _l("There is already a draft. Please publish or discard it first.")


class NothingToPublish(DomainError):
    """No entry has been granted anything."""

    message = _l("No decided award list grants anything yet, so there is nothing to publish.")


class UnknownField(DomainError):
    """Only fields of the allow-list are published."""

    message = _l("“%(field)s” may not be published.")


class RankNeedsBasis(DomainError):
    """Places are published only on a stated basis."""

    message = _l("Places may be published only when the basis for ranking is stated. Please fill in the basis.")


class ChangeNoteNeeded(DomainError):
    """A new version says why it replaces the one before."""

    message = _l("Please say why this version replaces the one before; the public reads this note.")


class MoveUnsigned(DomainError):
    """A change of the list waits for its second signature."""

    message = _l("%(count)s changes of levels still wait for a second signature. Please sign or refuse them first.")


class WindowOpen(DomainError):
    """Before the window has closed nothing is final."""

    message = _l("The notice stands until the end of %(day)s. Only then can the result be announced.")


class ObjectionsOpen(DomainError):
    """An announcement waits for all rulings."""

    message = _l("%(count)s objections have not been ruled on. The result is announced after that.")


class ListChanged(DomainError):
    """What is announced is what the public has seen."""

    message = _l(
        "The list has changed since the notice was published. Please publish a new version of the notice first."
    )


class AnonymousObjection(DomainError):
    """An objection is made under one's real name."""

    message = _l("Please give your real name. Anonymous objections are not accepted; your name is protected.")


class NoContact(DomainError):
    """The answer needs a way to the objector."""

    message = _l("Please give a phone number or an e-mail address under which we can reach you.")


class NoGrounds(DomainError):
    """An objection states what is wrong."""

    message = _l("Please write what is wrong and where this can be seen (at least 10 characters).")


class NoEvidence(DomainError):
    """An objection carries evidence."""

    message = _l("Please attach evidence. Objections without evidence are not accepted.")


class TooManyObjections(DomainError):
    """One address sends more than any person needs to."""

    message = _l(
        "%(max)s objections to this notice have come from your connection within an hour. Please wait an hour, or bring "
        "your objection to the secretariat under the address in the notice. What you typed is still on this page; only "
        "the file must be chosen again."
    )
    status = HTTPStatus.TOO_MANY_REQUESTS


class NotYetOpen(DomainError):
    """The window has not begun."""

    message = _l("Objections are taken from %(day)s on.")


class WindowClosed(DomainError):
    """The window is over."""

    message = _l("The time for objections ended on %(day)s. Objections after that are not accepted.")


class NoSuchRow(DomainError):
    """The list has no such number."""

    message = _l("The list has no number %(number)s.")


class AlreadyRuled(DomainError):
    """A ruling is given once."""

    message = _l("This objection has already been answered.")


class RulingNeeded(DomainError):
    """An answer is in words."""

    message = _l("Please write the answer; the objector receives it.")


class NotAwarded(DomainError):
    """Only what is in the list can be taken out of it."""

    message = _l(
        "This objection names no entry with a level, so there is no level to change. Please rule without a change."
    )


class NothingToSign(DomainError):
    """The objection has proposed no change, or it has been answered."""

    message = _l("No change of the list waits for a second signature here.")


class NotFinal(DomainError):
    """Certificates follow the announcement, or at least the end of the window."""

    message = _l(
        "Certificates are issued after the announcement, or after the notice has ended without open objections."
    )


class CertificateRevoked(DomainError):
    """A revoked certificate stays revoked."""

    message = _l("This certificate has been revoked. Its number is not given again.")


class ReasonNeeded(DomainError):
    """Others will ask why."""

    message = _l("Please give a reason.")


def closing_day(opens_on: date, days: int, kind: DayKind, holidays: Mapping[date, bool]) -> date:
    """Return the last day of a window; the first day counts.

    Parameters
    ----------
    holidays
        Days that differ from the week: True for a working Saturday or Sunday (调休), False for a day off.
        A year without any is a year nobody knows.

    Raises
    ------
    BadWindow, CalendarUnknown
        The latter only for working days.
    """
    if not 1 <= days <= MAX_DAYS:
        raise BadWindow
    if kind is DayKind.NATURAL:
        return opens_on + timedelta(days=days - 1)
    known = {day.year for day in holidays}
    day, left = opens_on - timedelta(days=1), days
    while left:
        day += timedelta(days=1)
        if day.year not in known:
            raise CalendarUnknown(year=day.year)
        left -= is_working(day, holidays)
    return day


def is_working(day: date, holidays: Mapping[date, bool]) -> bool:
    """Say whether people work on a day: the calendar's word, else Monday to Friday."""
    return holidays.get(day, day.weekday() < 5)


def local_day(edition: Edition, at: datetime) -> date:
    """Return the day it is where the edition is held."""
    return at.astimezone(ZoneInfo(edition.timezone)).date()


def closes_at(edition: Edition, closes_on: date | None) -> datetime | None:
    """Return the last minute of the last day."""
    if closes_on is None:
        return None
    return datetime.combine(closes_on, time(23, 59), ZoneInfo(edition.timezone))


def require_fields(fields: Iterable[str], basis: str) -> list[str]:
    """Return the chosen fields in the order of the allow-list, or refuse."""
    chosen = list(fields)
    for name in chosen:
        if NoticeField.of(name) is None:
            raise UnknownField(field=name)
    if NoticeField.RANK in chosen and not basis.strip():
        raise RankNeedsBasis
    return [field.value for field in NoticeField if field in chosen]


def public_row(values: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """Return the part of a row that is kept in the snapshot: headings, entry, and the chosen fields of the allow-list."""
    chosen = [field.value for field in NoticeField if field in fields]
    return {key: str(values.get(key, "")) for key in (*GROUPING, "entry", *chosen)}


def require_draft(notice: Notice) -> None:
    """Refuse to touch what has been published."""
    if notice.status is not NoticeStatus.DRAFT:
        raise AlreadyPublished


def require_standing(notice: Notice) -> None:
    """Refuse unless this is the public notice that stands now."""
    if notice.status is not NoticeStatus.PUBLISHED or notice.kind is not NoticeKind.NOTICE:
        raise NotPublished


def require_window_over(edition: Edition, notice: Notice, at: datetime) -> None:
    """Refuse as long as the public may still object."""
    if notice.closes_on is None or local_day(edition, at) <= notice.closes_on:
        raise WindowOpen(day=format_date(notice.closes_on))


def require_window(edition: Edition, notice: Notice, at: datetime) -> None:
    """Refuse objections outside the window."""
    today = local_day(edition, at)
    if notice.opens_on is None or notice.closes_on is None or notice.status is not NoticeStatus.PUBLISHED:
        raise NotPublished
    if today < notice.opens_on:
        raise NotYetOpen(day=format_date(notice.opens_on))
    if today > notice.closes_on:
        raise WindowClosed(day=format_date(notice.closes_on))


def require_real_name(name: str) -> str:
    """Return the objector's name, or refuse what is none."""
    found = " ".join(name.split())
    if len(found) < 2 or found.lower() in ANONYMOUS or "匿名" in found or not re.search(r"[^\W\d_]{2}", found):
        raise AnonymousObjection
    return found


def require_contact(contact: str) -> str:
    """Return a phone number or an e-mail address, or refuse."""
    found = contact.strip()
    if len(re.sub(r"\D", "", found)) < 7 and not EMAIL.search(found):
        raise NoContact
    return found


def email_in(contact: str) -> str:
    """Return the e-mail address within a contact, if there is one."""
    found = EMAIL.search(contact)
    return found.group() if found else ""


def require_grounds(grounds: str) -> str:
    """Return what is said to be wrong, or refuse a mere complaint."""
    if len(grounds.strip()) < 10:
        raise NoGrounds
    return grounds.strip()


def require_unruled(objection: Objection) -> None:
    """Refuse a second ruling; an inquiry may be answered once."""
    if objection.status in OPEN:
        return
    if objection.status is ObjectionStatus.INQUIRY and not objection.ruling:
        return
    raise AlreadyRuled


def require_words(text: str) -> str:
    """Return an answer in words, or refuse."""
    if len(text.strip()) < 2:
        raise RulingNeeded
    return text.strip()


def require_reason(text: str) -> str:
    """Return a reason in words, or refuse."""
    if len(text.strip()) < 2:
        raise ReasonNeeded
    return text.strip()


def masked_name(name: str) -> str:
    """Return a name of which only the first character shows: 张＊＊."""
    return name[:1] + "＊" * max(1, min(3, len(name) - 1))


def masked_contact(contact: str) -> str:
    """Return a contact nobody can use: the first and the last two characters."""
    return f"{contact[:2]}****{contact[-2:]}" if len(contact) > 6 else "****"
