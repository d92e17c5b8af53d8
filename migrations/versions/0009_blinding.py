"""Candidates, their review files and findings, and who they are."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "candidate",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("topic_type", sa.String(length=40), nullable=False),
        sa.Column("industry", sa.String(length=4), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("keywords", sa.String(length=200), nullable=False),
        sa.Column("worded_by_hand", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "preparing",
                "suspect",
                "ready",
                "cleared",
                "removed",
                name="candidatestatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_candidate_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        sa.UniqueConstraint("round_id", "code", name=op.f("uq_candidate_round_id_code")),
    )
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidate_round_id"), ["round_id"], unique=False)

    op.create_table(
        "candidate_identity",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_candidate_identity_candidate_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_candidate_identity_entry_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_candidate_identity_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_identity")),
        sa.UniqueConstraint("candidate_id", name=op.f("uq_candidate_identity_candidate_id")),
        sa.UniqueConstraint("round_id", "entry_id", name=op.f("uq_candidate_identity_round_id_entry_id")),
    )
    with op.batch_alter_table("candidate_identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidate_identity_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "place",
            sa.Enum(
                "title",
                "abstract",
                "keywords",
                "text",
                "metadata",
                "file",
                name="findingplace",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "what",
            sa.Enum(
                "unit",
                "group",
                "member",
                "contact",
                "origin",
                "embedded",
                "no_file",
                "not_pdf",
                "unreadable",
                "no_text",
                name="findingwhat",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("excerpt", sa.String(length=200), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("dismissed_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by_id", sa.Uuid(), nullable=True),
        sa.Column("dismiss_reason", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_finding_candidate_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["dismissed_by_id"], ["user_account.id"], name=op.f("fk_finding_dismissed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_candidate_id"), ["candidate_id"], unique=False)

    op.create_table(
        "review_file",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("storage_key", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_review_file_candidate_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_file")),
    )
    with op.batch_alter_table("review_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_file_candidate_id"), ["candidate_id"], unique=False)


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("review_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_file_candidate_id"))

    op.drop_table("review_file")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_candidate_id"))

    op.drop_table("finding")
    with op.batch_alter_table("candidate_identity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_candidate_identity_entry_id"))

    op.drop_table("candidate_identity")
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_candidate_round_id"))

    op.drop_table("candidate")
