"""What can be done with accounts: sign in, invite, accept, grant, take back, close."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask_security import hash_password, verify_and_update_password
from sqlalchemy.orm import Session

from judging.accounts import queries, rules, sessions
from judging.accounts.models import Invitation, Role, RoleGrant, SignInFailure, User
from judging.accounts.rules import AccountAct
from judging.foundation import audit
from judging.foundation.audit import Actor

Binder = Callable[[Session, User, UUID, datetime], None]
_DUMMY: list[str] = []
_binders: dict[Role, Binder] = {}


def binds(role: Role) -> Callable[[Binder], Binder]:
    """Register what ties an accepting account to the unit or judge of its invitation; stages above do so."""

    def register(function: Binder) -> Binder:
        _binders[role] = function
        return function

    return register


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation with its token, which is told once and not stored."""

    invitation: Invitation
    token: str


def require_attempt(session: Session, identity: str, address: str, at: datetime) -> tuple[str, str]:
    """Refuse further attempts after too many failures; return the keys under which failures count."""
    by_name, by_address = queries.failure_key("name", identity), queries.failure_key("address", address)
    if queries.failures(session, by_name, at) >= rules.THROTTLE_IDENTITY:
        raise rules.TooManyAttempts
    if queries.failures(session, by_address, at) >= rules.THROTTLE_ADDRESS:
        raise rules.TooManyAttempts
    return by_name, by_address


def check_password(user: User | None, password: str) -> bool:
    """Say whether the password is right; an unknown user costs as much time as a wrong password."""
    if user is None or not user.password or not user.active:
        if not _DUMMY:
            _DUMMY.append(hash_password(secrets.token_hex(8)))
        probe = User(password=_DUMMY[0])
        verify_and_update_password(password, probe)
        return False
    return bool(verify_and_update_password(password, user))


def record_failure(session: Session, keys: tuple[str, str], at: datetime) -> None:
    """Count a failed sign-in, and forget those long past."""
    session.execute(sa.delete(SignInFailure).where(SignInFailure.at < at - timedelta(days=1)))
    session.add_all([SignInFailure(key=key, at=at) for key in keys])
    session.flush()


def sign_in(session: Session, user: User, at: datetime) -> None:
    """Begin a session of this browser for an account whose password was right."""
    sessions.begin(session, user, at)
    audit.record(session, AccountAct.SIGNED_IN, by=user.actor, at=at, subject_id=user.id, subject=user.name)


def create_user(
    session: Session,
    *,
    username: str,
    name: str,
    password: str | None,
    by: Actor,
    at: datetime,
    phone: str | None = None,
    email: str | None = None,
) -> User:
    """Make an account; names are stored in lower case."""
    username, email, phone = username.lower(), (email or "").lower() or None, phone or None
    if queries.identity_taken(session, username=username, phone=phone, email=email):
        raise rules.IdentityTaken
    if password is not None:
        rules.require_strong(password, username=username)
    hashed = hash_password(password) if password is not None else None
    user = User(username=username, name=name, phone=phone, email=email, password=hashed, created_at=at)
    session.add(user)
    session.flush()
    audit.record(session, AccountAct.CREATED, by=by, at=at, subject_id=user.id, subject=name)
    return user


def set_password(session: Session, user: User, password: str, *, by: Actor, at: datetime) -> None:
    """Change a password; other browsers are signed out."""
    rules.require_strong(password, username=user.username)
    user.password = hash_password(password)
    sessions.end_all(session, user, at, but_current=by.id == user.id)
    audit.record(session, AccountAct.PASSWORD, by=by, at=at, subject_id=user.id, subject=user.name)
    session.flush()


def grant(session: Session, user: User, role: Role, scope_id: UUID | None, *, by: Actor, at: datetime) -> RoleGrant:
    """Give a role; having it already is no error."""
    same = sa.and_(RoleGrant.user_id == user.id, RoleGrant.role == role)
    where = RoleGrant.scope_id == scope_id if scope_id else RoleGrant.scope_id.is_(None)
    found = session.scalar(sa.select(RoleGrant).where(same, where))
    if found is not None:
        return found
    made = RoleGrant(user_id=user.id, role=role, scope_id=scope_id, granted_at=at, granted_by_id=by.id)
    session.add(made)
    detail = {"role": role.value}
    audit.record(
        session,
        AccountAct.GRANTED,
        by=by,
        at=at,
        subject_id=user.id,
        subject=user.name,
        scope_id=scope_id,
        detail=detail,
    )
    session.flush()
    return made


def take_back(session: Session, held: RoleGrant, user: User, *, by: Actor, at: datetime, reason: str = "") -> None:
    """Take a role back; the last organizer of an edition cannot be taken away."""
    if held.role in (Role.ORGANIZER, Role.ADMIN):
        others = {
            u.id for role in (Role.ORGANIZER, Role.ADMIN) for u in queries.users_with(session, role, held.scope_id)
        }
        if not others - {user.id}:
            raise rules.LastOrganizer
    session.delete(held)
    detail = {"role": held.role.value}
    audit.record(
        session,
        AccountAct.REVOKED,
        by=by,
        at=at,
        subject_id=user.id,
        subject=user.name,
        scope_id=held.scope_id,
        reason=reason,
        detail=detail,
    )
    session.flush()


def invite(
    session: Session,
    *,
    role: Role,
    scope_id: UUID | None,
    subject_id: UUID | None,
    by: Actor,
    at: datetime,
    name: str = "",
    email: str = "",
    phone: str = "",
) -> Invited:
    """Make an invitation link for a role, and for the unit or judge whom the account will speak for."""
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        token_hash=sessions.hashed(token),
        role=role,
        scope_id=scope_id,
        subject_id=subject_id,
        name=name,
        email=email,
        phone=phone,
        created_at=at,
        created_by_id=by.id,
        expires_at=at + timedelta(days=rules.INVITATION_DAYS),
    )
    session.add(invitation)
    session.flush()
    detail = {"role": role.value}
    audit.record(
        session,
        AccountAct.INVITED,
        by=by,
        at=at,
        subject_id=invitation.id,
        subject=name or email,
        scope_id=scope_id,
        detail=detail,
    )
    return Invited(invitation, token)


def accept(session: Session, invitation: Invitation, user: User, *, at: datetime) -> None:
    """Use an invitation for an account: the role is granted and the unit or judge bound."""
    invitation.accepted_at, invitation.accepted_by_id = at, user.id
    grant(session, user, invitation.role, invitation.scope_id, by=user.actor, at=at)
    if invitation.subject_id is not None and invitation.role in _binders:
        _binders[invitation.role](session, user, invitation.subject_id, at)
    audit.record(
        session,
        AccountAct.ACCEPTED,
        by=user.actor,
        at=at,
        subject_id=invitation.id,
        subject=user.name,
        scope_id=invitation.scope_id,
    )
    session.flush()


def withdraw_invitation(session: Session, invitation: Invitation, *, by: Actor, at: datetime) -> None:
    """Make an invitation link worthless."""
    if invitation.accepted_at is not None:
        raise rules.InvitationInvalid
    invitation.revoked_at = at
    audit.record(
        session,
        AccountAct.INVITATION_REVOKED,
        by=by,
        at=at,
        subject_id=invitation.id,
        subject=invitation.name,
        scope_id=invitation.scope_id,
    )
    session.flush()
