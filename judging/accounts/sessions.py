"""Signed-in browsers: the cookie names a row, which can be listed and ended."""

import hashlib
import secrets
from datetime import datetime

import sqlalchemy as sa
from flask import request
from flask import session as cookie
from flask_security import login_user
from sqlalchemy.orm import Session, joinedload

from judging.accounts.models import User, UserSession
from judging.foundation import db


def hashed(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(session: Session, user: User, at: datetime) -> None:
    """Begin a session for this browser; the cookie is renewed against fixation."""
    token, locale = secrets.token_urlsafe(32), cookie.get("locale")
    cookie.clear()
    if locale:
        cookie["locale"] = locale
    login_user(user, remember=False)
    cookie["token"] = token
    cookie.permanent = True
    agent = (request.user_agent.string or "")[:200]
    row = UserSession(
        token_hash=hashed(token), user_id=user.id, created_at=at, address=request.remote_addr or "", agent=agent
    )
    session.add(row)
    session.flush()


def load_user(_uniquifier: str) -> User | None:
    """Return the account of this browser's session, unless it was ended or the account is closed."""
    token = cookie.get("token")
    if not token:
        return None
    query = (
        sa.select(UserSession)
        .where(UserSession.token_hash == hashed(token), UserSession.revoked_at.is_(None))
        .options(joinedload(UserSession.user))
    )
    found = db.session().scalar(query)
    return found.user if found is not None and found.user.active else None


def of_user(session: Session, user: User) -> list[UserSession]:
    """Return the open sessions of an account, newest first."""
    open_ = sa.and_(UserSession.user_id == user.id, UserSession.revoked_at.is_(None))
    return list(session.scalars(sa.select(UserSession).where(open_).order_by(UserSession.created_at.desc())))


def is_current(row: UserSession) -> bool:
    """Say whether a session is the one of this browser."""
    return row.token_hash == hashed(cookie.get("token", ""))


def end_current(session: Session, at: datetime) -> None:
    """End the session of this browser."""
    token = cookie.get("token")
    if token:
        mine = UserSession.token_hash == hashed(token)
        session.execute(sa.update(UserSession).where(mine).values(revoked_at=at))
    locale = cookie.get("locale")
    cookie.clear()
    if locale:
        cookie["locale"] = locale


def end_all(session: Session, user: User, at: datetime, *, but_current: bool = False) -> None:
    """End the sessions of an account, if wished all but this browser's."""
    which = sa.and_(UserSession.user_id == user.id, UserSession.revoked_at.is_(None))
    if but_current:
        which = sa.and_(which, UserSession.token_hash != hashed(cookie.get("token", "")))
    session.execute(sa.update(UserSession).where(which).values(revoked_at=at))
