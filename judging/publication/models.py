"""Notices, holidays, objections, rulings and certificates."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.editions.models import DayKind
from judging.entries.models import Entry
from judging.foundation.db import Model, Versioned
from judging.foundation.labels import LabelEnum
from judging.selection.models import Move


class NoticeKind(LabelEnum):
    """A notice invites objections; an announcement is final."""

    NOTICE = "notice", _l("Public notice")
    ANNOUNCEMENT = "announcement", _l("Announcement")


class NoticeStatus(LabelEnum):
    """Where a notice stands."""

    DRAFT = "draft", _l("Draft")
    PUBLISHED = "published", _l("Published")
    SUPERSEDED = "superseded", _l("Superseded by a new version")


class Notice(Model, Versioned):
    """A list shown to the public. What it shows is a snapshot of allowed fields, made when it is published."""

    __tablename__ = "notice"
    __table_args__ = (sa.UniqueConstraint("edition_id", "kind", "number"),)

    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    kind: Mapped[NoticeKind] = mapped_column(default=NoticeKind.NOTICE)
    number: Mapped[int] = mapped_column(default=1)  # version of the list
    status: Mapped[NoticeStatus] = mapped_column(default=NoticeStatus.DRAFT)
    title: Mapped[str] = mapped_column(sa.String(200))
    preamble: Mapped[str] = mapped_column(sa.Text, default="")
    basis: Mapped[str] = mapped_column(sa.Text, default="")
    how_to_object: Mapped[str] = mapped_column(sa.Text, default="")
    issuer: Mapped[str] = mapped_column(sa.String(120))
    days: Mapped[int] = mapped_column(default=5)
    day_kind: Mapped[DayKind] = mapped_column(default=DayKind.WORKING)
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]  # the last day of the window
    fields: Mapped[list[str]] = mapped_column(default=list)  # from the allow-list
    rows: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # {"group": …, "unit": …, "title": …, "tier": …}
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    change_note: Mapped[str] = mapped_column(sa.Text, default="")  # why this version replaces the one before
    pdf_key: Mapped[str] = mapped_column(sa.String(120), default="")  # the document as it was published
    base_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("notice.id"))  # the notice an announcement makes final


class Holiday(Model):
    """A day that differs from the week: a holiday, or a working Saturday or Sunday (调休)."""

    __tablename__ = "holiday"

    day: Mapped[date] = mapped_column(unique=True)
    is_working: Mapped[bool]
    name: Mapped[str] = mapped_column(sa.String(40), default="")


class ObjectionStatus(LabelEnum):
    """Where an objection stands."""

    RECEIVED = "received", _l("Received")
    REFUSED = "refused", _l("Not accepted")  # anonymous, late, without evidence
    ACCEPTED = "accepted", _l("Accepted, being looked into")
    INQUIRY = "inquiry", _l("Treated as an inquiry")  # disagreement with the level only
    UPHELD = "upheld", _l("Upheld")
    DISMISSED = "dismissed", _l("Dismissed")


class Objection(Model, Versioned):
    """A named complaint within the notice period; the objector's identity is protected."""

    __tablename__ = "objection"

    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    notice_id: Mapped[UUID] = mapped_column(sa.ForeignKey("notice.id"))
    notice: Mapped[Notice] = relationship(lazy="raise")
    entry_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("entry.id"))
    entry: Mapped[Entry | None] = relationship(lazy="raise")
    receipt: Mapped[str] = mapped_column(sa.String(20), unique=True)  # told to the objector, to ask how it stands
    name: Mapped[str] = mapped_column(sa.String(60))
    unit_name: Mapped[str] = mapped_column(sa.String(120), default="")
    contact: Mapped[str] = mapped_column(sa.String(120))
    grounds: Mapped[str] = mapped_column(sa.Text)
    about_level_only: Mapped[bool] = mapped_column(default=False)
    evidence_key: Mapped[str] = mapped_column(sa.String(120), default="")
    evidence_name: Mapped[str] = mapped_column(sa.String(200), default="")
    evidence_type: Mapped[str] = mapped_column(sa.String(120), default="")
    status: Mapped[ObjectionStatus] = mapped_column(default=ObjectionStatus.RECEIVED)
    received_at: Mapped[datetime]
    ruling: Mapped[str] = mapped_column(sa.Text, default="")
    ruled_at: Mapped[datetime | None]
    ruled_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    move_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("move.id"))  # the change of the list when it is upheld
    move: Mapped[Move | None] = relationship(lazy="raise")


class Certificate(Model, Versioned):
    """Numbered, verifiable proof of an award. A number is never reused; a reissue keeps it with the next version."""

    __tablename__ = "certificate"
    __table_args__ = (sa.UniqueConstraint("edition_id", "entry_id"),)

    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    entry_id: Mapped[UUID] = mapped_column(sa.ForeignKey("entry.id"))
    entry: Mapped[Entry] = relationship(lazy="raise")
    number: Mapped[str] = mapped_column(sa.String(60), unique=True)
    check_code: Mapped[str] = mapped_column(sa.String(16), unique=True)  # in the QR code
    issue: Mapped[int] = mapped_column(default=1)  # counts reissues
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)  # unit, group, title, members, tier, edition, date
    storage_key: Mapped[str] = mapped_column(sa.String(120), default="")
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    revoke_reason: Mapped[str] = mapped_column(sa.Text, default="")
