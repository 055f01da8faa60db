"""KPI sets attached to what providers hold, and the returns of each period."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kpi_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("kpi_set_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("attached_by_id", sa.Integer(), nullable=True),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_kpi_plan_until_after_from")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_kpi_plan_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["attached_by_id"], ["person.id"], name=op.f("fk_kpi_plan_attached_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["kpi_set_id"], ["content_version.id"], name=op.f("fk_kpi_plan_kpi_set_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_kpi_plan_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_plan")),
        sa.UniqueConstraint("ref", name=op.f("uq_kpi_plan_ref")),
    )
    op.create_index(op.f("ix_kpi_plan_agreement_id"), "kpi_plan", ["agreement_id"], unique=False)
    op.create_index(op.f("ix_kpi_plan_provider_id"), "kpi_plan", ["provider_id"], unique=False)
    op.create_table(
        "kpi_plan_lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("agreement_lot_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_lot_id"],
            ["agreement_lot.id"],
            name=op.f("fk_kpi_plan_lot_agreement_lot_id"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["kpi_plan.id"], name=op.f("fk_kpi_plan_lot_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_plan_lot")),
        sa.UniqueConstraint(
            "plan_id", "agreement_lot_id", name=op.f("uq_kpi_plan_lot_plan_id_agreement_lot_id")
        ),
    )
    op.create_index(
        op.f("ix_kpi_plan_lot_agreement_lot_id"), "kpi_plan_lot", ["agreement_lot_id"], unique=False
    )
    op.create_table(
        "kpi_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("setting_id", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "registration_id IS NULL OR setting_id IS NULL", name=op.f("ck_kpi_unit_one_place")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["kpi_plan.id"], name=op.f("fk_kpi_unit_plan_id")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_kpi_unit_registration_id")
        ),
        sa.ForeignKeyConstraint(
            ["setting_id"], ["provider_setting.id"], name=op.f("fk_kpi_unit_setting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_unit")),
        sa.UniqueConstraint(
            "plan_id",
            "registration_id",
            "setting_id",
            name=op.f("uq_kpi_unit_plan_id_registration_id_setting_id"),
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_kpi_unit_ref")),
    )
    op.create_index(
        op.f("ix_kpi_unit_registration_id"), "kpi_unit", ["registration_id"], unique=False
    )
    op.create_index(op.f("ix_kpi_unit_setting_id"), "kpi_unit", ["setting_id"], unique=False)
    op.create_table(
        "kpi_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kpi_set_id", sa.Integer(), nullable=False),
        sa.Column("kpi_keys", sa.JSON(), nullable=False),
        sa.Column(
            "frequency",
            sa.Enum(
                "monthly",
                "quarterly",
                "six-monthly",
                "yearly",
                name="frequency",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("period_starts_on", sa.Date(), nullable=False),
        sa.Column("period_ends_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "expected",
                "draft",
                "submitted",
                "queried",
                "accepted",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["person.id"], name=op.f("fk_kpi_return_accepted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["kpi_set_id"], ["content_version.id"], name=op.f("fk_kpi_return_kpi_set_id")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["person.id"], name=op.f("fk_kpi_return_sent_by_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["kpi_unit.id"], name=op.f("fk_kpi_return_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_return")),
        sa.UniqueConstraint("ref", name=op.f("uq_kpi_return_ref")),
        sa.UniqueConstraint(
            "unit_id",
            "frequency",
            "period_starts_on",
            name=op.f("uq_kpi_return_unit_id_frequency_period_starts_on"),
        ),
    )
    op.create_index("ix_kpi_return_due", "kpi_return", ["stage", "due_on"], unique=False)
    op.create_table(
        "kpi_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("kpi_key", sa.String(length=60), nullable=False),
        sa.Column("document_version_id", sa.Integer(), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_version_id"],
            ["document_version.id"],
            name=op.f("fk_kpi_evidence_document_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["kpi_return.id"], name=op.f("fk_kpi_evidence_return_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_evidence")),
        sa.UniqueConstraint("ref", name=op.f("uq_kpi_evidence_ref")),
    )
    op.create_index(op.f("ix_kpi_evidence_return_id"), "kpi_evidence", ["return_id"], unique=False)
    op.create_table(
        "kpi_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("kpi_key", sa.String(length=60), nullable=False),
        sa.Column("numerator_hundredths", sa.Integer(), nullable=True),
        sa.Column("denominator_hundredths", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "denominator_hundredths >= 0", name=op.f("ck_kpi_figure_denominator_not_negative")
        ),
        sa.CheckConstraint(
            "numerator_hundredths >= 0", name=op.f("ck_kpi_figure_numerator_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["kpi_return.id"], name=op.f("fk_kpi_figure_return_id")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["person.id"], name=op.f("fk_kpi_figure_saved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_figure")),
        sa.UniqueConstraint("return_id", "kpi_key", name=op.f("uq_kpi_figure_return_id_kpi_key")),
    )
    op.create_table(
        "kpi_query",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("kpi_key", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_kpi_query_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["kpi_return.id"], name=op.f("fk_kpi_query_return_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_query")),
        sa.UniqueConstraint("ref", name=op.f("uq_kpi_query_ref")),
    )
    op.create_index(op.f("ix_kpi_query_return_id"), "kpi_query", ["return_id"], unique=False)
    op.create_table(
        "kpi_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("figure_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("numerator_hundredths", sa.Integer(), nullable=True),
        sa.Column("denominator_hundredths", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["corrected_by_id"], ["person.id"], name=op.f("fk_kpi_correction_corrected_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["figure_id"], ["kpi_figure.id"], name=op.f("fk_kpi_correction_figure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_correction")),
    )
    op.create_index(
        op.f("ix_kpi_correction_figure_id"), "kpi_correction", ["figure_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_kpi_correction_figure_id"), table_name="kpi_correction")
    op.drop_table("kpi_correction")
    op.drop_index(op.f("ix_kpi_query_return_id"), table_name="kpi_query")
    op.drop_table("kpi_query")
    op.drop_table("kpi_figure")
    op.drop_index(op.f("ix_kpi_evidence_return_id"), table_name="kpi_evidence")
    op.drop_table("kpi_evidence")
    op.drop_index("ix_kpi_return_due", table_name="kpi_return")
    op.drop_table("kpi_return")
    op.drop_index(op.f("ix_kpi_unit_setting_id"), table_name="kpi_unit")
    op.drop_index(op.f("ix_kpi_unit_registration_id"), table_name="kpi_unit")
    op.drop_table("kpi_unit")
    op.drop_index(op.f("ix_kpi_plan_lot_agreement_lot_id"), table_name="kpi_plan_lot")
    op.drop_table("kpi_plan_lot")
    op.drop_index(op.f("ix_kpi_plan_provider_id"), table_name="kpi_plan")
    op.drop_index(op.f("ix_kpi_plan_agreement_id"), table_name="kpi_plan")
    op.drop_table("kpi_plan")
