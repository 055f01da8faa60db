"""Addresses at which young people live."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "self-contained",
                "shared-care-experienced",
                "shared-mixed",
                "private-residence",
                name="category",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("youngest_age", sa.Integer(), nullable=False),
        sa.Column("oldest_age", sa.Integer(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "oldest_age IS NULL OR oldest_age >= youngest_age",
            name=op.f("ck_provider_setting_ages_in_order"),
        ),
        sa.CheckConstraint("places > 0", name=op.f("ck_provider_setting_has_places")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_provider_setting_provider_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_provider_setting_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_setting")),
        sa.UniqueConstraint("ref", name=op.f("uq_provider_setting_ref")),
    )
    op.create_index(
        op.f("ix_provider_setting_provider_id"), "provider_setting", ["provider_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_provider_setting_provider_id"), table_name="provider_setting")
    op.drop_table("provider_setting")
