"""The extension options that a round publishes, and by when each is decided on."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("round") as batch:
        batch.add_column(
            sa.Column("extension_steps", sa.JSON(), nullable=False, server_default="[]")
        )
        batch.add_column(
            sa.Column("extension_notice_months", sa.Integer(), nullable=False, server_default="6")
        )
        batch.create_check_constraint(
            op.f("ck_round_extension_notice"), "extension_notice_months BETWEEN 0 AND 24"
        )
    with op.batch_alter_table("round") as batch:
        batch.alter_column("extension_steps", server_default=None)
        batch.alter_column("extension_notice_months", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("round") as batch:
        batch.drop_constraint(op.f("ck_round_extension_notice"), type_="check")
        batch.drop_column("extension_notice_months")
        batch.drop_column("extension_steps")
