"""Reading a published table: one row is one figure of an area, a type of placement and a year."""

import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO

from portal.costs.imports.layouts import reduced
from portal.parsing import text_of
from portal.previews import Preview, Rejection, rejected_table
from portal.sheets import rows_of
from portal.storage import FileEmpty, FileRefused
from portal.tables import Table
from scoring.rules import RuleBroken
from scoring.years import year_named

MOST_ROWS = 5_000
MOST_COLUMNS = 60
NOT_GIVEN = frozenset({"", "-", "–", "..", ":", "c", "k", "x", "z", "u", "low", "n/a", "na"})
"""What statistics write where a figure is hidden, not collected or does not apply."""
FIELDS: Mapping[str, tuple[str, str]] = {
    "area": ("Area", "The name of the council, region or country"),
    "type": ("Type of placement", "Leave out where every figure is of all types"),
    "year": ("Year", "A financial year such as 2023/24 or 202324; 2024 alone is the year to March 2024"),
    "figure": ("Figure", "What is counted, such as average cost per week"),
    "unit": ("Unit", "Such as pounds or children"),
    "value": ("Value", "The figure itself"),
}  # fmt: skip
NEEDED = frozenset({"year", "value"})
STANDS_FOR_ALL = ("area", "figure", "unit")  # told once where no column tells it
_NAMES = {
    "area": {"area", "council", "localauthority", "laname", "geography", "region", "areaname"},
    "type": {"type", "placementtype", "placement", "typeofplacement", "category"},
    "year": {"year", "financialyear", "timeperiod", "period"},
    "figure": {"figure", "measure", "indicator", "metric", "statistic"},
    "unit": {"unit", "units"},
    "value": {"value", "amount", "figurevalue", "number"},
}
_MOST = 10**15  # hundredths
_RUN_TOGETHER = re.compile(r"(\d{4})(\d{2})")

Row = tuple[int, list[str]]


def read(stream: BinaryIO, name: str) -> tuple[list[str], list[Row]]:
    """Headings and rows of a CSV or Excel file, with the line of each row.

    Raises:
        FileRefused: the file as a whole cannot be read; the message says what to do.
    """
    known = set().union(*_NAMES.values())
    lines = rows_of(stream, lambda cell: reduced(cell) in known, name=name)
    _, headings = next(lines, (0, []))
    if not headings:
        raise FileEmpty
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > MOST_COLUMNS:
        raise FileRefused("table:wide", f"The table has more than {MOST_COLUMNS} columns.")
    twice = sorted({one for one in headings if one and headings.count(one) > 1})
    if twice:
        raise FileRefused("table:twice", f"The column “{twice[0]}” is there twice. Rename one.")
    rows = []
    for line, cells in lines:
        if len(rows) == MOST_ROWS:
            raise FileRefused("table:long", f"The table has more than {MOST_ROWS:,} rows.")
        rows.append((line, [cell[:300] for cell in cells[: len(headings)]]))
    return headings, rows


def guessed(headings: Sequence[str]) -> dict[str, str]:
    """Which heading seems to hold what."""
    found = {}
    for name, words in _NAMES.items():
        mine = [one for one in headings if reduced(one) in words]
        if mine:
            found[name] = mine[0]
    return found


def year_of(text: str) -> int:
    """The year in which a financial year begins. A year alone is the one that ends in its March.

    Raises:
        ValueError: it is no year.
    """
    bare = text.strip().removesuffix(".0")
    if bare.isdecimal() and len(bare) == 4:
        year = int(bare) - 1
    else:
        if found := _RUN_TOGETHER.fullmatch(bare):
            bare = f"{found[1]}/{found[2]}"
        try:
            year = year_named(bare)
        except RuleBroken as broken:
            raise ValueError(broken.message) from None
    if not 1980 <= year <= 2100:
        raise ValueError("Write a financial year like 2020/21.")
    return year


def value_of(text: str) -> int | None:
    """A figure in hundredths; None where it is not given, which is never zero.

    Raises:
        ValueError: it is no figure.
    """
    bare = text.strip()
    if bare.casefold() in NOT_GIVEN:
        return None
    number = re.sub(r"[£%,\s]", "", bare)
    try:
        hundredths = Decimal(number) * 100
    except InvalidOperation:
        raise ValueError("This is no figure. Write a number, or .. where there is none.") from None
    if not hundredths.is_finite() or abs(hundredths) > _MOST:
        raise ValueError("This is no figure. Write a number, or .. where there is none.")
    return int(hundredths.to_integral_value(rounding="ROUND_HALF_UP"))


class Judged:
    """The figures of a table that would be taken, and the rows that are refused."""

    def __init__(
        self, headings: Sequence[str], rows: Sequence[Row], columns: Mapping[str, Any]
    ) -> None:
        self._places = {
            name: headings.index(columns[name]) for name in FIELDS if columns.get(name) in headings
        }
        self._for_all: Mapping[str, str] = columns.get("for_all", {})
        self.figures: list[dict[str, Any]] = []
        self.rejected: list[Rejection] = []
        self._seen: dict[tuple[Any, ...], int] = {}
        self.missing = sorted(FIELDS[name][0] for name in NEEDED - self._places.keys())
        self.missing += [
            FIELDS[name][0]
            for name in STANDS_FOR_ALL
            if name not in self._places and not self._for_all.get(name)
        ]
        for line, cells in rows if not self.missing else ():
            self._judge(line, cells)

    def _judge(self, line: int, cells: list[str]) -> None:
        told: dict[str, Any] = {"line": line}
        refused = []
        readers = {
            "area": text_of(120), "type": text_of(120), "figure": text_of(120),
            "unit": text_of(40), "year": year_of, "value": value_of,
        }  # fmt: skip
        for name, parse in readers.items():
            text = self._text(name, cells)
            if not text and name not in {"type", "value"}:
                refused.append(Rejection(line, FIELDS[name][0], "", "This cell is empty."))
                continue
            try:
                told[name] = parse(text) if text or name == "value" else ""
            except ValueError as error:
                refused.append(Rejection(line, FIELDS[name][0], text[:200], str(error)))
        key = tuple(told.get(name) for name in ("area", "type", "year", "figure", "unit"))
        if not refused and (first := self._seen.setdefault(key, line)) != line:
            reason = f"Line {first} has the same figure already."
            refused.append(Rejection(line, "", "", reason))
        if refused:
            self.rejected += refused
        else:
            self.figures.append(told)

    def _text(self, name: str, cells: list[str]) -> str:
        at = self._places.get(name)
        if at is None:
            return self._for_all.get(name, "")
        return cells[at].strip() if at < len(cells) else ""


def rejected_of(file_name: str, judged: Judged) -> Table:
    """The refused rows, for page and download."""
    return rejected_table(Preview("published", file_name, "", (), tuple(judged.rejected)))


def from_bytes(content: bytes, name: str) -> tuple[list[str], list[Row]]:
    """As `read`, of a file that is in memory."""
    return read(io.BytesIO(content), name)
