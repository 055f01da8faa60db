"""On which version of the round an answer and a price were given."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None
TABLES = ("answer", "offered_rate")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("on_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("on_version")
