"""What each letter brings, and who has looked it through."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OUTCOMES = ("admitted", "partly", "not-admitted", "not-scored")


def upgrade() -> None:
    op.add_column("letter", sa.Column("outcome", sa.String(length=40), nullable=True))
    if op.get_bind().dialect.name == "postgresql":  # SQLite adds no check to a table that stands
        words = ", ".join(f"'{one}'" for one in OUTCOMES)
        op.create_check_constraint(
            op.f("ck_letter_letter_outcome"), "letter", f"outcome IN ({words})"
        )
    op.create_table(
        "letter_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_letter_look_letter_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_letter_look_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_look")),
        sa.UniqueConstraint(
            "letter_id", "person_id", name=op.f("uq_letter_look_letter_id_person_id")
        ),
    )
    op.create_index(op.f("ix_letter_look_person_id"), "letter_look", ["person_id"], unique=False)
    _fill_in()


def _fill_in() -> None:
    """Letters written before: what they bring stands in their content."""
    connection = op.get_bind()
    for number, content in connection.execute(sa.text("SELECT id, content FROM letter")).all():
        told = json.loads(content) if isinstance(content, str) else content
        connection.execute(
            sa.text("UPDATE letter SET outcome = :outcome WHERE id = :id"),
            {"outcome": _outcome([lot["outcome"] for lot in told["lots"]]), "id": number},
        )


def _outcome(lots: list[str]) -> str:
    admitted = lots.count("admitted")
    if admitted:
        return "admitted" if admitted == len(lots) else "partly"
    return "not-admitted" if "not-admitted" in lots else "not-scored"


def downgrade() -> None:
    op.drop_index(op.f("ix_letter_look_person_id"), table_name="letter_look")
    op.drop_table("letter_look")
    op.drop_column("letter", "outcome")
