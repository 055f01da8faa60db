"""Places on lists, and rates."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "list_membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("agreement_lot_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "active",
                "suspended",
                "ended",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("application_ref", sa.String(length=20), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ends_on >= starts_on", name=op.f("ck_list_membership_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_lot_id"],
            ["agreement_lot.id"],
            name=op.f("fk_list_membership_agreement_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_list_membership_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_membership")),
        sa.UniqueConstraint(
            "provider_id",
            "agreement_lot_id",
            "starts_on",
            name=op.f("uq_list_membership_provider_id_agreement_lot_id_starts_on"),
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_list_membership_ref")),
    )
    op.create_index(
        op.f("ix_list_membership_agreement_lot_id"),
        "list_membership",
        ["agreement_lot_id"],
        unique=False,
    )
    op.create_table(
        "rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("agreement_lot_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=True),
        sa.Column("item_key", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("included_hours", sa.Integer(), nullable=False),
        sa.Column("amount_pence", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "bid",
                "uplift",
                "spot",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source_ref", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_pence > 0", name=op.f("ck_rate_above_zero")),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_rate_until_after_from")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_lot_id"], ["agreement_lot.id"], name=op.f("fk_rate_agreement_lot_id")
        ),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_rate_council_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_rate_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate")),
        sa.UniqueConstraint("ref", name=op.f("uq_rate_ref")),
    )
    op.create_index("ix_rate_lot_item", "rate", ["agreement_lot_id", "item_key"], unique=False)
    op.create_index(op.f("ix_rate_provider_id"), "rate", ["provider_id"], unique=False)
    op.create_table(
        "membership_council",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_membership_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_membership_council_council_id")
        ),
        sa.ForeignKeyConstraint(
            ["list_membership_id"],
            ["list_membership.id"],
            name=op.f("fk_membership_council_list_membership_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_council")),
        sa.UniqueConstraint(
            "list_membership_id",
            "council_id",
            name=op.f("uq_membership_council_list_membership_id_council_id"),
        ),
    )
    op.create_index(
        op.f("ix_membership_council_council_id"), "membership_council", ["council_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_membership_council_council_id"), table_name="membership_council")
    op.drop_table("membership_council")
    op.drop_index(op.f("ix_rate_provider_id"), table_name="rate")
    op.drop_index("ix_rate_lot_item", table_name="rate")
    op.drop_table("rate")
    op.drop_index(op.f("ix_list_membership_agreement_lot_id"), table_name="list_membership")
    op.drop_table("list_membership")
