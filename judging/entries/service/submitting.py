"""What entrants do with a finished entry: submit it (again), take it back."""

import hashlib
import json
from datetime import datetime

from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.editions.models import Edition
from judging.entries import queries, rules
from judging.entries.models import Entry, EntryStatus
from judging.entries.rules import EntryAct
from judging.entries.service.drafting import FIELDS, edition_of, note
from judging.foundation import outbox
from judging.foundation.audit import Actor


def submit(session: Session, entry: Entry, *, by: Actor, at: datetime) -> None:
    """Hand the entry in, for the first time or after a return, and send the receipt."""
    edition = edition_of(session, entry)
    rules.require_editable(entry, edition, at)
    entry = queries.entry_afresh(session, entry)
    rules.require_complete(entry)
    act = EntryAct.RESUBMITTED if entry.status is EntryStatus.RETURNED else EntryAct.SUBMITTED
    entry.status, entry.submitted_at, entry.changed_at = EntryStatus.SUBMITTED, at, at
    entry.return_reason, entry.return_until = "", None
    entry.verdict, entry.verdict_reasons, entry.verdict_note, entry.checked_at = None, [], "", None
    entry.receipt_hash = receipt_hash(entry)
    note(session, entry, act, by=by, at=at, detail={"receipt": entry.receipt_hash})
    _send_receipt(session, entry, edition, at)
    session.flush()


def receipt_hash(entry: Entry) -> str:
    """Return the SHA-256 of all fields, the team and the files' own hashes: equal content, equal receipt."""
    content = {
        "code": entry.code,
        "unit": entry.unit.name,
        "fields": {field: str(_canonical(getattr(entry, field))) for field in sorted(FIELDS)},
        "members": [[member.name, member.role] for member in entry.members],
        "files": sorted([file.kind.value, file.sha256] for file in entry.attachments if file.replaced_at is None),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: object) -> object:
    return value.normalize() if hasattr(value, "normalize") else "" if value is None else value


def _send_receipt(session: Session, entry: Entry, edition: Edition, at: datetime) -> None:
    body = gettext(
        "Dear %(name)s,\n\n"
        "we have received “%(title)s” of %(unit)s for %(edition)s.\n"
        "Receipt number: %(code)s\nCheck value: %(hash)s\n\n"
        "You can follow its state under “My entries”. If it is returned for correction, you will get a letter.\n\n"
        "%(organiser)s",
        name=entry.contact_name,
        title=entry.title,
        unit=entry.unit.name,
        edition=edition.name,
        code=entry.code,
        hash=entry.receipt_hash,
        organiser=edition.organiser,
    )
    subject = gettext("Receipt for your entry %(code)s", code=entry.code)
    to = entry.contact_email or entry.unit.contact_email
    outbox.lay(session, to=to, subject=subject, body=body, at=at, scope_id=entry.edition_id)


def withdraw(session: Session, entry: Entry, *, by: Actor, at: datetime, reason: str) -> None:
    """Take an entry back for good; its number is not given again."""
    rules.require_withdrawable(entry, edition_of(session, entry))
    entry.status, entry.changed_at = EntryStatus.WITHDRAWN, at
    entry.batch_id, entry.recommended_at, entry.recommended_rank = None, None, None
    note(session, entry, EntryAct.WITHDRAWN, by=by, at=at, reason=reason)
    session.flush()
