"""Reading accounts."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts import rules
from judging.accounts.models import Invitation, Role, RoleGrant, SignInFailure, User
from judging.accounts.permissions import clash
from judging.accounts.sessions import hashed
from judging.foundation.errors import NotFound


def user_by_identity(session: Session, identity: str) -> User | None:
    """Return the account with this user name, phone or e-mail (already narrowed and in lower case)."""
    same = sa.or_(User.username == identity, User.phone == identity, User.email == identity)
    return session.scalar(sa.select(User).where(same))


def identity_taken(
    session: Session, *, username: str, phone: str | None, email: str | None, but: UUID | None = None
) -> bool:
    """Say whether another account uses one of these names in any of the three ways to sign in."""
    names = [name for name in (username, phone, email) if name]
    same = sa.or_(User.username.in_(names), User.phone.in_(names), User.email.in_(names))
    query = sa.select(User.id).where(same, User.id != but) if but else sa.select(User.id).where(same)
    return session.scalar(query.limit(1)) is not None


def failure_key(kind: str, value: str) -> str:
    """Return under which name failures are counted; it tells neither name nor address."""
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()


def failures(session: Session, key: str, at: datetime) -> int:
    """Return how many sign-ins failed under a key within the window."""
    since = at - timedelta(minutes=rules.THROTTLE_MINUTES)
    counted = sa.select(sa.func.count()).where(SignInFailure.key == key, SignInFailure.at > since)
    return session.scalar(counted) or 0


def invitation_of(session: Session, token: str, at: datetime) -> Invitation:
    """Return the invitation of a link, or refuse."""
    found = session.scalar(sa.select(Invitation).where(Invitation.token_hash == hashed(token)))
    if found is None or found.accepted_at or found.revoked_at or found.expires_at < at:
        raise rules.InvitationInvalid
    return found


def users_with(session: Session, role: Role, scope_id: UUID | None) -> list[User]:
    """Return the accounts that hold a role in an edition (or everywhere)."""
    where = sa.or_(RoleGrant.scope_id == scope_id, RoleGrant.scope_id.is_(None))
    query = sa.select(User).join(RoleGrant, RoleGrant.user_id == User.id).where(RoleGrant.role == role, where)
    return list(session.scalars(query.order_by(User.name)).unique())


def state_of(invitation: Invitation, at: datetime) -> str:
    """Say whether an invitation is open, accepted, withdrawn or expired."""
    if invitation.accepted_at is not None:
        return "accepted"
    if invitation.revoked_at is not None:
        return "withdrawn"
    return "open" if invitation.expires_at >= at else "expired"


def in_state(state: str, at: datetime) -> sa.ColumnElement[bool]:
    """Return the condition for invitations in a state (`state_of` says the same of one); any other word means all."""
    waiting = sa.and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    conditions: dict[str, sa.ColumnElement[bool]] = {
        "accepted": Invitation.accepted_at.is_not(None),
        "withdrawn": sa.and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_not(None)),
        "open": sa.and_(waiting, Invitation.expires_at >= at),
        "expired": sa.and_(waiting, Invitation.expires_at < at),
    }
    return conditions.get(state, sa.true())


def grants_in(scope_id: UUID) -> sa.Select[RoleGrant, User]:
    """Return the query for who has which role in an edition, with those who have it everywhere."""
    where = sa.or_(RoleGrant.scope_id == scope_id, RoleGrant.scope_id.is_(None))
    return sa.select(RoleGrant, User).join(User, User.id == RoleGrant.user_id).where(where)


def user_in(session: Session, user_id: UUID, scope_id: UUID) -> User:
    """Return an account that has a role in an edition; any other does not exist for its organizers."""
    where = sa.or_(RoleGrant.scope_id == scope_id, RoleGrant.scope_id.is_(None))
    held = sa.exists().where(RoleGrant.user_id == User.id, where)
    found = session.scalar(sa.select(User).where(User.id == user_id, held))
    if found is None:
        raise NotFound
    return found


def clashing_grant(session: Session, user_id: UUID, role: Role, scope_id: UUID | None) -> RoleGrant | None:
    """Return a role of an account that forbids it another one, in the same edition or everywhere."""
    where = sa.or_(RoleGrant.scope_id == scope_id, RoleGrant.scope_id.is_(None)) if scope_id else sa.true()
    rivals = [other for other in Role if clash(role, other)]
    query = sa.select(RoleGrant).where(RoleGrant.user_id == user_id, RoleGrant.role.in_(rivals), where)
    return session.scalar(query.limit(1))


def grants_of(session: Session, user: User) -> list[RoleGrant]:
    """Return all role grants of an account."""
    query = sa.select(RoleGrant).where(RoleGrant.user_id == user.id).order_by(RoleGrant.granted_at)
    return list(session.scalars(query))


def invitations_in(scope_id: UUID) -> sa.Select[Invitation]:
    """Return the query for the invitations of an edition."""
    return sa.select(Invitation).where(Invitation.scope_id == scope_id)


def invitation_in(session: Session, invitation_id: UUID, scope_id: UUID) -> Invitation:
    """Return an invitation of an edition."""
    found = session.scalar(invitations_in(scope_id).where(Invitation.id == invitation_id))
    if found is None:
        raise NotFound
    return found
