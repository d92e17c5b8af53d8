"""Invitations to a seat with the judges' preferences, weights of affinity, judges' fee, groups of companies."""

import sqlalchemy as sa
from alembic import op

from judging.foundation import db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "seat_invitation",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=True),
        sa.Column("panel_name", sa.String(length=60), nullable=False),
        sa.Column(
            "status",
            sa.Enum("invited", "accepted", "declined", name="invitationstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("invited_at", db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=True),
        sa.Column("answer_by", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("opened_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("titles_read_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("answered_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("freed", sa.Integer(), nullable=False),
        sa.Column("wish_words", sa.String(length=200), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["invited_by_id"], ["user_account.id"], name=op.f("fk_seat_invitation_invited_by_id")),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_seat_invitation_judge_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_seat_invitation_round_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_invitation_seat_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_invitation")),
        sa.UniqueConstraint("round_id", "judge_id", name=op.f("uq_seat_invitation_round_id_judge_id")),
    )
    with op.batch_alter_table("seat_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_invitation_judge_id"), ["judge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_invitation_round_id"), ["round_id"], unique=False)

    op.create_table(
        "preference",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=True),
        sa.Column("topic", sa.String(length=50), nullable=False),
        sa.Column(
            "wish", sa.Enum("wish", "neutral", "rather_not", name="wish", native_enum=False, length=40), nullable=False
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(candidate_id IS NULL) <> (topic = '')", name=op.f("ck_preference_one_subject")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_preference_candidate_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["seat_invitation.id"], name=op.f("fk_preference_invitation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference")),
    )
    with op.batch_alter_table("preference", schema=None) as batch_op:
        batch_op.create_index(
            "uq_preference_candidate",
            ["invitation_id", "candidate_id"],
            unique=True,
            sqlite_where=sa.text("candidate_id IS NOT NULL"),
            postgresql_where=sa.text("candidate_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_preference_topic",
            ["invitation_id", "topic"],
            unique=True,
            sqlite_where=sa.text("topic <> ''"),
            postgresql_where=sa.text("topic <> ''"),
        )

    op.add_column("round", sa.Column("affinity", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("round", sa.Column("judge_fee", sa.String(length=120), nullable=False, server_default=""))
    op.add_column("unit", sa.Column("parent_group", sa.String(length=120), nullable=False, server_default=""))


def downgrade() -> None:
    """Go down."""
    op.drop_column("unit", "parent_group")
    op.drop_column("round", "judge_fee")
    op.drop_column("round", "affinity")
    with op.batch_alter_table("preference", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_preference_topic", sqlite_where=sa.text("topic <> ''"), postgresql_where=sa.text("topic <> ''")
        )
        batch_op.drop_index(
            "uq_preference_candidate",
            sqlite_where=sa.text("candidate_id IS NOT NULL"),
            postgresql_where=sa.text("candidate_id IS NOT NULL"),
        )

    op.drop_table("preference")
    with op.batch_alter_table("seat_invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_invitation_round_id"))
        batch_op.drop_index(batch_op.f("ix_seat_invitation_judge_id"))

    op.drop_table("seat_invitation")
