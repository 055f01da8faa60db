"""Forums with their invitations, action plans with their quarterly reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "action_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column(
            "service",
            sa.Enum(
                "supported-accommodation",
                "fostering",
                name="service",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("next_review_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_action_plan_council_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_plan")),
        sa.UniqueConstraint(
            "council_id", "service", name=op.f("uq_action_plan_council_id_service")
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_action_plan_ref")),
    )
    op.create_table(
        "forum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "forum",
                "workshop",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "draft",
                "invited",
                "held",
                "cancelled",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("also_there", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("minutes_file_id", sa.Integer(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_forum_council_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_forum_made_by_id")),
        sa.ForeignKeyConstraint(
            ["minutes_file_id"], ["stored_file.id"], name=op.f("fk_forum_minutes_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forum")),
        sa.UniqueConstraint("ref", name=op.f("uq_forum_ref")),
    )
    op.create_index(op.f("ix_forum_council_id"), "forum", ["council_id"], unique=False)
    op.create_table(
        "forum_council",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forum_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_forum_council_council_id")
        ),
        sa.ForeignKeyConstraint(["forum_id"], ["forum.id"], name=op.f("fk_forum_council_forum_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forum_council")),
        sa.UniqueConstraint(
            "forum_id", "council_id", name=op.f("uq_forum_council_forum_id_council_id")
        ),
    )
    op.create_index(
        op.f("ix_forum_council_council_id"), "forum_council", ["council_id"], unique=False
    )
    op.create_table(
        "forum_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forum_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "reply",
            sa.Enum(
                "coming",
                "not-coming",
                name="reply",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("came", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "came IS NULL OR came >= 0", name=op.f("ck_forum_invitation_came_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["forum_id"], ["forum.id"], name=op.f("fk_forum_invitation_forum_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_forum_invitation_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forum_invitation")),
        sa.UniqueConstraint(
            "forum_id", "provider_id", name=op.f("uq_forum_invitation_forum_id_provider_id")
        ),
    )
    op.create_index(
        op.f("ix_forum_invitation_provider_id"), "forum_invitation", ["provider_id"], unique=False
    )
    op.create_table(
        "plan_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "under-way",
                "finished",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("quarter_on", sa.Date(), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["action_plan.id"], name=op.f("fk_plan_review_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["person.id"], name=op.f("fk_plan_review_started_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_review")),
        sa.UniqueConstraint("ref", name=op.f("uq_plan_review_ref")),
    )
    op.create_index(op.f("ix_plan_review_plan_id"), "plan_review", ["plan_id"], unique=False)
    op.create_table(
        "plan_review_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "open",
                "answered",
                "closed",
                "withdrawn",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "progress",
            sa.Enum(
                "on-track",
                "at-risk",
                "off-track",
                "done",
                name="progress",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_plan_review_line_by_id")),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_up.id"], name=op.f("fk_plan_review_line_follow_up_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["plan_review.id"], name=op.f("fk_plan_review_line_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_review_line")),
        sa.UniqueConstraint(
            "review_id", "follow_up_id", name=op.f("uq_plan_review_line_review_id_follow_up_id")
        ),
    )
    op.create_index(
        op.f("ix_plan_review_line_follow_up_id"), "plan_review_line", ["follow_up_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_plan_review_line_follow_up_id"), table_name="plan_review_line")
    op.drop_table("plan_review_line")
    op.drop_index(op.f("ix_plan_review_plan_id"), table_name="plan_review")
    op.drop_table("plan_review")
    op.drop_index(op.f("ix_forum_invitation_provider_id"), table_name="forum_invitation")
    op.drop_table("forum_invitation")
    op.drop_index(op.f("ix_forum_council_council_id"), table_name="forum_council")
    op.drop_table("forum_council")
    op.drop_index(op.f("ix_forum_council_id"), table_name="forum")
    op.drop_table("forum")
    op.drop_table("action_plan")
