"""Ballots and marks."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.assignment.models import Assignment
from judging.blinding.models import Candidate
from judging.foundation.db import Model, Versioned
from judging.foundation.labels import LabelEnum
from judging.judges.models import Judge
from judging.rubrics.models import Rubric


class BallotStatus(LabelEnum):
    """Where a ballot stands."""

    OPEN = "open", _l("Open for marking")
    SUBMITTED = "submitted", _l("Submitted")
    RECUSED = "recused", _l("Recused")


class Ballot(Model, Versioned):
    """One judge's sheet for one candidate."""

    __tablename__ = "ballot"
    __table_args__ = (sa.UniqueConstraint("candidate_id", "judge_id"),)

    assignment_id: Mapped[UUID] = mapped_column(sa.ForeignKey("assignment.id"), unique=True)
    assignment: Mapped[Assignment] = relationship(lazy="raise")
    candidate_id: Mapped[UUID] = mapped_column(sa.ForeignKey("candidate.id"), index=True)
    candidate: Mapped[Candidate] = relationship(lazy="raise")
    judge_id: Mapped[UUID] = mapped_column(sa.ForeignKey("judge.id"), index=True)
    judge: Mapped[Judge] = relationship(lazy="raise")
    rubric_id: Mapped[UUID] = mapped_column(sa.ForeignKey("rubric.id"))
    rubric: Mapped[Rubric] = relationship(lazy="raise")
    status: Mapped[BallotStatus] = mapped_column(default=BallotStatus.OPEN)
    sequence: Mapped[int] = mapped_column(default=0)  # highest edit number of the judge's page; later saves win
    sequences: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the same per field, also of marks taken back
    opened_at: Mapped[datetime | None]
    saved_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    total: Mapped[Decimal | None]  # weighted sum of the marks, set when submitted
    strengths: Mapped[str] = mapped_column(sa.Text, default="")
    weaknesses: Mapped[str] = mapped_column(sa.Text, default="")
    suggestions: Mapped[str] = mapped_column(sa.Text, default="")
    proposes_elimination: Mapped[bool] = mapped_column(default=False)
    elimination_reason: Mapped[str] = mapped_column(sa.Text, default="")
    recusal_reason: Mapped[str] = mapped_column(sa.Text, default="")
    excluded_reason: Mapped[str] = mapped_column(sa.Text, default="")  # set by results with two signatures
    marks: Mapped[list["Mark"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class Mark(Model):
    """The number on one criterion."""

    __tablename__ = "mark"
    __table_args__ = (sa.UniqueConstraint("ballot_id", "criterion_id"),)

    ballot_id: Mapped[UUID] = mapped_column(sa.ForeignKey("ballot.id", ondelete="CASCADE"), index=True)
    criterion_id: Mapped[UUID] = mapped_column(sa.ForeignKey("criterion.id"))
    value: Mapped[Decimal]
    sequence: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]
