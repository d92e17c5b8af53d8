"""The expert bank."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "judge",
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("post", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("certificates", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("candidate", "active", "suspended", "retired", name="judgestatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("status_reason", sa.Text(), nullable=False),
        sa.Column("term_from", sa.Date(), nullable=True),
        sa.Column("term_until", sa.Date(), nullable=True),
        sa.Column("recommender", sa.String(length=120), nullable=False),
        sa.Column("consented_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_judge_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_judge_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge")),
        sa.UniqueConstraint("code", name=op.f("uq_judge_code")),
        sa.UniqueConstraint("user_id", name=op.f("uq_judge_user_id")),
    )
    with op.batch_alter_table("judge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judge_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "expertise",
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("track", "industry", "topic", name="expertisekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_expertise_judge_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expertise")),
        sa.UniqueConstraint("judge_id", "kind", "code", name=op.f("uq_expertise_judge_id_kind_code")),
    )
    with op.batch_alter_table("expertise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expertise_judge_id"), ["judge_id"], unique=False)

    op.create_table(
        "recusal_unit",
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_recusal_unit_judge_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_recusal_unit_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal_unit")),
        sa.UniqueConstraint("judge_id", "unit_id", name=op.f("uq_recusal_unit_judge_id_unit_id")),
    )
    with op.batch_alter_table("recusal_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recusal_unit_judge_id"), ["judge_id"], unique=False)


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("recusal_unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recusal_unit_judge_id"))

    op.drop_table("recusal_unit")
    with op.batch_alter_table("expertise", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expertise_judge_id"))

    op.drop_table("expertise")
    with op.batch_alter_table("judge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judge_unit_id"))

    op.drop_table("judge")
