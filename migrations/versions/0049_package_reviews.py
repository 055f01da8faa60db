"""Reviews of packages: what was agreed, delivered and paid for each placement."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

OUTCOMES = ("as-agreed", "recover", "pay", "change-the-package")
NUMBERS = ("weeks_tenths", "core_pence", "hour_pence", "agreed_hours_tenths")


def _words(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "package_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("list_membership_id", sa.Integer(), nullable=True),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("stage", _words("draft", "concluded", name="stage"), nullable=False),
        sa.Column("outcome", _words(*OUTCOMES, name="outcome"), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("follow_up_ref", sa.String(20), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("concluded_by_id", sa.Integer(), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(contract_id IS NULL) <> (list_membership_id IS NULL)",
            name=op.f("ck_package_review_of_one"),
        ),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_package_review_until_after_from")),
        _key("package_review", "contract_id", "contract"),
        _key("package_review", "list_membership_id", "list_membership"),
        _key("package_review", "council_id", "council"),
        _key("package_review", "made_by_id", "person"),
        _key("package_review", "concluded_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_review")),
        sa.UniqueConstraint("ref", name=op.f("uq_package_review_ref")),
    )
    for name in ("contract_id", "list_membership_id", "council_id"):
        op.create_index(op.f(f"ix_package_review_{name}"), "package_review", [name])
    op.create_table(
        "package_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("placement", sa.String(30), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS),
        sa.Column("agreed_ratio", sa.String(10), nullable=False),
        sa.Column("delivered_hours_tenths", sa.Integer(), nullable=False),
        sa.Column("delivered_ratio", sa.String(10), nullable=False),
        sa.Column("paid_pence", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _key("package_line", "review_id", "package_review"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_line")),
        sa.UniqueConstraint("ref", name=op.f("uq_package_line_ref")),
        sa.UniqueConstraint(
            "review_id", "placement", name=op.f("uq_package_line_review_id_placement")
        ),
    )


def downgrade() -> None:
    op.drop_table("package_line")
    op.drop_table("package_review")
