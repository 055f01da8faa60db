"""Requests for higher rates, with everything that was said about them."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

STAGES = ("asked", "recommended", "granted", "partly-granted", "refused", "withdrawn")


def _words(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "uplift_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("list_membership_id", sa.Integer(), nullable=True),
        sa.Column("method", _words("percentage", "index", name="method"), nullable=False),
        sa.Column("working", sa.String(200), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("stage", _words(*STAGES, name="stage"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(contract_id IS NULL) <> (list_membership_id IS NULL)",
            name=op.f("ck_uplift_request_of_one"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_uplift_request_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["list_membership_id"],
            ["list_membership.id"],
            name=op.f("fk_uplift_request_list_membership_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uplift_request")),
        sa.UniqueConstraint("ref", name=op.f("uq_uplift_request_ref")),
    )
    for name in ("contract_id", "list_membership_id", "stage"):
        op.create_index(op.f(f"ix_uplift_request_{name}"), "uplift_request", [name])
    op.create_table(
        "uplift_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(20), nullable=False),
        sa.Column("share_text", sa.String(60), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["uplift_request.id"], name=op.f("fk_uplift_step_request_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_uplift_step_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uplift_step")),
        sa.UniqueConstraint("ref", name=op.f("uq_uplift_step_ref")),
    )
    op.create_index(op.f("ix_uplift_step_request_id"), "uplift_step", ["request_id"])


def downgrade() -> None:
    op.drop_table("uplift_step")
    op.drop_table("uplift_request")
