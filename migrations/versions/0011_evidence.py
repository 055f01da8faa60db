"""Evidence packs, and the secret of each round."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_secret",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_evidence_secret_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_evidence_secret")),
    )
    op.create_table(
        "evidence_pack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column(
            "form",
            sa.Enum(
                "full",
                "bidder",
                "redacted",
                name="form",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "made",
                "refused",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("why_refused", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "form <> 'bidder' OR application_id IS NOT NULL",
            name=op.f("ck_evidence_pack_own_of_a_bid"),
        ),
        sa.CheckConstraint(
            "state <> 'made' OR sha256 <> ''", name=op.f("ck_evidence_pack_made_is_stored")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_evidence_pack_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_evidence_pack_asked_by_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_evidence_pack_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_pack")),
        sa.UniqueConstraint("ref", name=op.f("uq_evidence_pack_ref")),
    )
    op.create_index(op.f("ix_evidence_pack_application_id"), "evidence_pack", ["application_id"])
    op.create_index(op.f("ix_evidence_pack_round_id"), "evidence_pack", ["round_id"])


def downgrade() -> None:
    op.drop_table("evidence_pack")
    op.drop_table("evidence_secret")
