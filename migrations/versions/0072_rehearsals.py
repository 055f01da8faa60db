"""What the young people's panel agrees on a made-up answer, to rehearse agreeing."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

TABLE = "practice_agreed"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_bid_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("why_outside", sa.Text(), nullable=False),
        sa.Column("dissent", sa.Text(), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_bid_id"],
            ["practice_bid.id"],
            name=op.f("fk_practice_agreed_practice_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["person.id"], name=op.f("fk_practice_agreed_saved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_agreed")),
        sa.UniqueConstraint(
            "practice_bid_id",
            "question_key",
            name=op.f("uq_practice_agreed_practice_bid_id_question_key"),
        ),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
