"""Every part that the portal leans on, for an administrator: how it does, how much, and what to do."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select, text

from portal import health
from portal.access import Permission, Viewer
from portal.backups import Newest, newest_backup
from portal.db import db
from portal.documents.models import StoredFile
from portal.health import State
from portal.mail import Mail
from portal.queue import Job, JobState
from portal.storage import StoreAway, get_store
from portal.web import moment_text

BACKUP_EVERY = timedelta(hours=30)  # one each night, and some hours of grace
FREE_AT_LEAST = 5  # percent of the disk on which documents lie
MEGABYTE = 1024 * 1024
HOW = "See docs/operating.md, “{}”."


@dataclass(frozen=True, slots=True)
class Part:
    """One part.

    Args:
        state: a word for its tag. is_well: whether anything is to be done.
        figures: what is known of it, in words.
        to_do: what is wrong and what to do; empty when all is well.
    """

    name: str
    state: str
    is_well: bool
    figures: Sequence[str] = field(default_factory=tuple)
    to_do: str = ""


def parts(viewer: Viewer, now: datetime) -> list[Part]:
    """All of them, in the order in which they matter; nothing for others than administrators."""
    if not viewer.may(Permission.PEOPLE_ADMINISTER):
        return []
    asked = health.parts(now)
    return [
        _database(asked["database"]),
        _store(asked["store"]),
        _backup(now),
        _work(asked["queue"], now),
        _scanner(asked["scanner"]),
        _mail(asked["mail"]),
    ]


def _database(state: State) -> Part:
    kind = db.engine.dialect.name
    size = "SELECT pg_database_size(current_database())"
    if kind == "sqlite":
        size = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    version = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    called = {"sqlite": "SQLite, one file", "postgresql": "PostgreSQL"}.get(kind, kind)
    figures = [called, _size(db.session.scalar(text(size)) or 0), f"version {version}"]
    return _part(
        "Database", state, figures, "The database does not answer. " + HOW.format("PostgreSQL")
    )


def _store(state: State) -> Part:
    once = select(StoredFile.sha256, func.max(StoredFile.size).label("size"))
    each = once.group_by(StoredFile.sha256).subquery()
    number, size = db.session.execute(
        select(func.count(), func.sum(each.c.size)).select_from(each)
    ).one()
    figures = [f"{number} files that were sent, {_size(size or 0)}"]
    if current_app.config["S3_BUCKET"]:
        return _bucket(state, figures)
    return _folder(state, figures)


def _folder(state: State, figures: list[str]) -> Part:
    folder = Path(current_app.config.get("STORAGE") or current_app.config["DATA_DIR"])
    while not folder.exists():
        folder = folder.parent
    disk = shutil.disk_usage(folder)
    free = 100 * disk.free // disk.total
    told = ["a folder", *figures, f"{_size(disk.free)} free on its disk, {free} %"]
    if state is State.UP and free < FREE_AT_LEAST:
        words = "The disk is nearly full. Make room, or uploads will be turned away."
        return Part("Documents", "Nearly full", False, told, words)
    away = (
        "Files cannot be written. Look whether the disk is full, or the folder is not the portal's."
    )
    return _part("Documents", state, told, away)


def _bucket(state: State, figures: list[str]) -> Part:
    told = [f"the bucket {current_app.config['S3_BUCKET']}", *figures]
    away = "The store does not answer. Uploads are refused until it does; nothing is lost."
    part = _part("Documents", state, told, f"{away} {HOW.format('Documents in S3')}")
    if state is not State.UP:
        return part
    try:
        versions = get_store().versioning()  # type: ignore[attr-defined]
    except StoreAway:
        versions = ""
    told.append("keeps older versions" if versions == "Enabled" else "keeps no older versions")
    if versions == "Enabled":
        return part
    words = "Set the bucket to keep versions, so that a file that is deleted outside can be brought back."
    return Part("Documents", "Look", False, told, words)


def _backup(now: datetime) -> Part:
    found = newest_backup()
    how = "Run “flask --app wsgi backup FOLDER”, each night by a timer. " + HOW.format(
        "Backup and restore"
    )
    if found is None:
        return Part("Last backup", "Never", False, ["no backup is on record"], how)
    figures = _of_backup(found, now)
    if found.told.get("gone"):
        words = (
            f"{found.told['gone']} rows had no file. Run “flask --app wsgi storage check --mend”."
        )
        return Part("Last backup", "Look", False, figures, words)
    if now - found.at > BACKUP_EVERY:
        return Part("Last backup", "Old", False, figures, f"It is older than a day. {how}")
    return Part("Last backup", "Done", True, figures)


def _of_backup(found: Newest, now: datetime) -> list[str]:
    told = found.told
    figures = [moment_text(found.at), f"{_hours(now - found.at)} ago"]
    held = f"{told['rows']} rows and {told['files']} files"
    if found.restored_at is not None:
        return [*figures, held, f"restored on {moment_text(found.restored_at)}"]
    return [*figures, f"{held}, {_size(told['bytes'])}", f"took {told['seconds']} s"]


def _work(state: State, now: datetime) -> Part:
    counted = select(Job.state, func.count()).group_by(Job.state)
    number = dict(db.session.execute(counted).all())
    due = Job.state == JobState.WAITING, Job.due_at <= now
    oldest = db.session.scalar(select(func.min(Job.due_at)).where(*due))
    last = db.session.scalar(select(func.max(Job.finished_at)))
    figures = [
        f"{number.get(one, 0)} {one.value}"
        for one in (JobState.WAITING, JobState.RUNNING, JobState.FAILED)
    ]
    if oldest:
        figures.append(f"the oldest has waited since {moment_text(oldest)}")
    figures.append(f"last done {moment_text(last)}" if last else "nothing was done yet")
    broker = (
        "Celery on Redis"
        if current_app.extensions.get("broker")
        else "one worker looks for its work"
    )
    late = "Work has waited for 15 minutes: no worker is running. Start it, and look into its log."
    if state is State.UP and number.get(JobState.FAILED):
        return Part(
            "Work and workers",
            "Failed",
            False,
            [broker, *figures],
            "Work failed for good: see below.",
        )
    return _part("Work and workers", state, [broker, *figures], late)


def _scanner(state: State) -> Part:
    address = current_app.config.get("CLAMD") or ""
    if not address and state is State.UP:
        words = "It knows only the test virus. " + HOW.format("Looking for viruses: ClamAV")
        return Part(
            "Virus scanner",
            "Test only",
            bool(current_app.config["DEMO"]),
            ["a test scanner"],
            words,
        )
    away = "It does not answer. Files wait, and nobody can open them. Start clamd again."
    return _part("Virus scanner", state, [f"clamd at {address}"], away)


def _mail(state: State) -> Part:
    waiting = select(func.count()).select_from(Mail)
    waits = db.session.scalar(waiting.where(Mail.sent_at.is_(None), Mail.refused_at.is_(None))) or 0
    last = db.session.scalar(select(func.max(Mail.sent_at)))
    figures = [
        f"{waits} waiting",
        f"last sent {moment_text(last)}" if last else "none was sent yet",
    ]
    if state is State.OFF:
        words = "No mail server is set, so mail is kept and sent nowhere. " + HOW.format("Mail")
        return Part("Mail", "Off", bool(current_app.config["DEMO"]), figures, words)
    away = "The mail server does not answer. Mail waits and is sent when it does, for two days at most."
    return _part("Mail", state, figures, away)


WORDS = {State.UP: "Works", State.DOWN: "Does not answer", State.LATE: "Late", State.OFF: "Off"}


def _part(name: str, state: State, figures: Sequence[str], to_do: str) -> Part:
    is_well = state is State.UP
    return Part(name, WORDS[state], is_well, figures, "" if is_well else to_do)


def _size(size: int) -> str:
    return (
        f"{size / MEGABYTE:,.1f} MB"
        if size < 1024 * MEGABYTE
        else f"{size / 1024 / MEGABYTE:,.1f} GB"
    )


def _hours(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    if hours < 48:
        return f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{hours // 24} days"
