"""The audit trail: who did what to what, when, and why. Lines are added, never changed or deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from judging.foundation.db import Model
from judging.foundation.labels import LabelEnum


class Act(LabelEnum):
    """Base of each stage's enumeration of its acts, e.g. ``SUBMITTED = "entry.submitted", lazy_gettext("…")``."""


class AuditLine(Model):
    """One act that was carried out."""

    __tablename__ = "audit_line"
    __table_args__ = (
        sa.Index("ix_audit_line_scope_at", "scope_id", "at"),
        sa.Index("ix_audit_line_subject", "subject_id"),
    )

    # In the order of writing: several lines of one act share their moment. No page shows this number.
    id: Mapped[int] = mapped_column(  # type: ignore[assignment]
        sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(sa.String(60))
    subject_id: Mapped[UUID | None]
    subject: Mapped[str] = mapped_column(sa.String(200), default="")  # how people name the thing, at that moment
    scope_id: Mapped[UUID | None]  # the edition, when the act belongs to one
    by_id: Mapped[UUID | None]  # the account; None for the program itself
    by: Mapped[str] = mapped_column(sa.String(120), default="")  # the account's name, at that moment
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {"field": ["before", "after"]} or plain facts


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the trail names them."""

    id: UUID | None
    name: str


SYSTEM = Actor(None, "system")


def record(
    session: Session,
    act: Act,
    *,
    by: Actor,
    at: datetime,
    subject_id: UUID | None = None,
    subject: str = "",
    scope_id: UUID | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one line to the trail, in the transaction of the act itself."""
    line = {
        "at": at,
        "act": act.value,
        "subject_id": subject_id,
        "subject": subject[:200],
        "scope_id": scope_id,
        "by_id": by.id,
        "by": by.name[:120],
        "reason": reason,
        "detail": dict(detail or {}),
    }
    session.connection().execute(_INSERT, line)


_INSERT = sa.insert(
    cast(sa.Table, AuditLine.__table__)
)  # past the unit of work: a line is never changed, nothing waits for it


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return {field: [before, after]} of what differs, ready for `detail`."""
    return {key: [_plain(before.get(key)), _plain(after[key])] for key in after if before.get(key) != after[key]}


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | bool | list | dict | type(None)) else str(value)


def lines_of(session: Session, subject_id: UUID) -> list[AuditLine]:
    """Return the story of one thing, oldest first."""
    query = sa.select(AuditLine).where(AuditLine.subject_id == subject_id).order_by(AuditLine.at, AuditLine.id)
    return list(session.scalars(query))


def label_of(act: str) -> str:
    """Return the words for an act; an act of a later or earlier program version shows its code."""
    for kind in Act.__subclasses__():
        if act in kind._value2member_map_:
            return str(kind._value2member_map_[act].label)  # type: ignore[attr-defined]
    return act


def all_acts() -> list[tuple[str, str]]:
    """Return code and label of every act of every stage, for a filter."""
    return [(member.value, str(member.label)) for kind in Act.__subclasses__() for member in kind]
