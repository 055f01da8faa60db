"""Questions about low prices, bids set aside, ties that people decide, and corrections."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def _people(table: str) -> list[sa.Column | sa.Constraint]:
    """Who proposed it, and what a second person made of it."""
    return [
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("second_id <> made_by_id", name=op.f(f"ck_{table}_two_people")),
        sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{table}_reason")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f(f"fk_{table}_made_by_id")),
        sa.ForeignKeyConstraint(["second_id"], ["person.id"], name=op.f(f"fk_{table}_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{table}_ref")),
    ]


def upgrade() -> None:
    op.create_table(
        "price_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("round_lot_id", sa.Integer(), nullable=False),
        sa.Column("council", sa.String(length=60), nullable=False),
        sa.Column("flag", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "answered_at IS NULL OR answer <> ''", name=op.f("ck_price_question_words_if_answered")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_price_question_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_lot_id"], ["round_lot.id"], name=op.f("fk_price_question_round_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_price_question_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_price_question_answered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_question")),
        sa.UniqueConstraint("ref", name=op.f("uq_price_question_ref")),
        sa.UniqueConstraint(
            "application_id",
            "round_lot_id",
            "council",
            name=op.f("uq_price_question_application_id_round_lot_id_council"),
        ),
    )
    op.create_table(
        "award_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "keep",
                "set-aside",
                "tie",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("round_lot_id", sa.Integer(), nullable=False),
        sa.Column("council", sa.String(length=60), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("order", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        *_people("award_decision"),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR kind = 'keep' OR second_id IS NOT NULL",
            name=op.f("ck_award_decision_second_if_it_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_award_decision_round_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_lot_id"], ["round_lot.id"], name=op.f("fk_award_decision_round_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_award_decision_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["price_question.id"], name=op.f("fk_award_decision_question_id")
        ),
    )
    op.create_index(
        op.f("ix_award_decision_round_id"), "award_decision", ["round_id"], unique=False
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=60), nullable=False),
        sa.Column("lot_code", sa.String(length=20), nullable=False),
        sa.Column("old", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("prices_open", sa.Boolean(), nullable=False),
        *_people("correction"),
        sa.CheckConstraint("new <> old", name=op.f("ck_correction_changes_something")),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR second_id IS NOT NULL",
            name=op.f("ck_correction_confirmed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_correction_application_id")
        ),
    )
    op.create_index(
        op.f("ix_correction_application_id"), "correction", ["application_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_correction_application_id"), table_name="correction")
    op.drop_table("correction")
    op.drop_index(op.f("ix_award_decision_round_id"), table_name="award_decision")
    op.drop_table("award_decision")
    op.drop_table("price_question")
