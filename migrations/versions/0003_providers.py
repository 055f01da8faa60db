"""Provider organisations and their registrations."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trading_name", sa.String(length=200), nullable=False),
        sa.Column("company_number", sa.String(length=20), nullable=True),
        sa.Column("charity_number", sa.String(length=20), nullable=False),
        sa.Column("ppon", sa.String(length=30), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("telephone", sa.String(length=30), nullable=False),
        sa.Column("website", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["organisation.id"], name=op.f("fk_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("company_number", name=op.f("uq_provider_company_number")),
    )
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("urn", sa.String(length=20), nullable=False),
        sa.Column("branch", sa.String(length=120), nullable=False),
        sa.Column(
            "service",
            sa.Enum(
                "supported-accommodation",
                "fostering",
                name="service",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_registration_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("ref", name=op.f("uq_registration_ref")),
        sa.UniqueConstraint("urn", name=op.f("uq_registration_urn")),
    )
    op.create_index(
        op.f("ix_registration_provider_id"), "registration", ["provider_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_registration_provider_id"), table_name="registration")
    op.drop_table("registration")
    op.drop_table("provider")
