"""Tiers, award lists, decisions, moves, channels."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "channel",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("track_id", sa.Uuid(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("reserves", sa.Integer(), nullable=False),
        sa.Column("per_unit_cap", sa.Integer(), nullable=True),
        sa.Column("lowest_tier", sa.Integer(), nullable=True),
        sa.Column("score_floor", db.Points(), nullable=True),
        sa.Column("topic_quotas", sa.JSON(), nullable=False),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.Column("decided_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_channel_decided_by_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_channel_edition_id")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_channel_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_channel_edition_id_code")),
    )
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_channel_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "tier",
        sa.Column("track_id", sa.Uuid(), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column(
            "basis",
            sa.Enum("count", "percent", "floor", name="tierbasis", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("amount", db.Points(), nullable=False),
        sa.Column(
            "group_by",
            sa.Enum("none", "topic_type", "industry", name="groupby", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "tie_rule",
            sa.Enum("expand", "contract", "chain", name="tierule", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("advances", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_tier_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier")),
        sa.UniqueConstraint(
            "track_id", "round_number", "position", name=op.f("uq_tier_track_id_round_number_position")
        ),
    )
    with op.batch_alter_table("tier", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tier_track_id"), ["track_id"], unique=False)

    op.create_table(
        "recommendation",
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outcome", sa.Enum("in", "reserve", "out", name="outcome", native_enum=False, length=40), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_recommendation_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_recommendation_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint("channel_id", "entry_id", name=op.f("uq_recommendation_channel_id_entry_id")),
    )
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendation_channel_id"), ["channel_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recommendation_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "award_list",
        sa.Column("track_id", sa.Uuid(), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_award_list_decided_by_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user_account.id"], name=op.f("fk_award_list_proposed_by_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["result_sheet.id"], name=op.f("fk_award_list_sheet_id")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_award_list_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_list")),
        sa.UniqueConstraint("track_id", "round_number", name=op.f("uq_award_list_track_id_round_number")),
    )
    with op.batch_alter_table("award_list", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_list_track_id"), ["track_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("award_list_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("tier_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_tier_id", sa.Uuid(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("score", db.Points(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["award_list_id"], ["award_list.id"], name=op.f("fk_decision_award_list_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_decision_entry_id")),
        sa.ForeignKeyConstraint(["proposed_tier_id"], ["tier.id"], name=op.f("fk_decision_proposed_tier_id")),
        sa.ForeignKeyConstraint(["tier_id"], ["tier.id"], name=op.f("fk_decision_tier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("award_list_id", "entry_id", name=op.f("uq_decision_award_list_id_entry_id")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_award_list_id"), ["award_list_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "move",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("from_tier_id", sa.Uuid(), nullable=True),
        sa.Column("to_tier_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("proposed", "signed", "refused", name="movestatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("proposed_at", db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("signed_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("signed_by_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_move_decision_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["from_tier_id"], ["tier.id"], name=op.f("fk_move_from_tier_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user_account.id"], name=op.f("fk_move_proposed_by_id")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["user_account.id"], name=op.f("fk_move_signed_by_id")),
        sa.ForeignKeyConstraint(["to_tier_id"], ["tier.id"], name=op.f("fk_move_to_tier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move")),
    )
    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_move_decision_id"), ["decision_id"], unique=False)


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_move_decision_id"))

    op.drop_table("move")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_entry_id"))
        batch_op.drop_index(batch_op.f("ix_decision_award_list_id"))

    op.drop_table("decision")
    with op.batch_alter_table("award_list", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_award_list_track_id"))

    op.drop_table("award_list")
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recommendation_entry_id"))
        batch_op.drop_index(batch_op.f("ix_recommendation_channel_id"))

    op.drop_table("recommendation")
    with op.batch_alter_table("tier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tier_track_id"))

    op.drop_table("tier")
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_channel_edition_id"))

    op.drop_table("channel")
