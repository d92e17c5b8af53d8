"""Editions, tracks, rounds, and the calendar of stages."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.foundation.db import Model, Versioned
from judging.foundation.labels import LabelEnum


class Stage(LabelEnum):
    """Where an edition stands, in order. A second round returns from SELECTION to BLINDING."""

    SETUP = "setup", _l("Setting up")
    INTAKE = "intake", _l("Intake")
    BLINDING = "blinding", _l("Blinding")
    JUDGING = "judging", _l("Judging")
    RESULTS = "results", _l("Results")
    SELECTION = "selection", _l("Selection")
    NOTICE = "notice", _l("Public notice")
    CLOSED = "closed", _l("Closed")


class Wording(LabelEnum):
    """What a level is called: awards need an approval, exchange levels do not."""

    AWARD = "award", _l("Award (first prize)")
    LEVEL = "level", _l("Exchange level (first level)")


class TrackKind(LabelEnum):
    """What is judged; decides the form of an entry."""

    QC = "qc", _l("QC group result")
    STORY = "story", _l("QC story")
    PAPER = "paper", _l("Paper")


class TopicType(LabelEnum):
    """The kinds of QC topics (课题类型)."""

    SELF_SET = "self_set", _l("Problem solving, own target")
    DIRECTED = "directed", _l("Problem solving, given target")
    INNOVATIVE = "innovative", _l("Innovative")


TOPIC_TYPES: dict[TrackKind, tuple[str, ...]] = {TrackKind.QC: tuple(TopicType)}


def topic_types(kind: TrackKind) -> tuple[str, ...]:
    """Return the topic types that entries of a track have; "" alone where a track knows none."""
    return TOPIC_TYPES.get(kind, ("",))


class RoundKind(LabelEnum):
    """How a round is held."""

    DOCUMENTS = "documents", _l("Document review")
    ON_SITE = "on_site", _l("On-site presentation")


class Method(LabelEnum):
    """How totals become the score that ranks; frozen before judging opens."""

    MEAN = "mean", _l("Mean")
    TRIMMED = "trimmed", _l("Mean without highest and lowest")
    MEDIAN = "median", _l("Median")
    STANDARD = "standard", _l("Standard score")
    SEVERITY = "severity", _l("Severity calibration")
    FULL = "full", _l("Full calibration")


class DayKind(LabelEnum):
    """How the days of a notice are counted."""

    WORKING = "working", _l("working days")
    NATURAL = "natural", _l("calendar days")


class Edition(Model, Versioned):
    """One run of the competition (届)."""

    __tablename__ = "edition"

    slug: Mapped[str] = mapped_column(sa.String(40), unique=True)  # in addresses: /e/<slug>/…
    name: Mapped[str] = mapped_column(sa.String(120))
    year: Mapped[int]
    organiser: Mapped[str] = mapped_column(sa.String(120))
    co_organisers: Mapped[list[str]] = mapped_column(default=list)
    approval_basis: Mapped[str] = mapped_column(sa.Text, default="")
    fee_statement: Mapped[str] = mapped_column(sa.Text, default="本活动不收取任何评审费用。")
    wording: Mapped[Wording] = mapped_column(default=Wording.LEVEL)
    group_term: Mapped[str] = mapped_column(sa.String(40), default="质量提升小组")
    timezone: Mapped[str] = mapped_column(sa.String(40), default="Asia/Shanghai")
    region: Mapped[str] = mapped_column(sa.String(6), default="420000")  # GB/T 2260
    region_conflict: Mapped[bool] = mapped_column(default=False)  # judges recuse from entries of their own city
    notice_days: Mapped[int] = mapped_column(default=5)
    notice_day_kind: Mapped[DayKind] = mapped_column(default=DayKind.WORKING)
    certificate_pattern: Mapped[str] = mapped_column(
        sa.String(80), default="鄂质协证〔{year}〕{track}{round}-{number:04d}"
    )
    contact: Mapped[str] = mapped_column(sa.Text, default="")  # where objections and questions go
    stage: Mapped[Stage] = mapped_column(default=Stage.SETUP)
    round_number: Mapped[int] = mapped_column(default=1)  # which round the stages BLINDING … SELECTION are about
    grace_minutes: Mapped[int] = mapped_column(default=15)  # for what was begun before a deadline
    created_at: Mapped[datetime]
    frozen_at: Mapped[datetime | None]  # set when judging first opens: methods, rubrics, tiers, channels stand
    tracks: Mapped[list["Track"]] = relationship(order_by="Track.position", lazy="select", cascade="all, delete-orphan")
    dates: Mapped[list["StageDate"]] = relationship(lazy="select", cascade="all, delete-orphan")

    def track(self, kind: TrackKind) -> "Track | None":
        """Return the track of this kind, if the edition has it."""
        return next((track for track in self.tracks if track.kind is kind), None)


class StageDate(Model):
    """When a stage is planned to open and close. For entrants and judges the closing time binds (with the grace)."""

    __tablename__ = "stage_date"
    __table_args__ = (sa.UniqueConstraint("edition_id", "stage", "round_number"),)

    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("edition.id", ondelete="CASCADE"))
    stage: Mapped[Stage]
    round_number: Mapped[int] = mapped_column(default=1)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]


class Track(Model):
    """A division in which entries are compared with one another."""

    __tablename__ = "track"
    __table_args__ = (sa.UniqueConstraint("edition_id", "code"),)

    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("edition.id", ondelete="CASCADE"))
    kind: Mapped[TrackKind]
    code: Mapped[str] = mapped_column(sa.String(8))  # QC, GS, LW: begins receipt and certificate numbers
    name: Mapped[str] = mapped_column(sa.String(60))
    position: Mapped[int] = mapped_column(default=0)
    via_recommending_unit: Mapped[bool] = mapped_column(default=True)  # else straight to the association
    rounds: Mapped[list["Round"]] = relationship(order_by="Round.number", lazy="selectin", cascade="all, delete-orphan")

    def round(self, number: int) -> "Round | None":
        """Return the round of this number, if the track has it."""
        return next((round_ for round_ in self.rounds if round_.number == number), None)


class Round(Model, Versioned):
    """One pass of judging in a track, with the rules that are frozen when judging opens."""

    __tablename__ = "round"
    __table_args__ = (sa.UniqueConstraint("track_id", "number"),)

    track_id: Mapped[UUID] = mapped_column(sa.ForeignKey("track.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(default=1)
    kind: Mapped[RoundKind] = mapped_column(default=RoundKind.DOCUMENTS)
    blind: Mapped[bool] = mapped_column(default=True)
    judges_per_entry: Mapped[int] = mapped_column(default=3)
    min_load: Mapped[int] = mapped_column(default=0)
    max_load: Mapped[int] = mapped_column(default=60)
    one_judge_per_unit: Mapped[bool] = mapped_column(default=True)
    one_judge_per_region: Mapped[bool] = mapped_column(default=False)
    method: Mapped[Method] = mapped_column(default=Method.SEVERITY)
    trim_from: Mapped[int] = mapped_column(default=5)  # drop highest and lowest from this many judges on
    decimals: Mapped[int] = mapped_column(default=2)
    seed: Mapped[int] = mapped_column(default=2022)
    tie_chain: Mapped[list[str]] = mapped_column(default=list)  # criterion codes asked in order at a tie
    shared_places: Mapped[bool] = mapped_column(default=True)
    talk_minutes: Mapped[int] = mapped_column(default=15)  # on site
    affinity: Mapped[dict[str, Any]] = mapped_column(default=dict)  # weights of what makes a judge fit; empty: preset
    judge_fee: Mapped[str] = mapped_column(sa.String(120), default="")  # what judges are paid, told in the invitation
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
