"""Drafts that lack nothing, as entrants leave them before submitting."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from judging.editions.models import Edition, TrackKind
from judging.entries.models import AttachmentKind, Entry
from judging.entries.rules import DECLARATIONS
from judging.entries.service import drafting
from judging.foundation.audit import SYSTEM, Actor
from judging.units.models import Unit
from tests.factories.entries import AT
from tests.factories.units import make_unit
from tests.hostile.uploads import pdf

FILLED: dict[str, Any] = {
    "title": "降低停机率",
    "topic_type": "self_set",
    "keywords": "停机；PDCA",
    "group_name": "晨光小组",
    "presenter": "张一",
    "contact_name": "周敏",
    "contact_phone": "13800001234",
    "contact_email": "zhou@example.cn",
    "abstract": "现状、原因、对策与效果。",
    "target": "5.2%降到3%",
    "reached": "2.8%",
    "benefit": Decimal("36.5"),
    **dict.fromkeys(DECLARATIONS, True),
}


def make_draft(
    session: Session,
    edition: Edition,
    *,
    unit: Unit | None = None,
    kind: TrackKind = TrackKind.QC,
    by: Actor = SYSTEM,
    files: bool = True,
    **values: Any,
) -> Entry:
    """Return a complete draft, made by the service functions themselves; `values` overrides what is typed."""
    track = edition.track(kind)
    assert track is not None
    entry = drafting.start_entry(session, edition, track, unit or make_unit(session), by=by, at=AT)
    drafting.save_fields(session, entry, FILLED | values, by=by, at=AT)
    drafting.set_members(session, entry, [("张一", "组长"), ("李二", ""), ("王三", "")], by=by, at=AT)
    if files:
        drafting.attach(session, entry, AttachmentKind.REPORT, "报告.pdf", pdf("report"), by=by, at=AT)
        drafting.attach(session, entry, AttachmentKind.MASKED, "脱敏稿.pdf", pdf("masked"), by=by, at=AT)
    return entry
