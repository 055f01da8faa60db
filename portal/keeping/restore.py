"""A backup back in place: files first, then the database, then everything is compared again."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy import inspect, select, text, update

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.keeping import backup, checking, migrating, tables
from portal.keeping.backup import BackupRefused, Manifest
from portal.keeping.laps import Laps
from portal.keeping.needed import store_of
from portal.people.models import SignInSession


@dataclass(frozen=True, slots=True)
class Restored:
    """A finished restore, and how many seconds each part took."""

    manifest: Manifest
    sha256: str
    seconds: Mapping[str, float]
    sessions_ended: int


def restore(folder: Path, now: datetime, *, replace: bool = False) -> Restored:
    """Put a backup in place of what is there, and prove it.

    Everybody is signed out: a session that was ended since the backup must not come to life again.
    Server and workers stand still meanwhile.

    Raises:
        BackupRefused: `backup:…`; `restore:other-database`, `restore:newer`, `restore:other-keys`,
            `restore:not-empty`, before anything is changed; `restore:not-the-same` when what was
            restored is not what the backup holds.
    """
    clock = Laps()
    manifest, sha256 = backup.read(folder)
    _check(manifest, replace=replace)
    backup.verify(folder, manifest)
    clock.lap("backup read")
    _put_objects(folder)
    clock.lap("files")
    _load(folder, manifest)
    clock.lap("database")
    _prove(manifest)
    clock.lap("compared")
    ended = _sign_everybody_out(manifest, sha256, now)
    return Restored(manifest, sha256, clock.seconds, ended)


def _check(manifest: Manifest, *, replace: bool) -> None:
    engine = db.engine
    if manifest.database != engine.dialect.name:
        words = f"This backup is of {manifest.database}, and the portal runs on "
        raise BackupRefused("restore:other-database", f"{words}{engine.dialect.name}.")
    if not migrating.knows(manifest.revision):
        raise BackupRefused("restore:newer", "A newer portal made this backup. Install that one.")
    marks = backup.key_marks()
    other = [name for name in backup.KEYS if manifest.keys.get(name) != marks[name]]
    if other:
        raise BackupRefused(
            "restore:other-keys",
            "This installation has other keys than the one that was backed up: "
            f"{', '.join(other)}. Put the folder “keys” back first.",
        )
    if not replace and _has_people():
        raise BackupRefused(
            "restore:not-empty", "There are people in this database already. Add --replace."
        )


def _has_people() -> bool:
    with db.reading() as session:
        connection = session.connection()
        if not inspect(connection).has_table("person"):
            return False
        return connection.scalar(text("SELECT 1 FROM person LIMIT 1")) is not None


def _put_objects(folder: Path) -> None:
    for area, file in backup.objects_in(folder):
        store = store_of(area)
        if store.size(file.name) == file.stat().st_size:
            continue
        with file.open("rb") as source:
            if store.put(source).sha256 != file.name:
                raise BackupRefused("backup:damaged", f"{file} is not what its name says.")


def _load(folder: Path, manifest: Manifest) -> None:
    """Make the tables of the backup's version, fill them, and bring them to today's."""
    url = current_app.config["DATABASE_URL"]
    _forget_session()
    tables.forget(db.engine)
    if db.engine.dialect.name != "sqlite":
        migrating.upgrade(url, manifest.revision)
    tables.load(db.engine, folder / backup.DATABASE)
    with db.reading() as session:
        found = tables.counts(session.connection())
    if found != manifest.tables:
        differ = sorted(set(found.items()) ^ set(manifest.tables.items()))
        raise BackupRefused("restore:not-the-same", f"Tables differ: {differ[:5]}.")
    migrating.upgrade(url)
    db.engine.dispose()


def _prove(manifest: Manifest) -> None:
    """The trail holds and ends where it ended; every row has its file."""
    _forget_session()
    faults = list(audit.verify())
    if faults or audit.head() != tuple(manifest.trail):
        raise BackupRefused("restore:not-the-same", f"The trail does not hold: {faults[:3]}.")
    db.session.rollback()
    report = checking.check(datetime.fromisoformat(manifest.taken_at), quick=True)
    missing = [
        row
        for one in report.findings
        if one.problem is not checking.Problem.NO_ROW
        for row in one.rows
        if row not in manifest.gone
    ]
    if missing:
        raise BackupRefused("restore:not-the-same", f"Files are missing: {missing[:3]}.")


def _sign_everybody_out(manifest: Manifest, sha256: str, now: datetime) -> int:
    open_ones = select(SignInSession.id).where(SignInSession.ended_at.is_(None))
    number = len(db.session.scalars(open_ones).all())
    db.session.execute(
        update(SignInSession).where(SignInSession.ended_at.is_(None)).values(ended_at=now)
    )
    audit.record(
        Event.INSTALLATION_RESTORED,
        "installation",
        actor=Viewer.system(),
        now=now,
        backup=sha256,
        sessions_ended=number,
        **backup.facts(manifest),
    )
    db.session.commit()
    return number


def _forget_session() -> None:
    db.session.close()


@contextmanager
def elsewhere(database_url: str = "") -> Iterator[Flask]:
    """An installation that is thrown away, with this one's keys, to try a restore in.

    Args:
        database_url: an empty PostgreSQL database for it; a file of its own without one.
    """
    folder = Path(tempfile.mkdtemp(prefix="portal-restore-"))
    made = Flask("portal.restore")
    made.config.update(current_app.config)
    made.config.update(
        DATA_DIR=folder,
        DATABASE_URL=database_url or f"sqlite:///{folder / 'portal.sqlite3'}",
        STORAGE=folder / "documents",
        S3_BUCKET="",
    )
    db.init_app(made)
    try:
        yield made
    finally:
        made.extensions["database"].dispose()
        shutil.rmtree(folder, ignore_errors=True)


def note_tried(restored: Restored, now: datetime) -> None:
    """Keep in the trail of this installation that its backup was restored elsewhere and holds."""
    seconds: dict[str, Any] = {"seconds": round(sum(restored.seconds.values()))}
    audit.record(
        Event.INSTALLATION_RESTORE_TRIED,
        "installation",
        actor=Viewer.system(),
        now=now,
        backup=restored.sha256,
        **seconds,
        **backup.facts(restored.manifest),
    )
    db.session.commit()
