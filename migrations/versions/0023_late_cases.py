"""Late applications that bidders ask to be taken, and what two officers decided."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

STAGES = ("asked", "proposed", "accepted", "refused", "withdrawn")
CAUSES = ("portal", "bidder", "other")


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "late_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("stage", _words("stage", STAGES), nullable=False),
        sa.Column("what_happened", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("portal_record", sa.JSON(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("proposed_accept", sa.Boolean(), nullable=True),
        sa.Column("proposed_cause", _words("proposed_cause", CAUSES), nullable=True),
        sa.Column("proposed_reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", moment, nullable=True),
        sa.Column("decided_cause", _words("decided_cause", CAUSES), nullable=True),
        sa.Column("decided_reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.CheckConstraint(
            "stage NOT IN ('accepted', 'refused') OR decided_by_id <> proposed_by_id",
            name=op.f("ck_late_case_two_people"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_late_case_{column}"))
            for column, table in (
                ("application_id", "application"),
                ("submission_id", "submission"),
                ("asked_by_id", "person"),
                ("proposed_by_id", "person"),
                ("decided_by_id", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_case")),
        sa.UniqueConstraint("application_id", name=op.f("uq_late_case_application_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_late_case_ref")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_late_case_submission_id")),
    )


def downgrade() -> None:
    op.drop_table("late_case")
