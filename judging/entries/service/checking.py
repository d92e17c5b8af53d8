"""What the secretariat does at the formal check: give a verdict, withdraw it, admit many at once."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from judging.editions.models import Edition, Stage
from judging.editions.rules import require_stage
from judging.entries import checks, queries
from judging.entries.models import CheckReason, Entry, EntryStatus, Verdict
from judging.entries.rules import EntryAct
from judging.entries.service import letters
from judging.entries.service.drafting import edition_of
from judging.entries.service.drafting import note as note_line
from judging.foundation.audit import Actor


def give_verdict(
    session: Session,
    entry: Entry,
    verdict: Verdict,
    *,
    reasons: Collection[CheckReason] = (),
    note: str = "",
    until: datetime | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Admit an entry, have it completed first, defer it, or turn it down; its contact gets a letter."""
    edition = edition_of(session, entry)
    require_stage(edition, Stage.INTAKE)
    entry = queries.entry_whole(session, entry)
    chosen = list(reasons)
    checks.require_verdict(entry, verdict, reasons=chosen, note=note, until=until, at=at)
    why = checks.words_of(chosen, note)
    _decide(entry, verdict, chosen, note, at)
    if verdict is Verdict.COMPLETE_FIRST:
        entry.return_reason, entry.return_until = why, until
    detail = {"verdict": verdict.value, "reasons": "、".join(reason.value for reason in chosen)}
    if until is not None and verdict is Verdict.COMPLETE_FIRST:
        detail["until"] = until.isoformat()
    note_line(session, entry, EntryAct.VERDICT, by=by, at=at, reason=why, detail=detail)
    _tell(session, entry, edition, verdict, why, at)


def _decide(entry: Entry, verdict: Verdict, reasons: list[CheckReason], note: str, at: datetime) -> None:
    entry.status, entry.verdict = checks.STATUS_AFTER[verdict], verdict
    entry.verdict_reasons = [] if verdict is Verdict.ADMIT else [reason.value for reason in reasons]
    entry.verdict_note, entry.checked_at, entry.changed_at = note.strip(), at, at


def _tell(session: Session, entry: Entry, edition: Edition, verdict: Verdict, why: str, at: datetime) -> None:
    if verdict is Verdict.COMPLETE_FIRST:
        letters.tell_returned(session, entry, edition, who=edition.organiser, at=at)
    else:
        letters.tell_verdict(session, entry, edition, verdict, "" if verdict is Verdict.ADMIT else why, at)


def withdraw_verdict(session: Session, entry: Entry, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a verdict back while intake runs: the entry is in review again."""
    edition = edition_of(session, entry)
    require_stage(edition, Stage.INTAKE)
    if entry.verdict is None or entry.status is EntryStatus.WITHDRAWN:
        raise checks.NoVerdict
    entry = queries.entry_whole(session, entry)
    assert entry.verdict is not None
    verdict = entry.verdict
    entry.status, entry.verdict, entry.verdict_reasons = EntryStatus.SUBMITTED, None, []
    entry.verdict_note, entry.checked_at, entry.changed_at = "", None, at
    entry.return_reason, entry.return_until = "", None
    detail = {"verdict": [verdict.value, None]}
    note_line(session, entry, EntryAct.VERDICT_WITHDRAWN, by=by, at=at, reason=reason, detail=detail)
    letters.tell_withdrawn(session, entry, edition, verdict, at)
