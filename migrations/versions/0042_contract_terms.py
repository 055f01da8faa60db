"""Contracts by hand, extensions, suspensions, and whether promises are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

SOURCES = ("bid", "uplift", "spot", "hand")
HELD = ("contract", "list_membership")


def _held_columns() -> list[sa.Column]:
    return [
        sa.Column("first_ends_on", sa.Date(), nullable=True),
        sa.Column("terminated_on", sa.Date(), nullable=True),
        sa.Column("termination_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("value_pence", sa.Integer(), nullable=True),
        sa.Column("uplift_index", sa.String(60), server_default="", nullable=False),
        sa.Column("uplift_month", sa.Integer(), server_default="0", nullable=False),
        sa.Column("uplift_cap_bp", sa.Integer(), nullable=True),
        sa.Column("entry_ref", sa.String(20), server_default="", nullable=False),
    ]


WITH_DEFAULTS = ("termination_reason", "uplift_index", "uplift_month", "entry_ref")


def _of_one(table: str) -> list[sa.schema.SchemaItem]:
    """A row that belongs to a contract or to a place on a list."""
    return [
        sa.CheckConstraint(
            "(contract_id IS NULL) <> (list_membership_id IS NULL)", name=op.f(f"ck_{table}_of_one")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f(f"fk_{table}_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["list_membership_id"],
            ["list_membership.id"],
            name=op.f(f"fk_{table}_list_membership_id"),
        ),
    ]


def _by(table: str, *names: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_{table}_{name}"))
        for name in names
    ]


def _words(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    for name in HELD:
        with op.batch_alter_table(name) as table:
            for column in _held_columns():
                table.add_column(column)
        with op.batch_alter_table(name) as table:
            for column in WITH_DEFAULTS:
                table.alter_column(column, server_default=None)
    with op.batch_alter_table("contract") as table:
        table.alter_column("round_id", existing_type=sa.Integer(), nullable=True)
        table.alter_column("application_ref", existing_type=sa.String(20), nullable=True)
    _change_sources(*SOURCES)
    _extensions()
    _suspensions()
    _entries()
    _promises()


def _change_sources(*values: str) -> None:
    words = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table("rate") as table:
        table.drop_constraint(op.f("ck_rate_source"), type_="check")
    with op.batch_alter_table("rate") as table:
        table.create_check_constraint(op.f("ck_rate_source"), sa.text(f"source IN ({words})"))


def _extensions() -> None:
    op.create_table(
        "extension_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("list_membership_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("decide_by_on", sa.Date(), nullable=False),
        sa.CheckConstraint("months > 0", name=op.f("ck_extension_option_months")),
        *_of_one("extension_option"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_option")),
        sa.UniqueConstraint("ref", name=op.f("uq_extension_option_ref")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f("uq_extension_option_contract_id_number")
        ),
        sa.UniqueConstraint(
            "list_membership_id",
            "number",
            name=op.f("uq_extension_option_list_membership_id_number"),
        ),
    )
    op.create_table(
        "extension_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_reason", sa.Text(), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["option_id"], ["extension_option.id"], name=op.f("fk_extension_decision_option_id")
        ),
        *_by("extension_decision", "decided_by_id", "undone_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_decision")),
        sa.UniqueConstraint("ref", name=op.f("uq_extension_decision_ref")),
    )
    op.create_index(op.f("ix_extension_decision_option_id"), "extension_decision", ["option_id"])


def _suspensions() -> None:
    op.create_table(
        "suspension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("list_membership_id", sa.Integer(), nullable=True),
        sa.Column("council_id", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=False),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "lifted_on IS NULL OR lifted_on >= from_on", name=op.f("ck_suspension_lifted_after")
        ),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_suspension_council_id")
        ),
        *_of_one("suspension"),
        *_by("suspension", "placed_by_id", "lifted_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
        sa.UniqueConstraint("ref", name=op.f("uq_suspension_ref")),
    )
    for name in ("contract_id", "list_membership_id"):
        op.create_index(op.f(f"ix_suspension_{name}"), "suspension", [name])


def _entries() -> None:
    op.create_table(
        "hand_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("kind", _words("contract", "membership", name="kind"), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "stage",
            _words("proposed", "confirmed", "declined", "withdrawn", name="stage"),
            nullable=False,
        ),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_ref", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_hand_entry_provider_id")
        ),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_hand_entry_council_id")
        ),
        *_by("hand_entry", "proposed_by_id", "decided_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_entry")),
        sa.UniqueConstraint("ref", name=op.f("uq_hand_entry_ref")),
    )
    for name in ("provider_id", "council_id"):
        op.create_index(op.f(f"ix_hand_entry_{name}"), "hand_entry", [name])


def _promises() -> None:
    op.create_table(
        "promise_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("promise_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage", _words("not-looked-at", "kept", "not-kept", name="stage"), nullable=False
        ),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("looked_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["promise_id"], ["promise.id"], name=op.f("fk_promise_check_promise_id")
        ),
        *_by("promise_check", "looked_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_check")),
        sa.UniqueConstraint("ref", name=op.f("uq_promise_check_ref")),
    )
    op.create_index(op.f("ix_promise_check_promise_id"), "promise_check", ["promise_id"])


def downgrade() -> None:
    for name in ("promise_check", "hand_entry", "suspension", "extension_decision"):
        op.drop_table(name)
    op.drop_table("extension_option")
    op.execute("DELETE FROM rate WHERE source = 'hand'")
    _change_sources(*SOURCES[:-1])
    op.execute(
        "DELETE FROM promise WHERE contract_id IN (SELECT id FROM contract WHERE round_id IS NULL)"
    )
    op.execute(
        "DELETE FROM contract_council WHERE contract_id IN (SELECT id FROM contract WHERE round_id IS NULL)"
    )
    op.execute("DELETE FROM contract WHERE round_id IS NULL")
    with op.batch_alter_table("contract") as table:
        table.alter_column("round_id", existing_type=sa.Integer(), nullable=False)
        table.alter_column("application_ref", existing_type=sa.String(20), nullable=False)
    for name in HELD:
        with op.batch_alter_table(name) as table:
            for column in _held_columns():
                table.drop_column(column.name)
