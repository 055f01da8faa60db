"""Councils' own sign-in: whose account there is whose here, and how a session began."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

STEP = sa.Enum(
    "own", "council", name="second_step", native_enum=False, create_constraint=True, length=40
)


def upgrade() -> None:
    op.create_table(
        "council_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_council_identity_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["council_id"], ["council.id"], name=op.f("fk_council_identity_council_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_identity")),
        sa.UniqueConstraint("ref", name=op.f("uq_council_identity_ref")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_council_identity_issuer_subject")),
        sa.UniqueConstraint(
            "person_id", "council_id", name=op.f("uq_council_identity_person_id_council_id")
        ),
    )
    for column in ("person_id", "council_id"):
        op.create_index(
            op.f(f"ix_council_identity_{column}"), "council_identity", [column], unique=False
        )
    with op.batch_alter_table("sign_in_session") as table:
        table.add_column(sa.Column("second_step", STEP, server_default="own", nullable=False))
        table.add_column(sa.Column("council_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_sign_in_session_council_id"), "council", ["council_id"], ["id"]
        )
    with op.batch_alter_table("sign_in_session") as table:
        table.alter_column("second_step", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("sign_in_session") as table:
        table.drop_column("council_id")
        table.drop_column("second_step")
    op.drop_table("council_identity")
