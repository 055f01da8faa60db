"""Applications, submissions, envelopes and compliance."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "draft",
                "submitted",
                "lapsed",
                "opened",
                "compliant",
                "not-compliant",
                "evaluated",
                "admitted",
                "not-admitted",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("started_by_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("standing_number", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_application_provider_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_application_round_id")),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["person.id"], name=op.f("fk_application_started_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("ref", name=op.f("uq_application_ref")),
        sa.UniqueConstraint(
            "round_id", "provider_id", name=op.f("uq_application_round_id_provider_id")
        ),
    )
    op.create_index(
        op.f("ix_application_provider_id"), "application", ["provider_id"], unique=False
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=60), nullable=False),
        sa.Column("lot_code", sa.String(length=20), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_from", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_answer_application_id")
        ),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_answer_saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint(
            "application_id",
            "question_key",
            "lot_code",
            name=op.f("uq_answer_application_id_question_key_lot_code"),
        ),
    )
    op.create_table(
        "application_lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("round_lot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_lot_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_lot_id"], ["round_lot.id"], name=op.f("fk_application_lot_round_lot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_lot")),
        sa.UniqueConstraint(
            "application_id",
            "round_lot_id",
            name=op.f("uq_application_lot_application_id_round_lot_id"),
        ),
    )
    op.create_table(
        "arrival",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_arrival_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
    )
    op.create_index(op.f("ix_arrival_application_id"), "arrival", ["application_id"], unique=False)
    op.create_table(
        "attached_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("checklist_key", sa.String(length=60), nullable=False),
        sa.Column("document_version_id", sa.Integer(), nullable=True),
        sa.Column("promised", sa.Boolean(), nullable=False),
        sa.Column("attached_by_id", sa.Integer(), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "promised OR document_version_id IS NOT NULL",
            name=op.f("ck_attached_document_document_or_promise"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_attached_document_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["attached_by_id"], ["person.id"], name=op.f("fk_attached_document_attached_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_version_id"],
            ["document_version.id"],
            name=op.f("fk_attached_document_document_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attached_document")),
        sa.UniqueConstraint(
            "application_id",
            "checklist_key",
            name=op.f("uq_attached_document_application_id_checklist_key"),
        ),
    )
    op.create_table(
        "bid_lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("round_lot_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "applied",
                "withdrawn",
                "passed",
                "failed",
                "admitted",
                "not-admitted",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_bid_lot_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_lot_id"], ["round_lot.id"], name=op.f("fk_bid_lot_round_lot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_lot")),
        sa.UniqueConstraint(
            "application_id", "round_lot_id", name=op.f("uq_bid_lot_application_id_round_lot_id")
        ),
    )
    op.create_index(op.f("ix_bid_lot_round_lot_id"), "bid_lot", ["round_lot_id"], unique=False)
    op.create_table(
        "compliance_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("lot_code", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "pass",
                "fail",
                "clarify",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome = 'pass' OR reason <> ''", name=op.f("ck_compliance_item_reason_unless_pass")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_compliance_item_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_compliance_item_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compliance_item")),
        sa.UniqueConstraint(
            "application_id",
            "lot_code",
            "key",
            name=op.f("uq_compliance_item_application_id_lot_code_key"),
        ),
    )
    op.create_table(
        "offered_rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("lot_code", sa.String(length=20), nullable=False),
        sa.Column("item_key", sa.String(length=60), nullable=False),
        sa.Column("amount_pence", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_from", sa.String(length=20), nullable=False),
        sa.CheckConstraint("amount_pence > 0", name=op.f("ck_offered_rate_above_zero")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_offered_rate_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["person.id"], name=op.f("fk_offered_rate_saved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offered_rate")),
        sa.UniqueConstraint(
            "application_id",
            "lot_code",
            "item_key",
            name=op.f("uq_offered_rate_application_id_lot_code_item_key"),
        ),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=False),
        sa.Column("trail_head", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_submission_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["person.id"], name=op.f("fk_submission_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint(
            "application_id", "number", name=op.f("uq_submission_application_id_number")
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_submission_ref")),
    )
    op.create_table(
        "price_envelope",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_price_envelope_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_price_envelope")),
    )


def downgrade() -> None:
    op.drop_table("price_envelope")
    op.drop_table("submission")
    op.drop_table("offered_rate")
    op.drop_table("compliance_item")
    op.drop_index(op.f("ix_bid_lot_round_lot_id"), table_name="bid_lot")
    op.drop_table("bid_lot")
    op.drop_table("attached_document")
    op.drop_index(op.f("ix_arrival_application_id"), table_name="arrival")
    op.drop_table("arrival")
    op.drop_table("application_lot")
    op.drop_table("answer")
    op.drop_index(op.f("ix_application_provider_id"), table_name="application")
    op.drop_table("application")
