"""Panels, seats, assignments, plans, sittings."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "assignment_plan",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("created_at", db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("applied_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("pairs", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_assignment_plan_created_by_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_assignment_plan_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_plan")),
    )
    with op.batch_alter_table("assignment_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_plan_round_id"), ["round_id"], unique=False)

    op.create_table(
        "panel",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_panel_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
        sa.UniqueConstraint("round_id", "name", name=op.f("uq_panel_round_id_name")),
    )
    with op.batch_alter_table("panel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_panel_round_id"), ["round_id"], unique=False)

    op.create_table(
        "seat",
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("is_chair", sa.Boolean(), nullable=False),
        sa.Column("min_load", sa.Integer(), nullable=True),
        sa.Column("max_load", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_seat_judge_id")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_seat_panel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("panel_id", "judge_id", name=op.f("uq_seat_panel_id_judge_id")),
    )
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_judge_id"), ["judge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_panel_id"), ["panel_id"], unique=False)

    op.create_table(
        "sitting",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("hall", sa.String(length=60), nullable=False),
        sa.Column("starts_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=True),
        sa.Column("drawn_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_sitting_panel_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_sitting_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
    )
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sitting_round_id"), ["round_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("planned", "manual", name="assignmentsource", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("created_at", db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name=op.f("fk_assignment_candidate_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_assignment_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("candidate_id", "seat_id", name=op.f("uq_assignment_candidate_id_seat_id")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_candidate_id"), ["candidate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_seat_id"), ["seat_id"], unique=False)

    op.create_table(
        "running_place",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name=op.f("fk_running_place_candidate_id")),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sitting.id"], name=op.f("fk_running_place_sitting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_running_place")),
        sa.UniqueConstraint("sitting_id", "candidate_id", name=op.f("uq_running_place_sitting_id_candidate_id")),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("running_place")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_seat_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_candidate_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sitting_round_id"))

    op.drop_table("sitting")
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_panel_id"))
        batch_op.drop_index(batch_op.f("ix_seat_judge_id"))

    op.drop_table("seat")
    with op.batch_alter_table("panel", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_panel_round_id"))

    op.drop_table("panel")
    with op.batch_alter_table("assignment_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_plan_round_id"))

    op.drop_table("assignment_plan")
