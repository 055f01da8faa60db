"""The order in which a bidder wants its lots, in the working copy and in the opened bid."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None
TABLES = ("application_lot", "bid_lot")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("wanted", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("wanted")
