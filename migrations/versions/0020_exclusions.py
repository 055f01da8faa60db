"""Exclusion of a supplier: its grounds, its hearing, two officers' decision, the debarment list."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "debarment_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "found",
            sa.Enum(
                "not-listed",
                "listed-discretionary",
                "listed-mandatory",
                name=op.f("ck_debarment_check_found"),
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("looked_up_by_id", sa.Integer(), nullable=False),
        sa.Column("looked_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_debarment_check_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["looked_up_by_id"], ["person.id"], name=op.f("fk_debarment_check_looked_up_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debarment_check")),
        sa.UniqueConstraint("ref", name=op.f("uq_debarment_check_ref")),
    )
    op.create_index(
        op.f("ix_debarment_check_application_id"),
        "debarment_check",
        ["application_id"],
        unique=False,
    )
    op.create_table(
        "exclusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "hearing",
                "proposed",
                "excluded",
                "not-excluded",
                "lift-proposed",
                "lifted",
                name=op.f("ck_exclusion_stage"),
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exclude", sa.Boolean(), nullable=True),
        sa.Column("may_recur", sa.Boolean(), nullable=True),
        sa.Column("weighed", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_back", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=False),
        sa.Column("lift_first_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lift_second_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("second_id <> first_id", name=op.f("ck_exclusion_two_people")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_exclusion_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_exclusion_application_id")
        ),
        sa.ForeignKeyConstraint(["first_id"], ["person.id"], name=op.f("fk_exclusion_first_id")),
        sa.ForeignKeyConstraint(
            ["lift_first_id"], ["person.id"], name=op.f("fk_exclusion_lift_first_id")
        ),
        sa.ForeignKeyConstraint(
            ["lift_second_id"], ["person.id"], name=op.f("fk_exclusion_lift_second_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["person.id"], name=op.f("fk_exclusion_opened_by_id")
        ),
        sa.ForeignKeyConstraint(["second_id"], ["person.id"], name=op.f("fk_exclusion_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
        sa.UniqueConstraint("ref", name=op.f("uq_exclusion_ref")),
    )
    op.create_index(
        op.f("ix_exclusion_application_id"), "exclusion", ["application_id"], unique=False
    )
    op.create_table(
        "exclusion_ground",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exclusion_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column(
            "about",
            sa.Enum(
                "supplier",
                "connected-person",
                "associated-person",
                "sub-contractor",
                name=op.f("ck_exclusion_ground_about"),
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "about = 'supplier' OR who <> ''", name=op.f("ck_exclusion_ground_of_whom")
        ),
        sa.ForeignKeyConstraint(
            ["exclusion_id"], ["exclusion.id"], name=op.f("fk_exclusion_ground_exclusion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion_ground")),
    )
    op.create_index(
        op.f("ix_exclusion_ground_exclusion_id"), "exclusion_ground", ["exclusion_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_exclusion_ground_exclusion_id"), table_name="exclusion_ground")
    op.drop_table("exclusion_ground")
    op.drop_index(op.f("ix_exclusion_application_id"), table_name="exclusion")
    op.drop_table("exclusion")
    op.drop_index(op.f("ix_debarment_check_application_id"), table_name="debarment_check")
    op.drop_table("debarment_check")
