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


class PlanMode(LabelEnum):
    """What a plan aims at once every rule is kept."""

    OPTIMAL = "optimal", _l("Best fit")
    FAIR = "fair", _l("Fair to the worst served")
    CALIBRATION = "calibration", _l("Good for calibration")
    RANDOM = "random", _l("Drawn by lot")
    REPAIR = "repair", _l("Smallest change")
    HALLS = "halls", _l("By halls")
    LINKED = "linked", _l("With links between groups")


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
    mode: Mapped[PlanMode] = mapped_column(default=PlanMode.OPTIMAL)
    proposal_id: Mapped[UUID | None] = mapped_column(index=True)  # plans made by one act share it
    origin_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("assignment_plan.id")
    )  # the impossible one it mends, or the one it links
    ask: Mapped[dict[str, Any]] = mapped_column(default=dict)  # loads, judges each, what changes with it when applied
    certificate: Mapped[dict[str, Any]] = mapped_column(default=dict)  # prices and bound, for whoever checks the proof
    commitment: Mapped[str] = mapped_column(sa.String(64), default="")  # hash of `secret`, shown before it is revealed
    secret: Mapped[str] = mapped_column(sa.String(64), default="")  # what a draw is drawn from
    digest: Mapped[str] = mapped_column(sa.String(64), default="")  # of the problem: the same again, the same draw
    base_version: Mapped[int] = mapped_column(default=0)  # of the round's assignments when it was made
    applied_version: Mapped[int | None]  # of the round's assignments when it had been applied
    previous: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # what stood before it was applied
    undone_at: Mapped[datetime | None]


class CandidateDemand(Model):
    """How many judges a single candidate shall have, where that is not what the round asks of all."""

    __tablename__ = "candidate_demand"

    candidate_id: Mapped[UUID] = mapped_column(sa.ForeignKey("candidate.id", ondelete="CASCADE"), unique=True)
    judges: Mapped[int]


class CandidateStrength(Model):
    """How strong a candidate is thought to be before it is heard, from a list of the secretariat; judges never see it."""

    __tablename__ = "candidate_strength"

    candidate_id: Mapped[UUID] = mapped_column(sa.ForeignKey("candidate.id", ondelete="CASCADE"), unique=True)
    value: Mapped[float] = mapped_column(sa.Double)


class AssignmentVersion(Model):
    """Counts the changes of a round's assignments: whoever acts on what no longer stands is told so."""

    __tablename__ = "assignment_version"

    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("round.id"), unique=True)
    number: Mapped[int] = mapped_column(default=0)


class PlanRun(Model):
    """A long computation of plans: how far it is, how near the best, and whether somebody has stopped it."""

    __tablename__ = "assignment_run"

    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("round.id"), index=True)
    job_id: Mapped[UUID] = mapped_column(sa.ForeignKey("job.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    phase: Mapped[str] = mapped_column(sa.String(40), default="")
    gap: Mapped[float | None]  # the share by which the best plan so far may lie below the best possible
    cancelled_at: Mapped[datetime | None]
    proposal_id: Mapped[UUID | None]


class Sitting(Model, Versioned):
    """One block of an on-site round in a hall."""

    __tablename__ = "sitting"

    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("round.id"), index=True)
    panel_id: Mapped[UUID] = mapped_column(sa.ForeignKey("panel.id"))
    hall: Mapped[str] = mapped_column(sa.String(60))
    starts_at: Mapped[datetime | None]
    seed: Mapped[int | None]  # of the drawn running order
    drawn_at: Mapped[datetime | None]
    signal: Mapped[str] = mapped_column(sa.String(40), default="")  # what strengths were taken from; empty: none
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
    strength: Mapped[float | None] = mapped_column(sa.Double)  # as known when candidates were apportioned


class InvitationStatus(LabelEnum):
    """What a judge has said to a seat."""

    INVITED = "invited", _l("No answer yet")
    ACCEPTED = "accepted", _l("Accepted")
    DECLINED = "declined", _l("Declined")


class SeatInvitation(Model, Versioned):
    """A seat offered to its judge: what was asked, when it was opened, what was answered. It outlives the seat."""

    __tablename__ = "seat_invitation"
    __table_args__ = (sa.UniqueConstraint("round_id", "judge_id"),)

    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("round.id"), index=True)
    judge_id: Mapped[UUID] = mapped_column(sa.ForeignKey("judge.id"), index=True)
    judge: Mapped[Judge] = relationship(lazy="raise")
    seat_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("seat.id", ondelete="SET NULL"))  # None: freed
    panel_name: Mapped[str] = mapped_column(sa.String(60), default="")
    status: Mapped[InvitationStatus] = mapped_column(default=InvitationStatus.INVITED)
    invited_at: Mapped[datetime]
    invited_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    answer_by: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    titles_read_at: Mapped[datetime | None]  # the judge has gone through the titles for conflicts
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    freed: Mapped[int] = mapped_column(default=0)  # candidates that lost this judge when the seat was declined
    wish_words: Mapped[str] = mapped_column(sa.String(200), default="")  # in the judge's own words
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]
    preferences: Mapped[list["Preference"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class Wish(LabelEnum):
    """How gladly a judge would judge something."""

    WISH = "wish", _l("Gladly")
    NEUTRAL = "neutral", _l("No preference")  # kept as no row
    RATHER_NOT = "rather_not", _l("Rather not")


class Preference(Model):
    """A judge's wish about one title, or about all of a topic (exactly one of them)."""

    __tablename__ = "preference"
    __table_args__ = (
        sa.CheckConstraint("(candidate_id IS NULL) <> (topic = '')", name="one_subject"),
        sa.Index(
            "uq_preference_candidate",
            *("invitation_id", "candidate_id"),
            unique=True,
            sqlite_where=sa.text("candidate_id IS NOT NULL"),
            postgresql_where=sa.text("candidate_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_preference_topic",
            *("invitation_id", "topic"),
            unique=True,
            sqlite_where=sa.text("topic <> ''"),
            postgresql_where=sa.text("topic <> ''"),
        ),
    )

    invitation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("seat_invitation.id", ondelete="CASCADE"))
    candidate_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("candidate.id", ondelete="CASCADE"))
    topic: Mapped[str] = mapped_column(sa.String(50), default="")  # "industry:C" or "type:innovative"
    wish: Mapped[Wish]


class DrawnBy(LabelEnum):
    """The groups of the bank among which seats are shared before judges are drawn."""

    REGION = "region", _l("Region")
    INDUSTRY = "industry", _l("Industry")
    BOTH = "both", _l("Industry and region")
    NONE = "none", _l("The whole bank")


class JudgeDraw(Model, Versioned):
    """Judges drawn by lot for a panel: all that is needed to draw them again, and who has been seated since."""

    __tablename__ = "judge_draw"

    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("round.id"), index=True)
    panel_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("panel.id", ondelete="SET NULL"), index=True)
    panel_name: Mapped[str] = mapped_column(sa.String(60), default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    seed: Mapped[int]
    strata: Mapped[DrawnBy]
    seats: Mapped[int]
    reserves: Mapped[int]  # for each seat
    reason: Mapped[str] = mapped_column(sa.Text, default="")  # why it was drawn again
    bank: Mapped[list[list[Any]]] = mapped_column(sa.JSON, default=list)  # [code, group, why not called]
    quotas: Mapped[list[list[Any]]] = mapped_column(sa.JSON, default=list)  # [group, seats]
    seated: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # codes that got a seat from this draw
    void_at: Mapped[datetime | None]
    void_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    void_reason: Mapped[str] = mapped_column(sa.Text, default="")  # why it no longer counts
