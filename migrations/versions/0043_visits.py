"""Visits to homes: plans, sheets, entries, photographs and reports."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("setting_id", sa.Integer(), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("officer_scale_id", sa.Integer(), nullable=False),
        sa.Column("young_scale_id", sa.Integer(), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column(
            "stage",
            sa.Enum(
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
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_note", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "previous_id IS NULL OR previous_id <> id", name=op.f("ck_visit_not_its_own_revisit")
        ),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_visit_council_id")),
        sa.ForeignKeyConstraint(
            ["framework_id"], ["content_version.id"], name=op.f("fk_visit_framework_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_scale_id"], ["content_version.id"], name=op.f("fk_visit_officer_scale_id")
        ),
        sa.ForeignKeyConstraint(["previous_id"], ["visit.id"], name=op.f("fk_visit_previous_id")),
        sa.ForeignKeyConstraint(
            ["setting_id"], ["provider_setting.id"], name=op.f("fk_visit_setting_id")
        ),
        sa.ForeignKeyConstraint(
            ["young_scale_id"], ["content_version.id"], name=op.f("fk_visit_young_scale_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("ref", name=op.f("uq_visit_ref")),
    )
    op.create_index(op.f("ix_visit_council_id"), "visit", ["council_id"], unique=False)
    op.create_index(op.f("ix_visit_setting_id"), "visit", ["setting_id"], unique=False)
    op.create_index(op.f("ix_visit_stage"), "visit", ["stage"], unique=False)
    op.create_index(op.f("ix_visit_starts_at"), "visit", ["starts_at"], unique=False)
    op.create_table(
        "visit_agreed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
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
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "value IS NULL OR NOT abstained", name=op.f("ck_visit_agreed_score_or_abstention")
        ),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"], ["person.id"], name=op.f("fk_visit_agreed_agreed_by_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_agreed_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_agreed")),
        sa.UniqueConstraint(
            "visit_id", "panel", "matter", name=op.f("uq_visit_agreed_visit_id_panel_matter")
        ),
    )
    op.create_table(
        "visit_arrival",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_visit_arrival_person_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_arrival_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_arrival")),
        sa.UniqueConstraint(
            "person_id", "client_id", name=op.f("uq_visit_arrival_person_id_client_id")
        ),
    )
    op.create_index(op.f("ix_visit_arrival_visit_id"), "visit_arrival", ["visit_id"], unique=False)
    op.create_table(
        "visit_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "waiting",
                "accepted",
                "not-accepted",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_visit_fact_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_fact_visit_id")),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name=op.f("fk_visit_fact_written_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_fact")),
        sa.UniqueConstraint("ref", name=op.f("uq_visit_fact_ref")),
    )
    op.create_index(op.f("ix_visit_fact_visit_id"), "visit_fact", ["visit_id"], unique=False)
    op.create_table(
        "visit_focus",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_focus_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_focus")),
    )
    op.create_index(op.f("ix_visit_focus_visit_id"), "visit_focus", ["visit_id"], unique=False)
    op.create_table(
        "visit_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "lead",
                "officer",
                "young",
                "supporter",
                name="part",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_visit_member_person_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_member_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_member")),
        sa.UniqueConstraint(
            "visit_id", "person_id", name=op.f("uq_visit_member_visit_id_person_id")
        ),
    )
    op.create_index(op.f("ix_visit_member_person_id"), "visit_member", ["person_id"], unique=False)
    op.create_table(
        "visit_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("caption", sa.String(length=200), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_visit_photo_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by_id"], ["person.id"], name=op.f("fk_visit_photo_removed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["person.id"], name=op.f("fk_visit_photo_taken_by_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_photo_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_photo")),
        sa.UniqueConstraint("ref", name=op.f("uq_visit_photo_ref")),
    )
    op.create_index(op.f("ix_visit_photo_visit_id"), "visit_photo", ["visit_id"], unique=False)
    op.create_table(
        "visit_recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "owner_side",
            sa.Enum(
                "provider",
                "council",
                name="owner_side",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_post", sa.String(length=120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("young", sa.Boolean(), nullable=False),
        sa.Column("followup_ref", sa.String(length=20), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_recommendation_visit_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name=op.f("fk_visit_recommendation_written_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_recommendation")),
        sa.UniqueConstraint("ref", name=op.f("uq_visit_recommendation_ref")),
    )
    op.create_index(
        op.f("ix_visit_recommendation_visit_id"), "visit_recommendation", ["visit_id"], unique=False
    )
    op.create_table(
        "visit_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("judgement", sa.String(length=40), nullable=False),
        sa.Column("judgement_reason", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("care", sa.String(length=10), nullable=False),
        sa.Column("care_reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comments_until_on", sa.Date(), nullable=True),
        sa.Column("responded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nothing_to_correct", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"], ["person.id"], name=op.f("fk_visit_report_agreed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["person.id"], name=op.f("fk_visit_report_saved_by_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_report_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_report")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_visit_report_visit_id")),
    )
    op.create_table(
        "visit_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_visit_share_council_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_share_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_share")),
        sa.UniqueConstraint(
            "visit_id", "council_id", name=op.f("uq_visit_share_visit_id_council_id")
        ),
    )
    op.create_index(op.f("ix_visit_share_council_id"), "visit_share", ["council_id"], unique=False)
    op.create_table(
        "visit_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
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
        sa.Column("required", sa.Boolean(), nullable=False),
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
            ["submitted_by_id"], ["person.id"], name=op.f("fk_visit_sheet_submitted_by_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_sheet_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_sheet")),
        sa.UniqueConstraint("ref", name=op.f("uq_visit_sheet_ref")),
        sa.UniqueConstraint("visit_id", "label", name=op.f("uq_visit_sheet_visit_id_label")),
    )
    op.create_index(op.f("ix_visit_sheet_visit_id"), "visit_sheet", ["visit_id"], unique=False)
    op.create_table(
        "visit_sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["person.id"], name=op.f("fk_visit_sign_off_signed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_sign_off_visit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_sign_off")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_visit_sign_off_visit_id")),
    )
    op.create_table(
        "visit_aside",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "choice",
            sa.Enum(
                "waiting",
                "standing",
                "other",
                name="choice",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("chosen_by_id", sa.Integer(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["chosen_by_id"], ["person.id"], name=op.f("fk_visit_aside_chosen_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["visit_sheet.id"], name=op.f("fk_visit_aside_sheet_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_aside_visit_id")),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name=op.f("fk_visit_aside_written_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_aside")),
        sa.UniqueConstraint("ref", name=op.f("uq_visit_aside_ref")),
    )
    op.create_index(op.f("ix_visit_aside_sheet_id"), "visit_aside", ["sheet_id"], unique=False)
    op.create_index(
        "ix_visit_aside_visit_id_choice", "visit_aside", ["visit_id", "choice"], unique=False
    )
    op.create_table(
        "visit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("revision > 0", name=op.f("ck_visit_entry_revision_from_one")),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["person.id"], name=op.f("fk_visit_entry_saved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["visit_sheet.id"], name=op.f("fk_visit_entry_sheet_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_entry_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_entry")),
        sa.UniqueConstraint(
            "visit_id", "owner", "place", name=op.f("uq_visit_entry_visit_id_owner_place")
        ),
    )
    op.create_index(op.f("ix_visit_entry_sheet_id"), "visit_entry", ["sheet_id"], unique=False)
    op.create_table(
        "visit_sheet_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_visit_sheet_person_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["visit_sheet.id"], name=op.f("fk_visit_sheet_person_sheet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_sheet_person")),
        sa.UniqueConstraint(
            "sheet_id", "person_id", name=op.f("uq_visit_sheet_person_sheet_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_visit_sheet_person_person_id"), "visit_sheet_person", ["person_id"], unique=False
    )
    op.create_table(
        "visit_comment_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "cleared",
                "held",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["person.id"], name=op.f("fk_visit_comment_check_checked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["visit_entry.id"], name=op.f("fk_visit_comment_check_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_comment_check")),
        sa.UniqueConstraint(
            "entry_id", "revision", name=op.f("uq_visit_comment_check_entry_id_revision")
        ),
    )


def downgrade() -> None:
    op.drop_table("visit_comment_check")
    op.drop_index(op.f("ix_visit_sheet_person_person_id"), table_name="visit_sheet_person")
    op.drop_table("visit_sheet_person")
    op.drop_index(op.f("ix_visit_entry_sheet_id"), table_name="visit_entry")
    op.drop_table("visit_entry")
    op.drop_index("ix_visit_aside_visit_id_choice", table_name="visit_aside")
    op.drop_index(op.f("ix_visit_aside_sheet_id"), table_name="visit_aside")
    op.drop_table("visit_aside")
    op.drop_table("visit_sign_off")
    op.drop_index(op.f("ix_visit_sheet_visit_id"), table_name="visit_sheet")
    op.drop_table("visit_sheet")
    op.drop_index(op.f("ix_visit_share_council_id"), table_name="visit_share")
    op.drop_table("visit_share")
    op.drop_table("visit_report")
    op.drop_index(op.f("ix_visit_recommendation_visit_id"), table_name="visit_recommendation")
    op.drop_table("visit_recommendation")
    op.drop_index(op.f("ix_visit_photo_visit_id"), table_name="visit_photo")
    op.drop_table("visit_photo")
    op.drop_index(op.f("ix_visit_member_person_id"), table_name="visit_member")
    op.drop_table("visit_member")
    op.drop_index(op.f("ix_visit_focus_visit_id"), table_name="visit_focus")
    op.drop_table("visit_focus")
    op.drop_index(op.f("ix_visit_fact_visit_id"), table_name="visit_fact")
    op.drop_table("visit_fact")
    op.drop_index(op.f("ix_visit_arrival_visit_id"), table_name="visit_arrival")
    op.drop_table("visit_arrival")
    op.drop_table("visit_agreed")
    op.drop_index(op.f("ix_visit_starts_at"), table_name="visit")
    op.drop_index(op.f("ix_visit_stage"), table_name="visit")
    op.drop_index(op.f("ix_visit_setting_id"), table_name="visit")
    op.drop_index(op.f("ix_visit_council_id"), table_name="visit")
    op.drop_table("visit")
