"""Files of Ofsted's outcomes, what they changed, and what councils decided on a downgrade."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _service() -> sa.Enum:
    return _words("service", "supported-accommodation", "fostering")


def _time(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "outcome_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=40), nullable=False),
        sa.Column("after", sa.String(length=40), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=True),
        _time("recorded_at"),
        sa.Column("source_ref", sa.String(length=20), nullable=False),
        _foreign("outcome_change", "registration_id", "registration"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_change")),
        sa.UniqueConstraint("ref", name=op.f("uq_outcome_change_ref")),
    )
    op.create_index(
        op.f("ix_outcome_change_registration_id"), "outcome_change", ["registration_id"]
    )
    op.create_table(
        "ofsted_columns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service", _service(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=True),
        _time("said_at"),
        _foreign("ofsted_columns", "said_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ofsted_columns")),
        sa.UniqueConstraint("service", name=op.f("uq_ofsted_columns_service")),
    )
    op.create_table(
        "ofsted_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("service", _service(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        _time("taken_at"),
        _foreign("ofsted_import", "taken_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ofsted_import")),
        sa.UniqueConstraint("ref", name=op.f("uq_ofsted_import_ref")),
    )
    op.create_table(
        "downgrade_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column(
            "answer",
            _words("answer", "action-plan", "by-exception", "suspend", "carry-on"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("led_to", sa.String(length=20), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        _time("decided_at"),
        _foreign("downgrade_decision", "change_id", "outcome_change"),
        _foreign("downgrade_decision", "council_id", "council"),
        _foreign("downgrade_decision", "decided_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_downgrade_decision")),
        sa.UniqueConstraint("ref", name=op.f("uq_downgrade_decision_ref")),
        sa.UniqueConstraint(
            "change_id", "council_id", name=op.f("uq_downgrade_decision_change_id_council_id")
        ),
    )
    op.create_index(op.f("ix_downgrade_decision_council_id"), "downgrade_decision", ["council_id"])


def downgrade() -> None:
    for table in ("downgrade_decision", "ofsted_import", "ofsted_columns", "outcome_change"):
        op.drop_table(table)
