"""Conflicts of interest: declared, requested or detected; waived by a named person with a reason."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.entries.models import Entry
from judging.foundation.db import Model, Versioned
from judging.foundation.labels import LabelEnum
from judging.judges.models import Judge
from judging.units.models import Unit


class ConflictKind(LabelEnum):
    """How a conflict became known."""

    DETECTED = "detected", _l("Detected")
    DECLARED = "declared", _l("Declared by the judge")
    REQUESTED = "requested", _l("Requested by the entrant")
    RECORDED = "recorded", _l("Recorded by the secretariat")


class ConflictBasis(LabelEnum):
    """What the conflict rests on."""

    SAME_UNIT = "same_unit", _l("Same unit")
    UNIT_GROUP = "unit_group", _l("Same group of companies")
    RECUSAL_UNIT = "recusal_unit", _l("A unit the judge keeps away from")
    RECOMMENDING_UNIT = "recommending_unit", _l("Same recommending unit")
    ACCOUNT = "account", _l("The judge's account speaks for the unit")
    REGION = "region", _l("Same region")
    KIN = "kin", _l("Kinship")
    COACHED = "coached", _l("Coached, trained or advised the group")
    RECUSED = "recused", _l("Recused on the score sheet")
    OTHER = "other", _l("Other")


class ConflictStatus(LabelEnum):
    """Whether it bars."""

    PENDING = "pending", _l("To be decided")  # an entrant's request, until the organizer answers; bars meanwhile
    STANDING = "standing", _l("Stands")
    WAIVED = "waived", _l("Waived")
    REFUSED = "refused", _l("Request refused")


class Conflict(Model, Versioned):
    """Why a judge must not judge an entry, or any entry of a unit (exactly one of them)."""

    __tablename__ = "conflict"
    __table_args__ = (
        sa.CheckConstraint("(entry_id IS NULL) <> (unit_id IS NULL)", name="one_target"),
        sa.CheckConstraint("judge_id IS NOT NULL OR kind = 'requested'", name="judge_known"),
        # Two indexes, because an empty column never equals another: one for conflicts with an entry, one with a unit.
        sa.Index(
            "uq_conflict_entry",
            *("edition_id", "judge_id", "entry_id", "kind", "basis"),
            unique=True,
            sqlite_where=sa.text("entry_id IS NOT NULL"),
            postgresql_where=sa.text("entry_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_conflict_unit",
            *("edition_id", "judge_id", "unit_id", "kind", "basis"),
            unique=True,
            sqlite_where=sa.text("unit_id IS NOT NULL"),
            postgresql_where=sa.text("unit_id IS NOT NULL"),
        ),
        sa.Index("ix_conflict_edition_judge", "edition_id", "judge_id"),
    )

    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("edition.id"))
    judge_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("judge.id"))  # None: a request not yet matched
    judge: Mapped[Judge | None] = relationship(lazy="raise")
    named: Mapped[str] = mapped_column(sa.String(200), default="")  # whom an entrant named, in the entrant's words
    entry_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("entry.id"))
    entry: Mapped[Entry | None] = relationship(lazy="raise")
    unit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("unit.id"))
    unit: Mapped[Unit | None] = relationship(lazy="raise")
    kind: Mapped[ConflictKind]
    basis: Mapped[ConflictBasis]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    status: Mapped[ConflictStatus] = mapped_column(default=ConflictStatus.STANDING)
    created_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decision_reason: Mapped[str] = mapped_column(sa.Text, default="")
