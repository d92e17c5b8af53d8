"""Entries, team members, attachments, and the batches in which recommending units send them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.editions.models import TopicType as TopicType  # noqa: PLC0414  # intake knows it by this name
from judging.editions.models import Track
from judging.foundation.db import Model, Versioned
from judging.foundation.labels import LabelEnum
from judging.units.models import RecommendingUnit, Unit


class EntryStatus(LabelEnum):
    """What people see of an entry's way through intake."""

    DRAFT = "draft", _l("Not submitted")
    SUBMITTED = "submitted", _l("In review")  # at the recommending unit or the association
    RETURNED = "returned", _l("Returned")
    ACCEPTED = "accepted", _l("Admitted")  # 参评
    REJECTED = "rejected", _l("Not admitted")  # 不评
    DEFERRED = "deferred", _l("Deferred")  # 缓评
    WITHDRAWN = "withdrawn", _l("Withdrawn")


class Verdict(LabelEnum):
    """The answers of the formal check."""

    ADMIT = "admit", _l("Admit")  # 参评
    COMPLETE_FIRST = "complete_first", _l("Admit after completion")  # 完善后参评: returned with one deadline
    REJECT = "reject", _l("Do not admit")  # 不评
    DEFER = "defer", _l("Defer")  # 缓评


class CheckReason(LabelEnum):
    """Why an entry is not admitted as it is."""

    NOT_ELIGIBLE = "not_eligible", _l("Not eligible")
    UNFINISHED = "unfinished", _l("The activity is not finished")
    FORM_INCOMPLETE = "form_incomplete", _l("The form is incomplete")
    PROOF = "proof", _l("The proof does not support the benefit")
    NO_SEAL = "no_seal", _l("The seal is missing")
    ALREADY_AWARDED = "already_awarded", _l("Already awarded before")
    OWNERSHIP = "ownership", _l("The ownership is disputed")
    NOT_MASKED = "not_masked", _l("The masked copy still carries names")
    OTHER = "other", _l("Other, see the note")


class AttachmentKind(LabelEnum):
    """What a file of an entry is."""

    REPORT = "report", _l("Report")
    MASKED = "masked", _l("Masked copy for blind review")
    SLIDES = "slides", _l("Slides")
    SCAN = "scan", _l("Sealed application form (scan)")
    PROOF = "proof", _l("Proof of benefit")


class Batch(Model, Versioned):
    """The entries of a recommending unit, ranked and sent as one."""

    __tablename__ = "recommendation_batch"
    __table_args__ = (sa.UniqueConstraint("edition_id", "recommending_unit_id"),)

    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("edition.id"))
    recommending_unit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("recommending_unit.id"))
    opinion: Mapped[str] = mapped_column(sa.Text, default="")
    sealed_at: Mapped[datetime | None]
    sealed_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))


class Entry(Model, Versioned):
    """An achievement put forward for judging (参评成果)."""

    __tablename__ = "entry"
    __table_args__ = (
        sa.UniqueConstraint("edition_id", "code"),
        sa.Index("ix_entry_edition_status", "edition_id", "status"),
        sa.Index("ix_entry_track", "track_id"),
    )

    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("edition.id"))
    track_id: Mapped[UUID] = mapped_column(sa.ForeignKey("track.id"))
    track: Mapped[Track] = relationship(lazy="raise")
    unit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    unit: Mapped[Unit] = relationship(lazy="raise")
    recommending_unit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("recommending_unit.id"), index=True)
    recommending_unit: Mapped[RecommendingUnit | None] = relationship(lazy="raise")
    code: Mapped[str] = mapped_column(sa.String(30))  # receipt number, e.g. QC2022-0017; imports are idempotent by it
    status: Mapped[EntryStatus] = mapped_column(default=EntryStatus.DRAFT)
    title: Mapped[str] = mapped_column(sa.String(120), default="")
    topic_type: Mapped[str] = mapped_column(sa.String(40), default="")  # a TopicType for QC results, else ""
    keywords: Mapped[str] = mapped_column(sa.String(200), default="")
    abstract: Mapped[str] = mapped_column(sa.Text, default="")
    methods: Mapped[str] = mapped_column(sa.String(300), default="")
    target: Mapped[str] = mapped_column(sa.String(200), default="")
    reached: Mapped[str] = mapped_column(sa.String(200), default="")
    benefit: Mapped[Decimal | None]  # 万元
    intangible_benefit: Mapped[str] = mapped_column(sa.Text, default="")
    group_name: Mapped[str] = mapped_column(sa.String(80), default="")
    group_number: Mapped[str] = mapped_column(sa.String(40), default="")  # registration number of the group
    active_from: Mapped[date | None]
    active_until: Mapped[date | None]
    presenter: Mapped[str] = mapped_column(sa.String(60), default="")
    contact_name: Mapped[str] = mapped_column(sa.String(60), default="")
    contact_phone: Mapped[str] = mapped_column(sa.String(20), default="")
    contact_email: Mapped[str] = mapped_column(sa.String(254), default="")
    original: Mapped[bool] = mapped_column(default=False)  # declarations
    truthful: Mapped[bool] = mapped_column(default=False)
    consents_to_publication: Mapped[bool] = mapped_column(default=False)
    unclassified: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]  # the last saving, by whichever page
    submitted_at: Mapped[datetime | None]
    receipt_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    return_reason: Mapped[str] = mapped_column(sa.Text, default="")
    return_until: Mapped[datetime | None]
    batch_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("recommendation_batch.id"))
    recommended_at: Mapped[datetime | None]
    recommended_rank: Mapped[int | None]
    verdict: Mapped[Verdict | None]
    verdict_reasons: Mapped[list[str]] = mapped_column(default=list)
    verdict_note: Mapped[str] = mapped_column(sa.Text, default="")
    checked_at: Mapped[datetime | None]
    members: Mapped[list["TeamMember"]] = relationship(
        order_by="TeamMember.position", lazy="raise", cascade="all, delete-orphan"
    )
    attachments: Mapped[list["Attachment"]] = relationship(
        order_by="Attachment.uploaded_at", lazy="raise", cascade="all, delete-orphan"
    )


class TeamMember(Model):
    """A person credited with an entry; the order counts. For papers these are the authors."""

    __tablename__ = "team_member"

    entry_id: Mapped[UUID] = mapped_column(sa.ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(60))
    role: Mapped[str] = mapped_column(sa.String(40), default="")  # 组长、组员、第一作者


class Attachment(Model):
    """A file of an entry as submitted. A replaced file is kept until the edition is purged."""

    __tablename__ = "attachment"

    entry_id: Mapped[UUID] = mapped_column(sa.ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    kind: Mapped[AttachmentKind]
    file_name: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(120))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    storage_key: Mapped[str] = mapped_column(sa.String(120))
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    replaced_at: Mapped[datetime | None]
