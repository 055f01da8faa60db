"""Spreads of scores are counted from an index."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_score_spread",
        "score",
        ["sheet_id", "question_key", "lot_code", "value", "set_aside_at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_score_spread", table_name="score")
