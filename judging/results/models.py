"""Result sheets, standings, judges' severities, and flags."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.blinding.models import Candidate
from judging.editions.models import Method, Round
from judging.foundation.db import Model, Versioned
from judging.foundation.labels import LabelEnum
from judging.judges.models import Judge


class ResultSheet(Model, Versioned):
    """The computed scores of a round with method, parameters, engine version and the digest of what went in."""

    __tablename__ = "result_sheet"
    __table_args__ = (sa.UniqueConstraint("round_id", "number"),)

    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("round.id"), index=True)
    round: Mapped[Round] = relationship(lazy="raise")
    number: Mapped[int]  # a new computation makes a new sheet
    method: Mapped[Method]
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    engine_version: Mapped[str] = mapped_column(sa.String(20))
    digest: Mapped[str] = mapped_column(sa.String(64))
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)  # agreement, components, variances, warnings
    sensitivity: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # empty until it is asked
    computed_at: Mapped[datetime]
    computed_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    standings: Mapped[list["Standing"]] = relationship(
        order_by="Standing.rank", lazy="raise", cascade="all, delete-orphan"
    )
    severities: Mapped[list["Severity"]] = relationship(lazy="raise", cascade="all, delete-orphan")
    flags: Mapped[list["Flag"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class Standing(Model):
    """A candidate's scores and place on a sheet."""

    __tablename__ = "standing"
    __table_args__ = (sa.UniqueConstraint("sheet_id", "candidate_id"),)

    sheet_id: Mapped[UUID] = mapped_column(sa.ForeignKey("result_sheet.id", ondelete="CASCADE"), index=True)
    candidate_id: Mapped[UUID] = mapped_column(sa.ForeignKey("candidate.id"))
    candidate: Mapped[Candidate] = relationship(lazy="raise")
    judges: Mapped[int]  # valid ballots
    mean: Mapped[Decimal]
    trimmed: Mapped[Decimal | None]
    median: Mapped[Decimal]
    standard: Mapped[Decimal | None]
    adjusted: Mapped[Decimal | None]
    score: Mapped[Decimal]  # by the round's method, half-up to its decimals: what ranks
    error: Mapped[Decimal | None]  # standard error of the adjusted score
    low: Mapped[Decimal | None]  # 90 % interval
    high: Mapped[Decimal | None]
    rank: Mapped[int]  # within the round
    mean_rank: Mapped[int]  # the place the raw mean would give
    rank_low: Mapped[int | None]
    rank_high: Mapped[int | None]
    p_top: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # award line k → chance to be in
    component: Mapped[int] = mapped_column(default=1)  # part of the design: places of different parts do not compare
    totals: Mapped[list[dict[str, Any]]] = mapped_column(
        default=list
    )  # per ballot: judge, given, raw (on the common scale), adjustment, value, weight; texts of numbers


class Severity(Model):
    """How far a judge lies below (severe) or above the others on equal work."""

    __tablename__ = "severity"
    __table_args__ = (sa.UniqueConstraint("sheet_id", "judge_id"),)

    sheet_id: Mapped[UUID] = mapped_column(sa.ForeignKey("result_sheet.id", ondelete="CASCADE"), index=True)
    judge_id: Mapped[UUID] = mapped_column(sa.ForeignKey("judge.id"))
    judge: Mapped[Judge] = relationship(lazy="raise")
    ballots: Mapped[int]
    severity: Mapped[Decimal]  # positive: below the others
    adjustment: Mapped[Decimal] = mapped_column(default=Decimal(0))  # what calibration adds to each total
    error: Mapped[Decimal | None]
    mean: Mapped[Decimal]
    spread: Mapped[Decimal]
    scale: Mapped[Decimal | None]  # under full calibration: how far differences are stretched; 1 as others do
    noise: Mapped[Decimal | None]  # and how far a total strays by chance


class FlagStatus(LabelEnum):
    """What a person made of a flag."""

    OPEN = "open", _l("To be reviewed")
    CONFIRMED = "confirmed", _l("Score stands")
    ASKED = "asked", _l("Judge was asked")
    ADDED_JUDGE = "added_judge", _l("One more judge")
    PROPOSED = "proposed", _l("Exclusion waits for a second signature")
    EXCLUDED = "excluded", _l("Excluded with two signatures")


class Flag(Model, Versioned):
    """A score or judge far from what would be likely; a reason to look, never an automatic deletion."""

    __tablename__ = "flag"

    sheet_id: Mapped[UUID] = mapped_column(sa.ForeignKey("result_sheet.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(40))  # as the engine names it
    judge_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("judge.id"))
    judge: Mapped[Judge | None] = relationship(lazy="raise")
    candidate_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("candidate.id"))
    candidate: Mapped[Candidate | None] = relationship(lazy="raise")
    statistic: Mapped[Decimal]
    effect: Mapped[Decimal | None]  # in points
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[FlagStatus] = mapped_column(default=FlagStatus.OPEN)
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    seconded_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    note: Mapped[str] = mapped_column(sa.Text, default="")
