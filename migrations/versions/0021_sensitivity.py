"""What would change without one judge, by another method, under another assumption: kept with its result sheet."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.add_column("result_sheet", sa.Column("sensitivity", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("result_sheet") as table:
        table.drop_column("sensitivity")
