"""Rubrics, criteria, and the rubric of a round."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.editions.models import TrackKind
from judging.foundation.db import Model, Versioned
from judging.foundation.labels import LabelEnum


class RubricStatus(LabelEnum):
    """A draft may change; a published rubric is only superseded."""

    DRAFT = "draft", _l("Draft")
    PUBLISHED = "published", _l("Published")
    SUPERSEDED = "superseded", _l("Superseded")


class RubricOrigin(LabelEnum):
    """Where a rubric comes from; a sample says so on every screen."""

    OFFICIAL = "official", _l("Official standard")
    PRACTICE = "practice", _l("Practice of an association")
    SAMPLE = "sample", _l("Sample template, please check it against this year's notice")


class Rubric(Model, Versioned):
    """The criteria, weights and scales by which a kind of entry is marked."""

    __tablename__ = "rubric"
    __table_args__ = (sa.UniqueConstraint("code", "number"),)

    code: Mapped[str] = mapped_column(sa.String(40))  # the same through all versions
    number: Mapped[int] = mapped_column(default=1)  # version of the rubric
    name: Mapped[str] = mapped_column(sa.String(120))
    track_kind: Mapped[TrackKind | None]  # None: for competitions whose track does not exist yet; fits any
    topic_type: Mapped[str] = mapped_column(sa.String(40), default="")  # "" serves every topic type
    on_site: Mapped[bool] = mapped_column(default=False)
    standard: Mapped[str] = mapped_column(sa.String(120), default="")  # T/CAQ 10201-2020 附录B
    source_note: Mapped[str] = mapped_column(sa.Text, default="")
    origin: Mapped[RubricOrigin] = mapped_column(default=RubricOrigin.SAMPLE)
    status: Mapped[RubricStatus] = mapped_column(default=RubricStatus.DRAFT)
    published_at: Mapped[datetime | None]
    criteria: Mapped[list["Criterion"]] = relationship(
        order_by="Criterion.position", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def maximum(self) -> Decimal:
        """Return the highest possible total."""
        return sum((criterion.maximum * criterion.weight for criterion in self.criteria), Decimal(0))


class Criterion(Model):
    """One line of a rubric: a mark from minimum to maximum in steps, counted with its weight."""

    __tablename__ = "criterion"
    __table_args__ = (sa.UniqueConstraint("rubric_id", "code"),)

    rubric_id: Mapped[UUID] = mapped_column(sa.ForeignKey("rubric.id", ondelete="CASCADE"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(60))
    text: Mapped[str] = mapped_column(sa.Text, default="")  # what to look at
    minimum: Mapped[Decimal] = mapped_column(default=Decimal(0))
    maximum: Mapped[Decimal]
    step: Mapped[Decimal] = mapped_column(default=Decimal("0.5"))
    weight: Mapped[Decimal] = mapped_column(default=Decimal(1))


class RoundRubric(Model):
    """Which rubric a round uses for which topic type ("" for all others)."""

    __tablename__ = "round_rubric"
    __table_args__ = (sa.UniqueConstraint("round_id", "topic_type"),)

    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), index=True)
    topic_type: Mapped[str] = mapped_column(sa.String(40), default="")
    rubric_id: Mapped[UUID] = mapped_column(sa.ForeignKey("rubric.id"))
    rubric: Mapped[Rubric] = relationship(lazy="selectin")
