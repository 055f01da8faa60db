"""How the text of a cell in a file is read. Each reader says in a sentence what it wants instead.

A reader takes text without space around it, never empty, and raises ValueError with that sentence.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from portal.figures import FORMULA_STARTS

_AMOUNT = re.compile(r"(?P<whole>[0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.(?P<part>[0-9]*))?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?$")
_MOST_DIGITS = 15
T = TypeVar("T")


def money(text: str) -> int:
    """Pounds as pence: "£1,234.50" is 123450; "-5.00" and "(5.00)" are below zero."""
    sign, amount = _signed(re.sub(r"[\s£]", "", text))
    found = _AMOUNT.fullmatch(amount)
    if not found or len(amount) > _MOST_DIGITS:
        raise ValueError("Write an amount in pounds, like 1234.50.")
    part = found["part"] or ""
    if len(part) > 2:
        raise ValueError("Write no more than two digits for the pence.")
    return sign * (int(found["whole"].replace(",", "")) * 100 + int(part.ljust(2, "0")))


def whole(text: str) -> int:
    """A whole number: "1,200" or "-3"."""
    sign, amount = _signed(text)
    found = _AMOUNT.fullmatch(amount)
    if not found or found["part"] is not None or len(amount) > _MOST_DIGITS:
        raise ValueError("Write a whole number, like 12.")
    return sign * int(found["whole"].replace(",", ""))


def date_on(text: str) -> date:
    """A day, written as 31/03/2026 or 2026-03-31; midnight after it is passed over."""
    bare = _MIDNIGHT.sub("", text)
    if found := _DAY_FIRST.fullmatch(bare):
        day, month, year = (int(part) for part in found.groups())
    elif found := _YEAR_FIRST.fullmatch(bare):
        year, month, day = (int(part) for part in found.groups())
    else:
        raise ValueError("Write a date like 31/03/2026 or 2026-03-31.")
    if not 1900 <= year <= 2199:
        raise ValueError("Write a year from 1900 to 2199.")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("There is no such day. Write the day before the month.") from None


def text_of(most: int) -> Callable[[str], str]:
    """A reader of text of at most so many characters."""

    def read(text: str) -> str:
        if text.isascii() and text.isprintable() and len(text) <= most and text[:1] != "'":
            return text  # as nearly all text is
        tidy = unicodedata.normalize("NFC", text)
        if tidy.startswith("'") and tidy[1:].lstrip().startswith(FORMULA_STARTS):
            tidy = tidy[1:]  # our own files put it there
        if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in tidy):
            raise ValueError("There is a character in this text that cannot be kept.")
        if len(tidy) > most:
            raise ValueError(f"Use {most:,} characters or fewer.")
        return tidy

    return read


text = text_of(500)


def one_of(words: Mapping[str, T]) -> Callable[[str], T]:
    """A reader of a word from a list, whatever its capitals."""
    known = {word.casefold(): value for word, value in words.items()}

    def read(text: str) -> T:
        if text.casefold() not in known:
            raise ValueError(f"Write one of: {', '.join(words)}.")
        return known[text.casefold()]

    return read


def _signed(amount: str) -> tuple[int, str]:
    amount = amount.replace("−", "-")
    if amount.startswith("-"):
        return -1, amount[1:]
    if amount.startswith("(") and amount.endswith(")"):
        return -1, amount[1:-1]
    return 1, amount
