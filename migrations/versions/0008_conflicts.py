"""Conflicts of interest."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "conflict",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=True),
        sa.Column("named", sa.String(length=200), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("detected", "declared", "requested", name="conflictkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "basis",
            sa.Enum(
                "same_unit",
                "recusal_unit",
                "recommending_unit",
                "region",
                "kin",
                "coached",
                "other",
                name="conflictbasis",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("pending", "standing", "waived", "refused", name="conflictstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("created_at", db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("judge_id IS NOT NULL OR kind = 'requested'", name=op.f("ck_conflict_judge_known")),
        sa.CheckConstraint("(entry_id IS NULL) <> (unit_id IS NULL)", name=op.f("ck_conflict_one_target")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_conflict_created_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_conflict_decided_by_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_conflict_edition_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_conflict_entry_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_conflict_judge_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_conflict_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.create_index("ix_conflict_edition_judge", ["edition_id", "judge_id"], unique=False)
        batch_op.create_index(
            "uq_conflict_entry",
            ["edition_id", "judge_id", "entry_id", "kind", "basis"],
            unique=True,
            sqlite_where=sa.text("entry_id IS NOT NULL"),
            postgresql_where=sa.text("entry_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_conflict_unit",
            ["edition_id", "judge_id", "unit_id", "kind", "basis"],
            unique=True,
            sqlite_where=sa.text("unit_id IS NOT NULL"),
            postgresql_where=sa.text("unit_id IS NOT NULL"),
        )


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_conflict_unit",
            sqlite_where=sa.text("unit_id IS NOT NULL"),
            postgresql_where=sa.text("unit_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_conflict_entry",
            sqlite_where=sa.text("entry_id IS NOT NULL"),
            postgresql_where=sa.text("entry_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_conflict_edition_judge")

    op.drop_table("conflict")
