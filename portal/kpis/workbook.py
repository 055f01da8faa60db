"""A return as an Excel workbook: taken home, filled in, brought back, and compared cell by cell.

The workbook says which return it is for, of which period and version of the KPI set; another one is
refused. What is wrong is named by its cell, and then nothing of the file is taken. A cell that works
its number out counts with what it worked out, which the comparison shows before it is taken.
"""

import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from portal.kpis.actions_returns import LARGEST, MOST_COMMENT
from portal.kpis.models_returns import KpiReturn
from portal.kpis.presentation import number_words
from portal.kpis.sets import kpi_set
from portal.previews import Preview, Row
from portal.sheets import Line, rows_of
from portal.storage import FileRefused
from scoring.kpis import Kpi, check_figure
from scoring.rules import RuleBroken

SPEC = "kpi-return"
MARK = "Template"
HEADINGS = (
    "Code",
    "KPI",
    "What the numerator is",
    "What the denominator is",
    "Numerator",
    "Denominator",
    "Comment",
)
CODE, NUMERATOR, DENOMINATOR, COMMENT = 0, 4, 5, 6
WHOLE_ONLY = {
    "validate": "integer",
    "criteria": ">=",
    "value": 0,
    "error_title": "Whole numbers",
    "error_message": "Enter a whole number of zero or more.",
}
"""What Excel itself says where a person, a plan or a day is counted; the portal checks again."""
_NUMBER = re.compile(r"([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]{1,2}0*)?")
_AGAIN = "Download the workbook of this return again and fill in that one."


class Fault(NamedTuple):
    """Why the file cannot be taken: where, what stands there, and what is wrong with it."""

    cell: str
    text: str
    reason: str


@dataclass(slots=True)
class Compared:
    """What a file would change, or why it cannot be taken."""

    changes: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    same: int = 0
    sha256: str = ""


def workbook(one: KpiReturn) -> bytes:
    """The workbook of a return, with what is saved so far."""
    import xlsxwriter  # type: ignore[import-untyped]

    out = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, plain) as book:
        sheet = book.add_worksheet("KPI return")
        _write_head(book, sheet, one)
        mine = book.add_format({"num_format": "#,##0.##", "bg_color": "#FFF2CC", "border": 1})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        for line, kpi in enumerate(kpi_set(one.kpi_set).of(one.kpi_keys), 5):
            _write_line(sheet, line, kpi, one, (mine, text))
        sheet.freeze_panes(5, 2)
    return out.getvalue()


def _write_head(book: Any, sheet: Any, one: KpiReturn) -> None:
    bold = book.add_format({"bold": True})
    for column, width in enumerate((24, 34, 44, 44, 13, 13, 50)):
        sheet.set_column(column, column, width)
    about = f"{one.plan.provider.name}, {one.unit.words}, {one.period.words}"
    sheet.write_string(0, 0, f"KPI return: {about}", bold)
    for column, part in enumerate((MARK, *mark_of(one))):
        sheet.write_string(1, column, part)
    sheet.write_string(
        2, 0, "Write only in the last three columns. Where there was nobody to count, write 0."
    )
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(4, column, heading, bold)


def _write_line(sheet: Any, line: int, kpi: Kpi, one: KpiReturn, formats: tuple[Any, Any]) -> None:
    mine, text = formats
    figure = one.figure(kpi.key)
    given = figure.given if figure else (None, None)
    words = (kpi.key, kpi.name, kpi.numerator, kpi.denominator or "(none: leave it empty)")
    for column, word in enumerate(words):
        sheet.write_string(line, column, word, text)
    if not kpi.decimals:
        sheet.data_validation(line, NUMERATOR, line, DENOMINATOR, WHOLE_ONLY)
    for column, number in zip((NUMERATOR, DENOMINATOR), given, strict=True):
        if number is None:
            sheet.write_blank(line, column, None, mine)
        else:
            sheet.write_number(line, column, float(number), mine)
    sheet.write_string(line, COMMENT, figure.comment if figure else "", text)


def mark_of(one: KpiReturn) -> tuple[str, str, str, str]:
    """What a workbook says of itself: return, KPI set, its version, and the period."""
    version = one.kpi_set
    return (one.ref, version.key, f"version {version.version}", one.period.words)


def read(content: bytes, name: str = "") -> list[Line]:
    """The rows of a workbook or of CSV that was saved from it.

    Raises:
        FileRefused: too large, empty, no table, damaged.
    """
    return list(rows_of(io.BytesIO(content), lambda cell: cell in HEADINGS, name=name))


def compare(one: KpiReturn, lines: Sequence[Line], content: bytes) -> Compared:
    """Hold a file against what is saved; nothing is changed.

    Raises:
        FileRefused: it is not the workbook of this return, or its headings are gone.
    """
    _refuse_other(one, lines)
    head = next((at for at, (_, cells) in enumerate(lines) if cells[:1] == [HEADINGS[CODE]]), None)
    if head is None or lines[head][1][: len(HEADINGS)] != list(HEADINGS):
        raise FileRefused("kpi-book:headings", f"The line of headings is gone. {_AGAIN}")
    found = Compared(sha256=hashlib.sha256(content).hexdigest())
    asked = {kpi.key: kpi for kpi in kpi_set(one.kpi_set).of(one.kpi_keys)}
    met: set[str] = set()
    for line, cells in lines[head + 1 :]:
        code = _at(cells, CODE)
        if code not in asked or code in met:
            reason = (
                "This code stands twice." if code in met else "This return asks for no such KPI."
            )
            found.faults.append(Fault(f"A{line}", code[:80], reason))
            continue
        met.add(code)
        _compare_line(one, asked[code], line, cells, found)
    for key in asked.keys() - met:
        reason = f"The line of “{asked[key].name}” ({key}) is missing."
        found.faults.append(Fault("", "", reason))
    return found


def _refuse_other(one: KpiReturn, lines: Sequence[Line]) -> None:
    """Whether it is the workbook of this return, and if not, of which."""
    said = next((cells[1:5] for _, cells in lines[:5] if cells[:1] == [MARK]), None)
    if said is None or len(said) < 4:
        raise FileRefused("kpi-book:not-ours", f"This is no workbook of a KPI return. {_AGAIN}")
    ref, key, version, period = mark_of(one)
    if tuple(said[1:3]) != (key, version):
        words = f"{said[1]}, {said[2]}"
        raise FileRefused(
            "kpi-book:version",
            f"This workbook is for another KPI set or version: {words}. {_AGAIN}",
        )
    if said[3] != period:
        raise FileRefused(
            "kpi-book:period", f"This workbook is for another period: {said[3]}. {_AGAIN}"
        )
    if said[0] != ref:
        raise FileRefused("kpi-book:return", f"This workbook is for another return. {_AGAIN}")


def _compare_line(
    one: KpiReturn, kpi: Kpi, line: int, cells: Sequence[str], found: Compared
) -> None:
    faults = len(found.faults)
    numerator = _number(cells, NUMERATOR, line, found)
    denominator = _number(cells, DENOMINATOR, line, found)
    comment = _at(cells, COMMENT)
    if denominator is not None and not kpi.has_denominator:
        reason = "This KPI has no denominator. Leave the cell empty."
        found.faults.append(Fault(f"F{line}", _at(cells, DENOMINATOR), reason))
    if len(comment) > MOST_COMMENT:
        reason = f"Use {MOST_COMMENT:,} characters or fewer."
        found.faults.append(Fault(f"G{line}", comment[:80] + "…", reason))
    if len(found.faults) == faults:
        _check(kpi, numerator, denominator, line, cells, found)
    if len(found.faults) > faults:
        return
    figure = one.figure(kpi.key)
    before = (*(figure.given if figure else (None, None)), figure.comment if figure else "")
    if (numerator, denominator, comment) == before:
        found.same += 1
        return
    values = {
        "key": kpi.key,
        "numerator": numerator,
        "denominator": denominator,
        "comment": comment,
        "revision": figure.revision if figure else 0,
    }
    found.changes.append(Row(line, values))


def _check(  # noqa: PLR0917  what one line says
    kpi: Kpi,
    numerator: Fraction | None,
    denominator: Fraction | None,
    line: int,
    cells: Sequence[str],
    found: Compared,
) -> None:
    """Refuse numbers that cannot be; a line that is not filled in yet is no fault."""
    if numerator is None and denominator is None:
        return
    try:
        check_figure(kpi, numerator, denominator)
    except RuleBroken as broken:
        column = DENOMINATOR if broken.field == "denominator" else NUMERATOR
        cell = f"{'ABCDEFG'[column]}{line}"
        found.faults.append(Fault(cell, _at(cells, column), broken.message))


def _number(cells: Sequence[str], column: int, line: int, found: Compared) -> Fraction | None:
    text = _at(cells, column)
    if not text:
        return None
    plain = _NUMBER.fullmatch(text)
    number = Fraction(Decimal(text.replace(",", ""))) if plain else None
    if number is None or number >= LARGEST:
        reason = "This is not a number of zero or more with at most two decimal places."
        found.faults.append(Fault(f"{'ABCDEFG'[column]}{line}", text[:80], reason))
        return None
    return number


def _at(cells: Sequence[str], column: int) -> str:
    return cells[column].strip() if column < len(cells) else ""


def preview_of(found: Compared, file_name: str) -> Preview:
    """What is laid aside until it is taken: the changes, each with what it was made on."""
    return Preview(SPEC, file_name, found.sha256, tuple(found.changes))


def words_of(one: KpiReturn, values: Mapping[str, Any]) -> list[str]:
    """One change in words: which KPI, what is saved now, what the workbook says."""
    kpi = kpi_set(one.kpi_set).kpis[values["key"]]
    figure = one.figure(kpi.key)
    given = figure.given if figure else (None, None)
    now = _told(kpi, *given, figure.comment if figure else "")
    return [
        kpi.name,
        now,
        _told(kpi, values["numerator"], values["denominator"], values["comment"]),
    ]


def _told(kpi: Kpi, numerator: Fraction | None, denominator: Fraction | None, comment: str) -> str:
    numbers = number_words(numerator)
    if kpi.has_denominator:
        numbers += f" of {number_words(denominator)}"
    return f"{numbers} ({comment})" if comment else numbers
