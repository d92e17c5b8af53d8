"""Result sheets, standings, severities, flags."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "result_sheet",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "method",
            sa.Enum("mean", "trimmed", "median", "standard", "severity", name="method", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("engine_version", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("computed_at", db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("computed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["computed_by_id"], ["user_account.id"], name=op.f("fk_result_sheet_computed_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user_account.id"], name=op.f("fk_result_sheet_confirmed_by_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_result_sheet_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_sheet")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_result_sheet_round_id_number")),
    )
    with op.batch_alter_table("result_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_result_sheet_round_id"), ["round_id"], unique=False)

    op.create_table(
        "flag",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=True),
        sa.Column("candidate_id", sa.Uuid(), nullable=True),
        sa.Column("statistic", db.Points(), nullable=False),
        sa.Column("effect", db.Points(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "confirmed",
                "asked",
                "added_judge",
                "proposed",
                "excluded",
                name="flagstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reviewed_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=True),
        sa.Column("seconded_by_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name=op.f("fk_flag_candidate_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_flag_judge_id")),
        sa.ForeignKeyConstraint(["reviewed_by_id"], ["user_account.id"], name=op.f("fk_flag_reviewed_by_id")),
        sa.ForeignKeyConstraint(["seconded_by_id"], ["user_account.id"], name=op.f("fk_flag_seconded_by_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["result_sheet.id"], name=op.f("fk_flag_sheet_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flag_sheet_id"), ["sheet_id"], unique=False)

    op.create_table(
        "severity",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("severity", db.Points(), nullable=False),
        sa.Column("adjustment", db.Points(), nullable=False),
        sa.Column("error", db.Points(), nullable=True),
        sa.Column("mean", db.Points(), nullable=False),
        sa.Column("spread", db.Points(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_severity_judge_id")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["result_sheet.id"], name=op.f("fk_severity_sheet_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_severity")),
        sa.UniqueConstraint("sheet_id", "judge_id", name=op.f("uq_severity_sheet_id_judge_id")),
    )
    with op.batch_alter_table("severity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_severity_sheet_id"), ["sheet_id"], unique=False)

    op.create_table(
        "standing",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("judges", sa.Integer(), nullable=False),
        sa.Column("mean", db.Points(), nullable=False),
        sa.Column("trimmed", db.Points(), nullable=True),
        sa.Column("median", db.Points(), nullable=False),
        sa.Column("standard", db.Points(), nullable=True),
        sa.Column("adjusted", db.Points(), nullable=True),
        sa.Column("score", db.Points(), nullable=False),
        sa.Column("error", db.Points(), nullable=True),
        sa.Column("low", db.Points(), nullable=True),
        sa.Column("high", db.Points(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("mean_rank", sa.Integer(), nullable=False),
        sa.Column("rank_low", sa.Integer(), nullable=True),
        sa.Column("rank_high", sa.Integer(), nullable=True),
        sa.Column("component", sa.Integer(), nullable=False),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name=op.f("fk_standing_candidate_id")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["result_sheet.id"], name=op.f("fk_standing_sheet_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
        sa.UniqueConstraint("sheet_id", "candidate_id", name=op.f("uq_standing_sheet_id_candidate_id")),
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_sheet_id"), ["sheet_id"], unique=False)


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_sheet_id"))

    op.drop_table("standing")
    with op.batch_alter_table("severity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_severity_sheet_id"))

    op.drop_table("severity")
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flag_sheet_id"))

    op.drop_table("flag")
    with op.batch_alter_table("result_sheet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_result_sheet_round_id"))

    op.drop_table("result_sheet")
