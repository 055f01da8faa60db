"""Recommendations and actions, and every step of their life."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "recommendation",
                "action",
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
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("setting_id", sa.Integer(), nullable=True),
        sa.Column("source_kind", sa.String(length=40), nullable=False),
        sa.Column("source_ref", sa.String(length=40), nullable=False),
        sa.Column("source_label", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "owner_side",
            sa.Enum(
                "provider",
                "council",
                name="owner_side",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_post", sa.String(length=120), nullable=False),
        sa.Column("owner_person_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("shown_to_provider", sa.Boolean(), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "owner_side <> 'provider' OR provider_id IS NOT NULL",
            name=op.f("ck_follow_up_owner_is_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_follow_up_council_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_person_id"], ["person.id"], name=op.f("fk_follow_up_owner_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_follow_up_provider_id")
        ),
        sa.ForeignKeyConstraint(
            ["raised_by_id"], ["person.id"], name=op.f("fk_follow_up_raised_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["setting_id"], ["provider_setting.id"], name=op.f("fk_follow_up_setting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint("ref", name=op.f("uq_follow_up_ref")),
    )
    op.create_index(op.f("ix_follow_up_council_id"), "follow_up", ["council_id"], unique=False)
    op.create_index(op.f("ix_follow_up_provider_id"), "follow_up", ["provider_id"], unique=False)
    op.create_index("ix_follow_up_source", "follow_up", ["source_kind", "source_ref"], unique=False)
    op.create_index("ix_follow_up_stage_due_on", "follow_up", ["stage", "due_on"], unique=False)
    op.create_table(
        "follow_up_council",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_follow_up_council_council_id")
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_up.id"], name=op.f("fk_follow_up_council_follow_up_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_council")),
        sa.UniqueConstraint(
            "follow_up_id", "council_id", name=op.f("uq_follow_up_council_follow_up_id_council_id")
        ),
    )
    op.create_index(
        op.f("ix_follow_up_council_council_id"), "follow_up_council", ["council_id"], unique=False
    )
    op.create_table(
        "follow_up_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
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
        sa.Column(
            "side",
            sa.Enum(
                "provider",
                "council",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("document_version_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_follow_up_step_by_id")),
        sa.ForeignKeyConstraint(
            ["document_version_id"],
            ["document_version.id"],
            name=op.f("fk_follow_up_step_document_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_up.id"], name=op.f("fk_follow_up_step_follow_up_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_step")),
        sa.UniqueConstraint("ref", name=op.f("uq_follow_up_step_ref")),
    )
    op.create_index(
        op.f("ix_follow_up_step_follow_up_id"), "follow_up_step", ["follow_up_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_follow_up_step_follow_up_id"), table_name="follow_up_step")
    op.drop_table("follow_up_step")
    op.drop_index(op.f("ix_follow_up_council_council_id"), table_name="follow_up_council")
    op.drop_table("follow_up_council")
    op.drop_index("ix_follow_up_stage_due_on", table_name="follow_up")
    op.drop_index("ix_follow_up_source", table_name="follow_up")
    op.drop_index(op.f("ix_follow_up_provider_id"), table_name="follow_up")
    op.drop_index(op.f("ix_follow_up_council_id"), table_name="follow_up")
    op.drop_table("follow_up")
