"""Accounts for tests."""

import itertools
import secrets
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from judging.accounts.models import Role, RoleGrant, User, UserSession
from judging.accounts.sessions import hashed

AT = datetime(2022, 5, 10, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_user(session: Session, *roles: Role, scope: UUID | None = None, **values: Any) -> User:
    """Return an account with these roles in an edition (everywhere without `scope`)."""
    number = next(_numbers)
    user = User(**{"username": f"user{number}", "name": f"User {number}", "created_at": AT} | values)
    session.add(user)
    session.flush()
    session.add_all([RoleGrant(user_id=user.id, role=role, scope_id=scope, granted_at=AT) for role in roles])
    session.flush()
    return user


def sign_in_as(client: Any, user: User) -> None:
    """Give the browser a session of this account."""
    token = secrets.token_urlsafe(8)
    test_session = client.application.extensions["test_session"]
    test_session.add(UserSession(token_hash=hashed(token), user_id=user.id, created_at=AT))
    test_session.flush()
    with client.session_transaction() as cookie:
        cookie["token"], cookie["_user_id"], cookie["_fresh"] = token, user.fs_uniquifier, True
