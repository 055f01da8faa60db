"""When the words and files of a KPI return were let go."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("kpi_return", sa.Column("let_go_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("kpi_return") as batch:
        batch.drop_column("let_go_at")
