"""Reading units: one function per question."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from judging.accounts.models import Invitation, Role, User
from judging.foundation.errors import NotFound
from judging.units.models import Membership, RecommendingUnit, Unit
from judging.units.rules import fold
from judging.web.pagination import contains


def unit_ids_of_user(session: Session, user_id: UUID) -> list[UUID]:
    """Return the units an account speaks for."""
    mine = sa.and_(Membership.user_id == user_id, Membership.unit_id.is_not(None))
    return [unit_id for unit_id in session.scalars(sa.select(Membership.unit_id).where(mine)) if unit_id]


def units_of_user(session: Session, user_id: UUID) -> list[Unit]:
    """Return the units an account speaks for, with their recommending units."""
    query = sa.select(Unit).join(Membership, Membership.unit_id == Unit.id).where(Membership.user_id == user_id)
    return list(session.scalars(query.options(joinedload(Unit.recommending_unit)).order_by(Unit.name)))


def recommender_of_user(session: Session, user_id: UUID) -> RecommendingUnit | None:
    """Return the recommending unit an account speaks for."""
    joined = sa.select(RecommendingUnit).join(Membership, Membership.recommending_unit_id == RecommendingUnit.id)
    return session.scalar(joined.where(Membership.user_id == user_id).order_by(Membership.since.desc()).limit(1))


def own_unit(session: Session, unit_id: UUID, user_id: UUID) -> Unit:
    """Return a unit this account speaks for; any other is simply not found."""
    query = sa.select(Unit).join(Membership, Membership.unit_id == Unit.id)
    mine = sa.and_(Unit.id == unit_id, Membership.user_id == user_id)
    found = session.scalar(query.where(mine).options(joinedload(Unit.recommending_unit)))
    if found is None:
        raise NotFound
    return found


def unit_of(session: Session, unit_id: UUID) -> Unit:
    """Return a unit with its recommending unit."""
    found = session.scalar(sa.select(Unit).where(Unit.id == unit_id).options(joinedload(Unit.recommending_unit)))
    if found is None:
        raise NotFound
    return found


def recommending_unit_of(session: Session, recommending_unit_id: UUID) -> RecommendingUnit:
    """Return a recommending unit."""
    found = session.get(RecommendingUnit, recommending_unit_id)
    if found is None:
        raise NotFound
    return found


def unit_by_name(session: Session, name: str) -> Unit | None:
    """Return the unit of this name, whatever the width of its brackets and spaces."""
    return session.scalar(sa.select(Unit).where(folded(Unit.name) == fold(name)))


def folded(column: sa.ColumnElement[str] | sa.orm.InstrumentedAttribute[str]) -> sa.ColumnElement[str]:
    """Return the column as `rules.fold` would spell it."""
    narrow = sa.func.replace(sa.func.replace(column, "（", "("), "）", ")")
    return sa.func.lower(sa.func.replace(narrow, " ", ""))


def unit_by_credit_code(session: Session, code: str) -> Unit | None:
    """Return the unit of this credit code."""
    return session.scalar(sa.select(Unit).where(Unit.credit_code == code))


def names_and_codes(session: Session) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names of all units by folded name, and by credit code."""
    rows = session.execute(sa.select(Unit.name, Unit.credit_code)).all()
    return {fold(name): name for name, _code in rows}, {code: name for name, code in rows if code}


def recommending_units(session: Session) -> list[RecommendingUnit]:
    """Return all recommending units, by code."""
    return list(session.scalars(sa.select(RecommendingUnit).order_by(RecommendingUnit.code)))


def unit_list(
    *, text: str = "", region: str = "", industry: str = "", recommending_unit_id: UUID | None = None, lacks: str = ""
) -> sa.Select[Unit]:
    """Return the query of the organizer's list with its filters."""
    query = sa.select(Unit).outerjoin(Unit.recommending_unit).options(sa.orm.contains_eager(Unit.recommending_unit))
    if text:
        query = query.where(contains(text, Unit.name, Unit.credit_code, Unit.contact_name, Unit.member_number))
    if region:
        query = query.where(Unit.region == region)
    if industry:
        query = query.where(Unit.industry == industry)
    if recommending_unit_id:
        query = query.where(Unit.recommending_unit_id == recommending_unit_id)
    if lacks == "code":
        query = query.where(Unit.credit_code.is_(None))
    if lacks == "recommending_unit":
        query = query.where(Unit.recommending_unit_id.is_(None))
    if lacks == "contact":
        query = query.where(~sa.exists().where(Membership.unit_id == Unit.id))
    return query


def regions_in_use(session: Session) -> list[str]:
    """Return the region codes that units have."""
    return list(session.scalars(sa.select(Unit.region).distinct().order_by(Unit.region)))


def unit_counts(session: Session) -> dict[UUID | None, int]:
    """Return how many units each recommending unit gathers; direct members under None."""
    query = sa.select(Unit.recommending_unit_id, sa.func.count()).group_by(Unit.recommending_unit_id)
    return {row[0]: row[1] for row in session.execute(query)}


def contacts_of_unit(session: Session, unit_id: UUID) -> list[tuple[Membership, User]]:
    """Return the accounts that speak for a unit."""
    return _contacts(session, Membership.unit_id == unit_id)


def contacts_of_recommending_unit(session: Session, recommending_unit_id: UUID) -> list[tuple[Membership, User]]:
    """Return the accounts that speak for a recommending unit."""
    return _contacts(session, Membership.recommending_unit_id == recommending_unit_id)


def _contacts(session: Session, where: sa.ColumnElement[bool]) -> list[tuple[Membership, User]]:
    query = sa.select(Membership, User).join(User, User.id == Membership.user_id).where(where)
    return [(membership, user) for membership, user in session.execute(query.order_by(User.name))]


def membership_of(session: Session, subject: Unit | RecommendingUnit, membership_id: UUID) -> Membership:
    """Return an account's speaking for a unit; that for another one is not found."""
    found = session.get(Membership, membership_id)
    if found is None or subject.id not in (found.unit_id, found.recommending_unit_id):
        raise NotFound
    return found


def open_invitations(session: Session, subject_id: UUID, roles: Collection[Role]) -> list[Invitation]:
    """Return the invitations for a unit that wait to be accepted."""
    waiting = sa.and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    query = sa.select(Invitation).where(Invitation.subject_id == subject_id, Invitation.role.in_(roles), waiting)
    return list(session.scalars(query.order_by(Invitation.created_at.desc())))


def contact_counts(session: Session, unit_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many accounts speak for each of these units."""
    query = sa.select(Membership.unit_id, sa.func.count()).where(Membership.unit_id.in_(unit_ids))
    return {row[0]: row[1] for row in session.execute(query.group_by(Membership.unit_id)) if row[0]}


def recommender_account_counts(session: Session) -> dict[UUID, int]:
    """Return how many accounts speak for each recommending unit."""
    column = Membership.recommending_unit_id
    query = sa.select(column, sa.func.count()).group_by(column)
    return {row[0]: row[1] for row in session.execute(query) if row[0]}
