"""Agreements and the rounds in which they are opened."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "apl",
                "framework",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("ref", name=op.f("uq_agreement_ref")),
    )
    op.create_table(
        "agreement_lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("ages", sa.String(length=40), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_lot_agreement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_lot")),
        sa.UniqueConstraint(
            "agreement_id", "code", name=op.f("uq_agreement_lot_agreement_id_code")
        ),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("lead_council_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column(
            "regime",
            sa.Enum(
                "pcr-2015-light-touch",
                "pa-2023-light-touch",
                "pa-2023",
                name="regime",
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
                "published",
                "open-for-questions",
                "questions-closed",
                "deadline-passed",
                "opened",
                "evaluation",
                "moderated",
                "recommended",
                "approved",
                "standstill",
                "concluded",
                "cancelled",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("list_years", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("questions_until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_number", sa.String(length=40), nullable=False),
        sa.Column("notice_published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("question_set_id", sa.Integer(), nullable=False),
        sa.Column("checklist_id", sa.Integer(), nullable=False),
        sa.Column("rate_card_id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("officer_scale_id", sa.Integer(), nullable=False),
        sa.Column("young_scale_id", sa.Integer(), nullable=False),
        sa.Column("ofsted_scale_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quality_locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("list_years BETWEEN 1 AND 10", name=op.f("ck_round_list_years")),
        sa.CheckConstraint(
            "questions_until_at <= deadline_at", name=op.f("ck_round_questions_before_deadline")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_round_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["checklist_id"], ["content_version.id"], name=op.f("fk_round_checklist_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_round_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["lead_council_id"], ["council.id"], name=op.f("fk_round_lead_council_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_scale_id"], ["content_version.id"], name=op.f("fk_round_officer_scale_id")
        ),
        sa.ForeignKeyConstraint(
            ["ofsted_scale_id"], ["content_version.id"], name=op.f("fk_round_ofsted_scale_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_set_id"], ["content_version.id"], name=op.f("fk_round_question_set_id")
        ),
        sa.ForeignKeyConstraint(
            ["rate_card_id"], ["content_version.id"], name=op.f("fk_round_rate_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["content_version.id"], name=op.f("fk_round_scheme_id")
        ),
        sa.ForeignKeyConstraint(
            ["young_scale_id"], ["content_version.id"], name=op.f("fk_round_young_scale_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("ref", name=op.f("uq_round_ref")),
    )
    op.create_index(op.f("ix_round_agreement_id"), "round", ["agreement_id"], unique=False)
    op.create_table(
        "round_council",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_round_council_council_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_council_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_council")),
        sa.UniqueConstraint(
            "round_id", "council_id", name=op.f("uq_round_council_round_id_council_id")
        ),
    )
    op.create_index(
        op.f("ix_round_council_council_id"), "round_council", ["council_id"], unique=False
    )
    op.create_table(
        "round_lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("agreement_lot_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_lot_id"], ["agreement_lot.id"], name=op.f("fk_round_lot_agreement_lot_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_lot_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_lot")),
        sa.UniqueConstraint(
            "round_id", "agreement_lot_id", name=op.f("uq_round_lot_round_id_agreement_lot_id")
        ),
        sa.UniqueConstraint("round_id", "code", name=op.f("uq_round_lot_round_id_code")),
    )
    op.create_index(
        op.f("ix_round_lot_agreement_lot_id"), "round_lot", ["agreement_lot_id"], unique=False
    )
    op.create_table(
        "round_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("first_officer_id", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_officer_id", sa.Integer(), nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bids", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "second_officer_id <> first_officer_id", name=op.f("ck_round_opening_two_officers")
        ),
        sa.ForeignKeyConstraint(
            ["first_officer_id"], ["person.id"], name=op.f("fk_round_opening_first_officer_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_opening_round_id")),
        sa.ForeignKeyConstraint(
            ["second_officer_id"], ["person.id"], name=op.f("fk_round_opening_second_officer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_opening")),
        sa.UniqueConstraint("round_id", name=op.f("uq_round_opening_round_id")),
    )


def downgrade() -> None:
    op.drop_table("round_opening")
    op.drop_index(op.f("ix_round_lot_agreement_lot_id"), table_name="round_lot")
    op.drop_table("round_lot")
    op.drop_index(op.f("ix_round_council_council_id"), table_name="round_council")
    op.drop_table("round_council")
    op.drop_index(op.f("ix_round_agreement_id"), table_name="round")
    op.drop_table("round")
    op.drop_table("agreement_lot")
    op.drop_table("agreement")
