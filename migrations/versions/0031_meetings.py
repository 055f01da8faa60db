"""Meetings of panels, and who dissents from what was agreed."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "panel_meeting",
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
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_panel_meeting_round_id")),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["person.id"], name=op.f("fk_panel_meeting_opened_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_meeting")),
        sa.UniqueConstraint("ref", name=op.f("uq_panel_meeting_ref")),
    )
    op.create_index(op.f("ix_panel_meeting_round_id"), "panel_meeting", ["round_id"], unique=False)
    with op.batch_alter_table("consensus") as table:
        table.add_column(sa.Column("dissent", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("meeting_ref", sa.String(20), server_default="", nullable=False))
    with op.batch_alter_table("consensus") as table:
        table.alter_column("dissent", server_default=None)
        table.alter_column("meeting_ref", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("consensus") as table:
        table.drop_column("meeting_ref")
        table.drop_column("dissent")
    op.drop_index(op.f("ix_panel_meeting_round_id"), table_name="panel_meeting")
    op.drop_table("panel_meeting")
