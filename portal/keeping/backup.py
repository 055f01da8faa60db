"""A backup: the database of one moment, then the files that its rows point at, then the manifest.

Files never change and are stored before their rows, so those of the moment are there when they are
copied after it. A folder without a manifest is no backup. Keys are not in it: whoever finds a
backup reads neither second factors nor children's numbers, and forges no trail.
"""

import hashlib
import hmac
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app, g
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.keeping import tables
from portal.keeping.laps import Laps
from portal.keeping.needed import Needed, needed, store_of
from portal.storage import NotStored
from scoring.rules import RuleBroken

FORMAT = 1
MANIFEST, DATABASE, OBJECTS = "manifest.json", "database", "objects"
KEYS = ("SECRET_KEY", "AUDIT_KEY", "CHILD_KEY")
_CHUNK = 1024 * 1024


class BackupRefused(RuleBroken):
    """A backup cannot be made or used; the message says why."""


@dataclass
class Manifest:
    """What a backup holds.

    Args:
        files: those of the database, with their SHA-256.
        objects: by area, how many and how many bytes; their names are their SHA-256.
        gone: rows whose file the store had not, when it was made.
        keys: what tells whether an installation has the same keys; no key can be found from it.
    """

    taken_at: str
    database: str
    revision: str
    tables: dict[str, int]
    files: dict[str, str]
    trail: tuple[int, str]
    keys: dict[str, str]
    objects: dict[str, tuple[int, int]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup, and how many seconds each part took."""

    manifest: Manifest
    sha256: str  # of the manifest, which holds or names all others
    seconds: Mapping[str, float]


def make(folder: Path, now: datetime) -> Made:
    """Write a backup into a folder that is empty or not there yet.

    Raises:
        BackupRefused: `backup:folder-not-empty`, `backup:folder-refused`,
            `backup:trail-does-not-hold`.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupRefused("backup:folder-not-empty", f"{folder} is not empty. Name another.")
    clock = Laps()
    try:
        (folder / DATABASE).mkdir(parents=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        words = (
            f"{folder} cannot be made: {error.strerror}. Make a folder that the portal may write."
        )
        raise BackupRefused("backup:folder-refused", words) from error
    with tables.snapshot(db.engine, folder / DATABASE) as connection:
        clock.lap("database")
        manifest = _described(connection, now)
        wanted = list(needed(connection))
        clock.lap("counted and trail verified")
    _copy_objects(wanted, folder, manifest)
    clock.lap("files")
    _verify_objects(folder, manifest)
    clock.lap("read again")
    made = Made(manifest, _finish(folder, manifest), clock.seconds)
    note(made, now)
    return made


def note(made: Made, now: datetime) -> None:
    """Keep in the trail that there is a backup, how large, and how long it took: people ask for its age.

    It is written after the backup, so it is not in it.
    """
    told = facts(made.manifest)
    audit.record(
        Event.INSTALLATION_BACKED_UP,
        "installation",
        actor=Viewer.system(),
        now=now,
        bytes=sum(size for _, size in made.manifest.objects.values()),
        seconds=round(sum(made.seconds.values())),
        gone=len(made.manifest.gone),
        manifest=made.sha256,
        **told,
    )
    db.session.commit()


def read(folder: Path) -> tuple[Manifest, str]:
    """The manifest of a backup, and its SHA-256.

    Raises:
        BackupRefused: `backup:none`, `backup:unknown-format`.
    """
    try:
        content = (folder / MANIFEST).read_bytes()
        told = json.loads(content)
    except (OSError, ValueError):
        raise BackupRefused("backup:none", f"There is no finished backup in {folder}.") from None
    if told.get("format") != FORMAT:
        raise BackupRefused("backup:unknown-format", "A newer portal made this backup.")
    return Manifest(**told), hashlib.sha256(content).hexdigest()


def verify(folder: Path, manifest: Manifest) -> None:
    """Read all of a backup again and compare it with its manifest.

    Raises:
        BackupRefused: `backup:damaged`, with the first file that is not what it was.
    """
    for name, sha256 in manifest.files.items():
        file = folder / DATABASE / name
        if not file.is_file() or digest_of(file) != sha256:
            raise BackupRefused("backup:damaged", f"{file} is not what it was.")
    _verify_objects(folder, manifest)


def objects_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a backup, with their area."""
    for area in sorted((folder / OBJECTS).glob("*")):
        for file in sorted(area.glob("??/*")):
            yield area.name, file


def key_marks() -> dict[str, str]:
    """What tells one installation's keys from another's, and from which no key can be found."""
    return {
        name: hmac.new(str(current_app.config[name]).encode(), b"backup", hashlib.sha256)
        .hexdigest()[:16]
        for name in KEYS
    }  # fmt: skip


@contextmanager
def looking_at(connection: Connection) -> Iterator[None]:
    """Let the session of this context be one on this connection, so that its rows are what is read."""
    before = g.pop("db_session", None)
    g.db_session = Session(connection)
    g.db_session.info["read_only"] = True
    try:
        yield
    finally:
        g.pop("db_session").close()
        if before is not None:
            g.db_session = before


def digest_of(file: Path) -> str:
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while piece := source.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def _described(connection: Connection, now: datetime) -> Manifest:
    with looking_at(connection):
        faults = list(audit.verify())
        if faults:
            raise BackupRefused(
                "backup:trail-does-not-hold",
                f"The audit trail does not hold: {len(faults)} faults. See “flask audit verify”.",
            )
        trail = audit.head()
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return Manifest(
        taken_at=now.isoformat(),
        database=connection.dialect.name,
        revision=str(version),
        tables=tables.counts(connection),
        files={},
        trail=trail,
        keys=key_marks(),
    )


def _copy_objects(wanted: list[Needed], folder: Path, manifest: Manifest) -> None:
    """Copy each object once. One that is gone is named: a row alone is better than no backup."""
    number, size = Counter[str](), Counter[str]()
    for area, sha256 in sorted({(one.area, one.sha256) for one in wanted}):
        file = folder / OBJECTS / area / sha256[:2] / sha256
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with store_of(area).open(sha256) as source, file.open("wb") as into:
                shutil.copyfileobj(source, into, _CHUNK)
        except NotStored:
            file.unlink(missing_ok=True)
            manifest.gone += [f"{one.table} {one.ref}" for one in wanted if one.sha256 == sha256]
            continue
        number[area], size[area] = number[area] + 1, size[area] + file.stat().st_size
    manifest.objects = {area: (number[area], size[area]) for area in sorted(number)}


def _verify_objects(folder: Path, manifest: Manifest) -> None:
    number, size = Counter[str](), Counter[str]()
    for area, file in objects_in(folder):
        if digest_of(file) != file.name:
            raise BackupRefused("backup:damaged", f"{file} is not what its name says.")
        number[area], size[area] = number[area] + 1, size[area] + file.stat().st_size
    found = {area: (number[area], size[area]) for area in sorted(number)}
    if found != {area: tuple(told) for area, told in manifest.objects.items()}:
        raise BackupRefused("backup:damaged", "Files are missing in this backup, or are too many.")


def _finish(folder: Path, manifest: Manifest) -> str:
    """Flush everything, then write the manifest: from then on it is a backup."""
    files = sorted((folder / DATABASE).iterdir())
    manifest.files = {file.name: digest_of(file) for file in files}
    for path in [*files, *(file for _, file in objects_in(folder)), *_folders(folder)]:
        tables.flush(path)
    content = json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode()
    unfinished = folder / f"{MANIFEST}.unfinished"
    unfinished.write_bytes(content)
    tables.flush(unfinished)
    unfinished.rename(folder / MANIFEST)
    tables.flush(folder)
    return hashlib.sha256(content).hexdigest()


def _folders(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_dir()]


def facts(manifest: Manifest) -> dict[str, Any]:
    """What the trail keeps of a backup: numbers and digests."""
    return {
        "taken_at": manifest.taken_at,
        "rows": sum(manifest.tables.values()),
        "files": sum(number for number, _ in manifest.objects.values()),
        "trail": manifest.trail[1],
    }
