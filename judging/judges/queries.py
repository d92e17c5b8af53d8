"""Reading the expert bank."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from judging.accounts.models import Invitation, Role, User
from judging.editions.models import TrackKind
from judging.foundation.errors import NotFound
from judging.judges.models import Expertise, ExpertiseKind, Judge, JudgeStatus, RecusalUnit
from judging.units.models import Unit
from judging.web.pagination import contains


def judge_of_user(session: Session, user_id: UUID) -> Judge | None:
    """Return the judge whom an account speaks for."""
    return session.scalar(sa.select(Judge).where(Judge.user_id == user_id))


def active_judges(session: Session, kind: TrackKind | None, on: date) -> list[Judge]:
    """Return the judges in the bank whose term covers a day, in a field if one is named, by name."""
    query = sa.select(Judge).where(Judge.status == JudgeStatus.ACTIVE, in_term(on))
    if kind is not None:
        query = query.where(has_expertise(ExpertiseKind.TRACK, kind.value))
    return list(session.scalars(query.order_by(Judge.name, Judge.code)))


def in_term(on: date) -> sa.ColumnElement[bool]:
    """Return the condition that a judge's term covers a day; an open end never passes."""
    begun = sa.or_(Judge.term_from.is_(None), Judge.term_from <= on)
    return sa.and_(begun, sa.or_(Judge.term_until.is_(None), Judge.term_until >= on))


def has_expertise(kind: ExpertiseKind, code: str) -> sa.ColumnElement[bool]:
    """Return the condition that a judge can judge something."""
    return sa.exists().where(Expertise.judge_id == Judge.id, Expertise.kind == kind, Expertise.code == code)


def bank(session: Session) -> list[Judge]:
    """Return everybody in the bank who has not left it, by name."""
    return list(session.scalars(sa.select(Judge).where(Judge.status != JudgeStatus.RETIRED).order_by(Judge.name)))


def judge_by_id(session: Session, judge_id: UUID) -> Judge:
    """Return a judge with unit and recusal units, or refuse."""
    query = (
        sa.select(Judge)
        .where(Judge.id == judge_id)
        .options(joinedload(Judge.unit), selectinload(Judge.recusals))
        .execution_options(populate_existing=True)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def judges_by_code(session: Session, codes: Iterable[str]) -> dict[str, Judge]:
    """Return the judges with these bank numbers."""
    query = sa.select(Judge).where(Judge.code.in_(list(codes)))
    return {judge.code: judge for judge in session.scalars(query)}


def judges_named(session: Session, name: str) -> list[Judge]:
    """Return the judges of exactly this name."""
    return list(session.scalars(sa.select(Judge).where(Judge.name == name).order_by(Judge.code)))


def recusal_units(session: Session, judge_id: UUID) -> list[tuple[RecusalUnit, Unit]]:
    """Return the units a judge keeps away from, by name."""
    query = (
        sa.select(RecusalUnit, Unit).join(Unit, Unit.id == RecusalUnit.unit_id).where(RecusalUnit.judge_id == judge_id)
    )
    return [(recusal, unit) for recusal, unit in session.execute(query.order_by(Unit.name))]


def units_named(session: Session, names: Iterable[str]) -> dict[str, UUID]:
    """Return the registered units with exactly these names."""
    query = sa.select(Unit.name, Unit.id).where(Unit.name.in_(list(names)))
    return dict(session.execute(query).all())


def unit_names(session: Session) -> list[str]:
    """Return the names of all registered units, to choose from."""
    return list(session.scalars(sa.select(Unit.name).order_by(Unit.name)))


def regions_in_use(session: Session) -> list[str]:
    """Return the regions judges come from."""
    query = sa.select(Judge.region).where(Judge.region != "").distinct().order_by(Judge.region)
    return list(session.scalars(query))


def account_of(session: Session, judge: Judge) -> User | None:
    """Return the account that speaks for a judge."""
    return session.get(User, judge.user_id) if judge.user_id else None


def open_invitations(session: Session, judge_id: UUID, at: datetime) -> list[Invitation]:
    """Return the invitations of a judge that can still be accepted."""
    open_ = sa.and_(
        Invitation.role == Role.JUDGE,
        Invitation.subject_id == judge_id,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > at,
    )
    return list(session.scalars(sa.select(Invitation).where(open_).order_by(Invitation.created_at)))


def highest_number(session: Session, prefix: str) -> int:
    """Return the highest number given under a prefix, to number the next judge."""
    codes = session.scalars(sa.select(Judge.code).where(Judge.code.startswith(prefix, autoescape=True)))
    tails = [code[len(prefix) :] for code in codes]
    return max((int(tail) for tail in tails if tail.isdecimal()), default=0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list of judges is filtered by."""

    on: date
    text: str = ""
    field: str = ""
    industry: str = ""
    region: str = ""
    status: JudgeStatus | None = None
    term: str = ""  # "expired" or "running"


def listed(wanted: Wanted) -> sa.Select[Any]:
    """Return the query of the bank's list."""
    query = sa.select(Judge)
    if wanted.text:
        query = query.where(contains(wanted.text, Judge.name, Judge.code, Judge.unit_name, Judge.certificates))
    if wanted.field:
        query = query.where(has_expertise(ExpertiseKind.TRACK, wanted.field))
    if wanted.industry:
        query = query.where(has_expertise(ExpertiseKind.INDUSTRY, wanted.industry))
    if wanted.region:
        query = query.where(Judge.region == wanted.region)
    if wanted.status:
        query = query.where(Judge.status == wanted.status)
    if wanted.term:
        query = query.where(in_term(wanted.on) if wanted.term == "running" else ~in_term(wanted.on))
    return query


def counts(session: Session) -> dict[JudgeStatus, int]:
    """Return how many judges stand where."""
    query = sa.select(Judge.status, sa.func.count()).group_by(Judge.status)
    return dict(session.execute(query).all())
