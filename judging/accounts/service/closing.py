"""Close an account and open it again, end its sessions, and hand out a link for a new password."""

import hashlib
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from judging.accounts import rules, sessions
from judging.accounts.models import Role, RoleGrant, User
from judging.accounts.rules import AccountAct
from judging.accounts.service.signing import set_password
from judging.foundation import audit
from judging.foundation.audit import Actor


def close_account(session: Session, user: User, *, by: Actor, at: datetime, reason: str) -> None:
    """Keep a person out: nobody signs in with this account until it is opened again."""
    if by.id == user.id:
        raise rules.OwnAccount
    _require_not_last(session, user)
    user.active = False
    sessions.end_all(session, user, at)
    _record(session, AccountAct.CLOSED, user, by, at, reason)


def reopen_account(session: Session, user: User, *, by: Actor, at: datetime, reason: str = "") -> None:
    """Let a person in again, with the old password."""
    user.active = True
    _record(session, AccountAct.REOPENED, user, by, at, reason)


def end_sessions(session: Session, user: User, *, by: Actor, at: datetime) -> None:
    """Sign a person out everywhere."""
    sessions.end_all(session, user, at)
    _record(session, AccountAct.SESSIONS_ENDED, user, by, at)


def password_link(session: Session, user: User, *, by: Actor, at: datetime) -> str:
    """Return the token of a link that sets a new password, once; using any such link makes all others worthless."""
    _record(session, AccountAct.PASSWORD_LINK, user, by, at)
    return _signer().dumps([str(user.id), _state(user)])


def user_of_link(session: Session, token: str) -> User:
    """Return whose password a link sets, or refuse."""
    try:
        user_id, state = _signer().loads(token, max_age=rules.PASSWORD_LINK_HOURS * 3600)
        user = session.get(User, UUID(user_id))
    except (BadData, ValueError, TypeError) as error:
        raise rules.PasswordLinkInvalid from error
    if user is None or not user.active or state != _state(user):
        raise rules.PasswordLinkInvalid
    return user


def new_password(session: Session, token: str, password: str, *, at: datetime) -> User:
    """Set the password of a link's account; all its browsers are signed out."""
    user = user_of_link(session, token)
    set_password(session, user, password, by=user.actor, at=at)
    return user


def _require_not_last(session: Session, user: User) -> None:
    """Refuse when an edition, or the installation, would be left without anybody who can run it."""
    runs = RoleGrant.role.in_((Role.ORGANIZER, Role.ADMIN))
    others = (
        sa.select(RoleGrant.scope_id)
        .join(User, User.id == RoleGrant.user_id)
        .where(runs, User.active, RoleGrant.user_id != user.id)
    )
    held = set(session.scalars(sa.select(RoleGrant.scope_id).where(runs, RoleGrant.user_id == user.id)))
    left = set(session.scalars(others))
    if None not in left and held - left:
        raise rules.LastOrganizer


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="new-password")


def _state(user: User) -> str:
    """Return what changes with every new password, so that a used link is worthless."""
    return hashlib.sha256(f"{user.id}:{user.password}".encode()).hexdigest()[:20]


def _record(session: Session, act: AccountAct, user: User, by: Actor, at: datetime, reason: str = "") -> None:
    audit.record(session, act, by=by, at=at, subject_id=user.id, subject=user.name, reason=reason)
    session.flush()
