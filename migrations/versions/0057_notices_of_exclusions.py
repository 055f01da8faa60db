"""Files with a supplier's answer on its exclusion, and what the authority is told of one."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

LONDON = ZoneInfo("Europe/London")
NOTICE = "exclusion_notice"


def upgrade() -> None:
    op.create_table(
        "exclusion_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exclusion_id", sa.Integer(), nullable=False),
        sa.Column("document_version_id", sa.Integer(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_version_id"],
            ["document_version.id"],
            name=op.f("fk_exclusion_file_document_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["exclusion_id"], ["exclusion.id"], name=op.f("fk_exclusion_file_exclusion_id")
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["person.id"], name=op.f("fk_exclusion_file_given_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion_file")),
        sa.UniqueConstraint(
            "exclusion_id",
            "document_version_id",
            name=op.f("uq_exclusion_file_exclusion_id_document_version_id"),
        ),
    )
    op.create_table(
        NOTICE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exclusion_id", sa.Integer(), nullable=False),
        sa.Column(
            "occasion",
            sa.Enum(
                "excluded",
                "replaced",
                "proceedings-begun",
                "proceedings-outcome",
                name="occasion",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("told", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("not_needed", sa.Text(), nullable=False),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "given_on IS NULL OR told <> ''", name=op.f("ck_exclusion_notice_told_whom")
        ),
        sa.ForeignKeyConstraint(
            ["exclusion_id"], ["exclusion.id"], name=op.f("fk_exclusion_notice_exclusion_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_exclusion_notice_settled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion_notice")),
        sa.UniqueConstraint(
            "exclusion_id", "occasion", name=op.f("uq_exclusion_notice_exclusion_id_occasion")
        ),
    )
    _owe_what_was_decided()


def downgrade() -> None:
    op.drop_table(NOTICE)
    op.drop_table("exclusion_file")


def _owe_what_was_decided() -> None:
    """Exclusions that were confirmed before this was kept: their notices are owed as well."""
    bind = op.get_bind()
    found = bind.execute(
        sa.text(
            "SELECT e.id, e.second_at, e.exclude, r.regime FROM exclusion e"
            " JOIN application a ON a.id = e.application_id JOIN round r ON r.id = a.round_id"
            " WHERE e.second_at IS NOT NULL AND r.regime <> 'pcr-2015-light-touch'"
        ).columns(second_at=sa.DateTime(timezone=True), exclude=sa.Boolean())
    ).all()
    replaced = {
        key
        for (key,) in bind.execute(
            sa.text("SELECT DISTINCT exclusion_id FROM exclusion_ground WHERE replaced")
        )
    }
    owed = sa.table(
        NOTICE,
        *(sa.column(name) for name in ("exclusion_id", "occasion", "told", "reference")),
        sa.column("happened_on", sa.Date()),
        sa.column("not_needed"),
    )
    rows = [
        {
            "exclusion_id": one.id,
            "occasion": occasion,
            "happened_on": _day(one.second_at),
            "told": "",
            "reference": "",
            "not_needed": "",
        }
        for one in found
        for occasion in ("excluded", "replaced")
        if (one.exclude if occasion == "excluded" else one.id in replaced)
    ]
    if rows:
        op.bulk_insert(owed, rows)


def _day(at: datetime) -> date:
    """A moment as the councils' day; SQLite keeps it without its zone."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(LONDON).date()
