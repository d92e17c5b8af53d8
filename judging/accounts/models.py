"""Accounts, role grants, invitations, sessions, and failed sign-ins."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_security import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.foundation.audit import Actor
from judging.foundation.db import Model, Versioned
from judging.foundation.labels import LabelEnum


class Role(LabelEnum):
    """A named set of permissions; what each permits stands in permissions.py."""

    ADMIN = "admin", _l("Administrator")
    ORGANIZER = "organizer", _l("Organizer")
    SUPERVISOR = "supervisor", _l("Supervisor")
    JUDGE = "judge", _l("Judge")
    RECOMMENDER = "recommender", _l("Recommending unit")
    ENTRANT = "entrant", _l("Entrant")


class User(Model, Versioned, UserMixin):  # type: ignore[misc]  # the mixin types id as an int
    """A person with an account. Signs in by user name, phone or e-mail."""

    __tablename__ = "user_account"

    username: Mapped[str] = mapped_column(sa.String(64), unique=True)  # stored in lower case
    phone: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)  # type: ignore[assignment]  # lower case
    name: Mapped[str] = mapped_column(sa.String(60))
    password: Mapped[str | None] = mapped_column(sa.String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True, default=lambda: uuid.uuid4().hex)
    locale: Mapped[str] = mapped_column(sa.String(16), default="")
    created_at: Mapped[datetime]

    @property
    def roles(self) -> list[str]:  # type: ignore[override]
        """Roles are granted per edition (RoleGrant), never by the security library."""
        return []

    @property
    def actor(self) -> Actor:
        """Return who acts, as the audit trail names them."""
        return Actor(self.id, self.name)


class RoleGrant(Model):
    """A role of a person: in one edition (`scope_id`), or everywhere when there is no scope.

    The scope is an edition's id without a foreign key: keys point upstream, and editions stand above accounts.
    """

    __tablename__ = "role_grant"
    __table_args__ = (sa.UniqueConstraint("user_id", "role", "scope_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    role: Mapped[Role]
    scope_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[uuid.UUID | None]


class Invitation(Model):
    """A link that makes an account with a role. The token itself is known to the invited person only."""

    __tablename__ = "invitation"

    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    role: Mapped[Role]
    scope_id: Mapped[uuid.UUID | None]
    subject_id: Mapped[uuid.UUID | None]  # the unit, recommending unit or judge whom the account will speak for
    name: Mapped[str] = mapped_column(sa.String(60), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    phone: Mapped[str] = mapped_column(sa.String(20), default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[uuid.UUID | None]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[uuid.UUID | None]
    revoked_at: Mapped[datetime | None]


class UserSession(Model):
    """One signed-in browser; the cookie names this row, so it can be listed and ended."""

    __tablename__ = "user_session"

    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    user: Mapped[User] = relationship(lazy="raise")
    created_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(sa.String(64), default="")
    agent: Mapped[str] = mapped_column(sa.String(200), default="")
    revoked_at: Mapped[datetime | None]


class SignInFailure(Model):
    """A failed sign-in, counted per identity and per address to slow down guessing."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (sa.Index("ix_sign_in_failure_key_at", "key", "at"),)

    key: Mapped[str] = mapped_column(sa.String(64))  # hash of the identity or the address
    at: Mapped[datetime]
