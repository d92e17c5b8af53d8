"""What is done about conflicts: detect, declare, record, request, decide, waive."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from judging.conflicts import queries, rules
from judging.conflicts.detection import Detected
from judging.conflicts.detection import detect as find
from judging.conflicts.models import Conflict, ConflictBasis, ConflictKind, ConflictStatus
from judging.conflicts.rules import ConflictAct
from judging.editions.models import Edition
from judging.entries.models import Entry
from judging.foundation import audit, outbox
from judging.foundation.audit import Actor
from judging.judges.models import Judge, JudgeStatus, RecusalUnit
from judging.judges.queries import judges_named
from judging.units.models import Unit

AT_ONCE = 1000  # ids in one statement


def detect(session: Session, edition: Edition, *, by: Actor, at: datetime) -> int:
    """Compare judges with entries; return how many new conflicts stand. What no longer holds is dropped, waivers stay."""
    rules.require_gathering(edition)
    found = _find(session, edition)
    known = queries.detected(session, edition.id)
    new = found - known.keys()
    gone = [id_ for key, (id_, status) in known.items() if key not in found and status is ConflictStatus.STANDING]
    for start in range(0, len(gone), AT_ONCE):
        session.execute(sa.delete(Conflict).where(Conflict.id.in_(gone[start : start + AT_ONCE])))
    if new:  # as plain rows: by cities there can be hundreds of thousands; in order, for a set has none of its own
        session.execute(sa.insert(Conflict), [_row(edition, one, by, at) for one in sorted(new, key=_order)])
    detail = {"new": len(new), "dropped": len(gone), "all": len(found)}
    _record(session, ConflictAct.DETECTED, edition, None, "", by=by, at=at, detail=detail)
    session.flush()
    return len(new)


def undetected(session: Session, edition: Edition) -> int:
    """Return how many conflicts the data shows that nobody has recorded yet."""
    return len(_find(session, edition) - queries.detected(session, edition.id).keys())


def _find(session: Session, edition: Edition) -> set[Detected]:
    in_bank = Judge.status.in_((JudgeStatus.ACTIVE, JudgeStatus.SUSPENDED, JudgeStatus.CANDIDATE))
    judges = list(session.scalars(sa.select(Judge).where(in_bank)))
    pairs = session.execute(sa.select(RecusalUnit.judge_id, RecusalUnit.unit_id))
    recusals = {(judge_id, unit_id) for judge_id, unit_id in pairs}
    entries = queries.entries_taking_part(session, edition.id)
    in_question = {judge.id for judge in judges}
    spoken_for = {pair for pair in queries.spoken_for(session) if pair[0] in in_question}
    groups = [(unit_id, group) for unit_id, group in session.execute(sa.select(Unit.id, Unit.parent_group)) if group]
    return find(judges, entries, recusals, by_region=edition.region_conflict, spoken_for=spoken_for, groups=groups)


def _order(one: Detected) -> tuple[UUID, UUID, str]:
    target = one.unit_id or one.entry_id
    assert target is not None
    return one.judge_id, target, one.basis.value


def _row(edition: Edition, one: Detected, by: Actor, at: datetime) -> dict[str, object]:
    return {
        "edition_id": edition.id,
        "judge_id": one.judge_id,
        "unit_id": one.unit_id,
        "entry_id": one.entry_id,
        "kind": ConflictKind.DETECTED,
        "basis": one.basis,
        "created_at": at,
        "created_by_id": by.id,
    }


def declare(
    session: Session,
    edition: Edition,
    judge: Judge,
    *,
    unit: Unit | None = None,
    entry: Entry | None = None,
    basis: ConflictBasis,
    reason: str,
    by: Actor,
    at: datetime,
) -> Conflict:
    """Record what a judge says of a unit or an entry; it bars at once."""
    said: dict[str, Any] = {"unit": unit, "entry": entry, "basis": basis, "reason": reason, "by": by, "at": at}
    return _note(session, edition, judge, ConflictKind.DECLARED, ConflictAct.DECLARED, **said)


def record(
    session: Session,
    edition: Edition,
    judge: Judge,
    *,
    unit: Unit | None = None,
    entry: Entry | None = None,
    basis: ConflictBasis,
    reason: str,
    by: Actor,
    at: datetime,
) -> Conflict:
    """Record what the secretariat knows of a judge and a unit or an entry; it bars at once."""
    said: dict[str, Any] = {"unit": unit, "entry": entry, "basis": basis, "reason": reason, "by": by, "at": at}
    return _note(session, edition, judge, ConflictKind.RECORDED, ConflictAct.RECORDED, **said)


def recuse(
    session: Session, edition: Edition, judge: Judge, entry: Entry, *, reason: str, by: Actor, at: datetime
) -> Conflict:
    """Keep what a judge said on the score sheet, so that nobody gives the entry back; saying it again is no error."""
    old = _recusal(session, edition, judge.id, entry)
    if old is not None and old.status is ConflictStatus.STANDING:
        return old
    if old is not None:
        _decide(session, edition, old, ConflictStatus.STANDING, ConflictAct.RECUSED, reason=reason, by=by, at=at)
        return old
    said: dict[str, Any] = {"unit": None, "entry": entry, "basis": ConflictBasis.RECUSED, "reason": reason}
    return _note(session, edition, judge, ConflictKind.DECLARED, ConflictAct.RECUSED, **said, by=by, at=at)


def lift_recusal(
    session: Session, edition: Edition, judge_id: UUID, entry: Entry, *, reason: str, by: Actor, at: datetime
) -> None:
    """Waive a recusal on a score sheet, where one stands."""
    old = _recusal(session, edition, judge_id, entry)
    if old is not None and old.status is ConflictStatus.STANDING:
        waive(session, old, reason=reason, by=by, at=at)


def _recusal(session: Session, edition: Edition, judge_id: UUID, entry: Entry) -> Conflict | None:
    query = sa.select(Conflict).where(
        Conflict.edition_id == edition.id,
        Conflict.judge_id == judge_id,
        Conflict.entry_id == entry.id,
        Conflict.basis == ConflictBasis.RECUSED,
    )
    return session.scalar(query)


def _note(
    session: Session,
    edition: Edition,
    judge: Judge,
    kind: ConflictKind,
    act: ConflictAct,
    *,
    unit: Unit | None,
    entry: Entry | None,
    basis: ConflictBasis,
    reason: str,
    by: Actor,
    at: datetime,
) -> Conflict:
    rules.require_gathering(edition)
    if (unit is None) == (entry is None):
        raise rules.OneTarget
    made = Conflict(
        edition_id=edition.id,
        judge_id=judge.id,
        unit_id=unit.id if unit else None,
        entry_id=entry.id if entry else None,
        kind=kind,
        basis=basis,
        reason=reason,
        created_at=at,
        created_by_id=by.id,
    )
    if _is_known(session, made):
        raise rules.AlreadyDeclared
    session.add(made)
    session.flush()
    subject = f"{judge.code} {judge.name}"
    detail = {"basis": basis.value, "unit": unit.name if unit else "", "entry": entry.code if entry else ""}
    _record(session, act, edition, made, subject, by=by, at=at, reason=reason, detail=detail)
    return made


def _is_known(session: Session, made: Conflict) -> bool:
    same = [
        getattr(Conflict, name) == getattr(made, name)
        if getattr(made, name) is not None
        else getattr(Conflict, name).is_(None)
        for name in ("edition_id", "judge_id", "unit_id", "entry_id", "kind", "basis")
    ]
    return session.scalar(sa.select(Conflict.id).where(*same).limit(1)) is not None


def request(
    session: Session,
    edition: Edition,
    entry: Entry,
    *,
    judge: Judge | None = None,
    judge_name: str = "",
    judge_unit: str = "",
    basis: ConflictBasis = ConflictBasis.OTHER,
    reason: str,
    by: Actor,
    at: datetime,
) -> Conflict:
    """Record an entrant's wish. One judge of that name and unit is barred until it is decided; nobody learns of it."""
    earlier = queries.of_entry(session, entry.id)
    rules.require_request(edition, earlier)
    named = (f"{judge_name}（{judge_unit}）" if judge_unit else judge_name) or (judge.name if judge else "")
    if named in {old.named for old in earlier}:
        raise rules.AlreadyDeclared
    matched = judge or _match(session, judge_name, judge_unit)
    if matched is not None and matched.id in {old.judge_id for old in earlier}:
        matched = None  # said under another spelling; a refusal here would tell that the person is a judge
    made = Conflict(
        edition_id=edition.id,
        judge_id=matched.id if matched else None,
        entry_id=entry.id,
        named=named[:200],
        kind=ConflictKind.REQUESTED,
        basis=basis,
        reason=reason,
        status=ConflictStatus.PENDING,
        created_at=at,
        created_by_id=by.id,
    )
    session.add(made)
    session.flush()
    detail = {"named": made.named, "basis": basis.value}
    _record(session, ConflictAct.REQUESTED, edition, made, entry.code, by=by, at=at, reason=reason, detail=detail)
    return made


def _match(session: Session, name: str, unit: str) -> Judge | None:
    found = judges_named(session, name.strip()) if name.strip() else []
    if unit and len(found) > 1:
        found = [judge for judge in found if rules.same_unit(judge.unit_name, unit)]
    return found[0] if len(found) == 1 else None


def decide_request(
    session: Session,
    edition: Edition,
    conflict: Conflict,
    *,
    stands: bool,
    reason: str,
    judge: Judge | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Answer an entrant's request. The letter says yes or no and why, never whether the person is a judge."""
    rules.require_gathering(edition)
    rules.require_pending(conflict)
    if judge is not None:
        others = [old for old in queries.of_entry(session, conflict.entry_id or conflict.id) if old.id != conflict.id]
        if (judge.id, conflict.basis) in {(old.judge_id, old.basis) for old in others}:
            raise rules.AlreadyDeclared
        conflict.judge_id = judge.id
    conflict.status = ConflictStatus.STANDING if stands else ConflictStatus.REFUSED
    conflict.decided_at, conflict.decided_by_id, conflict.decision_reason = at, by.id, reason
    session.flush()
    entry = session.get_one(Entry, conflict.entry_id)
    detail = {"stands": stands, "named": conflict.named}
    _record(session, ConflictAct.DECIDED, edition, conflict, entry.code, by=by, at=at, reason=reason, detail=detail)
    _answer(session, edition, entry, stands, reason, at)


def _answer(session: Session, edition: Edition, entry: Entry, stands: bool, reason: str, at: datetime) -> None:
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        subject = gettext("%(edition)s: your request for a recusal", edition=edition.name)
        yes = gettext("Your request concerning %(code)s has been accepted and will be observed.", code=entry.code)
        no = gettext("Your request concerning %(code)s has not been accepted.", code=entry.code)
        body = f"{yes if stands else no}\n\n{gettext('Reason')}: {reason}\n\n{edition.organiser}\n"
    outbox.lay(session, to=entry.contact_email, subject=subject, body=body, at=at, scope_id=edition.id)


def waive(session: Session, conflict: Conflict, *, reason: str, by: Actor, at: datetime) -> None:
    """Let a conflict stand aside, in somebody's name and with a reason."""
    edition = session.get_one(Edition, conflict.edition_id)
    rules.require_gathering(edition)
    rules.require_waivable(conflict)
    _decide(session, edition, conflict, ConflictStatus.WAIVED, ConflictAct.WAIVED, reason=reason, by=by, at=at)


def restore(session: Session, conflict: Conflict, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a waiver back."""
    edition = session.get_one(Edition, conflict.edition_id)
    rules.require_gathering(edition)
    if conflict.status is not ConflictStatus.WAIVED:
        raise rules.NotWaived
    _decide(session, edition, conflict, ConflictStatus.STANDING, ConflictAct.RESTORED, reason=reason, by=by, at=at)


def _decide(
    session: Session,
    edition: Edition,
    conflict: Conflict,
    status: ConflictStatus,
    act: ConflictAct,
    *,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    conflict.status = status
    conflict.decided_at, conflict.decided_by_id, conflict.decision_reason = at, by.id, reason
    judge = session.get(Judge, conflict.judge_id) if conflict.judge_id else None
    subject = f"{judge.code} {judge.name}" if judge else conflict.named
    detail = {"kind": conflict.kind.value, "basis": conflict.basis.value}
    _record(session, act, edition, conflict, subject, by=by, at=at, reason=reason, detail=detail)
    session.flush()


def _record(
    session: Session,
    act: ConflictAct,
    edition: Edition,
    conflict: Conflict | None,
    subject: str,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subject_id=conflict.id if conflict else None,
        subject=subject,
        scope_id=edition.id,
        reason=reason,
        detail=detail,
    )
