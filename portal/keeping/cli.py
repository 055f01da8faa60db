"""Commands of whoever keeps the installation: check the store, back up, restore, take everything."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.keeping import (
    assurance,
    backup as backups,
    bill,
    checking,
    exporting,
    restore as restores,
)
from portal.keeping.checking import Report
from portal.keeping.needed import DOCUMENTS, store_of
from portal.people import personal
from portal.people.models import Person
from portal.web import clock, portal_version
from scoring.rules import RuleBroken

storage_commands = AppGroup("storage", help="The files of this installation.")
FOLDER = click.Path(file_okay=False, path_type=Path)


@storage_commands.command("check")
@click.option("--quick", is_flag=True, help="Names and sizes only; the content is not read.")
@click.option(
    "--mend", is_flag=True, help="Bring back what the store still has; set aside the rest."
)
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@click.pass_context
def check(context: click.Context, quick: bool, mend: bool, as_json: bool) -> None:
    """Find rows without files, files without rows, and files whose content has changed.

    Ends with 1 when something is left that is not mended, and with 2 when the store is away.
    """
    try:
        report = checking.check(clock(), quick=quick, mend=mend)
    except RuleBroken as broken:
        click.echo(broken.message, err=True)
        context.exit(2)
    click.echo(_as_json(report) if as_json else _as_text(report))
    if report.left:
        context.exit(1)


def _as_json(report: Report) -> str:
    told = {**asdict(report), "bucket": _bucket(), "left": len(report.left)}
    return json.dumps(told, ensure_ascii=False, indent=1)


def _as_text(report: Report) -> str:
    lines = [
        f"{one.area} {one.sha256}: {one.problem}{' – mended' if one.mended else ''}"
        f"{' [' + ', '.join(one.rows) + ']' if one.rows else ''}"
        for one in report.findings
    ]
    lines += [f"bucket: {name} {told or 'not set'}" for name, told in _bucket().items()]
    coming = f", {report.on_their_way} on their way" if report.on_their_way else ""
    size = f"{report.size / 1024 / 1024:.1f} MB"
    lines.append(f"{report.rows} rows, {report.files} files, {size}{coming}.")
    lines.append(f"{len(report.left)} to mend." if report.left else "Rows and files fit.")
    return "\n".join(lines)


def _bucket() -> dict[str, str]:
    """What the bucket is set to, where the documents lie in one."""
    if not current_app.config["S3_BUCKET"]:
        return {}
    store: Any = store_of(DOCUMENTS)
    return {"versioning": store.versioning(), "encryption": store.encryption()}


@click.command("backup")
@click.argument("to", type=FOLDER)
@with_appcontext
def backup(to: Path) -> None:
    """Copy database and documents of one moment into the folder TO, and read the copy again."""
    made = _told(lambda: backups.make(to, clock()))
    _say_what(made.manifest, made.seconds)
    for row in made.manifest.gone:
        click.echo(f"Its file is not in the store: {row}", err=True)
    click.echo("Keys are not in a backup. Keep the folder “keys” somewhere else.")
    click.echo(f"Backup {made.sha256} is in {to}.")


@click.command("restore")
@click.argument("backup_folder", metavar="FROM", type=FOLDER)
@click.option("--replace", is_flag=True, help="Replace what is in the database now.")
@click.option(
    "--try", "trying", is_flag=True, help="Restore it elsewhere, prove it, throw it away."
)
@click.option("--in", "database_url", default="", help="For --try: an empty PostgreSQL database.")
@with_appcontext
def restore(backup_folder: Path, replace: bool, trying: bool, database_url: str) -> None:
    """Put a backup in place of what is here, with server and workers stopped, and prove it."""
    if trying:
        restored = _told(lambda: _try(backup_folder, database_url))
    else:
        restored = _told(lambda: restores.restore(backup_folder, clock(), replace=replace))
    _say_what(restored.manifest, restored.seconds)
    click.echo(f"Everybody is signed out ({restored.sessions_ended} sessions).")
    click.echo(
        f"Backup {restored.sha256} was restored {'elsewhere ' if trying else ''}and holds: "
        f"rows, files and trail are those of {restored.manifest.taken_at}."
    )


def _try(folder: Path, database_url: str) -> restores.Restored:
    if db.engine.dialect.name != "sqlite" and not database_url:
        raise click.UsageError("Name an empty database to try it in: --in postgresql+psycopg://…")
    now = clock()
    with restores.elsewhere(database_url) as made, made.app_context():
        restored = restores.restore(folder, now, replace=False)
    restores.note_tried(restored, now)
    return restored


@click.command("export")
@click.argument("to", type=FOLDER)
@with_appcontext
def export(to: Path) -> None:
    """Write everything into the folder TO for another system: tables as CSV and JSON, documents."""
    told = _told(lambda: exporting.export(to, clock()))
    click.echo(f"{told.tables} tables, {told.rows} rows, {told.documents} documents are in {to}.")
    if told.left_out:
        click.echo(f"{told.left_out} documents are not there; {exporting.INDEX} says why for each.")


@click.command("begin")
@click.option("--council", "slug", required=True, help="The council's short name, such as luton.")
@click.option("--name", required=True, help="The council's name, such as Luton.")
@click.option("--administrator", required=True, help="Whose address the invitation goes to.")
@with_appcontext
def begin(slug: str, name: str, administrator: str) -> None:
    """Make the first council and invite its administrator, when nobody can sign in yet."""
    from portal.keeping import beginning

    link = _told(lambda: beginning.begin(slug, name, administrator, clock()))
    click.echo(f"{name} is here. {administrator} is invited by mail; the same link, once:")
    click.echo(link)


@click.command("assurance")
@click.pass_context
@with_appcontext
def assure(context: click.Context) -> None:
    """Say on one page how this installation does; ends with 1 where something is to be looked at."""
    now = clock()
    found = assurance.lines(now)
    click.echo(assurance.as_text(found, now))
    db.session.close()
    if not all(line.is_well for line in found):
        context.exit(1)


@click.command("bill")
@with_appcontext
def materials() -> None:
    """Print the software bill of materials, as CycloneDX 1.6 in JSON."""
    click.echo(json.dumps(bill.bill(portal_version()), ensure_ascii=False, indent=1))


@click.command("tell-person")
@click.argument("ref")
@click.argument("to", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def tell_person(ref: str, to: Path) -> None:
    """Write all that is kept about the account REF into the file TO, for who cannot sign in any more."""
    person = db.session.scalar(select(Person).where(Person.ref == ref))
    if person is None:
        raise click.ClickException(f"There is no account {ref}.")
    if to.exists():
        raise click.ClickException(f"{to} is there already. Name another file.")
    now = clock()
    content = json.dumps(personal.told_of(person, now), ensure_ascii=False, indent=1, default=str)
    to.touch(mode=0o600)
    to.write_text(content)
    audit.record(Event.ACCOUNT_TOLD, person, actor=Viewer.system(), now=now)
    db.session.commit()
    db.session.close()
    click.echo(f"Everything about {ref} is in {to}. The trail says that it was taken.")


keep_commands = (begin, backup, restore, export, assure, materials, tell_person)


def _told(work: Any) -> Any:
    try:
        return work()
    except RuleBroken as broken:
        raise click.ClickException(broken.message) from broken


def _say_what(manifest: backups.Manifest, seconds: Mapping[str, float]) -> None:
    rows = sum(manifest.tables.values())
    click.echo(f"{len(manifest.tables)} tables, {rows} rows, version {manifest.revision}.")
    for area, (number, size) in manifest.objects.items():
        click.echo(f"{area}: {number} files, {size / 1024 / 1024:.1f} MB.")
    click.echo(f"Trail: {manifest.trail[0]} links, head {manifest.trail[1]}.")
    for name, took in seconds.items():
        click.echo(f"{took:8.2f} s  {name}")
    click.echo(f"{sum(seconds.values()):8.2f} s  together")
