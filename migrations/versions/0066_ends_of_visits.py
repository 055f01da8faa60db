"""Ends of visits without a report, sheets that are waited for no longer, sheets without an alias."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

BEFORE = (
    "planned",
    "confirmed",
    "under-way",
    "scores-in",
    "agreed",
    "with-provider",
    "provider-responded",
    "actions-open",
    "closed",
    "cancelled",
)
CAUSES = ("provider", "team", "unsafe", "other")
# the label of a sheet of one person was that person's name, which an alias must not outlive
OF_ONE = """
    UPDATE visit_sheet SET label = (
        SELECT person.ref FROM visit_sheet_person
        JOIN person ON person.id = visit_sheet_person.person_id
        WHERE visit_sheet_person.sheet_id = visit_sheet.id
    ) WHERE (
        SELECT count(*) FROM visit_sheet_person
        WHERE visit_sheet_person.sheet_id = visit_sheet.id
    ) = 1
"""


def upgrade() -> None:
    with op.batch_alter_table("visit") as table:
        table.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("ended_cause", sa.String(40), nullable=True))
        table.drop_constraint(op.f("ck_visit_stage"), type_="check")
    with op.batch_alter_table("visit") as table:
        table.create_check_constraint(op.f("ck_visit_stage"), _in("stage", *BEFORE, "given-up"))
        table.create_check_constraint(op.f("ck_visit_ended_cause"), _in("ended_cause", *CAUSES))
    with op.batch_alter_table("visit_sheet") as table:
        table.add_column(
            sa.Column("excused_reason", sa.Text(), nullable=False, server_default=sa.text("''"))
        )
    with op.batch_alter_table("visit_sheet") as table:
        table.alter_column("excused_reason", server_default=None)
    op.execute(OF_ONE)


def _in(column: str, *values: str) -> sa.TextClause:
    words = ", ".join(f"'{value}'" for value in values)
    return sa.text(f"{column} IN ({words})")


def downgrade() -> None:
    op.execute("UPDATE visit SET stage = 'cancelled' WHERE stage = 'given-up'")
    with op.batch_alter_table("visit_sheet") as table:
        table.drop_column("excused_reason")
    with op.batch_alter_table("visit") as table:
        table.drop_constraint(op.f("ck_visit_ended_cause"), type_="check")
        table.drop_constraint(op.f("ck_visit_stage"), type_="check")
    with op.batch_alter_table("visit") as table:
        table.create_check_constraint(op.f("ck_visit_stage"), _in("stage", *BEFORE))
        table.drop_column("ended_cause")
        table.drop_column("ended_at")
