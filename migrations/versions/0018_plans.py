"""What plans aim at, their proofs and seeds, and the version of a round's assignments."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TEXTS = ("commitment", "secret", "digest")
VALUES = (("ask", "{}"), ("certificate", "{}"), ("previous", "[]"))


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("assignment_plan") as table:
        table.add_column(sa.Column("mode", sa.String(40), nullable=False, server_default="optimal"))
        table.add_column(sa.Column("proposal_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("origin_id", sa.Uuid(), nullable=True))
        for name, empty in VALUES:
            table.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default=empty))
        for name in TEXTS:
            table.add_column(sa.Column(name, sa.String(64), nullable=False, server_default=""))
        table.add_column(sa.Column("base_version", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("applied_version", sa.Integer(), nullable=True))
        table.add_column(sa.Column("undone_at", db.UTCDateTime(), nullable=True))
        table.create_foreign_key("fk_assignment_plan_origin_id", "assignment_plan", ["origin_id"], ["id"])
        table.create_index("ix_assignment_plan_proposal_id", ["proposal_id"])
    op.create_table(
        "assignment_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_assignment_version_round_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assignment_version"),
        sa.UniqueConstraint("round_id", name="uq_assignment_version_round_id"),
    )
    op.create_table(
        "assignment_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", db.UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("phase", sa.String(40), nullable=False),
        sa.Column("gap", sa.Double(), nullable=True),
        sa.Column("cancelled_at", db.UTCDateTime(), nullable=True),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_assignment_run_round_id"),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name="fk_assignment_run_job_id"),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name="fk_assignment_run_created_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assignment_run"),
    )
    op.create_index("ix_assignment_run_round_id", "assignment_run", ["round_id"])


def downgrade() -> None:
    """Go down."""
    op.drop_table("assignment_run")
    op.drop_table("assignment_version")
    with op.batch_alter_table("assignment_plan") as table:
        table.drop_index("ix_assignment_plan_proposal_id")
        table.drop_constraint("fk_assignment_plan_origin_id", type_="foreignkey")
        names = ("undone_at", "applied_version", "base_version", *TEXTS, *(name for name, _ in VALUES))
        for name in (*names, "origin_id", "proposal_id", "mode"):
            table.drop_column(name)
