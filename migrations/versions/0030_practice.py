"""Practice rounds with made-up bids."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

CONTENT = ("question_set_id", "scheme_id", "officer_scale_id", "young_scale_id")


def upgrade() -> None:
    op.create_table(
        "practice_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in CONTENT),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [name], ["content_version.id"], name=op.f(f"fk_practice_round_{name}")
            )
            for name in CONTENT
        ),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_practice_round_council_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["round.id"], name=op.f("fk_practice_round_source_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_practice_round_made_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_round")),
        sa.UniqueConstraint("ref", name=op.f("uq_practice_round_ref")),
    )
    op.create_index(
        op.f("ix_practice_round_council_id"), "practice_round", ["council_id"], unique=False
    )
    op.create_table(
        "practice_bid",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("practice_round_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("model", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_round_id"],
            ["practice_round.id"],
            name=op.f("fk_practice_bid_practice_round_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_bid")),
        sa.UniqueConstraint("ref", name=op.f("uq_practice_bid_ref")),
        sa.UniqueConstraint(
            "practice_round_id", "label", name=op.f("uq_practice_bid_practice_round_id_label")
        ),
    )
    op.create_table(
        "practice_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_bid_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "value IS NULL OR NOT abstained", name=op.f("ck_practice_score_value_or_abstention")
        ),
        sa.ForeignKeyConstraint(
            ["practice_bid_id"],
            ["practice_bid.id"],
            name=op.f("fk_practice_score_practice_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_practice_score_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_score")),
        sa.UniqueConstraint(
            "practice_bid_id",
            "person_id",
            "question_key",
            name=op.f("uq_practice_score_practice_bid_id_person_id_question_key"),
        ),
    )
    op.create_index(
        op.f("ix_practice_score_person_id"), "practice_score", ["person_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_practice_score_person_id"), table_name="practice_score")
    op.drop_table("practice_score")
    op.drop_table("practice_bid")
    op.drop_index(op.f("ix_practice_round_council_id"), table_name="practice_round")
    op.drop_table("practice_round")
