"""What people type into a question, read into the one form in which it is kept.

| kind | kept as |
| --- | --- |
| text, long-text, file | text |
| number | text, without superfluous zeros: "12.5", "-3" |
| money | whole pence: 51250 |
| date | text: "2027-03-04" |
| yes-no | "yes" or "no" |
| one-of | the value of the option |
| many-of | a list of values, in the order of the question |
| table, settings | a list of rows, each its filled-in cells by column (`scoring/rows.py`) |

Nothing typed is None: not answered. `parse_answer` reads a draft, however long; `check_answer`
holds the limits that count at submission; `read_answer` does both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from scoring.content import Content
from scoring.identifiers import check_identifier
from scoring.rounding import printed
from scoring.rows import (
    ROW_KINDS,
    Row,
    check_rows,
    read_postcode,
    read_rows,
    read_whole,
)
from scoring.rules import RuleBroken
from scoring.text import cleaned, count_words

AnswerValue: TypeAlias = str | int | list[str] | list[Row] | None

MOST_IN_ONE_LINE = 500
MOST_PENCE = 99_999_999_999
FIRST_YEAR, LAST_YEAR = 1900, 2200
DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})"
MONEY = re.compile(rf"£?({DIGITS})(?:\.([0-9]{{1,2}}))?")
NUMBER = re.compile(rf"([-−]?)({DIGITS})(?:\.([0-9]{{1,6}}))?")
DATE = re.compile(r"([0-9]{1,2})[ /.-]([0-9]{1,2})[ /.-]([0-9]{4})")
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def read_answer(question: Content, raw: object) -> AnswerValue:
    """Read an answer and hold it to the question's limits.

    Args:
        question: its content; `key`, `kind`, and where they apply `options` and `words`.
        raw: what the form sent: a text, or for `many-of` (and a date in three boxes: day, month,
            year) a list of texts; for `table` and `settings` a list of rows.

    Raises:
        RuleBroken: `answer:…` or `text:…`, with the question's key as the field.
    """
    value = parse_answer(question, raw)
    check_answer(question, value)
    return value


def parse_answer(question: Content, raw: object) -> AnswerValue:
    """Read an answer into the form in which it is kept; None when nothing was typed.

    A draft that is too long is read all the same, so that it can be saved and shortened later.

    Raises:
        RuleBroken: `answer:not-a-number`, `answer:not-money`, `answer:not-a-date`,
            `answer:not-yes-or-no`, `answer:not-an-option`, `answer:more-than-one`,
            `answer:unknown-kind`, `answer:cells`, `answer:too-many-rows`, `text:…`.
    """
    key = question["key"]
    if question["kind"] in ROW_KINDS:
        return read_rows(question, raw, parse_answer)
    reader = READERS.get(question["kind"])
    if reader is None:
        raise RuleBroken("answer:unknown-kind", f"“{question['kind']}” is no kind of answer.", key)
    typed = _typed(raw, key)
    if len(typed) > 1 and question["kind"] not in ("many-of", "date"):
        raise RuleBroken("answer:more-than-one", "Give one answer only.", key)
    return reader(question, typed) if any(typed) else None


def check_answer(question: Content, value: AnswerValue) -> None:
    """Refuse an answer that cannot be submitted: too long, rows not whole, no number of its register.

    Raises:
        RuleBroken: `answer:too-many-words`, `answer:too-long` (a text of one line),
            `answer:cell-missing`, `answer:too-few-rows`, `answer:not-a-company-or-charity`,
            `answer:not-a-ppon`, `answer:not-a-urn`.
    """
    if question["kind"] in ROW_KINDS:
        check_rows(question, rows_in(value))
        return
    if not isinstance(value, str):
        return
    check_identifier(question, value)
    limit = question.get("words")
    words = count_words(value)
    if limit is not None and words > limit:
        raise RuleBroken(
            "answer:too-many-words",
            f"Your answer has {words} words. Shorten it to {limit} words or fewer.",
            question["key"],
        )
    if question["kind"] == "text" and len(value) > MOST_IN_ONE_LINE:
        raise RuleBroken(
            "answer:too-long", f"Use {MOST_IN_ONE_LINE} characters or fewer.", question["key"]
        )


def read_money(text: str, field: str | None = None) -> int:
    """Read pounds into whole pence: "512.50", "£1,512" – never below zero.

    Raises:
        RuleBroken: `answer:not-money`.
    """
    found = MONEY.fullmatch(re.sub(r"\s", "", text))
    pence = int(_bare(found[1])) * 100 + int((found[2] or "").ljust(2, "0")) if found else None
    if pence is None or pence > MOST_PENCE:
        raise RuleBroken("answer:not-money", "Enter an amount in pounds, such as 512.50.", field)
    return pence


def money_text(pence: int) -> str:
    """Return pence as they are typed: 51250 is "512.50"."""
    return printed(Fraction(pence, 100), 2)


def rows_in(value: AnswerValue) -> list[Row]:
    """Return the rows of an answer that has them; none where nothing was answered."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _text(question: Content, typed: Sequence[str]) -> str:
    text = typed[0]
    return text if question["kind"] != "text" else " ".join(text.split())


def _money(question: Content, typed: Sequence[str]) -> int:
    return read_money(typed[0], question["key"])


def _number(question: Content, typed: Sequence[str]) -> str:
    found = NUMBER.fullmatch(re.sub(r"\s", "", typed[0]))
    if found is None:
        raise RuleBroken(
            "answer:not-a-number", "Enter a number, such as 12 or 12.5.", question["key"]
        )
    whole, part = _bare(found[2]).lstrip("0") or "0", (found[3] or "").rstrip("0")
    number = f"{whole}.{part}" if part else whole
    return f"-{number}" if found[1] and number != "0" else number


def _date(question: Content, typed: Sequence[str]) -> str:
    text = "/".join(part.strip() for part in typed)
    iso, british = ISO_DATE.fullmatch(text), DATE.fullmatch(text)
    try:
        if iso:
            day = date(int(iso[1]), int(iso[2]), int(iso[3]))
        elif british:
            day = date(int(british[3]), int(british[2]), int(british[1]))
        else:
            raise ValueError
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError
    except ValueError:
        raise RuleBroken(
            "answer:not-a-date", "Enter a real date, such as 4 3 2027.", question["key"]
        ) from None
    return day.isoformat()


def _yes_no(question: Content, typed: Sequence[str]) -> str:
    if typed[0] not in ("yes", "no"):
        raise RuleBroken("answer:not-yes-or-no", "Choose yes or no.", question["key"])
    return typed[0]


def _one_of(question: Content, typed: Sequence[str]) -> str:
    if len(typed) != 1 or typed[0] not in _values(question):
        raise RuleBroken("answer:not-an-option", "Choose one of the options.", question["key"])
    return typed[0]


def _many_of(question: Content, typed: Sequence[str]) -> list[str]:
    chosen = {text for text in typed if text}
    values = _values(question)
    if not chosen <= set(values):
        raise RuleBroken("answer:not-an-option", "Choose from the options.", question["key"])
    return [value for value in values if value in chosen]


def _postcode(question: Content, typed: Sequence[str]) -> str:
    return read_postcode(typed[0], question["key"])


def _whole(question: Content, typed: Sequence[str]) -> str:
    return read_whole(typed[0], question["key"])


READERS: Mapping[str, Callable[[Content, Sequence[str]], AnswerValue]] = {
    "text": _text,
    "long-text": _text,
    "file": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "yes-no": _yes_no,
    "one-of": _one_of,
    "many-of": _many_of,
    "postcode": _postcode,  # these two in the cells of rows only
    "whole": _whole,
}


def _typed(raw: object, field: str) -> list[str]:
    """Return what was typed as clean texts; a boolean from a form is yes or no."""
    match raw:
        case None:
            return []
        case bool():
            return ["yes" if raw else "no"]
        case str() | int() | date():
            return [cleaned(str(raw), field)]
        case list() | tuple():
            return [cleaned(str(part), field) for part in raw]
    raise RuleBroken("answer:unknown-kind", "This answer cannot be read.", field)


def _values(question: Content) -> list[str]:
    return [str(option["value"]) for option in question.get("options") or []]


def _bare(digits: str) -> str:
    return digits.replace(",", "")
