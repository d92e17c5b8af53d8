"""Judges drawn by lot, with what is needed to draw them again."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "judge_draw",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=True),
        sa.Column("panel_name", sa.String(60), nullable=False),
        sa.Column("created_at", db.UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("strata", sa.String(40), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("reserves", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("bank", "quotas", "seated")),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_judge_draw_round_id"),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name="fk_judge_draw_panel_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name="fk_judge_draw_created_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_judge_draw"),
    )
    op.create_index("ix_judge_draw_round_id", "judge_draw", ["round_id"])
    op.create_index("ix_judge_draw_panel_id", "judge_draw", ["panel_id"])


def downgrade() -> None:
    """Go down."""
    op.drop_table("judge_draw")
