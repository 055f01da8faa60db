"""What is free in a home, from which day on; whom a home takes, and who reads its address."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


SERVES = _words("serves", "anybody", "young-women", "young-men")
RULE = _words("address_rule", "commissioners", "councils")


def upgrade() -> None:
    with op.batch_alter_table("provider_setting") as table:
        table.add_column(sa.Column("serves", SERVES, server_default="anybody", nullable=False))
        table.add_column(
            sa.Column("address_rule", RULE, server_default="commissioners", nullable=False)
        )
    with op.batch_alter_table("provider_setting") as table:
        table.alter_column("serves", server_default=None)
        table.alter_column("address_rule", server_default=None)
    op.create_table(
        "vacancy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("setting_id", sa.Integer(), nullable=False),
        sa.Column("free", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("free >= 0", name=op.f("ck_vacancy_free_not_negative")),
        sa.ForeignKeyConstraint(
            ["setting_id"], ["provider_setting.id"], name=op.f("fk_vacancy_setting_id")
        ),
        sa.ForeignKeyConstraint(["said_by_id"], ["person.id"], name=op.f("fk_vacancy_said_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancy")),
        sa.UniqueConstraint("ref", name=op.f("uq_vacancy_ref")),
    )
    op.create_index(op.f("ix_vacancy_setting_id"), "vacancy", ["setting_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_vacancy_setting_id"), table_name="vacancy")
    op.drop_table("vacancy")
    with op.batch_alter_table("provider_setting") as table:
        table.drop_column("address_rule")
        table.drop_column("serves")
