"""Ballots and marks."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "ballot",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("rubric_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("open", "submitted", "recused", name="ballotstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("sequences", sa.JSON(), nullable=False),
        sa.Column("opened_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("saved_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("total", db.Points(), nullable=True),
        sa.Column("strengths", sa.Text(), nullable=False),
        sa.Column("weaknesses", sa.Text(), nullable=False),
        sa.Column("suggestions", sa.Text(), nullable=False),
        sa.Column("proposes_elimination", sa.Boolean(), nullable=False),
        sa.Column("elimination_reason", sa.Text(), nullable=False),
        sa.Column("recusal_reason", sa.Text(), nullable=False),
        sa.Column("excluded_reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_ballot_assignment_id")),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name=op.f("fk_ballot_candidate_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_ballot_judge_id")),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubric.id"], name=op.f("fk_ballot_rubric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_ballot_assignment_id")),
        sa.UniqueConstraint("candidate_id", "judge_id", name=op.f("uq_ballot_candidate_id_judge_id")),
    )
    with op.batch_alter_table("ballot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ballot_candidate_id"), ["candidate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ballot_judge_id"), ["judge_id"], unique=False)

    op.create_table(
        "mark",
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("value", db.Points(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("saved_at", db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_mark_ballot_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_mark_criterion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
        sa.UniqueConstraint("ballot_id", "criterion_id", name=op.f("uq_mark_ballot_id_criterion_id")),
    )
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mark_ballot_id"), ["ballot_id"], unique=False)


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mark_ballot_id"))

    op.drop_table("mark")
    with op.batch_alter_table("ballot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ballot_judge_id"))
        batch_op.drop_index(batch_op.f("ix_ballot_candidate_id"))

    op.drop_table("ballot")
