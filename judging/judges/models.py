"""Judges, their fields and the units they must keep away from."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.foundation.db import Model, Versioned
from judging.foundation.labels import LabelEnum
from judging.units.models import Unit


class JudgeStatus(LabelEnum):
    """Where a person stands in the bank."""

    CANDIDATE = "candidate", _l("Applied")  # 候选
    ACTIVE = "active", _l("In the bank")  # 在库
    SUSPENDED = "suspended", _l("Suspended")  # 暂停
    RETIRED = "retired", _l("Retired")  # 退库


class Judge(Model, Versioned):
    """A person of the expert bank (专家库)."""

    __tablename__ = "judge"

    user_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"), unique=True)
    code: Mapped[str] = mapped_column(sa.String(20), unique=True)  # bank number; imports are idempotent by it
    name: Mapped[str] = mapped_column(sa.String(60))
    unit_name: Mapped[str] = mapped_column(sa.String(120), default="")
    unit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    unit: Mapped[Unit | None] = relationship(lazy="raise")
    post: Mapped[str] = mapped_column(sa.String(60), default="")
    title: Mapped[str] = mapped_column(sa.String(40), default="")  # 职称
    region: Mapped[str] = mapped_column(sa.String(6), default="")
    phone: Mapped[str] = mapped_column(sa.String(20), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    certificates: Mapped[str] = mapped_column(sa.Text, default="")
    status: Mapped[JudgeStatus] = mapped_column(default=JudgeStatus.CANDIDATE)
    status_reason: Mapped[str] = mapped_column(sa.Text, default="")
    term_from: Mapped[date | None]
    term_until: Mapped[date | None]
    recommender: Mapped[str] = mapped_column(sa.String(120), default="")
    consented_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    expertise: Mapped[list["Expertise"]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    recusals: Mapped[list["RecusalUnit"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class ExpertiseKind(LabelEnum):
    """What an expertise is about."""

    TRACK = "track", _l("Track")  # code is a TrackKind
    INDUSTRY = "industry", _l("Industry")  # code is a section of GB/T 4754
    TOPIC = "topic", _l("Topic")  # free words


class Expertise(Model):
    """A track, an industry or a topic that a judge can judge."""

    __tablename__ = "expertise"
    __table_args__ = (sa.UniqueConstraint("judge_id", "kind", "code"),)

    judge_id: Mapped[UUID] = mapped_column(sa.ForeignKey("judge.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ExpertiseKind]
    code: Mapped[str] = mapped_column(sa.String(40))


class RecusalUnit(Model):
    """A unit that a judge must keep away from: employer of the past three years, a client, a company of the same group."""

    __tablename__ = "recusal_unit"
    __table_args__ = (sa.UniqueConstraint("judge_id", "unit_id"),)

    judge_id: Mapped[UUID] = mapped_column(sa.ForeignKey("judge.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("unit.id"))
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
