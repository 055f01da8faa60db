"""Where postcodes lie, to measure distances by."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "postcode_point",
        sa.Column("postcode", sa.String(length=8), nullable=False),
        sa.Column("easting", sa.Integer(), nullable=False),
        sa.Column("northing", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.PrimaryKeyConstraint("postcode", name=op.f("pk_postcode_point")),
    )


def downgrade() -> None:
    op.drop_table("postcode_point")
