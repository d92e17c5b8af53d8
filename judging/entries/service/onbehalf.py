"""What the secretariat does in a unit's stead: lay in a file that came by mail or on paper."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.entries import checks
from judging.entries.models import Attachment, AttachmentKind, Entry
from judging.entries.rules import EntryAct
from judging.entries.service.drafting import Received, edition_of, note
from judging.foundation.audit import Actor


def attach_for_unit(
    session: Session, entry: Entry, kind: AttachmentKind, received: Received, *, reason: str, by: Actor, at: datetime
) -> Attachment:
    """Let a checked and stored file stand in its place; the unit reads who laid it in, and why."""
    checks.require_layable(entry, edition_of(session, entry), kind)
    words = checks.require_on_behalf(reason)
    same = sa.and_(Attachment.entry_id == entry.id, Attachment.kind == kind, Attachment.replaced_at.is_(None))
    former = list(session.scalars(sa.select(Attachment).where(same).order_by(Attachment.uploaded_at)))
    for file in former:
        file.replaced_at = at
    made = Attachment(
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
    session.add(made)
    entry.changed_at = at
    names = [former[-1].file_name if former else None, received.name]
    detail = {"file": names, "kind": kind.value, "sha256": received.stored.sha256}
    note(session, entry, EntryAct.ATTACHED_FOR_UNIT, by=by, at=at, reason=words, detail=detail)
    session.flush()
    session.expire(entry, ["attachments"])
    return made
