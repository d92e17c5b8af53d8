"""Reading accounts."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts import rules
from judging.accounts.models import Invitation, Role, RoleGrant, SignInFailure, User
from judging.accounts.sessions import hashed


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
