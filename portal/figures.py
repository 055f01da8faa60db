"""A figure and how it is printed: one rule for page, CSV, Excel and PDF.

A figure is rounded once, here, at the end: `printed` of `scoring.rounding` decides its digits, and
each form only dresses them. What is missing is shown as missing and is never a zero.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from markupsafe import Markup, escape

from portal.days import LONDON
from portal.web import date_text, moment_text
from scoring.rounding import printed

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Kind(StrEnum):
    """What stands in a column, and so how it is printed."""

    TEXT = "text"
    WHOLE = "whole"  # a whole number, or an exact value shown as one
    MONEY = "money"  # pence, whole or exact
    PERCENT = "percent"  # a share of one: Fraction(34, 100) is 34%
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"  # aware; printed as London's clock shows it


NUMBERS = frozenset({Kind.WHOLE, Kind.MONEY, Kind.PERCENT, Kind.NUMBER})
_DECIMALS = {Kind.MONEY: 2, Kind.NUMBER: 2}
_UNITS = {Kind.MONEY: " (£)", Kind.PERCENT: " (%)"}


@dataclass(frozen=True, slots=True)
class Absent:
    """A figure that is not there: what is printed, and what a screen reader says instead."""

    text: str
    spoken: str


NOT_GIVEN = Absent("–", "not given")
NOT_APPLICABLE = Absent("n/a", "not applicable")


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Args:
        key: of the row's mapping, or the name of its attribute.
        kind: one of `Kind`, as a word.
        decimals: digits after the point; by default 2 for money and numbers, else 0.
        total: whether the row of totals adds this column up (exactly, rounded once).
        signed: whether a plus is printed before what is above zero.
        link: the address that a row's cell leads to, on pages only.
    """

    key: str
    title: str
    kind: Kind | str = Kind.TEXT
    decimals: int | None = None
    total: bool = False
    hint: str = ""
    signed: bool = False
    link: Callable[[Any], str | None] | None = None

    @property
    def is_number(self) -> bool:
        """Whether it stands on the right and is a number in files."""
        return self.kind in NUMBERS

    @property
    def digits(self) -> int:
        """Digits after the point."""
        return _DECIMALS.get(Kind(self.kind), 0) if self.decimals is None else self.decimals

    @property
    def file_title(self) -> str:
        """The heading in a file, where figures stand without their signs."""
        return self.title + _UNITS.get(Kind(self.kind), "")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as a page shows it; printed in a template it is safe markup."""

    text: str
    kind: Kind
    sort: str = ""
    spoken: str = ""
    href: str | None = None
    is_number: bool = False

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> Markup:
        if self.spoken:
            return Markup(
                '<span aria-hidden="true">{}</span><span class="govuk-visually-hidden">{}</span>'
            ).format(self.text, self.spoken)
        if self.href:
            return Markup('<a class="govuk-link" href="{}">{}</a>').format(self.href, self.text)
        return escape(self.text)


def value_of(row: Any, key: str) -> Any:
    """A row's value. A key that the row does not know is a mistake of ours, and raises."""
    return row[key] if isinstance(row, Mapping) else getattr(row, key)


def is_absent(value: Any) -> bool:
    """Whether there is no figure."""
    return value is None or isinstance(value, Absent)


def figure(value: Any, column: Column) -> str:
    """The digits of a number as every form shows them: "-1234.50", without sign or comma of money.

    Money is in pounds and percent in hundredths. Raises TypeError for what is no exact number.
    """
    number = exact(value)
    if column.kind == Kind.MONEY:
        number /= 100
    elif column.kind == Kind.PERCENT:
        number *= 100
    return printed(number, column.digits)


def exact(value: Any) -> Fraction:
    """The value as a fraction. Raises TypeError for a float or anything else that is not exact."""
    if isinstance(value, bool) or not isinstance(value, (int, Fraction, Decimal)):
        raise TypeError(f"a figure must be exact, not a {type(value).__name__}")
    return Fraction(value)


def display(value: Any, column: Column) -> str:
    """A value as it is printed on a page and in a PDF."""
    if is_absent(value):
        return (value or NOT_GIVEN).text
    if column.is_number:
        return _dressed(figure(value, column), column)
    if column.kind == Kind.DATE:
        return date_text(value)
    if column.kind == Kind.DATETIME:
        return moment_text(value)
    return _text(value)


def plain(value: Any, column: Column) -> str | Decimal:
    """A value as a CSV file holds it: bare numbers, ISO dates, text that starts no formula.

    A word in a column of numbers ("Total", or nothing at all) stays a word.
    """
    if is_absent(value):
        return ""
    if column.is_number and not isinstance(value, str):
        return Decimal(figure(value, column))
    return harmless(written(value, column))


def written(value: Any, column: Column) -> str:
    """A word or a date as text, for a file."""
    if column.kind == Kind.DATE and not isinstance(value, str):
        return str(value.isoformat())
    if column.kind == Kind.DATETIME and not isinstance(value, str):
        return f"{value.astimezone(LONDON):%Y-%m-%d %H:%M}"
    return _text(value)


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe stands before what could start one."""
    starts = text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)
    return f"'{text}" if starts else text


def cell_of(row: Any, column: Column) -> Cell:
    """The cell of a row on a page, with its link."""
    href = column.link(row) if column.link else None
    return cell(value_of(row, column.key), column, href)


def cell(value: Any, column: Column, href: str | None = None) -> Cell:
    """A value as a page shows it. A word in a column of numbers stays a word."""
    if isinstance(value, str) and column.kind != Kind.TEXT:
        return Cell(value, Kind.TEXT, is_number=column.is_number)
    if is_absent(value):
        absent = value or NOT_GIVEN
        return Cell(absent.text, Kind(column.kind), "", absent.spoken, None, column.is_number)
    text = display(value, column)
    return Cell(text, Kind(column.kind), _sort(value, column), "", href, column.is_number)


def _sort(value: Any, column: Column) -> str:
    """What a page's script would sort by."""
    if column.is_number:
        return printed(exact(value), 6)
    if column.kind in {Kind.DATE, Kind.DATETIME}:
        return str(value.isoformat())
    return _text(value).casefold()


def _dressed(digits: str, column: Column) -> str:
    negative = digits.startswith("-")
    whole, point, rest = digits.lstrip("-").partition(".")
    number = f"{int(whole):,}{point}{rest}"
    is_zero = not number.strip("0.,")
    sign = "−" if negative else "+" if column.signed and not is_zero else ""
    before = "£" if column.kind == Kind.MONEY else ""
    after = "%" if column.kind == Kind.PERCENT else ""
    return f"{sign}{before}{number}{after}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return re.sub(r"\s*\r?\n\s*", "\n", str(value))
