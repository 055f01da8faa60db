"""The check on a letter's outcome, which SQLite could not add to the table that stood."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NAME, WORDS = "ck_letter_letter_outcome", "'admitted', 'partly', 'not-admitted', 'not-scored'"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("letter") as table:
            table.create_check_constraint(op.f(NAME), sa.text(f"outcome IN ({WORDS})"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("letter") as table:
            table.drop_constraint(op.f(NAME), type_="check")
