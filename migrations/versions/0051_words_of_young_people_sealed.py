"""What young people told, and what was done about it, is sealed where it lay open."""

import sqlalchemy as sa
from alembic import op

from portal.people.sealed import MARK, seal_text, unseal_text

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

TOLD = sa.table("told", *(sa.column(name) for name in ("id", "ref", "text", "note")))


def upgrade() -> None:
    _rewrite(lambda words, about: words if words.startswith(MARK) else seal_text(words, about))


def downgrade() -> None:
    _rewrite(lambda words, about: unseal_text(words, about) or words)


def _rewrite(change) -> None:  # type: ignore[no-untyped-def]
    """Both columns of every row; an empty note has nothing to seal."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(TOLD)).all():
        changed = {
            name: change(words, f"told.{name} {row.ref}")
            for name, words in (("text", row.text), ("note", row.note))
            if words
        }
        connection.execute(TOLD.update().where(TOLD.c.id == row.id).values(**changed))
