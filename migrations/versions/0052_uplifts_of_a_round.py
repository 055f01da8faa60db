"""The rule for uplifts is published with the round."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("round") as batch:
        batch.add_column(
            sa.Column("uplift_index", sa.String(60), server_default="", nullable=False)
        )
        batch.add_column(
            sa.Column("uplift_month", sa.Integer(), server_default="0", nullable=False)
        )
        batch.add_column(sa.Column("uplift_cap_bp", sa.Integer(), nullable=True))
    with op.batch_alter_table("round") as batch:
        batch.alter_column("uplift_index", server_default=None)
        batch.alter_column("uplift_month", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("round") as batch:
        batch.drop_column("uplift_cap_bp")
        batch.drop_column("uplift_month")
        batch.drop_column("uplift_index")
