"""What a bid promised stands with its place on a list too, and not only with a contract."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("promise") as table:
        table.alter_column("contract_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("list_membership_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_promise_list_membership_id"),
            "list_membership",
            ["list_membership_id"],
            ["id"],
        )
        table.create_unique_constraint(
            op.f("uq_promise_list_membership_id_question_key_lot_code"),
            ["list_membership_id", "question_key", "lot_code"],
        )
        table.create_check_constraint(
            op.f("ck_promise_of_one"),
            "(contract_id IS NULL) <> (list_membership_id IS NULL)",
        )


def downgrade() -> None:
    op.execute(
        "DELETE FROM promise_document WHERE promise_check_id IN (SELECT id FROM promise_check"
        " WHERE promise_id IN (SELECT id FROM promise WHERE list_membership_id IS NOT NULL))"
    )
    op.execute(
        "DELETE FROM promise_check WHERE promise_id IN"
        " (SELECT id FROM promise WHERE list_membership_id IS NOT NULL)"
    )
    op.execute("DELETE FROM promise WHERE list_membership_id IS NOT NULL")
    with op.batch_alter_table("promise") as table:
        table.drop_constraint(op.f("ck_promise_of_one"), type_="check")
        table.drop_constraint(
            op.f("uq_promise_list_membership_id_question_key_lot_code"), type_="unique"
        )
        table.drop_constraint(op.f("fk_promise_list_membership_id"), type_="foreignkey")
        table.drop_column("list_membership_id")
        table.alter_column("contract_id", existing_type=sa.Integer(), nullable=False)
