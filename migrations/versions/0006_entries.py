"""Entries, teams, attachments, batches."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "recommendation_batch",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("recommending_unit_id", sa.Uuid(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("sealed_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("sealed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_recommendation_batch_edition_id")),
        sa.ForeignKeyConstraint(
            ["recommending_unit_id"],
            ["recommending_unit.id"],
            name=op.f("fk_recommendation_batch_recommending_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sealed_by_id"], ["user_account.id"], name=op.f("fk_recommendation_batch_sealed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_batch")),
        sa.UniqueConstraint(
            "edition_id", "recommending_unit_id", name=op.f("uq_recommendation_batch_edition_id_recommending_unit_id")
        ),
    )
    op.create_table(
        "entry",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("track_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("recommending_unit_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "accepted",
                "rejected",
                "deferred",
                "withdrawn",
                name="entrystatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("topic_type", sa.String(length=40), nullable=False),
        sa.Column("keywords", sa.String(length=200), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("methods", sa.String(length=300), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("reached", sa.String(length=200), nullable=False),
        sa.Column("benefit", db.Points(), nullable=True),
        sa.Column("intangible_benefit", sa.Text(), nullable=False),
        sa.Column("group_name", sa.String(length=80), nullable=False),
        sa.Column("group_number", sa.String(length=40), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("active_until", sa.Date(), nullable=True),
        sa.Column("presenter", sa.String(length=60), nullable=False),
        sa.Column("contact_name", sa.String(length=60), nullable=False),
        sa.Column("contact_phone", sa.String(length=20), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.Column("truthful", sa.Boolean(), nullable=False),
        sa.Column("consents_to_publication", sa.Boolean(), nullable=False),
        sa.Column("unclassified", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("receipt_hash", sa.String(length=64), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("return_until", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("recommended_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("recommended_rank", sa.Integer(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum("admit", "complete_first", "reject", "defer", name="verdict", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("verdict_reasons", sa.JSON(), nullable=False),
        sa.Column("verdict_note", sa.Text(), nullable=False),
        sa.Column("checked_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["recommendation_batch.id"], name=op.f("fk_entry_batch_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_entry_created_by_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_entry_edition_id")),
        sa.ForeignKeyConstraint(
            ["recommending_unit_id"], ["recommending_unit.id"], name=op.f("fk_entry_recommending_unit_id")
        ),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_entry_track_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_entry_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_entry_edition_id_code")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index("ix_entry_edition_status", ["edition_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_recommending_unit_id"), ["recommending_unit_id"], unique=False)
        batch_op.create_index("ix_entry_track", ["track_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("report", "masked", "slides", "scan", "proof", name="attachmentkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=120), nullable=False),
        sa.Column("uploaded_at", db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=True),
        sa.Column("replaced_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_attachment_entry_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user_account.id"], name=op.f("fk_attachment_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "team_member",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_team_member_entry_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
    )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_member_entry_id"), ["entry_id"], unique=False)


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_member_entry_id"))

    op.drop_table("team_member")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_entry_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_unit_id"))
        batch_op.drop_index("ix_entry_track")
        batch_op.drop_index(batch_op.f("ix_entry_recommending_unit_id"))
        batch_op.drop_index("ix_entry_edition_status")

    op.drop_table("entry")
    op.drop_table("recommendation_batch")
