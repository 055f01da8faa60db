"""Ledgers once more in columns, and figures that add up in more ways.

Files that were taken before have no columns: they are made from their rows when they are needed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def _whole(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "cost_part",
        *_whole("id", "council_id"),
        sa.Column("part", sa.String(20), nullable=False),
        *_whole("year"),
        sa.Column("key", sa.String(80), nullable=False),
        *_whole("children", "at_year_end", "child_days"),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_cost_part_council_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_part")),
        sa.UniqueConstraint(
            *("council_id", "part", "year", "key"),
            name=op.f("uq_cost_part_council_id_part_year_key"),
        ),
    )
    op.create_table(
        "cost_block",
        *_whole("id", "import_id", "rows"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["cost_import.id"], name=op.f("fk_cost_block_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_block")),
    )
    op.create_index(op.f("ix_cost_block_import_id"), "cost_block", ["import_id"])
    op.create_table(
        "cost_prepared",
        *_whole("council_id"),
        sa.Column("made_from", sa.String(64), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_cost_prepared_council_id")
        ),
        sa.PrimaryKeyConstraint("council_id", name=op.f("pk_cost_prepared")),
    )
    # an entry of the national standard ends with the child's next one, which may come in later
    op.execute(
        "UPDATE ledger_entry SET ends_on = NULL WHERE import_id IN "
        "(SELECT id FROM cost_import WHERE kind = 'placements-standard')"
    )


def downgrade() -> None:
    op.drop_table("cost_prepared")
    op.drop_table("cost_block")
    op.drop_table("cost_part")
