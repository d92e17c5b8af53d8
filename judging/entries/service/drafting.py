"""What entrants do before submitting: start, save, name the team, attach files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.editions.models import Edition, Stage, Track
from judging.editions.rules import require_open
from judging.entries import files, queries, rules
from judging.entries.models import Attachment, AttachmentKind, Entry, TeamMember
from judging.entries.rules import EntryAct
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.foundation.storage import Stored, storage
from judging.units.models import Unit

FIELDS = frozenset(
    {
        "title",
        "topic_type",
        "keywords",
        "abstract",
        "methods",
        "target",
        "reached",
        "benefit",
        "intangible_benefit",
        "group_name",
        "group_number",
        "active_from",
        "active_until",
        "presenter",
        "contact_name",
        "contact_phone",
        "contact_email",
        *rules.DECLARATIONS,
    }
)


def start_entry(
    session: Session,
    edition: Edition,
    track: Track,
    unit: Unit,
    *,
    by: Actor,
    created_by_id: UUID | None = None,
    at: datetime,
) -> Entry:
    """Begin an entry of a unit in a track; it gets its receipt number now and keeps it."""
    require_open(edition, Stage.INTAKE, at)
    entry = Entry(
        edition_id=edition.id,
        track=track,
        unit=unit,
        recommending_unit_id=unit.recommending_unit_id if track.via_recommending_unit else None,
        code=next_code(session, edition, track),
        contact_name=unit.contact_name,
        contact_phone=unit.contact_phone,
        contact_email=unit.contact_email,
        created_by_id=created_by_id,
        created_at=at,
        changed_at=at,
        members=[],
        attachments=[],
    )
    session.add(entry)
    session.flush()
    note(session, entry, EntryAct.STARTED, by=by, at=at, detail={"track": track.name, "unit": unit.name})
    return entry


def next_code(session: Session, edition: Edition, track: Track) -> str:
    """Return the next receipt number of a track; the track's row is held so that no number is given twice."""
    session.execute(sa.select(Track.id).where(Track.id == track.id).with_for_update())
    prefix = f"{track.code}{edition.year}-"
    return f"{prefix}{queries.last_number(session, edition.id, prefix) + 1:04d}"


def save_fields(session: Session, entry: Entry, values: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Save what was typed, complete or not; only what differs leaves a line in the history."""
    rules.require_editable(entry, edition_of(session, entry), at)
    unknown = set(values) - FIELDS
    if unknown:
        raise ValueError(f"not fields of an entry: {', '.join(sorted(unknown))}")
    before = {field: getattr(entry, field) for field in values}
    changed = audit.changes(before, {field: _stored(value) for field, value in values.items()})
    if not changed:
        return
    for field in changed:
        setattr(entry, field, _stored(values[field]))
    entry.changed_at = at
    note(session, entry, EntryAct.CHANGED, by=by, at=at, detail=changed)


def _stored(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def set_members(session: Session, entry: Entry, members: Sequence[tuple[str, str]], *, by: Actor, at: datetime) -> None:
    """Name the team, in order: pairs of name and role."""
    rules.require_editable(entry, edition_of(session, entry), at)
    rules.require_team(members)
    present = list(session.scalars(sa.select(TeamMember).where(TeamMember.entry_id == entry.id)))
    present.sort(key=lambda member: member.position)
    before = [(member.name, member.role) for member in present]
    if before == [tuple(member) for member in members]:
        return
    for member in present:
        session.delete(member)
    for place, (name, role) in enumerate(members, start=1):
        session.add(TeamMember(entry_id=entry.id, position=place, name=name, role=role))
    entry.changed_at = at
    detail = {"members": [_team(before), _team(members)]}
    note(session, entry, EntryAct.MEMBERS, by=by, at=at, detail=detail)
    session.expire(entry, ["members"])


def _team(members: Sequence[tuple[str, str]]) -> str:
    return "、".join(f"{name}（{role}）" if role else name for name, role in members)


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has been checked and stored, but stands in no entry yet."""

    name: str
    media_type: str
    stored: Stored


def receive(kind: AttachmentKind, file_name: str, content: bytes) -> Received:
    """Check a file by its content and store it; done before a transaction begins, so that nobody waits for it."""
    checked = files.check(content, file_name, files.accepted_for(kind))
    return Received(checked.name, checked.media_type, storage().put(content))


def attach(
    session: Session, entry: Entry, kind: AttachmentKind, file_name: str, content: bytes, *, by: Actor, at: datetime
) -> Attachment:
    """Check and store a file, and let it stand in place of the former one of its kind."""
    rules.require_uploadable(entry, edition_of(session, entry), kind, at)
    return attach_received(session, entry, kind, receive(kind, file_name, content), by=by, at=at)


def attach_received(
    session: Session, entry: Entry, kind: AttachmentKind, received: Received, *, by: Actor, at: datetime
) -> Attachment:
    """Let a stored file stand in place of the former one of its kind."""
    rules.require_uploadable(entry, edition_of(session, entry), kind, at)
    former = _active(session, entry, kind)
    for file in former:
        file.replaced_at = at
    attachment = Attachment(
        entry_id=entry.id,
        kind=kind,
        file_name=received.name,
        media_type=received.media_type,
        size=received.stored.size,
        sha256=received.stored.sha256,
        storage_key=received.stored.key,
        uploaded_at=at,
        uploaded_by_id=by.id,
    )
    session.add(attachment)
    entry.changed_at = at
    act = EntryAct.REPLACED if former else EntryAct.ATTACHED
    names = [former[-1].file_name if former else None, received.name]
    detail = {"file": names, "kind": kind.value, "sha256": received.stored.sha256}
    note(session, entry, act, by=by, at=at, detail=detail)
    session.expire(entry, ["attachments"])
    return attachment


def remove_attachment(session: Session, entry: Entry, attachment: Attachment, *, by: Actor, at: datetime) -> None:
    """Take a file out of the entry; the stored original stays until the edition is purged."""
    rules.require_uploadable(entry, edition_of(session, entry), attachment.kind, at)
    if attachment.replaced_at is not None:
        return
    attachment.replaced_at = at
    entry.changed_at = at
    detail = {"file": [attachment.file_name, None], "kind": attachment.kind.value}
    note(session, entry, EntryAct.REMOVED, by=by, at=at, detail=detail)


def _active(session: Session, entry: Entry, kind: AttachmentKind) -> list[Attachment]:
    same = sa.and_(Attachment.entry_id == entry.id, Attachment.kind == kind, Attachment.replaced_at.is_(None))
    return list(session.scalars(sa.select(Attachment).where(same).order_by(Attachment.uploaded_at)))


def edition_of(session: Session, entry: Entry) -> Edition:
    """Return the edition of an entry; its calendar comes along."""
    return session.get_one(Edition, entry.edition_id)


def note(
    session: Session,
    entry: Entry,
    act: EntryAct,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Leave a line about the entry in the trail; it goes to the database with the act itself."""
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subject_id=entry.id,
        subject=f"{entry.code} {entry.title}".strip(),
        scope_id=entry.edition_id,
        reason=reason,
        detail=detail,
    )
