"""Reading a file of Ofsted's outcomes: its columns, found by name or said by a person.

Ofsted renames and moves columns from release to release, and sets titles above them. So a file is
first laid aside as it is; somebody says which column is which; only then is it judged.
"""

import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.content import queries as content
from portal.db import db
from portal.imports import Preview, Row, date_on
from portal.providers.models import Registration, ServiceKind
from portal.sheets import Line, rows_of
from portal.storage import MAX_FILE_BYTES, FileEmpty, FileRefused
from portal.tables import Column, Kind, Table
from scoring.ofsted_import import FileRow, Judged, Known, Refused, is_downgrade, judge

RAW, SORTED = "ofsted:raw", "ofsted:sorted"
FIELDS = {
    "urn": "URN",
    "outcome": "Outcome of the last inspection",
    "inspected_on": "Day of the last inspection",
}
USUAL = {  # parts of headings of past releases, the most telling first
    "urn": ("urn", "uniquereference"),
    "outcome": ("overallexperiences", "overalleffectiveness", "overalloutcome", "outcome", "grade"),
    "inspected_on": ("inspectiondate", "dateofinspection", "inspectionenddate", "inspected"),
}
MOST_TITLE_LINES, MOST_ROWS, MOST_COLUMNS = 25, 50_000, 80


def lay_open(stream: BinaryIO, file_name: str) -> Preview:
    """The file as text by heading, before anybody said what its columns are.

    Raises:
        FileRefused: it cannot be read, has no column of URNs, or is too long.
    """
    given = stream.read(MAX_FILE_BYTES + 1)
    lines = list(rows_of(io.BytesIO(given), lambda cell: _reduced(cell) == "urn", name=file_name))
    if not lines:
        raise FileEmpty
    at = next(
        (n for n, (_, cells) in enumerate(lines[:MOST_TITLE_LINES]) if _is_heading(cells)), None
    )
    if at is None:
        raise FileRefused(
            "ofsted:no-headings",
            "No row in the first sheet of this file has a heading with “URN”. Choose the sheet of "
            "outcomes, save it alone and upload it again.",
        )
    if len(lines) - at > MOST_ROWS:
        raise FileRefused("import:too-many-rows", f"The file has more than {MOST_ROWS:,} rows.")
    headings = _headings(lines[at][1])
    return Preview(
        spec=RAW,
        file_name=file_name,
        sha256=hashlib.sha256(given).hexdigest(),
        rows=tuple(_row(line, headings) for line in lines[at + 1 :]),
        unknown_columns=tuple(headings),
    )


def guess(headings: Sequence[str], remembered: Mapping[str, str]) -> dict[str, str]:
    """Which column is which: as somebody said last, else by the names of past releases."""
    found = {}
    for name in FIELDS:
        if remembered.get(name) in headings:
            found[name] = remembered[name]
            continue
        hits = [one for part in USUAL[name] for one in headings if part in _reduced(one)]
        found[name] = hits[0] if hits else ""
    return found


def sorted_by(raw: Preview, columns: Mapping[str, str]) -> Preview:
    """The rows by field: what is judged, and nothing else of the file."""
    rows = tuple(
        Row(row.line, {name: row.values.get(columns[name], "") for name in FIELDS})
        for row in raw.rows
    )
    return Preview(SORTED, raw.file_name, raw.sha256, rows)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a file would do, with the registrations that it is about."""

    judged: Judged
    registrations: Mapping[str, Registration]
    downgrades: frozenset[str]  # by URN


def judgement(preview: Preview, service: ServiceKind, today: date) -> Judgement:
    """Judge the rows against what is on record now. One statement, and the scale."""
    found = db.session.scalars(
        select(Registration)
        .where(Registration.service == service)
        .options(joinedload(Registration.provider))
    )
    registrations = {one.urn: one for one in found}
    known = {urn: Known(urn, one.outcome, one.inspected_on) for urn, one in registrations.items()}
    scale = content.ofsted_scale_of(service.value)
    rows, refused = _file_rows(preview.rows, known)
    judged = judge(rows, known, scale, today)
    judged.refused = sorted([*judged.refused, *refused], key=lambda one: one.line)
    down = {one.urn for one in judged.changes if is_downgrade(one.before, one.after, scale)}
    return Judgement(judged, registrations, frozenset(down))


def _file_rows(
    rows: Iterable[Row], known: Mapping[str, Known]
) -> tuple[list[FileRow], list[Refused]]:
    """Rows with their days read; an unreadable day of somebody on record is refused."""
    read, refused = [], []
    for row in rows:
        urn = re.sub(r"\s", "", row.values["urn"]).upper()
        written = row.values["inspected_on"].strip()
        day: date | None = None
        if urn in known and _reduced(written) not in {"", "null", "na"}:
            try:
                day = date_on(written)
            except ValueError as slip:
                refused.append(Refused(row.line, "inspected_on", written, str(slip)))
                continue
        read.append(FileRow(row.line, urn, row.values["outcome"].strip(), day))
    return read, refused


def changes_table(found: Judgement, words: Mapping[str, str]) -> Table:
    """What would change, a row for each registration."""
    rows = [
        {
            "line": one.line,
            "provider": found.registrations[one.urn].provider.name,
            "urn": one.urn,
            "branch": found.registrations[one.urn].branch,
            "before": words[one.before],
            "after": words[one.after],
            "inspected_on": one.inspected_on,
            "down": "Downgrade" if one.urn in found.downgrades else "",
        }
        for one in found.judged.changes
    ]
    columns = [
        Column("provider", "Provider"),
        Column("urn", "URN"),
        Column("branch", "Branch"),
        Column("before", "On record"),
        Column("after", "In the file"),
        Column("inspected_on", "Inspected", Kind.DATE),
        Column("down", "What it means"),
        Column("line", "Line", Kind.WHOLE),
    ]
    return Table("ofsted-changes", "What would change", columns, rows)


def refused_table(found: Judgement, columns: Mapping[str, str]) -> Table:
    """Rows about somebody on record that cannot be taken: line, column, reason."""
    rows = [
        {
            "line": one.line,
            "column": columns.get(one.field, FIELDS.get(one.field, "")),
            "value": one.value,
            "reason": one.reason,
        }
        for one in found.judged.refused
    ]
    names = ("line", "Line", Kind.WHOLE), ("column", "Column"), ("value", "What it says")
    wanted = [Column(*name) for name in (*names, ("reason", "Why it is refused"))]
    return Table("ofsted-refused", "Refused rows", wanted, rows)


def _is_heading(cells: Sequence[str]) -> bool:
    return any(_reduced(cell) in {"urn", "providerurn", "uniquereferencenumber"} for cell in cells)


def _headings(cells: Sequence[str]) -> list[str]:
    """Each heading once; a second one of a name has its number behind it."""
    seen: dict[str, int] = {}
    named = []
    for cell in cells[:MOST_COLUMNS]:
        bare = " ".join(cell.split()) or "(no heading)"
        seen[bare] = seen.get(bare, 0) + 1
        named.append(bare if seen[bare] == 1 else f"{bare} ({seen[bare]})")
    return named


def _row(line: Line, headings: Sequence[str]) -> Row:
    values: dict[str, Any] = dict(zip(headings, line[1], strict=False))
    return Row(line[0], values)


def _reduced(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
