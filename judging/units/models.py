"""Units, recommending units, and the accounts that speak for them."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.foundation.db import Model, Versioned
from judging.foundation.labels import LabelEnum


class RecommenderKind(LabelEnum):
    """What a recommending unit gathers by."""

    CITY = "city", _l("City quality association")
    INDUSTRY = "industry", _l("Industry quality association")


class RecommendingUnit(Model, Versioned):
    """Gathers, checks, ranks and recommends the entries of its units (推荐单位)."""

    __tablename__ = "recommending_unit"

    code: Mapped[str] = mapped_column(sa.String(20), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    kind: Mapped[RecommenderKind]
    region: Mapped[str] = mapped_column(sa.String(6), default="")
    contact_name: Mapped[str] = mapped_column(sa.String(60), default="")
    contact_phone: Mapped[str] = mapped_column(sa.String(20), default="")
    contact_email: Mapped[str] = mapped_column(sa.String(254), default="")


class Unit(Model, Versioned):
    """Who made an entry and puts it forward (申报单位). The name stands on certificates exactly as here."""

    __tablename__ = "unit"

    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    credit_code: Mapped[str | None] = mapped_column(sa.String(18), unique=True)  # 统一社会信用代码
    region: Mapped[str] = mapped_column(sa.String(6), index=True)  # GB/T 2260
    industry: Mapped[str] = mapped_column(sa.String(4))  # GB/T 4754, letter of the section
    contact_name: Mapped[str] = mapped_column(sa.String(60), default="")
    contact_phone: Mapped[str] = mapped_column(sa.String(20), default="")
    contact_email: Mapped[str] = mapped_column(sa.String(254), default="")
    address: Mapped[str] = mapped_column(sa.String(200), default="")
    member_number: Mapped[str] = mapped_column(sa.String(30), default="")
    parent_group: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")  # 所属集团: for conflicts
    recommending_unit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("recommending_unit.id"), index=True)
    recommending_unit: Mapped[RecommendingUnit | None] = relationship(lazy="raise")


class Membership(Model):
    """An account that speaks for a unit or for a recommending unit (exactly one of them)."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.CheckConstraint("(unit_id IS NULL) <> (recommending_unit_id IS NULL)", name="one_side"),
        sa.UniqueConstraint("user_id", "unit_id", "recommending_unit_id"),
    )

    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    recommending_unit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("recommending_unit.id"), index=True)
    since: Mapped[datetime]
