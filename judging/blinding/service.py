"""What is done with candidates: admit entries to a round, prepare review copies, decide findings, clear, take out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.blinding import identity_queries, letters, masking, queries, rules
from judging.blinding.identity import Identity
from judging.blinding.models import Candidate, CandidateStatus, Finding, ReviewFile
from judging.blinding.rules import BlindingAct
from judging.editions.models import Edition, Round
from judging.entries import files
from judging.entries.models import Attachment, AttachmentKind, Entry, EntryStatus
from judging.foundation import audit, chance
from judging.foundation.audit import Actor
from judging.foundation.storage import storage


def admit(
    session: Session, edition: Edition, round_: Round, entries: Sequence[Entry], *, by: Actor, at: datetime
) -> list[Candidate]:
    """Make candidates of entries that are not yet in the round, in an order and under codes that tell nothing."""
    rules.require_admission(edition, round_)
    for entry in entries:
        if entry.status is not EntryStatus.ACCEPTED or entry.track_id != round_.track_id:
            raise rules.NotAdmissible(code=entry.code)
    present = identity_queries.candidate_ids_of(session, round_.id)
    new = list({entry.id for entry in entries if entry.id not in present})
    chance.source().shuffle(new)
    full = identity_queries.for_masking(session, new)
    codes = rules.draw_codes(len(new), queries.codes_of(session, edition.id))
    made = [_candidate(round_, full[entry_id], code) for entry_id, code in zip(new, codes, strict=True)]
    session.add_all(made)
    session.flush()
    session.add_all(
        Identity(candidate_id=candidate.id, round_id=round_.id, entry_id=entry_id)
        for candidate, entry_id in zip(made, new, strict=True)
    )
    if made:
        _record(session, BlindingAct.ADMITTED, edition, round_.id, "", by=by, at=at, detail={"candidates": len(made)})
    session.flush()
    return sorted(made, key=lambda candidate: candidate.code)


def admit_waiting(session: Session, edition: Edition, *, by: Actor, at: datetime) -> int:
    """Admit all accepted entries to the first round of their track; return how many. Later rounds are admitted by selection."""
    if edition.round_number != 1:
        return 0
    waiting = identity_queries.waiting_entries(session, edition)
    return sum(
        len(admit(session, edition, round_, [e for e in waiting if e.track_id == round_.track_id], by=by, at=at))
        for round_ in queries.rounds_of(edition)
    )


def _candidate(round_: Round, entry: Entry, code: str) -> Candidate:
    shown = masking.words(entry, blind=round_.blind)
    return Candidate(
        round_id=round_.id,
        code=code,
        topic_type=entry.topic_type,
        industry=entry.unit.industry,
        title=shown.title,
        abstract=shown.abstract,
        keywords=shown.keywords,
    )


def prepare(session: Session, candidate: Candidate, *, at: datetime) -> None:
    """Make the review copy of a candidate anew; findings that a person dismissed stay dismissed."""
    prepare_all(session, [candidate], at=at)


def prepare_all(session: Session, candidates: Sequence[Candidate], *, at: datetime) -> None:
    """Make the review copies of several candidates anew, in as many statements as for one."""
    if any(candidate.status is CandidateStatus.REMOVED for candidate in candidates):
        raise rules.AlreadyRemoved
    ids = [candidate.id for candidate in candidates]
    entry_of = identity_queries.entry_ids_of(session, ids)
    entries = identity_queries.for_masking(session, list(entry_of.values()))
    dismissed = _dismissals(session, ids)
    for table in (ReviewFile, Finding):
        session.execute(sa.delete(table).where(table.candidate_id.in_(ids)))
    for candidate in candidates:
        masked = _mask(session, candidate, entries[entry_of[candidate.id]])
        _add_files(session, candidate, masked.files)
        candidate.status = rules.status_after(_add_findings(session, candidate, masked.found, dismissed))
    session.flush()
    for candidate in candidates:
        session.expire(candidate, ["files", "findings"])


def _mask(session: Session, candidate: Candidate, entry: Entry) -> masking.Masked:
    """Mask the entry that a candidate is, and let the candidate carry its masked words."""
    blind = session.get_one(Round, candidate.round_id).blind
    chosen = [(file, storage().get(file.storage_key)) for file in masking.files_to_show(entry, blind=blind)]
    masked = masking.mask(entry, chosen, blind=blind)
    if not candidate.worded_by_hand:
        candidate.title, candidate.abstract, candidate.keywords = masked.title, masked.abstract, masked.keywords
    candidate.topic_type, candidate.industry = entry.topic_type, entry.unit.industry
    return masked


def prepare_anew(session: Session, edition: Edition, candidate: Candidate, *, by: Actor, at: datetime) -> None:
    """Make the review copy again because a person asks for it, for example when a unit's name has been corrected."""
    rules.require_blinding(edition)
    prepare(session, candidate, at=at)
    _record(session, BlindingAct.PREPARED, edition, candidate.id, candidate.code, by=by, at=at)
    session.flush()


def _add_files(session: Session, candidate: Candidate, files: list[masking.MaskedFile]) -> None:
    for position, file in enumerate(files, start=1):
        stored = storage().put(file.data)
        session.add(
            ReviewFile(
                candidate_id=candidate.id,
                position=position,
                label=file.label.value,
                pages=file.pages,
                size=stored.size,
                storage_key=stored.key,
            )
        )


_Dismissal = tuple[datetime | None, UUID | None, str]


def _dismissals(session: Session, candidate_ids: Sequence[UUID]) -> dict[tuple[object, ...], _Dismissal]:
    """Return what people have dismissed on these candidates, by what `_key` says of a finding."""
    query = sa.select(Finding).where(Finding.candidate_id.in_(candidate_ids), Finding.dismissed_at.is_not(None))
    return {
        _key(old): (old.dismissed_at, old.dismissed_by_id, old.dismiss_reason)
        for old in session.scalars(query.order_by(Finding.position))
    }


def _add_findings(
    session: Session,
    candidate: Candidate,
    found: list[masking.Found],
    dismissed: Mapping[tuple[object, ...], _Dismissal],
) -> list[Finding]:
    fresh = [
        Finding(
            candidate_id=candidate.id,
            position=position,
            place=one.place,
            what=one.what,
            page=one.page,
            excerpt=one.excerpt,
            removed=one.removed,
        )
        for position, one in enumerate(found, start=1)
    ]
    for finding in fresh:
        if not finding.removed and _key(finding) in dismissed:
            finding.dismissed_at, finding.dismissed_by_id, finding.dismiss_reason = dismissed[_key(finding)]
    session.add_all(fresh)
    return fresh


def _key(finding: Finding) -> tuple[object, ...]:
    return finding.candidate_id, finding.place, finding.what, finding.page, finding.excerpt


def dismiss(
    session: Session, edition: Edition, candidate: Candidate, finding: Finding, *, reason: str, by: Actor, at: datetime
) -> None:
    """Decide that a finding gives nobody away."""
    rules.require_blinding(edition)
    finding.dismissed_at, finding.dismissed_by_id, finding.dismiss_reason = at, by.id, reason[:200]
    session.flush()
    if candidate.status is CandidateStatus.SUSPECT:
        candidate.status = rules.status_after(queries.findings_of(session, candidate.id))
    told = {"place": finding.place.value, "what": finding.what.value, "page": finding.page}
    _record(
        session, BlindingAct.DISMISSED, edition, candidate.id, candidate.code, by=by, at=at, reason=reason, detail=told
    )
    session.flush()


def raise_again(
    session: Session, edition: Edition, candidate: Candidate, finding: Finding, *, by: Actor, at: datetime
) -> None:
    """Take a dismissal back; a clearance that rested on it falls."""
    rules.require_blinding(edition)
    if candidate.status is CandidateStatus.REMOVED:
        raise rules.AlreadyRemoved
    if finding.dismissed_at is None:
        return
    finding.dismissed_at, finding.dismissed_by_id, finding.dismiss_reason = None, None, ""
    candidate.status = CandidateStatus.SUSPECT
    told = {"place": finding.place.value, "what": finding.what.value, "page": finding.page}
    _record(session, BlindingAct.RAISED, edition, candidate.id, candidate.code, by=by, at=at, detail=told)
    session.flush()


def reword(
    session: Session,
    edition: Edition,
    candidate: Candidate,
    *,
    title: str,
    abstract: str,
    keywords: str,
    by: Actor,
    at: datetime,
) -> None:
    """Set the texts that judges read, where blocking out took too much or too little."""
    rules.require_blinding(edition)
    before = {"title": candidate.title, "abstract": candidate.abstract, "keywords": candidate.keywords}
    candidate.title, candidate.abstract, candidate.keywords = title, abstract, keywords
    candidate.worded_by_hand = True
    changed = audit.changes(before, {"title": title, "abstract": abstract, "keywords": keywords})
    _record(session, BlindingAct.REWORDED, edition, candidate.id, candidate.code, by=by, at=at, detail=changed)
    session.flush()


def clear(session: Session, edition: Edition, candidate: Candidate, *, by: Actor, at: datetime) -> None:
    """Let judges read a candidate; somebody has looked at every finding."""
    rules.require_blinding(edition)
    rules.require_clearable(candidate, queries.findings_of(session, candidate.id))
    candidate.status = CandidateStatus.CLEARED
    _record(session, BlindingAct.CLEARED, edition, candidate.id, candidate.code, by=by, at=at)
    session.flush()


def hold(session: Session, edition: Edition, candidate: Candidate, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a clearance back before judges have seen the candidate."""
    rules.require_blinding(edition)
    if candidate.status is CandidateStatus.CLEARED:
        candidate.status = rules.status_after(queries.findings_of(session, candidate.id))
        _record(session, BlindingAct.HELD, edition, candidate.id, candidate.code, by=by, at=at, reason=reason)
        session.flush()


def clear_ready(session: Session, edition: Edition, rounds: Sequence[Round], *, by: Actor, at: datetime) -> int:
    """Clear every prepared candidate of these rounds on which nothing is open; return how many."""
    rules.require_blinding(edition)
    waiting = sa.and_(Candidate.round_id.in_([r.id for r in rounds]), Candidate.status == CandidateStatus.READY)
    found = list(session.scalars(sa.select(Candidate).where(waiting)))
    for candidate in found:
        candidate.status = CandidateStatus.CLEARED
    if found:
        _record(
            session, BlindingAct.CLEARED_ALL, edition, edition.id, "", by=by, at=at, detail={"candidates": len(found)}
        )
    session.flush()
    return len(found)


def replace_masked(
    session: Session,
    edition: Edition,
    candidate: Candidate,
    file_name: str,
    content: bytes,
    *,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    """Put a new masked copy in place of the entrant's and prepare the candidate anew; the former file is kept."""
    rules.require_blinding(edition)
    checked = files.check(content, file_name, files.accepted_for(AttachmentKind.MASKED))
    entry = session.get_one(Entry, identity_queries.entry_id_of(session, candidate.id))
    same = sa.and_(Attachment.entry_id == entry.id, Attachment.kind == AttachmentKind.MASKED)
    session.execute(sa.update(Attachment).where(same, Attachment.replaced_at.is_(None)).values(replaced_at=at))
    stored = storage().put(content)
    session.add(
        Attachment(
            entry_id=entry.id,
            kind=AttachmentKind.MASKED,
            file_name=checked.name,
            media_type=checked.media_type,
            size=stored.size,
            sha256=stored.sha256,
            storage_key=stored.key,
            uploaded_at=at,
            uploaded_by_id=by.id,
        )
    )
    session.flush()
    _record(session, BlindingAct.REPLACED, edition, candidate.id, candidate.code, by=by, at=at, reason=reason)
    # The entrant reads the story of the entry, which must not tell the code.
    _record(session, BlindingAct.REPLACED, edition, entry.id, entry.code, by=by, at=at, reason=reason)
    prepare(session, candidate, at=at)


def ask_for_copy(
    session: Session, edition: Edition, candidate: Candidate, *, reason: str, by: Actor, at: datetime
) -> bool:
    """Write to the entry's contact for a new masked copy; return whether there is an address to write to."""
    rules.require_blinding(edition)
    entry = identity_queries.entries_of(session, [candidate.id])[candidate.id]
    address = entry.contact_email or entry.unit.contact_email
    letters.ask_for_copy(session, edition, entry, address, reason, at)
    _record(session, BlindingAct.ASKED, edition, candidate.id, candidate.code, by=by, at=at, reason=reason)
    session.flush()
    return bool(address)


def remove(session: Session, edition: Edition, candidate: Candidate, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a candidate out of its round, for example when the entry is withdrawn; nothing of it is deleted."""
    rules.require_removal(edition)
    if candidate.status is CandidateStatus.REMOVED:
        raise rules.AlreadyRemoved
    candidate.status = CandidateStatus.REMOVED
    _record(session, BlindingAct.REMOVED, edition, candidate.id, candidate.code, by=by, at=at, reason=reason)
    session.flush()


def _record(
    session: Session,
    act: BlindingAct,
    edition: Edition,
    subject_id: UUID,
    subject: str,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subject_id=subject_id,
        subject=subject,
        scope_id=edition.id,
        reason=reason,
        detail=detail,
    )
