"""Who scores which answers, what was set aside, and what was done about a declared interest."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column(
            "panel",
            sa.Enum(
                "officers",
                "young",
                name="panel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("each", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("set_aside", sa.Integer(), nullable=False),
        sa.Column("applied_by_id", sa.Integer(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_assignment_round_id")),
        sa.ForeignKeyConstraint(
            ["applied_by_id"], ["person.id"], name=op.f("fk_assignment_applied_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("ref", name=op.f("uq_assignment_ref")),
    )
    op.create_index(op.f("ix_assignment_round_id"), "assignment", ["round_id"], unique=False)
    with op.batch_alter_table("sheet") as table:
        table.add_column(sa.Column("asks", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("sheet") as table:
        table.alter_column("asks", server_default=None)
    op.add_column("score", sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("conflict_declaration") as table:
        table.add_column(sa.Column("earlier", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("mitigation", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("mitigated_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("mitigated_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(
            op.f("fk_conflict_declaration_mitigated_by_id"), "person", ["mitigated_by_id"], ["id"]
        )
    with op.batch_alter_table("conflict_declaration") as table:
        table.alter_column("earlier", server_default=None)
        table.alter_column("mitigation", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("conflict_declaration") as table:
        table.drop_constraint(op.f("fk_conflict_declaration_mitigated_by_id"), type_="foreignkey")
        for column in ("mitigated_at", "mitigated_by_id", "mitigation", "earlier"):
            table.drop_column(column)
    op.drop_column("score", "set_aside_at")
    op.drop_column("sheet", "set_aside_at")
    op.drop_column("sheet", "asks")
    op.drop_index(op.f("ix_assignment_round_id"), table_name="assignment")
    op.drop_table("assignment")
