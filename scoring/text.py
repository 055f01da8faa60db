"""Texts that people write: cleaned without changing what they say, and counted in words."""

from __future__ import annotations

import re

from scoring.rules import RuleBroken

MOST_CHARACTERS = 100_000
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def cleaned(text: str, field: str | None = None) -> str:
    """Return a text with line ends as line feeds, without control characters or outer space.

    Raises:
        RuleBroken: `text:characters`, when it holds half a character that no file can keep;
            `text:too-long`, above 100 000 characters, whatever the limit in words.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = CONTROL.sub(" ", lines).strip()
    if any("\ud800" <= character <= "\udfff" for character in clean):
        raise RuleBroken(
            "text:characters", "This text has a broken character. Type that part again.", field
        )
    if len(clean) > MOST_CHARACTERS:
        raise RuleBroken("text:too-long", f"Use {MOST_CHARACTERS:,} characters or fewer.", field)
    return clean


def count_words(text: str) -> int:
    """Count words as word processors do: whatever stands between white space."""
    return len(text.split())


def meaningful_words(text: str) -> int:
    """Count the words that hold a letter or a digit; a row of dots is no word."""
    return sum(any(character.isalnum() for character in word) for word in text.split())


NUMBERS = re.compile(r"(\d+)")


def natural(text: str) -> list[tuple[int, str]]:
    """The key that puts texts in the order in which people count: ages 5 to 9 before 10 to 15."""
    parts = NUMBERS.split(text.casefold())
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]
