"""On which version of the round a document of an application was given."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attached_document", sa.Column("on_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("attached_document") as batch:
        batch.drop_column("on_version")
