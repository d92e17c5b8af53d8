"""Entries for tests."""

import itertools
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from judging.editions.models import Edition, TrackKind
from judging.entries.models import Attachment, AttachmentKind, Entry, EntryStatus, TeamMember
from judging.foundation.storage import storage
from judging.units.models import Unit
from tests.factories.units import make_unit

AT = datetime(2022, 5, 10, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_entry(
    session: Session,
    edition: Edition,
    *,
    unit: Unit | None = None,
    kind: TrackKind = TrackKind.QC,
    members: tuple[str, ...] = ("张一", "李二", "王三"),
    **values: Any,
) -> Entry:
    """Return an accepted entry of the edition, with its team."""
    number, track = next(_numbers), edition.track(kind)
    assert track is not None
    preset: dict[str, Any] = {
        "code": f"{track.code}-{number:04d}",
        "status": EntryStatus.ACCEPTED,
        "title": f"降低第{number}号产线停机率",
        "topic_type": "self_set" if kind is TrackKind.QC else "",
        "group_name": f"晨光{number}小组",
        "created_at": AT,
        "submitted_at": AT,
    }
    unit = unit or make_unit(session)
    team = [TeamMember(position=position, name=name) for position, name in enumerate(members, start=1)]
    links = {
        "edition_id": edition.id,
        "track_id": track.id,
        "unit_id": unit.id,
        "unit": unit,
        "members": team,
        "attachments": [],
    }
    entry = Entry(**preset | links | values)
    session.add(entry)
    session.flush()
    return entry


def attach_pdf(
    session: Session,
    entry: Entry,
    content: bytes,
    *,
    kind: AttachmentKind = AttachmentKind.MASKED,
    file_name: str = "盲审稿.pdf",
    media_type: str = "application/pdf",
) -> Attachment:
    """Return a stored file of an entry; the masked copy unless told otherwise."""
    stored = storage().put(content)
    links = {"entry_id": entry.id, "kind": kind, "file_name": file_name, "media_type": media_type, "uploaded_at": AT}
    made = Attachment(**links, size=stored.size, sha256=stored.sha256, storage_key=stored.key)
    session.add(made)
    session.flush()
    return made
