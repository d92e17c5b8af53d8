"""Rubrics, criteria, and which a round uses."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "rubric",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "track_kind", sa.Enum("qc", "story", "paper", name="trackkind", native_enum=False, length=40), nullable=True
        ),
        sa.Column("topic_type", sa.String(length=40), nullable=False),
        sa.Column("on_site", sa.Boolean(), nullable=False),
        sa.Column("standard", sa.String(length=120), nullable=False),
        sa.Column("source_note", sa.Text(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum("official", "practice", "sample", name="rubricorigin", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum("draft", "published", "superseded", name="rubricstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("published_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric")),
        sa.UniqueConstraint("code", "number", name=op.f("uq_rubric_code_number")),
    )
    op.create_table(
        "criterion",
        sa.Column("rubric_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("minimum", db.Points(), nullable=False),
        sa.Column("maximum", db.Points(), nullable=False),
        sa.Column("step", db.Points(), nullable=False),
        sa.Column("weight", db.Points(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubric.id"], name=op.f("fk_criterion_rubric_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("rubric_id", "code", name=op.f("uq_criterion_rubric_id_code")),
    )
    op.create_table(
        "round_rubric",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("topic_type", sa.String(length=40), nullable=False),
        sa.Column("rubric_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_rubric_round_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubric.id"], name=op.f("fk_round_rubric_rubric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_rubric")),
        sa.UniqueConstraint("round_id", "topic_type", name=op.f("uq_round_rubric_round_id_topic_type")),
    )
    with op.batch_alter_table("round_rubric", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_rubric_round_id"), ["round_id"], unique=False)


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("round_rubric", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_rubric_round_id"))

    op.drop_table("round_rubric")
    op.drop_table("criterion")
    op.drop_table("rubric")
