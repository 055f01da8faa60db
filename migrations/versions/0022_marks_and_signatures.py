"""Confidential parts of an application, and how organisations sign."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

EXEMPTIONS = ("trade-secret", "commercial-interests", "confidence", "personal", "safety")


def upgrade() -> None:
    op.create_table(
        "sensitive_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("lot_code", sa.String(length=20), nullable=False),
        sa.Column(
            "exemption",
            sa.Enum(
                *EXEMPTIONS, name="exemption", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("marked_by_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_sensitive_mark_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["marked_by_id"], ["person.id"], name=op.f("fk_sensitive_mark_marked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensitive_mark")),
        sa.UniqueConstraint("ref", name=op.f("uq_sensitive_mark_ref")),
        sa.UniqueConstraint(
            "application_id",
            "kind",
            "key",
            "lot_code",
            name=op.f("uq_sensitive_mark_application_id_kind_key_lot_code"),
        ),
    )
    op.create_table(
        "signing_rule",
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("two_people", sa.Boolean(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_signing_rule_provider_id")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_signing_rule_changed_by_id")
        ),
        sa.PrimaryKeyConstraint("provider_id", name=op.f("pk_signing_rule")),
    )
    op.create_table(
        "readiness",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_readiness_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["said_by_id"], ["person.id"], name=op.f("fk_readiness_said_by_id")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_readiness")),
    )


def downgrade() -> None:
    for table in ("readiness", "signing_rule", "sensitive_mark"):
        op.drop_table(table)
