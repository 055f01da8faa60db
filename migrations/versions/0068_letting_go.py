"""What procurements and contracts keep, and what became of it when its time was over."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

LET_GO = ("application", "round", "contract", "list_membership", "evidence_pack")
HELD = ("contract", "list_membership")
STATES = ("asked", "agreed", "done", "refused")
FATE = sa.Enum(
    "waiting",
    "destroyed",
    "needed",
    "gone",
    name="fate",
    native_enum=False,
    create_constraint=True,
    length=40,
)


def upgrade() -> None:
    for table in LET_GO:
        op.add_column(table, sa.Column("let_go_at", sa.DateTime(timezone=True), nullable=True))
    for table in HELD:
        with op.batch_alter_table(table) as changed:
            changed.add_column(
                sa.Column("by_deed", sa.Boolean(), server_default=sa.false(), nullable=False)
            )
        with op.batch_alter_table(table) as changed:
            changed.alter_column("by_deed", server_default=None)
    _records()
    _change_states(*STATES)
    _files()


def _records() -> None:
    with op.batch_alter_table("deletion") as table:
        table.add_column(sa.Column("months", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("basis", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("refs_sha256", sa.String(64), server_default="", nullable=False))
        table.add_column(sa.Column("counts", sa.JSON(), server_default="{}", nullable=False))
        table.add_column(sa.Column("done_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("deletion") as table:
        for name in ("months", "basis", "refs_sha256", "counts"):
            table.alter_column(name, server_default=None)
    # it was done in the moment in which it was agreed to
    op.execute("UPDATE deletion SET done_at = decided_at WHERE state = 'done'")


def _files() -> None:
    op.create_table(
        "destroyed_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("deletion_id", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(20), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("fate", FATE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deletion_id"], ["deletion.id"], name=op.f("fk_destroyed_file_deletion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destroyed_file")),
        sa.UniqueConstraint("ref", name=op.f("uq_destroyed_file_ref")),
        sa.UniqueConstraint(
            "deletion_id", "area", "sha256", name=op.f("uq_destroyed_file_deletion_id_area_sha256")
        ),
    )


def _change_states(*values: str) -> None:
    words = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table("deletion") as table:
        table.drop_constraint(op.f("ck_deletion_state"), type_="check")
    with op.batch_alter_table("deletion") as table:
        table.create_check_constraint(op.f("ck_deletion_state"), sa.text(f"state IN ({words})"))


def downgrade() -> None:
    op.drop_table("destroyed_file")
    op.execute("UPDATE deletion SET state = 'refused' WHERE state = 'agreed'")
    _change_states("asked", "done", "refused")
    with op.batch_alter_table("deletion") as table:
        for name in ("months", "basis", "refs_sha256", "counts", "done_at"):
            table.drop_column(name)
    for table in HELD:
        with op.batch_alter_table(table) as changed:
            changed.drop_column("by_deed")
    for table in LET_GO:
        with op.batch_alter_table(table) as changed:
            changed.drop_column("let_go_at")
