"""Letters about uplifts, and documents that show whether a promise is kept."""

import sqlalchemy as sa
from alembic import op

from portal.db import UTCDateTime

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uplift_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["uplift_request.id"], name=op.f("fk_uplift_letter_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uplift_letter")),
        sa.UniqueConstraint("ref", name=op.f("uq_uplift_letter_ref")),
        sa.UniqueConstraint("request_id", name=op.f("uq_uplift_letter_request_id")),
    )
    op.create_table(
        "promise_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("promise_check_id", sa.Integer(), nullable=False),
        sa.Column("document_version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["promise_check_id"],
            ["promise_check.id"],
            name=op.f("fk_promise_document_promise_check_id"),
        ),
        sa.ForeignKeyConstraint(
            ["document_version_id"],
            ["document_version.id"],
            name=op.f("fk_promise_document_document_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_document")),
        sa.UniqueConstraint(
            "promise_check_id",
            "document_version_id",
            name=op.f("uq_promise_document_promise_check_id_document_version_id"),
        ),
    )
    op.create_index(
        op.f("ix_promise_document_document_version_id"), "promise_document", ["document_version_id"]
    )


def downgrade() -> None:
    op.drop_table("promise_document")
    op.drop_table("uplift_letter")
