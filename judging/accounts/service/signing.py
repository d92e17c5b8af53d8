"""Accounts and how they sign in: make one, check a password, change it, close and reopen."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_security import hash_password, verify_and_update_password
from sqlalchemy.orm import Session

from judging.accounts import queries, rules, sessions
from judging.accounts.models import SignInFailure, User
from judging.accounts.rules import AccountAct
from judging.foundation import audit
from judging.foundation.audit import Actor

_DUMMY: list[str] = []


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
