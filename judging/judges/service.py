"""What is done with judges: register, change, move in the bank, keep away from a unit, tie to an account."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role, User
from judging.accounts.service import binds
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.judges import queries, rules
from judging.judges.models import Expertise, ExpertiseKind, Judge, JudgeStatus, RecusalUnit
from judging.judges.rules import JudgeAct
from judging.units.models import Unit

Skills = Mapping[ExpertiseKind, Sequence[str]]


def register_judge(
    session: Session,
    values: Mapping[str, Any],
    *,
    skills: Skills | None = None,
    status: JudgeStatus = JudgeStatus.CANDIDATE,
    user: User | None = None,
    by: Actor,
    at: datetime,
) -> Judge:
    """Add a person to the bank; without a number the next one is given."""
    code = values.get("code") or rules.next_code(queries.highest_number(session, rules.CODE_PREFIX))
    _require_free_code(session, code)
    judge = Judge(code=code, status=status, created_at=at, user_id=user.id if user else None, recusals=[])
    _set(judge, {key: value for key, value in values.items() if key != "code"})
    judge.unit_id = _unit_id(session, judge.unit_name)
    judge.expertise = _expertise(skills or {})
    session.add(judge)
    session.flush()
    _record(session, JudgeAct.REGISTERED, judge, by=by, at=at, detail={"status": status.value})
    return judge


def update_judge(
    session: Session,
    judge: Judge,
    values: Mapping[str, Any],
    *,
    skills: Skills | None = None,
    by: Actor,
    at: datetime,
) -> dict[str, list[Any]]:
    """Change what is known of a judge; return what differed, field by field."""
    if values.get("code", judge.code) != judge.code:
        _require_free_code(session, values["code"])
    before = {key: getattr(judge, key) for key in values} | skills_of(judge)
    _set(judge, values)
    judge.unit_id = _unit_id(session, judge.unit_name)
    if skills is not None:
        _set_skills(session, judge, skills)
    after = {key: getattr(judge, key) for key in values} | skills_of(judge)
    changed = audit.changes(before, after)
    if changed:
        _record(session, JudgeAct.CHANGED, judge, by=by, at=at, detail=changed)
    session.flush()
    return changed


def _set(judge: Judge, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if key not in rules.FIELDS:
            raise KeyError(key)
        setattr(judge, key, value)


def _require_free_code(session: Session, code: str) -> None:
    if queries.judges_by_code(session, [code]):
        raise rules.CodeTaken(code=code)


def _unit_id(session: Session, name: str) -> UUID | None:
    return queries.units_named(session, [name]).get(name) if name else None


def skills_of(judge: Judge) -> dict[str, list[str]]:
    """Return what a judge can judge, by kind."""
    return {kind.value: sorted(e.code for e in judge.expertise if e.kind is kind) for kind in ExpertiseKind}


def _expertise(skills: Skills) -> list[Expertise]:
    return [Expertise(kind=kind, code=code[:40]) for kind, codes in skills.items() for code in dict.fromkeys(codes)]


def _set_skills(session: Session, judge: Judge, skills: Skills) -> None:
    wanted = {(kind, code[:40]) for kind, codes in skills.items() for code in codes}
    present = {(e.kind, e.code) for e in judge.expertise}
    judge.expertise = [e for e in judge.expertise if (e.kind, e.code) in wanted or e.kind not in skills]
    judge.expertise += [Expertise(kind=kind, code=code) for kind, code in sorted(wanted - present)]
    if wanted != present:
        sa.orm.attributes.flag_modified(judge, "name")  # a list is no column: the version must rise all the same
    session.flush()


def set_status(session: Session, judge: Judge, status: JudgeStatus, *, reason: str, by: Actor, at: datetime) -> None:
    """Approve, suspend, retire or reinstate a judge."""
    rules.require_next(judge, status)
    detail = {"status": [judge.status.value, status.value]}
    judge.status, judge.status_reason = status, reason
    _record(session, JudgeAct.STATUS, judge, by=by, at=at, reason=reason, detail=detail)
    session.flush()


def add_recusal_unit(
    session: Session, judge: Judge, unit: Unit, *, reason: str = "", by: Actor, at: datetime
) -> RecusalUnit:
    """Note a unit that a judge keeps away from; noting it again changes the reason."""
    same = sa.and_(RecusalUnit.judge_id == judge.id, RecusalUnit.unit_id == unit.id)
    recusal = session.scalar(sa.select(RecusalUnit).where(same))
    if recusal is None:
        recusal = RecusalUnit(judge_id=judge.id, unit_id=unit.id)
        session.add(recusal)
    recusal.reason = reason[:200]
    _record(session, JudgeAct.RECUSAL_ADDED, judge, by=by, at=at, reason=reason, detail={"unit": unit.name})
    session.flush()
    return recusal


def remove_recusal_unit(session: Session, judge: Judge, recusal: RecusalUnit, *, by: Actor, at: datetime) -> None:
    """Take a unit off a judge's list; conflicts that were already found stay until they are waived."""
    unit = session.get_one(Unit, recusal.unit_id)
    session.delete(recusal)
    _record(session, JudgeAct.RECUSAL_REMOVED, judge, by=by, at=at, detail={"unit": unit.name})
    session.flush()


def consent(session: Session, judge: Judge, *, at: datetime) -> None:
    """Keep the moment at which a judge agreed to the undertaking; the first one counts."""
    judge.consented_at = judge.consented_at or at
    session.flush()


def bind_account(session: Session, judge: Judge, user: User, *, at: datetime) -> None:
    """Let an account speak for a judge."""
    other = queries.judge_of_user(session, user.id)
    if (judge.user_id not in (None, user.id)) or (other is not None and other.id != judge.id):
        raise rules.AccountTaken
    judge.user_id = user.id
    _record(session, JudgeAct.BOUND, judge, by=user.actor, at=at)
    session.flush()


@binds(Role.JUDGE)
def _bind_invited(session: Session, user: User, subject_id: UUID, at: datetime) -> None:
    bind_account(session, queries.judge_by_id(session, subject_id), user, at=at)


def _record(
    session: Session,
    act: JudgeAct,
    judge: Judge,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    subject = f"{judge.code} {judge.name}"
    audit.record(session, act, by=by, at=at, subject_id=judge.id, subject=subject, reason=reason, detail=detail)
