"""The rate card as an Excel workbook: filled in and taken home, brought back, and compared.

A sheet for each lot, a line for each price, known by its code. Coming back, every cell is judged:
one that is wrong is named by its sheet and cell, and then nothing of the file is taken. A cell that
works its price out counts with what it worked out, which the comparison shows before it is taken.
"""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from portal import settings
from portal.applications.editing import rate_title
from portal.applications.saving import read_price
from portal.applications.working_copy import WorkingCopy
from portal.content.rates import is_discount, items_for
from portal.extents import FEW_CELLS, check_extent
from portal.filekinds import FileKind, sniff
from portal.previews import Preview, Row
from portal.sheets import cell_text
from portal.storage import FileEmpty, FileRefused, FileTooLarge
from portal.web import pounds
from scoring.content import Content
from scoring.money import percent_words
from scoring.rates import check_rate
from scoring.rules import RuleBroken

SPEC = "rate-card"
HEADINGS = ("Code", "Price", "For", "Least", "Most", "Your price")
CODE, PRICE = 0, 5
HEADING_LINE = 4  # as Excel counts
MOST_LINES, MOST_COLUMNS = 500, 30
_SHEET = re.compile(r"Lot ([0-9A-Z]{1,12})")
_UNITS = {"week": "a week", "hour": "an hour", "night": "a night", "percent": "per cent"}


class Fault(NamedTuple):
    """Why the file cannot be taken: where, what stands there, and what is wrong with it."""

    sheet: str
    cell: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it was read: its lot, and the text of each cell by (line, column) from 0."""

    name: str
    lot: str
    cells: Mapping[tuple[int, int], str]

    def at(self, line: int, column: int) -> str:
        return self.cells.get((line, column), "")


@dataclass(slots=True)
class Compared:
    """What a file would change, or why it cannot be taken."""

    changes: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)  # lots for which the file has no sheet
    same: int = 0


def workbook(copy: WorkingCopy) -> bytes:
    """The rate card of the lots applied for, with the prices given so far."""
    import xlsxwriter  # type: ignore[import-untyped]

    out = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, plain) as book:
        book.set_properties({"title": f"Rates: {copy.application.round.title}"})
        for lot in copy.application.round.lots:
            if lot.code in copy.lots:
                _write_sheet(book, copy, lot.code, lot.title)
    return out.getvalue()


def read_book(content: bytes, name: str = "") -> list[Sheet]:
    """Every sheet of a workbook that is named like one of a lot.

    Raises:
        FileRefused: too large, empty, no workbook, damaged, or without any such sheet.
    """
    if len(content) > (most := settings.most_bytes()):
        raise FileTooLarge(most)
    if not content.strip():
        raise FileEmpty
    sniff(io.BytesIO(content), name, allowed={FileKind.XLSX})
    check_extent(content, most=FEW_CELLS)
    sheets = list(_sheets(content))
    if not sheets:
        raise FileRefused(
            "rate-book:no-lots",
            "This workbook has no sheet of a lot, such as “Lot 1A”. Download the workbook again.",
        )
    return sheets


def compare(copy: WorkingCopy, sheets: list[Sheet]) -> Compared:
    """Hold a workbook against the prices that are saved; nothing is changed."""
    found = Compared()
    found.left_out = [lot for lot in copy.lots if lot not in {one.lot for one in sheets}]
    for sheet in sheets:
        if sheet.lot not in copy.lots:
            reason = f"You do not apply for lot {sheet.lot}. Take this sheet out."
            found.faults.append(Fault(sheet.name, "", "", reason))
        else:
            _compare_sheet(copy, sheet, found)
    return found


def preview_of(found: Compared, file_name: str) -> Preview:
    """What is laid aside until it is taken: the changes, each with what it was made on."""
    return Preview(SPEC, file_name, "", tuple(found.changes))


def price_words(item: Content, pence: int | None) -> str:
    """A price as the page shows it; a discount in per cent."""
    if pence is None:
        return "No price"
    return percent_words(pence) if is_discount(item) else pounds(pence)


def _write_sheet(book: Any, copy: WorkingCopy, lot: str, title: str) -> None:
    sheet = book.add_worksheet(f"Lot {lot}")
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    money, mine = (
        book.add_format({"num_format": "#,##0.00"}),
        book.add_format({"num_format": "#,##0.00", "bg_color": "#FFF2CC", "border": 1}),
    )
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 52, wrapped)
    sheet.set_column(2, 5, 13)
    sheet.write_string(0, 0, f"Lot {lot}: {title}", bold)
    sheet.write_string(
        1, 0, "Write only in the last column. Leave a price empty if you do not offer it."
    )
    for at, heading in enumerate(HEADINGS):
        sheet.write_string(HEADING_LINE - 1, at, heading, bold)
    for line, item in enumerate(items_for(copy.rate_card, lot), HEADING_LINE):
        _write_line(sheet, line, item, copy.prices.get((lot, item["key"])), (money, mine))
    sheet.freeze_panes(HEADING_LINE, 0)


def _write_line(
    sheet: Any, line: int, item: Content, pence: int | None, formats: tuple[Any, Any]
) -> None:
    money, mine = formats
    needed = "" if item["required"] else " (if you offer it)"
    sheet.write_string(line, CODE, item["key"])
    sheet.write_string(line, 1, item["title"] + needed)
    sheet.write_string(line, 2, _UNITS.get(item["unit"], item["unit"]))
    sheet.write_number(line, 3, item["minimum_pence"] / 100, money)
    sheet.write_number(line, 4, item["maximum_pence"] / 100, money)
    if pence is None:
        sheet.write_blank(line, PRICE, None, mine)
    else:
        sheet.write_number(line, PRICE, pence / 100, mine)


def _sheets(content: bytes) -> Iterator[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for meta in book.sheets_metadata:
            named = _SHEET.fullmatch(meta.name.strip())
            if named is None or meta.visible != SheetVisibleEnum.Visible:
                continue
            yield Sheet(meta.name, named[1], _cells(book.get_sheet_by_name(meta.name).iter_rows()))
    except CalamineError:
        raise FileRefused(
            "file:broken", "This workbook is damaged. Download it again and fill it in anew."
        ) from None


def _cells(rows: Iterator[list[Any]]) -> dict[tuple[int, int], str]:
    found = {}
    for line, cells in enumerate(rows):
        if line >= MOST_LINES:
            break
        for column, value in enumerate(cells[:MOST_COLUMNS]):
            if text := cell_text(value):
                found[line, column] = text
    return found


def _compare_sheet(copy: WorkingCopy, sheet: Sheet, found: Compared) -> None:
    items = {item["key"]: item for item in items_for(copy.rate_card, sheet.lot)}
    head = _heading_of(sheet)
    if head is None:
        words = " and ".join(f"“{HEADINGS[at]}”" for at in (CODE, PRICE))
        found.faults.append(Fault(sheet.name, "", "", f"The headings {words} are missing."))
        return
    line_of_heading, code_at, price_at = head
    met: dict[str, str] = {}
    for line in range(line_of_heading + 1, max((at for at, _ in sheet.cells), default=0) + 1):
        code, cell = sheet.at(line, code_at), _cell_name(line, code_at)
        if not code and sheet.at(line, price_at):
            reason = "This line has a price and no code. Take it out."
            found.faults.append(Fault(sheet.name, cell, "", reason))
        elif code and code not in items:
            reason = "This lot asks for no price with this code."
            found.faults.append(Fault(sheet.name, cell, code[:80], reason))
        elif code in met:
            reason = f"This code stands in {met[code]} already."
            found.faults.append(Fault(sheet.name, cell, code, reason))
        elif code:
            met[code] = cell
            _compare_price(copy, sheet, items[code], (line, price_at), found)
    for key in items.keys() - met.keys():
        reason = f"The line of “{items[key]['title']}” ({key}) is missing."
        found.faults.append(Fault(sheet.name, "", "", reason))


def _compare_price(
    copy: WorkingCopy, sheet: Sheet, item: Content, place: tuple[int, int], found: Compared
) -> None:
    text = sheet.at(*place)
    titled = {**item, "title": rate_title(sheet.lot, item["title"])}
    try:
        pence = read_price(text, titled) if text else None
        if pence is not None:
            check_rate(titled, pence)
    except RuleBroken as broken:
        found.faults.append(Fault(sheet.name, _cell_name(*place), text[:80], broken.message))
        return
    kept = copy.rates.get((sheet.lot, item["key"]))
    before = kept.amount_pence if kept else None
    if pence == before:
        found.same += 1
        return
    values = {
        "lot": sheet.lot,
        "item": item["key"],
        "before": before,
        "after": pence,
        "revision": kept.revision if kept else 0,
    }
    found.changes.append(Row(place[0] + 1, values))


def _heading_of(sheet: Sheet) -> tuple[int, int, int] | None:
    """The line of the headings, and the columns of the codes and of the prices."""
    for line in sorted({at for at, _ in sheet.cells}):
        texts = {sheet.at(line, column).casefold(): column for column in range(MOST_COLUMNS)}
        code, price = HEADINGS[CODE].casefold(), HEADINGS[PRICE].casefold()
        if code in texts and price in texts:
            return line, texts[code], texts[price]
    return None


def _cell_name(line: int, column: int) -> str:
    """As Excel calls a cell: line 4, column 5 is “F5”."""
    return f"{chr(ord('A') + column)}{line + 1}" if column < 26 else f"row {line + 1}"
