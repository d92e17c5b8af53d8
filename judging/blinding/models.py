"""Candidates, the review files judges may open, and what was found in them. Who a candidate is stands in identity.py."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.editions.models import Round
from judging.foundation.db import Model, Versioned
from judging.foundation.labels import LabelEnum


class CandidateStatus(LabelEnum):
    """Whether the review copy may be shown."""

    PREPARING = "preparing", _l("In preparation")
    SUSPECT = "suspect", _l("To be looked at")
    READY = "ready", _l("Nothing open")  # prepared, no finding waits for a person; an act clears it
    CLEARED = "cleared", _l("Cleared")
    REMOVED = "removed", _l("Taken out of the round")


class Candidate(Model, Versioned):
    """An entry in one round, known there by its code. No column and no relationship says which entry."""

    __tablename__ = "candidate"
    __table_args__ = (sa.UniqueConstraint("round_id", "code"),)

    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("round.id"), index=True)
    round: Mapped[Round] = relationship(lazy="raise")
    code: Mapped[str] = mapped_column(sa.String(12))
    topic_type: Mapped[str] = mapped_column(sa.String(40), default="")  # chooses the rubric; group of ranking
    industry: Mapped[str] = mapped_column(sa.String(4), default="")  # for the match with judges' expertise
    title: Mapped[str] = mapped_column(sa.String(120), default="")  # as judges see it, redacted in a blind round
    abstract: Mapped[str] = mapped_column(sa.Text, default="")
    keywords: Mapped[str] = mapped_column(sa.String(200), default="")
    worded_by_hand: Mapped[bool] = mapped_column(default=False)  # a person wrote the three texts: preparing keeps them
    status: Mapped[CandidateStatus] = mapped_column(default=CandidateStatus.PREPARING)
    files: Mapped[list["ReviewFile"]] = relationship(
        order_by="ReviewFile.position", lazy="raise", cascade="all, delete-orphan"
    )
    findings: Mapped[list["Finding"]] = relationship(
        order_by="Finding.position", lazy="raise", cascade="all, delete-orphan"
    )


class ReviewFile(Model):
    """A file as judges may open it: a PDF made by us, without metadata, with a generated name."""

    __tablename__ = "review_file"

    candidate_id: Mapped[UUID] = mapped_column(sa.ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(sa.String(20))  # an AttachmentKind value: report, slides
    pages: Mapped[int]
    size: Mapped[int] = mapped_column(sa.BigInteger)
    storage_key: Mapped[str] = mapped_column(sa.String(120))


class FindingPlace(LabelEnum):
    """Where a name was found."""

    TITLE = "title", _l("Title")
    ABSTRACT = "abstract", _l("Abstract")
    KEYWORDS = "keywords", _l("Keywords")
    TEXT = "text", _l("Text of the file")
    METADATA = "metadata", _l("Metadata of the file")
    FILE = "file", _l("File")  # missing, not a PDF, unreadable, pictures only


class FindingWhat(LabelEnum):
    """What was found."""

    UNIT = "unit", _l("Unit name")
    GROUP = "group", _l("Group name")
    MEMBER = "member", _l("Member name")
    CONTACT = "contact", _l("Contact data")
    ORIGIN = "origin", _l("Author, program or other data about the file")
    EMBEDDED = "embedded", _l("Attached file, script, form or note")
    NO_FILE = "no_file", _l("There is no file for the judges")
    NOT_PDF = "not_pdf", _l("The file is no PDF; please upload the masked copy as PDF")
    UNREADABLE = "unreadable", _l("The file cannot be opened; please upload it again without a password")
    NO_TEXT = "no_text", _l("Pages that are pictures; please look at them")


class Finding(Model):
    """A trace of identity in what judges would see; a person dismisses it or returns the copy."""

    __tablename__ = "finding"

    candidate_id: Mapped[UUID] = mapped_column(sa.ForeignKey("candidate.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    place: Mapped[FindingPlace]
    what: Mapped[FindingWhat]
    page: Mapped[int | None]
    excerpt: Mapped[str] = mapped_column(sa.String(200), default="")
    removed: Mapped[bool] = mapped_column(default=False)  # true: taken out by us (metadata), only told
    dismissed_at: Mapped[datetime | None]
    dismissed_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    dismiss_reason: Mapped[str] = mapped_column(sa.String(200), default="")
