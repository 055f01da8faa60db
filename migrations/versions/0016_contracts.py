"""Contracts of ranked tenders, with the promises made in the bids that won them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("agreement_lot_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("extension_months", sa.Integer(), nullable=False),
        sa.Column("application_ref", sa.String(length=20), nullable=False),
        sa.Column("submission_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_contract_ends_after_start")),
        sa.CheckConstraint(
            "extension_months >= 0", name=op.f("ck_contract_extension_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_lot_id"], ["agreement_lot.id"], name=op.f("fk_contract_agreement_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_contract_provider_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_contract_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint(
            "application_ref",
            "agreement_lot_id",
            name=op.f("uq_contract_application_ref_agreement_lot_id"),
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_contract_ref")),
    )
    op.create_index(
        op.f("ix_contract_agreement_lot_id"), "contract", ["agreement_lot_id"], unique=False
    )
    op.create_index(op.f("ix_contract_provider_id"), "contract", ["provider_id"], unique=False)
    op.create_index(op.f("ix_contract_round_id"), "contract", ["round_id"], unique=False)
    op.create_table(
        "contract_council",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_council_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_contract_council_council_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_council")),
        sa.UniqueConstraint(
            "contract_id", "council_id", name=op.f("uq_contract_council_contract_id_council_id")
        ),
    )
    op.create_index(
        op.f("ix_contract_council_council_id"), "contract_council", ["council_id"], unique=False
    )
    op.create_table(
        "promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=60), nullable=False),
        sa.Column("lot_code", sa.String(length=20), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("submission_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_promise_contract_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
        sa.UniqueConstraint(
            "contract_id",
            "question_key",
            "lot_code",
            name=op.f("uq_promise_contract_id_question_key_lot_code"),
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_promise_ref")),
    )


def downgrade() -> None:
    op.drop_table("promise")
    op.drop_index(op.f("ix_contract_council_council_id"), table_name="contract_council")
    op.drop_table("contract_council")
    op.drop_index(op.f("ix_contract_round_id"), table_name="contract")
    op.drop_index(op.f("ix_contract_provider_id"), table_name="contract")
    op.drop_index(op.f("ix_contract_agreement_lot_id"), table_name="contract")
    op.drop_table("contract")
