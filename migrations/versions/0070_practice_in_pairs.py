"""What a pair of Young Commissioners gives a made-up answer together."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

TABLE = "practice_pair_score"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_bid_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "value IS NULL OR NOT abstained",
            name=op.f("ck_practice_pair_score_value_or_abstention"),
        ),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_practice_pair_score_two_people")),
        sa.ForeignKeyConstraint(
            ["practice_bid_id"],
            ["practice_bid.id"],
            name=op.f("fk_practice_pair_score_practice_bid_id"),
        ),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_{TABLE}_{name}"))
            for name in ("first_id", "second_id", "saved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_pair_score")),
        sa.UniqueConstraint(
            "practice_bid_id",
            "first_id",
            "second_id",
            "question_key",
            name=op.f("uq_practice_pair_score_once"),
        ),
    )
    for name in ("first_id", "second_id"):
        op.create_index(op.f(f"ix_{TABLE}_{name}"), TABLE, [name], unique=False)


def downgrade() -> None:
    op.drop_table(TABLE)
