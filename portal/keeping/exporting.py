"""Everything of an installation for another system: tables as CSV and JSON, documents, a manifest.

One moment is written. What opens doors is left out: passwords, second factors, cards, links. A file
that was not found clean is named and not copied: whoever opens the folder trusts what is in it.
"""

import csv
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Table, select

from portal.db import Base, db
from portal.documents.models import StoredFile
from portal.filekinds import FileKind, safe_download_name
from portal.keeping.backup import BackupRefused
from portal.keeping.needed import DOCUMENTS, store_of
from portal.storage import NotStored
from scoring.stages import ScanStage

TABLES, FILES, INDEX, MANIFEST = "tables", "documents", "documents.csv", "manifest.json"
DOORS = frozenset(
    {"recovery_code", "one_time_link", "sign_in_session", "session_seen", "attempt"}
    | {"passkey", "used_challenge", "council_identity"}
)
SECRETS = frozenset(
    {"password_hash", "totp_secret", "token_hash", "pin_hash", "code_hash", "secret"}
)
HOUSEKEEPING = frozenset({"job"})  # work that waits here, and waits nowhere else
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    tables: int
    rows: int
    documents: int
    left_out: int


def export(folder: Path, now: datetime) -> Exported:
    """Write everything into a folder that is empty or not there yet.

    Raises:
        BackupRefused: `backup:folder-not-empty`.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupRefused("backup:folder-not-empty", f"{folder} is not empty. Name another.")
    (folder / TABLES).mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    with db.only_reading():
        rows = {table.name: _write_table(folder, table) for table in exported_tables()}
        files = list(db.session.execute(select(*StoredFile.__table__.columns)))
    written = [_write_document(folder, file) for file in files]
    _write_index(folder, files, written)
    _write_manifest(folder, rows, now)
    copied = sum(1 for path, _why in written if path)
    return Exported(len(rows), sum(rows.values()), copied, len(files) - copied)


def exported_tables() -> list[Table]:
    """The tables that leave, in the order in which they can be read in again."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name not in DOORS and table.name not in HOUSEKEEPING
    ]


def columns_of(table: Table) -> list[str]:
    """The columns that leave."""
    return [column.name for column in table.columns if column.name not in SECRETS]


def _write_table(folder: Path, table: Table) -> int:
    """A table twice: as CSV for a person's sheet, as lines of JSON exactly as it is. Its rows."""
    names, number = columns_of(table), 0
    wanted = select(*(table.c[name] for name in names)).execution_options(yield_per=1000)
    place = folder / TABLES / table.name
    with (
        place.with_suffix(".csv").open("w", newline="", encoding="utf-8-sig") as sheet,
        place.with_suffix(".jsonl").open("w", encoding="utf-8") as lines,
    ):
        rows = csv.writer(sheet)
        rows.writerow(names)
        for row in db.session.execute(wanted):
            values = [_plain(value) for value in row]
            rows.writerow(_cell(value) for value in values)
            lines.write(json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False))
            lines.write("\n")
            number += 1
    return number


def _plain(value: Any) -> Any:
    """A value as JSON has it: times and days in ISO 8601, exact numbers as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    return value


def _cell(value: Any) -> Any:
    """A value as a sheet shows it; a text that a sheet would take for a formula is made harmless."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _write_document(folder: Path, file: Row[Any]) -> tuple[str, str]:
    """Where a document was written, or why it was not."""
    if file.scan is not ScanStage.CLEAN:
        return "", f"scan: {file.scan}"
    name = safe_download_name(file.name, FileKind(file.mime))
    path = folder / FILES / file.ref / name
    path.parent.mkdir(parents=True)
    digest = hashlib.sha256()
    try:
        with store_of(DOCUMENTS).open(file.sha256) as source, path.open("wb") as into:
            shutil.copyfileobj(source, into)
            into.flush()
        digest.update(path.read_bytes())
    except NotStored:
        return "", "not in the store"
    if digest.hexdigest() != file.sha256:
        path.unlink()
        return "", "its content has changed"
    return str(path.relative_to(folder)), ""


def _write_index(
    folder: Path, files: Sequence[Row[Any]], written: Sequence[tuple[str, str]]
) -> None:
    with (folder / INDEX).open("w", newline="", encoding="utf-8-sig") as sheet:
        rows = csv.writer(sheet)
        rows.writerow(["file", "name", "kind", "bytes", "sha256", "path", "left out because"])
        for file, (path, why) in zip(files, written, strict=True):
            name = _cell(file.name)
            rows.writerow([file.ref, name, file.mime, file.size, file.sha256, path, why])


def _write_manifest(folder: Path, rows: Mapping[str, int], now: datetime) -> None:
    told = {
        "made_at": now.isoformat(),
        "tables": {
            table.name: {
                "rows": rows[table.name],
                "columns": columns_of(table),
                "points at": _points_at(table),
            }
            for table in exported_tables()
        },
        "left out": {
            "tables": sorted(DOORS | HOUSEKEEPING),
            "columns": sorted(SECRETS),
            "why": "they open doors of this installation, or are its housekeeping",
        },
        "sha256": {str(path.relative_to(folder)): _digest(path) for path in _files(folder)},
    }
    (folder / MANIFEST).write_text(json.dumps(told, ensure_ascii=False, indent=1))


def _points_at(table: Table) -> dict[str, str]:
    left = set(columns_of(table))
    return {
        key.parent.name: key.target_fullname
        for key in sorted(table.foreign_keys, key=lambda one: one.parent.name)
        if key.parent.name in left
    }


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
