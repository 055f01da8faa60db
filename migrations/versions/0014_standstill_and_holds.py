"""Award notices with their standstill, holds on a legal challenge, limits and call-in."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "award_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("holidays", sa.JSON(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_award_notice_last_after_first")),
        sa.CheckConstraint(
            "(first_on IS NULL) = (last_on IS NULL)", name=op.f("ck_award_notice_whole_period")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_award_notice_entered_by_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_award_notice_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_notice")),
        sa.UniqueConstraint("round_id", name=op.f("uq_award_notice_round_id")),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("claimant", sa.String(length=200), nullable=False),
        sa.Column("claim_reference", sa.String(length=60), nullable=False),
        sa.Column("notified_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "lifted_by_id <> placed_by_id", name=op.f("ck_legal_hold_lifted_by_a_second_person")
        ),
        sa.CheckConstraint(
            "lifted_at IS NULL OR lift_reason <> ''",
            name=op.f("ck_legal_hold_reason_with_lifting"),
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["person.id"], name=op.f("fk_legal_hold_lifted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["placed_by_id"], ["person.id"], name=op.f("fk_legal_hold_placed_by_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_legal_hold_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
        sa.UniqueConstraint("ref", name=op.f("uq_legal_hold_ref")),
    )
    op.create_index(op.f("ix_legal_hold_round_id"), "legal_hold", ["round_id"], unique=False)
    # Plain columns: making these tables anew on SQLite would lose their checks.
    op.add_column("round", sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("approval", sa.Column("delegation_limit_pence", sa.BigInteger(), nullable=True))
    op.add_column("approval", sa.Column("call_in_until_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("approval", "call_in_until_on")
    op.drop_column("approval", "delegation_limit_pence")
    op.drop_column("round", "held_at")
    op.drop_index(op.f("ix_legal_hold_round_id"), table_name="legal_hold")
    op.drop_table("legal_hold")
    op.drop_table("award_notice")
