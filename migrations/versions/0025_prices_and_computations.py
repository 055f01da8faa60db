"""Prices opened by two officers, and every computation of results kept beside the one that stands."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

WAS, IS = (
    "uq_result_application_id_round_lot_id",
    "uq_result_application_id_round_lot_id_council_number",
)


def upgrade() -> None:
    op.add_column("round", sa.Column("prices_opened_at", sa.DateTime(timezone=True), nullable=True))
    # Until now no scheme with a price could be computed: in every locked round the lock opened them.
    op.execute("UPDATE round SET prices_opened_at = quality_locked_at")
    with op.batch_alter_table("result") as table:
        table.add_column(
            sa.Column("council", sa.String(length=60), nullable=False, server_default="")
        )
        table.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(
            sa.Column("stands", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        table.add_column(sa.Column("rank", sa.Integer(), nullable=True))
        table.drop_constraint(op.f(WAS), type_="unique")
        table.create_unique_constraint(
            op.f(IS), ["application_id", "round_lot_id", "council", "number"]
        )
    with op.batch_alter_table("result") as table:
        for name in ("council", "number", "stands"):
            table.alter_column(name, server_default=None)
    op.create_table(
        "price_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("first_officer_id", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_officer_id", sa.Integer(), nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("envelopes", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "second_officer_id <> first_officer_id", name=op.f("ck_price_opening_two_officers")
        ),
        sa.ForeignKeyConstraint(
            ["first_officer_id"], ["person.id"], name=op.f("fk_price_opening_first_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_officer_id"], ["person.id"], name=op.f("fk_price_opening_second_officer_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_price_opening_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_opening")),
        sa.UniqueConstraint("round_id", name=op.f("uq_price_opening_round_id")),
    )
    op.create_table(
        "computation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "lock",
                "prices",
                "decision",
                "correction",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("refusal", sa.String(length=500), nullable=False),
        sa.Column("lots", sa.JSON(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_computation_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_computation")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_computation_round_id_number")),
    )


def downgrade() -> None:
    op.drop_table("computation")
    op.drop_table("price_opening")
    with op.batch_alter_table("result") as table:
        table.drop_constraint(op.f(IS), type_="unique")
        table.create_unique_constraint(op.f(WAS), ["application_id", "round_lot_id"])
        for name in ("rank", "stands", "number", "council"):
            table.drop_column(name)
    op.drop_column("round", "prices_opened_at")
