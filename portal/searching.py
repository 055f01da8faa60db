"""Looking for words: every one of them must stand somewhere in what is searched."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, true

MOST_WORDS = 8


def words_of(typed: str) -> list[str]:
    """What is looked for: the words that were typed, in small letters."""
    return list(dict.fromkeys(typed.lower().split()))[:MOST_WORDS]


def containing(words: Sequence[str], *columns: Any) -> ColumnElement[bool]:
    """Rows that have every word in one of these columns, in capitals or not."""
    return and_(
        true(),
        *(
            or_(*(func.lower(column).contains(word, autoescape=True) for column in columns))
            for word in words
        ),
    )


def holds(words: Iterable[str], *texts: str) -> bool:
    """The same for texts that are loaded already."""
    told = " ".join(texts).lower()
    return all(word in told for word in words)
