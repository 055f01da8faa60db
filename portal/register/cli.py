"""`flask ofsted import FILE`: the same file by command, for whoever fetches it at night."""

from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from portal.access import Viewer
from portal.days import today
from portal.db import db
from portal.providers.models import ServiceKind
from portal.register import actions_ofsted, ofsted, ofsted_file
from portal.web import clock
from scoring.rules import RuleBroken

ofsted_commands = AppGroup("ofsted", help="What Ofsted published.")


@ofsted_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--service", type=click.Choice([one.value for one in ServiceKind]), required=True)
@click.option("--do", "take", is_flag=True, help="Take the changes; without it they are shown.")
@with_appcontext
def import_file(file: Path, service: str, take: bool) -> None:
    """Show what a file of outcomes would change, by the columns that were said last; or take it."""
    kind, now = ServiceKind(service), clock()
    try:
        with file.open("rb") as stream:
            raw = ofsted_file.lay_open(stream, file.name)
        columns = ofsted_file.guess(raw.unknown_columns, ofsted.remembered(kind))
        missing = [ofsted_file.FIELDS[name] for name, found in columns.items() if not found]
        if missing:
            raise click.ClickException(f"Say on the page which column is: {', '.join(missing)}.")
        rows = ofsted_file.sorted_by(raw, columns)
        _tell(ofsted_file.judgement(rows, kind, today(now)))
        if take:
            actions_ofsted.take_file(rows, kind, actor=Viewer.system(), now=now)
            db.session.commit()
            click.echo("Taken.")
    except RuleBroken as broken:
        db.session.rollback()
        raise click.ClickException(broken.message) from broken


def _tell(found: ofsted_file.Judgement) -> None:
    judged = found.judged
    for one in judged.changes:
        worse = " (worse)" if one.urn in found.downgrades else ""
        click.echo(f"line {one.line}: {one.urn} {one.before} -> {one.after}{worse}")
    for refused in judged.refused:
        click.echo(f"line {refused.line}: refused: {refused.reason}", err=True)
    click.echo(
        f"{len(judged.changes)} changes, {judged.same} on record already, {judged.older} older, "
        f"{len(judged.refused)} refused, {judged.others} about others."
    )
