"""Slows down what anybody may do without an account. Who it was is kept as a keyed hash only, and not for long."""

import hashlib
import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Mapped, Session, mapped_column

from judging.foundation.db import Model


class Attempt(Model):
    """Something was tried under a key; the row is gone as soon as it counts no more."""

    __tablename__ = "attempt"
    __table_args__ = (sa.Index("ix_attempt_key_at", "key", "at"),)

    key: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime]


def key_of(*parts: object) -> str:
    """Return a key that tells nobody what it was made from, not even who tries all addresses there are."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, "\n".join(map(str, parts)).encode(), hashlib.sha256).hexdigest()


def count(session: Session, key: str, since: datetime) -> int:
    """Return how often a key was used since a moment."""
    query = sa.select(sa.func.count()).where(Attempt.key == key, Attempt.at > since)
    return session.scalar(query) or 0


def note(session: Session, key: str, at: datetime, *, keep: timedelta) -> None:
    """Remember that a key was used now, and forget whatever is older than `keep`."""
    session.execute(sa.delete(Attempt).where(Attempt.at <= at - keep))
    session.add(Attempt(key=key, at=at))
    session.flush()
