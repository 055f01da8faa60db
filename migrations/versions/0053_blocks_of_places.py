"""Places that a council buys as a block."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

TABLE = "block_places"
KEYS = {
    "council_id": "council",
    "provider_id": "provider",
    "made_by_id": "person",
    "taken_back_by_id": "person",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(60), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("weekly_pence", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.Column("why_taken_back", sa.String(500), nullable=False),
        sa.CheckConstraint("places > 0", name=op.f(f"ck_{TABLE}_places_above_zero")),
        sa.CheckConstraint("weekly_pence > 0", name=op.f(f"ck_{TABLE}_price_above_zero")),
        sa.CheckConstraint("until_on >= from_on", name=op.f(f"ck_{TABLE}_until_after_from")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{TABLE}_{column}"))
            for column, table in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{TABLE}_ref")),
    )
    op.create_index(op.f(f"ix_{TABLE}_council_id"), TABLE, ["council_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
