"""Editions, tracks, rounds, calendar."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "edition",
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("organiser", sa.String(length=120), nullable=False),
        sa.Column("co_organisers", sa.JSON(), nullable=False),
        sa.Column("approval_basis", sa.Text(), nullable=False),
        sa.Column("fee_statement", sa.Text(), nullable=False),
        sa.Column("wording", sa.Enum("award", "level", name="wording", native_enum=False, length=40), nullable=False),
        sa.Column("group_term", sa.String(length=40), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("region_conflict", sa.Boolean(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column(
            "notice_day_kind",
            sa.Enum("working", "natural", name="daykind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("certificate_pattern", sa.String(length=80), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "setup",
                "intake",
                "blinding",
                "judging",
                "results",
                "selection",
                "notice",
                "closed",
                name="stage",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column("created_at", db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("frozen_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("slug", name=op.f("uq_edition_slug")),
    )
    op.create_table(
        "stage_date",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "setup",
                "intake",
                "blinding",
                "judging",
                "results",
                "selection",
                "notice",
                "closed",
                name="stage",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("opens_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closes_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_stage_date_edition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_date")),
        sa.UniqueConstraint(
            "edition_id", "stage", "round_number", name=op.f("uq_stage_date_edition_id_stage_round_number")
        ),
    )
    op.create_table(
        "track",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum("qc", "story", "paper", name="trackkind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("via_recommending_unit", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_track_edition_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_track_edition_id_code")),
    )
    op.create_table(
        "round",
        sa.Column("track_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("documents", "on_site", name="roundkind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("judges_per_entry", sa.Integer(), nullable=False),
        sa.Column("min_load", sa.Integer(), nullable=False),
        sa.Column("max_load", sa.Integer(), nullable=False),
        sa.Column("one_judge_per_unit", sa.Boolean(), nullable=False),
        sa.Column("one_judge_per_region", sa.Boolean(), nullable=False),
        sa.Column(
            "method",
            sa.Enum("mean", "trimmed", "median", "standard", "severity", name="method", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("trim_from", sa.Integer(), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("tie_chain", sa.JSON(), nullable=False),
        sa.Column("shared_places", sa.Boolean(), nullable=False),
        sa.Column("talk_minutes", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_round_track_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("track_id", "number", name=op.f("uq_round_track_id_number")),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("round")
    op.drop_table("track")
    op.drop_table("stage_date")
    op.drop_table("edition")
