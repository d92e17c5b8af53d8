"""What pages of this stage show, prepared so that templates only lay it out."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from judging.editions.models import Edition, Stage
from judging.foundation import audit
from judging.publication import documents, queries, rules, service, texts
from judging.publication.models import Notice, NoticeKind, NoticeStatus, Objection, ObjectionStatus
from judging.publication.rules import NoticeField
from judging.selection import queries as selection
from judging.selection.doubts import in_doubt, places_of
from judging.selection.models import Channel, MoveStatus, Outcome, Recommendation
from judging.web.forms import narrow


@dataclass(frozen=True, slots=True)
class Document:
    """A notice as the public reads it. Holds nothing but what may be shown."""

    id: UUID
    title: str
    kind: NoticeKind
    paragraphs: list[str]
    basis: str
    how: list[str]
    window: str
    opens_on: date | None
    closes_on: date | None
    closes_at: datetime | None
    is_open: bool
    issuer: str
    issued: str
    change_note: str
    columns: list[tuple[str, str]]
    unordered: str
    sections: list[dict[str, Any]]
    count: int

    @property
    def heads(self) -> list[dict[str, Any]]:
        """Return the columns of each table."""
        named = [{"label": label, "numeric": key == NoticeField.RANK} for key, label in self.columns]
        return [{"label": "序号", "numeric": True, "narrow": True}, *named]


def document(
    edition: Edition,
    notice: Notice,
    at: datetime,
    rows: list[dict[str, Any]] | None = None,
    window: tuple[date | None, date | None] | None = None,
) -> Document:
    """Return a notice as a document; a draft is given the `rows` and the `window` it would have now."""
    is_notice = notice.kind is NoticeKind.NOTICE
    today = rules.local_day(edition, at)
    first, last = window or (notice.opens_on, notice.closes_on)
    running = first is not None and last is not None and first <= today <= last
    chosen = rows if rows is not None else notice.rows
    return Document(
        id=notice.id,
        title=notice.title,
        kind=notice.kind,
        paragraphs=documents.paragraphs(notice.preamble),
        basis=notice.basis,
        how=documents.paragraphs(notice.how_to_object) if is_notice else [],
        window=texts.window(first, last, notice.days, notice.day_kind) if is_notice and first and last else "",
        opens_on=first,
        closes_on=last,
        closes_at=rules.closes_at(edition, last) if is_notice else None,
        is_open=is_notice and running and notice.status is NoticeStatus.PUBLISHED,
        issuer=notice.issuer,
        issued=texts.day(rules.local_day(edition, notice.published_at or at)),
        change_note=notice.change_note if notice.number > 1 else "",
        columns=[(key, documents.HEADERS[key]) for key in notice.fields],
        unordered="" if NoticeField.RANK in notice.fields else texts.UNORDERED,
        sections=documents.sections(chosen),
        count=len(chosen),
    )


SHOWN_TO_ALL = ("edition", "track", "unit", "group", "title", "tier", "organiser", "date")
WORDS = {
    "edition": _l("Edition"),
    "track": _l("Track"),
    "unit": _l("Unit"),
    "group": _l("Group"),
    "title": _l("Title"),
    "tier": _l("Level"),
    "organiser": _l("Conferred by"),
    "date": _l("Date"),
}


def certificate_facts(content: dict[str, Any], *, with_members: bool) -> list[tuple[str, str]]:
    """Return what the check page tells; the members only to whoever has the code of the certificate itself."""
    facts = [(str(WORDS[key]), str(content.get(key, ""))) for key in SHOWN_TO_ALL if content.get(key)]
    if with_members and content.get("members"):
        facts.append((str(_l("Members")), "、".join(content["members"])))
    return facts


def plain_code(text: str) -> str:
    """Return a check code as it is stored, whatever width and case it was typed in."""
    return str(narrow(text)).upper()


def plain_number(text: str) -> str:
    """Return a certificate number as it is stored: people type other brackets and full-width digits."""
    typed = str(narrow(text))
    for wrong, right in (
        ("[", "〔"),
        ("]", "〕"),
        ("［", "〔"),
        ("］", "〕"),
        ("【", "〔"),
        ("】", "〕"),
        ("(", "〔"),
        (")", "〕"),
    ):
        typed = typed.replace(wrong, right)
    return typed.replace("（", "〔").replace("）", "〕").replace("—", "-").replace("－", "-")


def story(session: Session, subject_id: UUID) -> list[dict[str, Any]]:
    """Return the story of a notice, objection or certificate, for the timeline."""
    lines = reversed(audit.lines_of(session, subject_id))
    return [{"at": line.at, "who": line.by, "what": audit.label_of(line.act), "why": line.reason} for line in lines]


@dataclass(frozen=True, slots=True)
class State:
    """Where publication stands, and the one thing to do next."""

    draft: Notice | None
    notice: Notice | None
    announcement: Notice | None
    closes_at: datetime | None
    is_open: bool
    objections: int
    inquiries: int
    certificates: queries.CertificateCounts
    next: str  # draft, publish, wait, rule, announce, issue, close, done, early


def state_of(session: Session, edition: Edition, at: datetime) -> State:
    """Gather what the desk of this stage shows first."""
    draft = queries.draft_of(session, edition)
    notice = queries.standing_notice(session, edition)
    announcement = queries.standing_notice(session, edition, NoticeKind.ANNOUNCEMENT)
    today = rules.local_day(edition, at)
    is_open = notice is not None and notice.closes_on is not None and today <= notice.closes_on
    open_objections = queries.open_objections(session, edition)
    counts = queries.certificate_counts(session, edition)
    if draft is not None:
        step = "publish"
    elif edition.stage not in (Stage.NOTICE, Stage.CLOSED):
        step = "early"
    elif notice is None:
        step = "draft"
    elif open_objections:
        step = "rule"
    elif is_open:
        step = "wait"
    elif announcement is None:
        step = "announce"
    else:
        step = "issue" if counts.issued < counts.granted else "done"
    return State(
        draft=draft,
        notice=notice,
        announcement=announcement,
        closes_at=rules.closes_at(edition, notice.closes_on) if notice else None,
        is_open=is_open,
        objections=open_objections,
        inquiries=queries.unanswered_inquiries(session, edition),
        certificates=counts,
        next=step,
    )


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice on the organizer's page: the document as the public sees it, and what stands in its way."""

    document: Document
    opens_on: date | None
    closes_on: date | None
    calendar_missing: str  # the sentence, when the window cannot be counted
    year: int


def notice_view(session: Session, edition: Edition, notice: Notice, at: datetime) -> NoticeView:
    """Return a notice for the organizer; a draft with the rows and the window it would have now."""
    if notice.status is not NoticeStatus.DRAFT:
        return NoticeView(document(edition, notice, at), notice.opens_on, notice.closes_on, "", edition.year)
    first = max(notice.opens_on or date.min, rules.local_day(edition, at))
    last, missing = None, ""
    if notice.kind is NoticeKind.NOTICE:
        try:
            last = service.window_of(session, edition, notice, at)[1]
        except rules.CalendarUnknown as refusal:
            missing = str(refusal)
    rows = _draft_rows(session, edition, notice)
    return NoticeView(document(edition, notice, at, rows, window=(first, last)), first, last, missing, first.year)


def _draft_rows(session: Session, edition: Edition, notice: Notice) -> list[dict[str, Any]]:
    base = session.get(Notice, notice.base_id) if notice.base_id else None
    if base is None:
        return service.rows_now(session, edition, notice.fields)
    return [rules.public_row(row, [key for key in notice.fields if key in base.fields]) for row in base.rows]


def objector(objection: Objection, *, revealed: bool) -> list[tuple[str, str]]:
    """Return who objected, masked unless somebody with the duty asked."""
    unit = objection.unit_name if revealed else ("****" if objection.unit_name else "")
    return [
        (str(_l("Name")), objection.name if revealed else rules.masked_name(objection.name)),
        (str(_l("Unit spoken for")), unit),
        (str(_l("Phone or e-mail")), objection.contact if revealed else rules.masked_contact(objection.contact)),
    ]


@dataclass(frozen=True, slots=True)
class RulingView:
    """What can be done with an objection now."""

    is_open: bool
    present: str  # the entry's level
    levels: list[tuple[str, str]]  # what its level may become
    unsigned: bool
    proposed_by_id: UUID | None
    lists: list[tuple[Channel, Recommendation]]  # the decided lists on which the entry stands
    outdated: set[UUID]  # which of them must be decided anew


KEEP = "keep"


def ruling_view(session: Session, edition: Edition, objection: Objection) -> RulingView:
    """Return the acts that an objection allows now."""
    open_ = objection.status in rules.OPEN or (objection.status is ObjectionStatus.INQUIRY and not objection.ruling)
    decision = queries.decision_on(session, edition, objection.entry_id) if objection.entry_id else None
    levels = [(KEEP, str(_l("The list stays as it is")))]
    if decision is not None and decision.tier is not None:
        levels.append(("", str(_l("No level: the entry leaves the list"))))
        known = selection.tiers_of(session, decision.award_list.track_id, decision.award_list.round_number)
        levels += [(str(tier.id), tier.name) for tier in known if tier.id != decision.tier_id]
    move = objection.move
    unsigned = move is not None and move.status is MoveStatus.PROPOSED
    present = decision.tier.name if decision and decision.tier else ""
    lists, outdated = _lists(session, edition, objection.entry_id) if objection.entry_id else ([], set())
    return RulingView(open_, present, levels, unsigned, move.proposed_by_id if move else None, lists, outdated)


def _lists(
    session: Session, edition: Edition, entry_id: UUID
) -> tuple[list[tuple[Channel, Recommendation]], set[UUID]]:
    outdated = {one.channel.id for one in in_doubt(session, edition, entry_id=entry_id)}
    places = places_of(session, edition, [entry_id])
    shown = [
        (channel, row)
        for row, channel in places
        if channel.id in outdated or (channel.decided_at is not None and row.outcome is not Outcome.OUT)
    ]
    return shown, outdated


def chosen_level(value: str | None) -> tuple[bool, UUID | None]:
    """Return whether the level changes, and to which tier (None: no award)."""
    if value is None or value == KEEP:
        return False, None
    try:
        return True, UUID(value) if value else None
    except ValueError:
        return False, None
