"""Panels, seats, assignments, plans, and the running order of an on-site round."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.blinding.models import Candidate
from judging.foundation.db import Model, Versioned
from judging.foundation.labels import LabelEnum
from judging.judges.models import Judge


class Panel(Model, Versioned):
    """The judges who judge the same candidates in a round. A blind round usually has one panel per track."""

    __tablename__ = "panel"
    __table_args__ = (sa.UniqueConstraint("round_id", "name"),)

    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("round.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    seats: Mapped[list["Seat"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class Seat(Model):
    """A judge's place in a panel."""

    __tablename__ = "seat"
    __table_args__ = (sa.UniqueConstraint("panel_id", "judge_id"),)

    panel_id: Mapped[UUID] = mapped_column(sa.ForeignKey("panel.id", ondelete="CASCADE"), index=True)
    panel: Mapped[Panel] = relationship(lazy="raise", overlaps="seats")
    judge_id: Mapped[UUID] = mapped_column(sa.ForeignKey("judge.id"), index=True)
    judge: Mapped[Judge] = relationship(lazy="raise")
    is_chair: Mapped[bool] = mapped_column(default=False)
    min_load: Mapped[int | None]  # None: the round's bound
    max_load: Mapped[int | None]


class AssignmentSource(LabelEnum):
    """Whether the plan or a person gave it."""

    PLANNED = "planned", _l("By plan")
    MANUAL = "manual", _l("By hand")


class Assignment(Model):
    """A candidate given to a seat."""

    __tablename__ = "assignment"
    __table_args__ = (sa.UniqueConstraint("candidate_id", "seat_id"),)

    candidate_id: Mapped[UUID] = mapped_column(sa.ForeignKey("candidate.id"), index=True)
    candidate: Mapped[Candidate] = relationship(lazy="raise")
    seat_id: Mapped[UUID] = mapped_column(sa.ForeignKey("seat.id"), index=True)
    seat: Mapped[Seat] = relationship(lazy="raise")
    source: Mapped[AssignmentSource] = mapped_column(default=AssignmentSource.PLANNED)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    order: Mapped[int] = mapped_column(default=0)  # the order in which the judge sees them: drawn, tells nothing
    created_at: Mapped[datetime]


class Plan(Model):
    """A proposed set of assignments with its proof; applying makes it real."""

    __tablename__ = "assignment_plan"

    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("round.id"), index=True)
    seed: Mapped[int]
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    applied_at: Mapped[datetime | None]
    pairs: Mapped[list[list[str]]] = mapped_column(sa.JSON, default=list)  # [candidate id, seat id]
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)  # total, bound, loads, matches, shortages


class Sitting(Model, Versioned):
    """One block of an on-site round in a hall."""

    __tablename__ = "sitting"

    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("round.id"), index=True)
    panel_id: Mapped[UUID] = mapped_column(sa.ForeignKey("panel.id"))
    hall: Mapped[str] = mapped_column(sa.String(60))
    starts_at: Mapped[datetime | None]
    seed: Mapped[int | None]  # of the drawn running order
    drawn_at: Mapped[datetime | None]
    places: Mapped[list["RunningPlace"]] = relationship(
        order_by="RunningPlace.position", lazy="raise", cascade="all, delete-orphan"
    )


class RunningPlace(Model):
    """A candidate's place in the running order of a sitting."""

    __tablename__ = "running_place"
    __table_args__ = (sa.UniqueConstraint("sitting_id", "candidate_id"),)

    sitting_id: Mapped[UUID] = mapped_column(sa.ForeignKey("sitting.id", ondelete="CASCADE"))
    candidate_id: Mapped[UUID] = mapped_column(sa.ForeignKey("candidate.id"))
    candidate: Mapped[Candidate] = relationship(lazy="raise")
    position: Mapped[int]
