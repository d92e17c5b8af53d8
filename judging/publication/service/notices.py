"""Acts on notices: draft, edit, publish as a snapshot, replace by a new version, announce when nothing is open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from judging.editions.models import DayKind, Edition, Stage
from judging.editions.rules import require_stage
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.foundation.storage import storage
from judging.publication import documents, queries, rules, texts
from judging.publication.models import Notice, NoticeKind, NoticeStatus
from judging.publication.rules import DEFAULT_FIELDS, NoticeField, PublicationAct
from judging.publication.service.holidays import seed_holidays
from judging.selection import queries as selection
from judging.selection.doubts import in_doubt
from judging.selection.rules import ListInDoubt, ListNotDecided


@dataclass(frozen=True, slots=True)
class NoticeText:
    """What people edit of a draft."""

    title: str
    preamble: str
    basis: str
    how_to_object: str
    issuer: str
    days: int
    day_kind: DayKind
    opens_on: date | None
    fields: tuple[str, ...]
    change_note: str = ""


def draft_notice(session: Session, edition: Edition, *, by: Actor, at: datetime) -> Notice:
    """Begin the first notice of an edition from its templates."""
    require_stage(edition, Stage.NOTICE)
    _require_no_draft(session, edition)
    if queries.standing_notice(session, edition) is not None:
        raise rules.AlreadyPublished
    recommends = bool(queries.channel_names(session, edition))
    made = Notice(
        edition_id=edition.id,
        number=queries.last_number(session, edition, NoticeKind.NOTICE) + 1,
        title=texts.notice_title(edition, recommends=recommends),
        preamble=texts.notice_preamble(edition, recommends=recommends),
        basis=texts.basis(edition),
        how_to_object=texts.how_to_object(edition),
        issuer=edition.organiser,
        days=edition.notice_days,
        day_kind=edition.notice_day_kind,
        fields=[field.value for field in DEFAULT_FIELDS if recommends or field is not NoticeField.CHANNEL],
    )
    return _drafted(session, edition, made, by=by, at=at)


def new_version(
    session: Session, edition: Edition, notice: Notice, *, change_note: str, by: Actor, at: datetime
) -> Notice:
    """Draft the version that shall replace a published notice or announcement, saying why."""
    require_stage(edition, Stage.NOTICE, Stage.CLOSED)
    if notice.status is not NoticeStatus.PUBLISHED:
        raise rules.NotPublished
    _require_no_draft(session, edition)
    if len(change_note.strip()) < 2:
        raise rules.ChangeNoteNeeded
    kept = ("kind", "title", "preamble", "basis", "how_to_object", "issuer", "days", "day_kind", "base_id")
    made = Notice(
        edition_id=edition.id,
        number=queries.last_number(session, edition, notice.kind) + 1,
        fields=list(notice.fields),
        change_note=change_note.strip(),
        **{name: getattr(notice, name) for name in kept},
    )
    return _drafted(session, edition, made, by=by, at=at)


def draft_announcement(session: Session, edition: Edition, notice: Notice, *, by: Actor, at: datetime) -> Notice:
    """Draft the announcement that makes the standing notice final."""
    require_stage(edition, Stage.NOTICE, Stage.CLOSED)
    _require_announceable(session, edition, notice, at)
    _require_no_draft(session, edition)
    recommends = NoticeField.CHANNEL.value in notice.fields
    assert notice.opens_on is not None
    assert notice.closes_on is not None
    made = Notice(
        edition_id=edition.id,
        kind=NoticeKind.ANNOUNCEMENT,
        number=queries.last_number(session, edition, NoticeKind.ANNOUNCEMENT) + 1,
        title=texts.announcement_title(edition, recommends=recommends),
        preamble=texts.announcement_preamble(edition, notice.title, notice.opens_on, notice.closes_on),
        basis=notice.basis,
        issuer=notice.issuer,
        days=notice.days,
        day_kind=notice.day_kind,
        fields=list(notice.fields),
        base_id=notice.id,
    )
    if made.number > 1:
        made.change_note = notice.change_note
    return _drafted(session, edition, made, by=by, at=at)


def announce(session: Session, edition: Edition, notice: Notice, *, by: Actor, at: datetime) -> Notice:
    """Announce the result of a notice whose window is over and whose objections are all ruled on."""
    made = draft_announcement(session, edition, notice, by=by, at=at)
    publish_notice(session, edition, made, by=by, at=at)
    return made


def _require_no_draft(session: Session, edition: Edition) -> None:
    if queries.draft_of(session, edition) is not None:
        raise rules.DraftWaits


def _drafted(session: Session, edition: Edition, notice: Notice, *, by: Actor, at: datetime) -> Notice:
    notice.status = NoticeStatus.DRAFT
    session.add(notice)
    session.flush()
    _know_holidays(session, edition, notice, at)
    _record(session, PublicationAct.DRAFTED, edition, notice, by=by, at=at, reason=notice.change_note)
    return notice


def edit_notice(
    session: Session, edition: Edition, notice: Notice, text: NoticeText, *, by: Actor, at: datetime
) -> None:
    """Save a draft."""
    rules.require_draft(notice)
    if not 1 <= text.days <= rules.MAX_DAYS:
        raise rules.BadWindow
    after: dict[str, Any] = {
        "title": text.title,
        "preamble": text.preamble,
        "basis": text.basis,
        "how_to_object": text.how_to_object,
        "issuer": text.issuer,
        "days": text.days,
        "day_kind": text.day_kind,
        "opens_on": text.opens_on,
        "fields": rules.require_fields(text.fields, text.basis),
        "change_note": text.change_note.strip(),
    }
    changed = audit.changes({name: getattr(notice, name) for name in after}, after)
    for name, value in after.items():
        setattr(notice, name, value)
    session.flush()
    if changed:
        _record(session, PublicationAct.EDITED, edition, notice, by=by, at=at, detail=changed)


def discard_draft(session: Session, edition: Edition, notice: Notice, *, by: Actor, at: datetime) -> None:
    """Throw a draft away; its number is free again."""
    rules.require_draft(notice)
    _record(session, PublicationAct.DISCARDED, edition, notice, by=by, at=at)
    session.delete(notice)
    session.flush()


def rows_now(session: Session, edition: Edition, fields: Iterable[str]) -> list[dict[str, Any]]:
    """Return the rows that a notice with these fields would show now, in the order of the document.

    Within a level they are ordered by receipt code, which says nothing, unless places are shown.
    """
    chosen = list(fields)
    values = queries.list_values(session, edition)
    if NoticeField.RANK not in chosen:
        place: dict[tuple[str, str], int] = {}
        for row in values:
            place.setdefault((row["track"], row["tier"]), len(place))
        values.sort(key=lambda row: (place[row["track"], row["tier"]], row["code"]))
    return [rules.public_row(row, chosen) for row in values]


def window_of(session: Session, edition: Edition, notice: Notice, at: datetime) -> tuple[date, date]:
    """Return first and last day of the window if the notice were published now."""
    today = rules.local_day(edition, at)
    first = max(notice.opens_on or today, today)
    return first, rules.closing_day(
        first, notice.days, notice.day_kind, queries.holidays(session, date(first.year, 1, 1))
    )


def publish_notice(session: Session, edition: Edition, notice: Notice, *, by: Actor, at: datetime) -> None:
    """Publish a draft: freeze what it shows, count its window, and let it replace the version before."""
    rules.require_draft(notice)
    is_notice = notice.kind is NoticeKind.NOTICE
    require_stage(edition, *((Stage.NOTICE,) if is_notice else (Stage.NOTICE, Stage.CLOSED)))
    if notice.number > 1 and not notice.change_note:
        raise rules.ChangeNoteNeeded
    notice.fields = rules.require_fields(notice.fields, notice.basis)
    if is_notice:
        _require_decided(session, edition)
        notice.rows = rows_now(session, edition, notice.fields)
        _know_holidays(session, edition, notice, at)
        notice.opens_on, notice.closes_on = window_of(session, edition, notice, at)
    else:
        base = session.get_one(Notice, notice.base_id) if notice.base_id else None
        notice.rows = _announced_rows(session, edition, base, notice.fields, at)
    if not notice.rows:
        raise rules.NothingToPublish
    _supersede(session, edition, notice.kind)
    notice.status, notice.published_at, notice.published_by_id = NoticeStatus.PUBLISHED, at, by.id
    notice.pdf_key = storage().put(documents.notice_pdf(edition, notice)).key
    session.flush()
    act = PublicationAct.PUBLISHED if is_notice else PublicationAct.ANNOUNCED
    detail = {"rows": len(notice.rows), "fields": list(notice.fields), "closes_on": str(notice.closes_on or "")}
    _record(session, act, edition, notice, by=by, at=at, reason=notice.change_note, detail=detail)


def _know_holidays(session: Session, edition: Edition, notice: Notice, at: datetime) -> None:
    """Take over the years a window may touch, where the calendar library knows them and nobody has entered a day."""
    first = max(notice.opens_on or date.min, rules.local_day(edition, at))
    for year in (first.year, first.year + 1):
        if not queries.holidays_of_year(session, year):
            seed_holidays(session, year, by=audit.SYSTEM, at=at)


def _require_decided(session: Session, edition: Edition) -> None:
    for track in selection.undecided_tracks(session, edition):
        raise ListNotDecided(track=track.name)
    waiting = queries.waiting_moves(session, edition)
    if waiting:
        raise rules.MoveUnsigned(count=waiting)
    _require_lists_up_to_date(session, edition)


def _require_lists_up_to_date(session: Session, edition: Edition) -> None:
    """Refuse to publish recommendations that an upheld objection or a changed level has overtaken."""
    found = in_doubt(session, edition)
    if found:
        mine = [one for one in found if one.channel.id == found[0].channel.id]
        titles = "、".join(f"“{one.entry.title}”" for one in mine[:3]) + ("…" if len(mine) > 3 else "")
        raise ListInDoubt(channel=found[0].channel.name, count=len(mine), titles=titles)


def _require_announceable(session: Session, edition: Edition, notice: Notice, at: datetime) -> None:
    rules.require_standing(notice)
    rules.require_window_over(edition, notice, at)
    waiting = queries.open_objections(session, edition)
    if waiting:
        raise rules.ObjectionsOpen(count=waiting)
    _require_lists_up_to_date(session, edition)
    if _keys(notice.rows) != _keys(rows_now(session, edition, notice.fields)):
        raise rules.ListChanged


def _keys(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    return sorted((row["entry"], row["track"], row["tier"], row.get("channel", "")) for row in rows)


def _announced_rows(
    session: Session, edition: Edition, base: Notice | None, fields: list[str], at: datetime
) -> list[dict[str, Any]]:
    """Return what is announced: the rows the public has seen, with no more fields than it has seen."""
    if base is None:
        raise rules.NotPublished
    _require_announceable(session, edition, base, at)
    return [rules.public_row(row, [field for field in fields if field in base.fields]) for row in base.rows]


def _supersede(session: Session, edition: Edition, kind: NoticeKind) -> None:
    before = queries.standing_notice(session, edition, kind)
    if before is not None:
        before.status = NoticeStatus.SUPERSEDED
        session.flush()


def _record(
    session: Session,
    act: PublicationAct,
    edition: Edition,
    notice: Notice,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    ids = {"subject_id": notice.id, "scope_id": edition.id}
    audit.record(session, act, by=by, at=at, subject=notice.title, reason=reason, detail=detail, **ids)
    session.flush()
