"""Acts on objections: file, accept, refuse, answer as an inquiry, uphold, dismiss. Who objected stays protected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.editions.models import Edition, Stage
from judging.editions.rules import require_stage
from judging.entries import files
from judging.entries.files import Accepts, FileType
from judging.foundation import audit, chance, outbox, throttle
from judging.foundation.audit import Actor
from judging.foundation.storage import storage
from judging.publication import queries, rules
from judging.publication.models import Notice, NoticeStatus, Objection, ObjectionStatus
from judging.publication.rules import PublicationAct
from judging.publication.service.notices import new_version
from judging.selection import service as selection
from judging.selection.models import Tier

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that reads like something else
EVIDENCE = Accepts((FileType.PDF, FileType.JPEG, FileType.PNG, FileType.DOCX), 20 * files.MB)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that was checked and stored, not yet tied to an objection."""

    key: str
    name: str
    media_type: str


def random_code(length: int) -> str:
    """Return a code that nobody guesses and anybody can type."""
    return chance.word(ALPHABET, length)


def count_attempt(session: Session, notice: Notice, address: str, at: datetime) -> None:
    """Refuse floods from one address; asked before a file is stored, so that nobody fills the disk either."""
    key = throttle.key_of("objection", notice.id, address)
    if throttle.count(session, key, at - rules.OBJECTION_WINDOW) >= rules.MAX_OBJECTIONS:
        raise rules.TooManyObjections(max=rules.MAX_OBJECTIONS)
    throttle.note(session, key, at, keep=rules.OBJECTION_WINDOW)


def file_objection(
    session: Session,
    edition: Edition,
    notice: Notice,
    *,
    name: str,
    contact: str,
    grounds: str,
    at: datetime,
    unit_name: str = "",
    number: int | None = None,
    entry_id: UUID | None = None,
    about_level_only: bool = False,
    evidence: bytes | Evidence | None = None,
    evidence_name: str = "",
) -> Objection:
    """Receive an objection to the standing notice; `number` is the row of the list it is about.

    Disagreement with the level alone is an inquiry: it is answered, needs no evidence, and holds nothing up.
    Evidence comes as bytes, or already stored (`store_evidence`) where a long transaction would be in the way.
    """
    rules.require_standing(notice)
    rules.require_window(edition, notice, at)
    made = Objection(
        edition_id=edition.id,
        notice_id=notice.id,
        entry_id=entry_id or _entry_of_row(notice, number),
        receipt=random_code(10),
        name=rules.require_real_name(name),
        unit_name=unit_name.strip(),
        contact=rules.require_contact(contact),
        grounds=rules.require_grounds(grounds),
        about_level_only=about_level_only,
        status=ObjectionStatus.INQUIRY if about_level_only else ObjectionStatus.RECEIVED,
        received_at=at,
    )
    kept = store_evidence(evidence, evidence_name) if isinstance(evidence, bytes) and evidence else evidence
    if isinstance(kept, Evidence):
        made.evidence_key, made.evidence_name, made.evidence_type = kept.key, kept.name, kept.media_type
    elif not about_level_only:
        raise rules.NoEvidence
    session.add(made)
    session.flush()
    _record(session, PublicationAct.OBJECTION_FILED, edition, made, by=Actor(None, _("the public")), at=at)
    _write(session, edition, made, _("We have received your objection."), at=at)
    return made


def _entry_of_row(notice: Notice, number: int | None) -> UUID | None:
    if number is None:
        return None
    if not 1 <= number <= len(notice.rows):
        raise rules.NoSuchRow(number=number)
    return UUID(notice.rows[number - 1]["entry"])


def store_evidence(content: bytes, file_name: str) -> Evidence:
    """Check a file by its content and store it, or refuse it with the sentence that helps."""
    checked = files.check(content, file_name, EVIDENCE)
    return Evidence(storage().put(content).key, checked.name, checked.media_type)


def accept_objection(session: Session, edition: Edition, objection: Objection, *, by: Actor, at: datetime) -> None:
    """Accept an objection for a closer look."""
    rules.require_unruled(objection)
    objection.status = ObjectionStatus.ACCEPTED
    session.flush()
    _record(session, PublicationAct.OBJECTION_ACCEPTED, edition, objection, by=by, at=at)
    _write(session, edition, objection, _("Your objection has been accepted and is being looked into."), at=at)


def refuse_objection(
    session: Session, edition: Edition, objection: Objection, *, ruling: str, by: Actor, at: datetime
) -> None:
    """Do not accept an objection, saying why."""
    _rule(session, edition, objection, ObjectionStatus.REFUSED, PublicationAct.OBJECTION_REFUSED, ruling, by=by, at=at)


def answer_inquiry(
    session: Session, edition: Edition, objection: Objection, *, ruling: str, by: Actor, at: datetime
) -> None:
    """Answer a disagreement with the level as an inquiry."""
    _rule(session, edition, objection, ObjectionStatus.INQUIRY, PublicationAct.OBJECTION_INQUIRY, ruling, by=by, at=at)


def dismiss(session: Session, edition: Edition, objection: Objection, *, ruling: str, by: Actor, at: datetime) -> None:
    """Rule that the objection does not hold."""
    _rule(
        session, edition, objection, ObjectionStatus.DISMISSED, PublicationAct.OBJECTION_DISMISSED, ruling, by=by, at=at
    )


def uphold(
    session: Session,
    edition: Edition,
    objection: Objection,
    *,
    ruling: str,
    by: Actor,
    at: datetime,
    change_level: bool = True,
    new_tier_id: UUID | None = None,
    change_note: str = "",
) -> Notice | None:
    """Rule that the objection holds.

    With `change_level` the entry's level becomes `new_tier_id` (None: no award). That waits for the signature of a
    second person, and a new version of the notice is drafted; it can be published once the change is signed.
    """
    require_stage(edition, Stage.NOTICE)
    rules.require_unruled(objection)
    words = rules.require_words(ruling)
    if change_level:
        _propose_change(session, edition, objection, new_tier_id, words, by=by, at=at)
    _rule(session, edition, objection, ObjectionStatus.UPHELD, PublicationAct.OBJECTION_UPHELD, ruling, by=by, at=at)
    standing = queries.standing_notice(session, edition)
    if not change_level or standing is None or standing.status is not NoticeStatus.PUBLISHED:
        return None
    draft = queries.draft_of(session, edition)
    if draft is not None:
        return draft
    note = change_note.strip() or _("The list has been corrected after an objection was upheld.")
    return new_version(session, edition, standing, change_note=note, by=by, at=at)


def _propose_change(
    session: Session,
    edition: Edition,
    objection: Objection,
    tier_id: UUID | None,
    reason: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    decision = queries.decision_on(session, edition, objection.entry_id) if objection.entry_id else None
    if decision is None or decision.tier_id is None:
        raise rules.NotAwarded
    tier = session.get(Tier, tier_id) if tier_id else None
    if tier_id and tier is None:
        raise rules.NotAwarded
    objection.move_id = selection.propose_move(session, decision, tier, reason=reason, by=by, at=at).id


def sign_change(session: Session, edition: Edition, objection: Objection, *, by: Actor, at: datetime) -> None:
    """Sign, as the second person, the change of the list that an upheld objection proposed."""
    selection.sign_move(session, queries.unsigned_move(session, objection), by=by, at=at)


def show_objector(session: Session, edition: Edition, objection: Objection, *, by: Actor, at: datetime) -> None:
    """Note in the trail that somebody looks at the objector's identity."""
    _record(session, PublicationAct.OBJECTOR_SHOWN, edition, objection, by=by, at=at)


def read_evidence(session: Session, edition: Edition, objection: Objection, *, by: Actor, at: datetime) -> None:
    """Note in the trail that somebody takes the evidence, which may name the objector."""
    _record(session, PublicationAct.EVIDENCE_READ, edition, objection, by=by, at=at)


def _rule(
    session: Session,
    edition: Edition,
    objection: Objection,
    status: ObjectionStatus,
    act: PublicationAct,
    ruling: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    rules.require_unruled(objection)
    objection.ruling = rules.require_words(ruling)
    objection.status, objection.ruled_at, objection.ruled_by_id = status, at, by.id
    session.flush()
    _record(session, act, edition, objection, by=by, at=at, reason=objection.ruling)
    _write(session, edition, objection, objection.ruling, at=at)


def _write(session: Session, edition: Edition, objection: Objection, words: str, *, at: datetime) -> None:
    body = _(
        "%(words)s\n\nState: %(state)s\nReceipt code: %(code)s\n\n%(organiser)s",
        words=words,
        state=str(objection.status.label),
        code=objection.receipt,
        organiser=edition.organiser,
    )
    subject = _("Your objection %(code)s", code=objection.receipt)
    to = rules.email_in(objection.contact)
    outbox.lay(session, to=to, subject=subject, body=body, at=at, scope_id=edition.id)


def _record(
    session: Session,
    act: PublicationAct,
    edition: Edition,
    objection: Objection,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """The trail names the receipt, never the objector."""
    ids = {"subject_id": objection.id, "scope_id": edition.id}
    audit.record(session, act, by=by, at=at, subject=objection.receipt, reason=reason, detail=detail, **ids)
    session.flush()
