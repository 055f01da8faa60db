"""A council writes its own KPI set as a draft before it is published."""

import sqlalchemy as sa
from alembic import op

from portal.db import UTCDateTime

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kpi_set_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("made_from_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_kpi_set_draft_council_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_from_id"], ["content_version.id"], name=op.f("fk_kpi_set_draft_made_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_kpi_set_draft_changed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_set_draft")),
        sa.UniqueConstraint("ref", name=op.f("uq_kpi_set_draft_ref")),
        sa.UniqueConstraint("council_id", "key", name=op.f("uq_kpi_set_draft_council_id_key")),
    )


def downgrade() -> None:
    op.drop_table("kpi_set_draft")
