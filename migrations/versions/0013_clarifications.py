"""Questions of bidders and answers to all; the council's one request to a bidder."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clarification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column(
            "stage",
            sa.Enum(
                "draft",
                "published",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(stage = 'published') = (number IS NOT NULL)",
            name=op.f("ck_clarification_number_if_published"),
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_clarification_round_id")),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["person.id"], name=op.f("fk_clarification_saved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification")),
        sa.UniqueConstraint("ref", name=op.f("uq_clarification_ref")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_clarification_round_id_number")),
    )
    op.create_table(
        "clarification_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "waiting",
                "answered",
                "declined",
                "withdrawn",
                "lapsed",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("clarification_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "stage <> 'answered' OR clarification_id IS NOT NULL",
            name=op.f("ck_clarification_question_answer_if_answered"),
        ),
        sa.CheckConstraint(
            "stage <> 'declined' OR reason <> ''",
            name=op.f("ck_clarification_question_reason_if_declined"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_clarification_question_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["clarification_id"],
            ["clarification.id"],
            name=op.f("fk_clarification_question_clarification_id"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_clarification_question_provider_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_clarification_question_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_question")),
        sa.UniqueConstraint("ref", name=op.f("uq_clarification_question_ref")),
    )
    op.create_index(
        op.f("ix_clarification_question_clarification_id"),
        "clarification_question",
        ["clarification_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_clarification_question_provider_id"),
        "clarification_question",
        ["provider_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_clarification_question_round_id"),
        "clarification_question",
        ["round_id"],
        unique=False,
    )
    op.create_table(
        "clarification_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "draft",
                "sent",
                "replied",
                "expired",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reply_until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_by_id", sa.Integer(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply_sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "stage <> 'replied' OR replied_at IS NOT NULL",
            name=op.f("ck_clarification_request_time_if_replied"),
        ),
        sa.CheckConstraint(
            "stage = 'draft' OR (sent_at IS NOT NULL AND reply_until_at IS NOT NULL)",
            name=op.f("ck_clarification_request_date_if_sent"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_clarification_request_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["replied_by_id"], ["person.id"], name=op.f("fk_clarification_request_replied_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["person.id"], name=op.f("fk_clarification_request_sent_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_request")),
        sa.UniqueConstraint("application_id", name=op.f("uq_clarification_request_application_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_clarification_request_ref")),
    )
    op.create_table(
        "clarification_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clarification_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["clarification_id"],
            ["clarification.id"],
            name=op.f("fk_clarification_version_clarification_id"),
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"],
            ["person.id"],
            name=op.f("fk_clarification_version_published_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_version")),
        sa.UniqueConstraint(
            "clarification_id",
            "number",
            name=op.f("uq_clarification_version_clarification_id_number"),
        ),
    )
    op.create_table(
        "clarification_field",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lot_code", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("document_type", sa.String(length=60), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("document_version_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_version_id"],
            ["document_version.id"],
            name=op.f("fk_clarification_field_document_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["clarification_request.id"],
            name=op.f("fk_clarification_field_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["person.id"], name=op.f("fk_clarification_field_saved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_field")),
        sa.UniqueConstraint("ref", name=op.f("uq_clarification_field_ref")),
        sa.UniqueConstraint(
            "request_id",
            "lot_code",
            "key",
            name=op.f("uq_clarification_field_request_id_lot_code_key"),
        ),
    )


def downgrade() -> None:
    op.drop_table("clarification_field")
    op.drop_table("clarification_version")
    op.drop_table("clarification_request")
    op.drop_index(op.f("ix_clarification_question_round_id"), table_name="clarification_question")
    op.drop_index(
        op.f("ix_clarification_question_provider_id"), table_name="clarification_question"
    )
    op.drop_index(
        op.f("ix_clarification_question_clarification_id"), table_name="clarification_question"
    )
    op.drop_table("clarification_question")
    op.drop_table("clarification")
