"""Placement choices, with the facts of their day and every version of the record."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

CHOICE, VERSION = "placement_choice", "placement_choice_version"


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        CHOICE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("agreement_lot_id", sa.Integer(), nullable=False),
        sa.Column("like", sa.String(20), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("facts_sha256", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("chosen_ref", sa.String(20), nullable=False),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _key(CHOICE, "council_id", "council"),
        _key(CHOICE, "agreement_lot_id", "agreement_lot"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CHOICE}")),
        sa.UniqueConstraint("ref", name=op.f(f"uq_{CHOICE}_ref")),
    )
    op.create_index("ix_placement_choice_council_day", CHOICE, ["council_id", "decided_on"])
    op.create_index(op.f(f"ix_{CHOICE}_reference"), CHOICE, ["reference"])
    op.create_index(op.f(f"ix_{CHOICE}_chosen_ref"), CHOICE, ["chosen_ref"])
    op.create_table(
        VERSION,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("choice_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("considered", sa.JSON(), nullable=False),
        sa.Column("chosen_ref", sa.String(20), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("why_alone", sa.Text(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _key(VERSION, "choice_id", CHOICE),
        _key(VERSION, "made_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{VERSION}")),
        sa.UniqueConstraint("choice_id", "number", name=op.f(f"uq_{VERSION}_choice_id_number")),
    )
    op.create_index(op.f(f"ix_{VERSION}_choice_id"), VERSION, ["choice_id"])


def downgrade() -> None:
    op.drop_table(VERSION)
    op.drop_table(CHOICE)
