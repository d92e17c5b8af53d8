"""Single candidates with another number of judges, strengths for halls, and draws of judges that are void."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OF_CANDIDATES = (("candidate_demand", "judges", sa.Integer()), ("candidate_strength", "value", sa.Double()))


def upgrade() -> None:
    """Go up."""
    for name, column, kind in OF_CANDIDATES:
        op.create_table(
            name,
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("candidate_id", sa.Uuid(), nullable=False),
            sa.Column(column, kind, nullable=False),
            sa.ForeignKeyConstraint(
                ["candidate_id"], ["candidate.id"], name=f"fk_{name}_candidate_id", ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
            sa.UniqueConstraint("candidate_id", name=f"uq_{name}_candidate_id"),
        )
    with op.batch_alter_table("sitting") as table:
        table.add_column(sa.Column("signal", sa.String(40), nullable=False, server_default=""))
    with op.batch_alter_table("running_place") as table:
        table.add_column(sa.Column("strength", sa.Double(), nullable=True))
    with op.batch_alter_table("judge_draw") as table:
        table.add_column(sa.Column("void_at", db.UTCDateTime(), nullable=True))
        table.add_column(sa.Column("void_by_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("void_reason", sa.Text(), nullable=False, server_default=""))
        table.create_foreign_key("fk_judge_draw_void_by_id", "user_account", ["void_by_id"], ["id"])


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("judge_draw") as table:
        table.drop_constraint("fk_judge_draw_void_by_id", type_="foreignkey")
        for name in ("void_at", "void_by_id", "void_reason"):
            table.drop_column(name)
    with op.batch_alter_table("running_place") as table:
        table.drop_column("strength")
    with op.batch_alter_table("sitting") as table:
        table.drop_column("signal")
    for name, _column, _kind in OF_CANDIDATES:
        op.drop_table(name)
