"""Panels, sheets, consensus and results."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "panel_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "evaluator",
                "young-commissioner",
                "moderator",
                "supporter",
                "approver",
                name="part",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_panel_member_person_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_panel_member_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_member")),
        sa.UniqueConstraint(
            "round_id", "person_id", "part", name=op.f("uq_panel_member_round_id_person_id_part")
        ),
    )
    op.create_index(op.f("ix_panel_member_person_id"), "panel_member", ["person_id"], unique=False)
    op.create_table(
        "scorer",
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
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_scorer_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorer")),
        sa.UniqueConstraint("ref", name=op.f("uq_scorer_ref")),
        sa.UniqueConstraint("round_id", "label", name=op.f("uq_scorer_round_id_label")),
    )
    op.create_table(
        "conflict_declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "interest",
            sa.Enum(
                "none",
                "personal",
                "professional",
                "financial",
                name="interest",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "interest = 'none' OR detail <> ''",
            name=op.f("ck_conflict_declaration_detail_with_interest"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_conflict_declaration_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_conflict_declaration_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_conflict_declaration_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_declaration")),
        sa.UniqueConstraint(
            "person_id",
            "application_id",
            name=op.f("uq_conflict_declaration_person_id_application_id"),
        ),
    )
    op.create_index(
        op.f("ix_conflict_declaration_round_id"), "conflict_declaration", ["round_id"], unique=False
    )
    op.create_table(
        "consensus",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
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
        sa.Column("question_key", sa.String(length=60), nullable=False),
        sa.Column("lot_code", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("why_outside", sa.Text(), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_consensus_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_consensus_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consensus")),
        sa.UniqueConstraint(
            "application_id",
            "question_key",
            "lot_code",
            name=op.f("uq_consensus_application_id_question_key_lot_code"),
        ),
    )
    op.create_table(
        "result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("round_lot_id", sa.Integer(), nullable=False),
        sa.Column("admitted", sa.Boolean(), nullable=False),
        sa.Column("total", sa.String(length=80), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_result_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_lot_id"], ["round_lot.id"], name=op.f("fk_result_round_lot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result")),
        sa.UniqueConstraint(
            "application_id", "round_lot_id", name=op.f("uq_result_application_id_round_lot_id")
        ),
    )
    op.create_index(op.f("ix_result_round_lot_id"), "result", ["round_lot_id"], unique=False)
    op.create_table(
        "scorer_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scorer_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_scorer_person_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["scorer_id"], ["scorer.id"], name=op.f("fk_scorer_person_scorer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorer_person")),
        sa.UniqueConstraint(
            "scorer_id", "person_id", name=op.f("uq_scorer_person_scorer_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_scorer_person_person_id"), "scorer_person", ["person_id"], unique=False
    )
    op.create_table(
        "sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("scorer_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "draft",
                "submitted",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("returned_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_sheet_application_id")
        ),
        sa.ForeignKeyConstraint(["scorer_id"], ["scorer.id"], name=op.f("fk_sheet_scorer_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["person.id"], name=op.f("fk_sheet_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.UniqueConstraint("ref", name=op.f("uq_sheet_ref")),
        sa.UniqueConstraint(
            "scorer_id", "application_id", name=op.f("uq_sheet_scorer_id_application_id")
        ),
    )
    op.create_index(op.f("ix_sheet_application_id"), "sheet", ["application_id"], unique=False)
    op.create_table(
        "young_sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_young_sign_off_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["person.id"], name=op.f("fk_young_sign_off_signed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_young_sign_off")),
        sa.UniqueConstraint("application_id", name=op.f("uq_young_sign_off_application_id")),
    )
    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=60), nullable=False),
        sa.Column("lot_code", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "value IS NULL OR NOT abstained", name=op.f("ck_score_value_or_abstention")
        ),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_score_saved_by_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.id"], name=op.f("fk_score_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint(
            "sheet_id",
            "question_key",
            "lot_code",
            name=op.f("uq_score_sheet_id_question_key_lot_code"),
        ),
    )
    op.create_table(
        "sheet_submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["sheet.id"], name=op.f("fk_sheet_submission_sheet_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["person.id"], name=op.f("fk_sheet_submission_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_submission")),
        sa.UniqueConstraint("sheet_id", "number", name=op.f("uq_sheet_submission_sheet_id_number")),
    )


def downgrade() -> None:
    op.drop_table("sheet_submission")
    op.drop_table("score")
    op.drop_table("young_sign_off")
    op.drop_index(op.f("ix_sheet_application_id"), table_name="sheet")
    op.drop_table("sheet")
    op.drop_index(op.f("ix_scorer_person_person_id"), table_name="scorer_person")
    op.drop_table("scorer_person")
    op.drop_index(op.f("ix_result_round_lot_id"), table_name="result")
    op.drop_table("result")
    op.drop_table("consensus")
    op.drop_index(op.f("ix_conflict_declaration_round_id"), table_name="conflict_declaration")
    op.drop_table("conflict_declaration")
    op.drop_table("scorer")
    op.drop_index(op.f("ix_panel_member_person_id"), table_name="panel_member")
    op.drop_table("panel_member")
