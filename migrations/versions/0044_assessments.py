"""The yearly assessment of KPIs."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kpi_assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "draft",
                "shared",
                "final",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "suggested",
            sa.Enum(
                "good",
                "approaching-target",
                "requires-improvement",
                "inadequate",
                "other",
                name="suggested",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "decided",
            sa.Enum(
                "good",
                "approaching-target",
                "requires-improvement",
                "inadequate",
                "other",
                name="decided",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment_until_on", sa.Date(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("commented_by_id", sa.Integer(), nullable=True),
        sa.Column("commented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["begun_by_id"], ["person.id"], name=op.f("fk_kpi_assessment_begun_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["commented_by_id"], ["person.id"], name=op.f("fk_kpi_assessment_commented_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["final_by_id"], ["person.id"], name=op.f("fk_kpi_assessment_final_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["kpi_plan.id"], name=op.f("fk_kpi_assessment_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_assessment")),
        sa.UniqueConstraint("plan_id", "year", name=op.f("uq_kpi_assessment_plan_id_year")),
        sa.UniqueConstraint("ref", name=op.f("uq_kpi_assessment_ref")),
    )
    op.create_table(
        "kpi_assessment_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("kpi_key", sa.String(length=60), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column(
            "suggested",
            sa.Enum(
                "good",
                "approaching-target",
                "requires-improvement",
                "inadequate",
                "other",
                name="suggested",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "decided",
            sa.Enum(
                "good",
                "approaching-target",
                "requires-improvement",
                "inadequate",
                "other",
                name="decided",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["kpi_assessment.id"],
            name=op.f("fk_kpi_assessment_line_assessment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_assessment_line")),
        sa.UniqueConstraint(
            "assessment_id", "kpi_key", name=op.f("uq_kpi_assessment_line_assessment_id_kpi_key")
        ),
    )


def downgrade() -> None:
    op.drop_table("kpi_assessment_line")
    op.drop_table("kpi_assessment")
