"""Reading entries: one function per question."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from judging.editions.models import Edition
from judging.entries import rules
from judging.entries.models import Attachment, AttachmentKind, Entry, EntryStatus
from judging.foundation.errors import NotFound


def whole() -> tuple[ORMOption, ...]:
    """Return how to load an entry with everything its pages show, in three statements for any number of entries."""
    return (
        joinedload(Entry.track),
        joinedload(Entry.unit),
        joinedload(Entry.recommending_unit),
        selectinload(Entry.members),
        selectinload(Entry.attachments),
    )


def own_entries(session: Session, edition: Edition, unit_ids: Collection[UUID]) -> list[Entry]:
    """Return the entries of these units, the newest first."""
    mine = sa.and_(Entry.edition_id == edition.id, Entry.unit_id.in_(unit_ids))
    query = sa.select(Entry).where(mine).options(*whole()).order_by(Entry.created_at.desc(), Entry.code.desc())
    return list(session.scalars(query))


def own_entry(session: Session, edition: Edition, entry_id: UUID, unit_ids: Collection[UUID]) -> Entry:
    """Return an entry of these units; somebody else's is simply not found."""
    return _one(session, Entry.id == entry_id, Entry.edition_id == edition.id, Entry.unit_id.in_(unit_ids))


def entry_full(session: Session, edition: Edition, entry_id: UUID) -> Entry:
    """Return any entry of the edition, for those who may see all."""
    return _one(session, Entry.id == entry_id, Entry.edition_id == edition.id)


def entry_afresh(session: Session, entry: Entry) -> Entry:
    """Return the entry as the database holds it now, with everything that belongs to it."""
    session.flush()
    query = sa.select(Entry).where(Entry.id == entry.id).options(*whole())
    return session.scalars(query.execution_options(populate_existing=True)).one()


def entry_whole(session: Session, entry: Entry) -> Entry:
    """Return the entry with everything that belongs to it, asking the database only when something is not loaded."""
    parts = {"track", "unit", "recommending_unit", "members", "attachments"}
    return entry_afresh(session, entry) if parts & sa.inspect(entry).unloaded else entry


def _one(session: Session, *where: sa.ColumnElement[bool]) -> Entry:
    found = session.scalar(sa.select(Entry).where(*where).options(*whole()))
    if found is None:
        raise NotFound
    return found


def accepted(session: Session, track_id: UUID) -> list[Entry]:
    """Return the admitted entries of a track."""
    mine = sa.and_(Entry.track_id == track_id, Entry.status == EntryStatus.ACCEPTED)
    return list(session.scalars(sa.select(Entry).where(mine).options(*whole()).order_by(Entry.code)))


def counts_by_status(session: Session, edition_id: UUID, track_id: UUID | None = None) -> dict[EntryStatus, int]:
    """Return how many entries are in each state (states without entries count 0)."""
    where = [Entry.edition_id == edition_id] + ([Entry.track_id == track_id] if track_id else [])
    rows = session.execute(sa.select(Entry.status, sa.func.count()).where(*where).group_by(Entry.status))
    return dict.fromkeys(EntryStatus, 0) | {row[0]: row[1] for row in rows}


def active_attachment(entry: Entry, kind: AttachmentKind) -> Attachment | None:
    """Return the file of a kind that stands now."""
    return rules.active_attachment(entry, kind)


def attachment_of(entry: Entry, attachment_id: UUID) -> Attachment:
    """Return a file of the entry, replaced ones included."""
    found = next((file for file in entry.attachments if file.id == attachment_id), None)
    if found is None:
        raise NotFound
    return found


def last_number(session: Session, edition_id: UUID, prefix: str) -> int:
    """Return the highest receipt number given under a prefix; codes from elsewhere may end in anything."""
    mine = sa.and_(Entry.edition_id == edition_id, Entry.code.startswith(prefix, autoescape=True))
    longest_first = sa.select(Entry.code).where(mine).order_by(sa.func.length(Entry.code).desc(), Entry.code.desc())
    for query in (longest_first.limit(20), longest_first):  # the first page nearly always holds it
        numbers = [code.removeprefix(prefix) for code in session.scalars(query)]
        counted = [int(number) for number in numbers if number.isdecimal() and number.isascii()]
        if counted:
            return max(counted)
    return 0
