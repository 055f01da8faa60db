"""To which councils a bidder offers each lot."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("application_lot", "bid_lot"):
        op.add_column(table, sa.Column("councils", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    for table in ("application_lot", "bid_lot"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("councils")
