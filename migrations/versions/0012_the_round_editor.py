"""What a round was made from, and the questions of its two-minute check."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("round") as batch:
        batch.add_column(
            sa.Column("made_from", sa.String(length=60), server_default="", nullable=False)
        )
        batch.add_column(sa.Column("eligibility", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("round") as batch:
        batch.alter_column("made_from", server_default=None)
        batch.alter_column("eligibility", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("round") as batch:
        batch.drop_column("eligibility")
        batch.drop_column("made_from")
