"""Counting the statements that a query or page sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event

from portal.db import db


@dataclass
class Counted:
    """The statements of a block."""

    statements: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return len(self.statements)


@contextmanager
def counted() -> Iterator[Counted]:
    """Count the statements sent inside the block (`with counted() as statements:`)."""
    kept = Counted()

    def notice(_connection, _cursor, statement, *_rest):
        kept.statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", notice)
    try:
        yield kept
    finally:
        event.remove(db.engine, "before_cursor_execute", notice)
