"""Papers point at their home; a council places in spite of something, for a reason and until a day."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("document") as table:
        table.add_column(sa.Column("setting_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_document_setting_id"), "provider_setting", ["setting_id"], ["id"]
        )
        table.create_index(op.f("ix_document_setting_id"), ["setting_id"], unique=False)
    op.create_table(
        "placement_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column(
            "about",
            sa.Enum(
                "document",
                "registration",
                name="about",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("about_ref", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_placement_exception_provider_id")
        ),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_placement_exception_council_id")
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["person.id"], name=op.f("fk_placement_exception_given_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["person.id"], name=op.f("fk_placement_exception_ended_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_exception")),
        sa.UniqueConstraint("ref", name=op.f("uq_placement_exception_ref")),
    )
    op.create_index(
        op.f("ix_placement_exception_provider_id"), "placement_exception", ["provider_id"]
    )
    op.create_index(
        "ix_placement_exception_about", "placement_exception", ["council_id", "about_ref"]
    )


def downgrade() -> None:
    op.drop_table("placement_exception")
    with op.batch_alter_table("document") as table:
        table.drop_index(op.f("ix_document_setting_id"))
        table.drop_constraint(op.f("fk_document_setting_id"), type_="foreignkey")
        table.drop_column("setting_id")
