"""Chances at the award lines, and what full calibration finds of each judge."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("standing") as table:
        table.add_column(sa.Column("p_top", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("severity") as table:
        table.add_column(sa.Column("scale", db.Points(), nullable=True))
        table.add_column(sa.Column("noise", db.Points(), nullable=True))


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("severity") as table:
        table.drop_column("noise")
        table.drop_column("scale")
    with op.batch_alter_table("standing") as table:
        table.drop_column("p_top")
