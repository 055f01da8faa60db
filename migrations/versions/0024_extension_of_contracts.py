"""By how many months a contract of a round may be extended, as it is published."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("round") as batch:
        batch.add_column(
            sa.Column("extension_months", sa.Integer(), server_default="0", nullable=False)
        )
    with op.batch_alter_table("round") as batch:
        batch.alter_column("extension_months", server_default=None)
        batch.create_check_constraint(
            op.f("ck_round_extension_months"), "extension_months BETWEEN 0 AND 120"
        )


def downgrade() -> None:
    with op.batch_alter_table("round") as batch:
        batch.drop_constraint(op.f("ck_round_extension_months"), type_="check")
        batch.drop_column("extension_months")
