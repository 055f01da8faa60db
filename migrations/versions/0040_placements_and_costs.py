"""Placements and what they cost, as files brought them in."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "column_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ledger",
                "episodes",
                "headers",
                "placements-standard",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_column_mapping_council_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mapping")),
        sa.UniqueConstraint(
            "council_id",
            "kind",
            "signature",
            name=op.f("uq_column_mapping_council_id_kind_signature"),
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_column_mapping_ref")),
    )
    op.create_table(
        "cost_cell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("at_year_end", sa.Integer(), nullable=False),
        sa.Column("child_days", sa.Integer(), nullable=False),
        sa.Column("priced_days", sa.Integer(), nullable=False),
        sa.Column("sevenths", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("estimated_days", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "priced_days <= child_days", name=op.f("ck_cost_cell_priced_within_days")
        ),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_cost_cell_council_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_cell")),
        sa.UniqueConstraint(
            "council_id",
            "year",
            "type",
            "standing",
            name=op.f("uq_cost_cell_council_id_year_type_standing"),
        ),
    )
    op.create_table(
        "cost_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("batch", sa.String(length=20), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ledger",
                "episodes",
                "headers",
                "placements-standard",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "waiting",
                "checked",
                "refused",
                "taken",
                "taken-back",
                "discarded",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("laid_aside", sa.String(length=64), nullable=False),
        sa.Column("as_at_on", sa.Date(), nullable=False),
        sa.Column("return_year", sa.Integer(), nullable=True),
        sa.Column("control_year", sa.Integer(), nullable=True),
        sa.Column("control_pence", sa.BigInteger(), nullable=True),
        sa.Column("replaces", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("on_record", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("fault", sa.String(length=300), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_cost_import_council_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_cost_import_made_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_import")),
        sa.UniqueConstraint("ref", name=op.f("uq_cost_import_ref")),
    )
    op.create_index(op.f("ix_cost_import_batch"), "cost_import", ["batch"], unique=False)
    op.create_index(
        "ix_cost_import_council_stage", "cost_import", ["council_id", "stage"], unique=False
    )
    op.create_table(
        "cost_store",
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("as_at_on", sa.Date(), nullable=False),
        sa.Column("made_from", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_cost_store_council_id")
        ),
        sa.PrimaryKeyConstraint("council_id", name=op.f("pk_cost_store")),
    )
    op.create_table(
        "published_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("report", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("as_at_on", sa.Date(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_published_report_council_id")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_published_report_published_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_report")),
        sa.UniqueConstraint("ref", name=op.f("uq_published_report_ref")),
    )
    op.create_index(
        op.f("ix_published_report_council_id"), "published_report", ["council_id"], unique=False
    )
    op.create_table(
        "birth_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("child", sa.String(length=24), nullable=False),
        sa.Column("birth_month", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_birth_row_council_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["cost_import.id"], name=op.f("fk_birth_row_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_birth_row")),
    )
    op.create_index(
        "ix_birth_row_council_child", "birth_row", ["council_id", "child"], unique=False
    )
    op.create_index(op.f("ix_birth_row_import_id"), "birth_row", ["import_id"], unique=False)
    op.create_table(
        "cost_rejection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=80), nullable=False),
        sa.Column("value", sa.String(length=210), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["cost_import.id"], name=op.f("fk_cost_rejection_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_rejection")),
    )
    op.create_index(
        op.f("ix_cost_rejection_import_id"), "cost_rejection", ["import_id"], unique=False
    )
    op.create_table(
        "episode_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("child", sa.String(length=24), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("departs_on", sa.Date(), nullable=True),
        sa.Column("legal_status", sa.String(length=4), nullable=False),
        sa.Column("place", sa.String(length=4), nullable=False),
        sa.Column("provider_code", sa.String(length=4), nullable=False),
        sa.Column("urn", sa.String(length=20), nullable=False),
        sa.Column("distance_tenths", sa.Integer(), nullable=True),
        sa.Column("outside", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_episode_row_council_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["cost_import.id"], name=op.f("fk_episode_row_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode_row")),
    )
    op.create_index(
        "ix_episode_row_council_child", "episode_row", ["council_id", "child"], unique=False
    )
    op.create_index(op.f("ix_episode_row_import_id"), "episode_row", ["import_id"], unique=False)
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("child", sa.String(length=24), nullable=False),
        sa.Column("placement_ref", sa.String(length=60), nullable=False),
        sa.Column("provider", sa.String(length=120), nullable=False),
        sa.Column("provider_ref", sa.String(length=20), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("weekly_pence", sa.Integer(), nullable=True),
        sa.Column("social_bp", sa.Integer(), nullable=True),
        sa.Column("education_bp", sa.Integer(), nullable=True),
        sa.Column("health_bp", sa.Integer(), nullable=True),
        sa.Column("grant_bp", sa.Integer(), nullable=True),
        sa.Column("other_bp", sa.Integer(), nullable=True),
        sa.Column("birth_month", sa.Date(), nullable=True),
        sa.Column("lot", sa.String(length=20), nullable=False),
        sa.Column("support_hours", sa.Integer(), nullable=True),
        sa.Column("purchase", sa.String(length=10), nullable=False),
        sa.Column("budget_code", sa.String(length=60), nullable=False),
        sa.Column("distance_tenths", sa.Integer(), nullable=True),
        sa.Column("type_words", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_ledger_entry_council_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["cost_import.id"], name=op.f("fk_ledger_entry_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    op.create_index(
        "ix_ledger_entry_council_child",
        "ledger_entry",
        ["council_id", "child", "starts_on"],
        unique=False,
    )
    op.create_index(op.f("ix_ledger_entry_import_id"), "ledger_entry", ["import_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_ledger_entry_import_id"), table_name="ledger_entry")
    op.drop_index("ix_ledger_entry_council_child", table_name="ledger_entry")
    op.drop_table("ledger_entry")
    op.drop_index(op.f("ix_episode_row_import_id"), table_name="episode_row")
    op.drop_index("ix_episode_row_council_child", table_name="episode_row")
    op.drop_table("episode_row")
    op.drop_index(op.f("ix_cost_rejection_import_id"), table_name="cost_rejection")
    op.drop_table("cost_rejection")
    op.drop_index(op.f("ix_birth_row_import_id"), table_name="birth_row")
    op.drop_index("ix_birth_row_council_child", table_name="birth_row")
    op.drop_table("birth_row")
    op.drop_index(op.f("ix_published_report_council_id"), table_name="published_report")
    op.drop_table("published_report")
    op.drop_table("cost_store")
    op.drop_index("ix_cost_import_council_stage", table_name="cost_import")
    op.drop_index(op.f("ix_cost_import_batch"), table_name="cost_import")
    op.drop_table("cost_import")
    op.drop_table("cost_cell")
    op.drop_table("column_mapping")
