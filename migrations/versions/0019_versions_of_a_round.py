"""Versions of a published round, and what bidders confirmed of them."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "round_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("notice_number", sa.String(length=40), nullable=False),
        sa.Column("notice_published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 1", name=op.f("ck_round_version_after_the_first")),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_round_version_published_by_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_version_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_version")),
        sa.UniqueConstraint("ref", name=op.f("uq_round_version_ref")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_round_version_round_id_number")),
    )
    op.create_table(
        "version_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("lot_code", sa.String(length=20), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_version_confirmation_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_version_confirmation_confirmed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_confirmation")),
        sa.UniqueConstraint(
            "application_id",
            "number",
            "part",
            "key",
            "lot_code",
            name=op.f("uq_version_confirmation_application_id_number_part_key_lot_code"),
        ),
    )
    with op.batch_alter_table("round") as batch:
        batch.add_column(sa.Column("version_of_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_round_version_of_id"), "round", ["version_of_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_round_version_of_id"), ["version_of_id"])
    with op.batch_alter_table("application") as batch:
        batch.add_column(
            sa.Column("confirmed_version", sa.Integer(), server_default="1", nullable=False)
        )
    with op.batch_alter_table("application") as batch:
        batch.alter_column("confirmed_version", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("application") as batch:
        batch.drop_column("confirmed_version")
    with op.batch_alter_table("round") as batch:
        batch.drop_constraint(op.f("uq_round_version_of_id"), type_="unique")
        batch.drop_constraint(op.f("fk_round_version_of_id"), type_="foreignkey")
        batch.drop_column("version_of_id")
    op.drop_table("version_confirmation")
    op.drop_table("round_version")
