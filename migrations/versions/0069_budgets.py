"""What councils budget for placements, and what their in-house cost holds."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

TABLE = "cost_budget"
IN_HOUSE = sa.Enum(
    "carer-payments",
    "full-cost",
    "not-said",
    name="in_house",
    native_enum=False,
    create_constraint=True,
    length=40,
)
KEYS = {"council_id": "council", "made_by_id": "person", "taken_back_by_id": "person"}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(60), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.Column("in_house", IN_HOUSE, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.Column("why_taken_back", sa.String(500), nullable=False),
        sa.CheckConstraint("pence > 0", name=op.f(f"ck_{TABLE}_pence_above_zero")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{TABLE}_{column}"))
            for column, table in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{TABLE}_ref")),
    )
    op.create_index("ix_cost_budget_council_year", TABLE, ["council_id", "year"])


def downgrade() -> None:
    op.drop_table(TABLE)
