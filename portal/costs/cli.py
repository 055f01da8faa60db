"""Imports and reports of costs from the command line, with the same checks as the pages."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from portal import tables
from portal.access import Viewer
from portal.costs import postcodes
from portal.costs.imports import actions, mappings, seen
from portal.costs.imports.hashing import ChildHasher
from portal.costs.imports.reading import CleanFile, clean
from portal.costs.models import CostImport
from portal.costs.of_lots.reports import LOT_KINDS, as_finance_of, asked_of
from portal.costs.published_tables import actions as tables_in
from portal.costs.published_tables.models import PublishedTable
from portal.costs.published_tables.reading import FIELDS, from_bytes, rejected_of
from portal.costs.reports.asking import USUAL_AHEAD, USUAL_SEED, Asked, Wanted
from portal.costs.reports.kinds import KINDS, Report
from portal.db import db
from portal.parsing import money
from portal.people.models import Council
from portal.storage import FileRefused
from portal.web import clock
from scoring.rules import RuleBroken
from scoring.years import year_named

cost_commands = AppGroup("costs", help="Placements and what they cost.")
SYSTEM = Viewer.system()
SECONDS_OF_SILENCE = 2


def _council(slug: str) -> Council:
    found = db.session.scalar(select(Council).where(Council.slug == slug))
    if found is None:
        known = ", ".join(db.session.scalars(select(Council.slug).order_by(Council.slug)))
        raise click.ClickException(f"There is no council {slug}. There are: {known}.")
    return found


def _day(_context: Any, _option: Any, value: datetime | None) -> date | None:
    return value.date() if value else None


class _WithFiles(click.Group):
    """`costs import FILES` as ever; a name of ours in the first place is another thing to import."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args[:1] != ["--help"] and (not args or args[0] not in self.commands):
            args = ["files", *args]
        return super().parse_args(ctx, args)


@cost_commands.group("import", cls=_WithFiles)
def imports() -> None:
    """Bring files in: placements and costs (`files`, which may be left out), or a published table."""


@imports.command("published-table")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--council", required=True, help="Beside whose figures it stands, such as luton.")
@click.option("--title", required=True)
@click.option("--source", required=True, help="Who published it, and the address.")
@click.option("--licence", required=True)
@click.option("--published-on", required=True, type=click.DateTime(["%Y-%m-%d"]), callback=_day)
@click.option(
    "--fault", "faults", multiple=True, help="What is known to be wrong; may be repeated."
)
@click.option("--column", "columns", multiple=True, help="Such as value=Outturn; may be repeated.")
@click.option(
    "--all", "for_all", multiple=True, help="What holds for all rows, such as unit=pounds."
)
@click.option("--dry-run", is_flag=True, help="Check only; nothing is taken.")
@click.option("--rejected", type=click.Path(path_type=Path), help="Where to write refused rows.")
def import_table(
    file: Path, council: str, rejected: Path | None, dry_run: bool, **told: Any
) -> None:
    """Take in a table of figures that somebody published, one figure in each row."""
    try:
        one = _table_of(file, _council(council), told)
        judged = tables_in.judged_of(one)
        if judged.missing:
            raise click.ClickException(f"Say with --column or --all: {', '.join(judged.missing)}.")
        refused = {rejection.line for rejection in judged.rejected}
        click.echo(f"{file.name}: {len(judged.figures):,} figures, {len(refused):,} rows refused")
        if rejected is not None and refused:
            rejected.write_bytes(tables.csv_bytes(rejected_of(one.file_name, judged), about=False))
            click.echo(f"Refused rows: {rejected}")
        if dry_run or not judged.figures:
            db.session.rollback()
            click.echo("Nothing was taken.")
            return
        click.echo(f"{tables_in.take(one, actor=SYSTEM, now=clock()):,} figures are shown now.")
        db.session.commit()
    except (FileRefused, RuleBroken) as broken:
        db.session.rollback()
        raise click.ClickException(broken.message) from broken


def _table_of(file: Path, council: Council, told: dict[str, Any]) -> PublishedTable:
    content = file.read_bytes()
    origin = tables_in.Origin(
        told["title"],
        told["source"],
        told["licence"],
        told["published_on"],
        "\n".join(told["faults"]),
    )
    read = from_bytes(content, file.name)
    one = tables_in.lay_aside(
        council, origin, content, read, file_name=file.name, actor=SYSTEM, now=clock()
    )
    columns, for_all = _pairs(told["columns"]), _pairs(told["for_all"])
    if columns or for_all:
        tables_in.tell_columns(one, {**one.columns, **columns, "for_all": for_all}, actor=SYSTEM)
    return one


def _pairs(told: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition("=") for one in told]
    if wrong := [name for name, _, _ in pairs if name not in FIELDS]:
        raise click.UsageError(f"No column is called {wrong[0]}. There are: {', '.join(FIELDS)}.")
    return {name: value for name, _, value in pairs}


@imports.command("files")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--council", required=True, help="The council's short name, such as luton.")
@click.option(
    "--as-at", type=click.DateTime(["%Y-%m-%d"]), callback=_day, help="Today if left out."
)
@click.option("--replaces", is_flag=True, help="A return may replace an earlier one of its year.")
@click.option("--control", help="A control total, such as 2025/26=1234567.89.")
@click.option("--dry-run", is_flag=True, help="Check only; nothing is taken.")
@click.option("--rejected", type=click.Path(path_type=Path), help="Where to write refused rows.")
def import_files(
    files: tuple[Path, ...],
    council: str,
    as_at: date | None,
    control: str | None,
    rejected: Path | None,
    **flags: bool,
) -> None:
    """Check files, and take every accepted row of them or none."""
    now = clock()
    try:
        made = _checked(_council(council), files, as_at or now.date(), control, flags["replaces"])
        _tell(made, rejected)
        if flags["dry_run"] or not any(one.accepted for one in made):
            actions.discard(made, actor=SYSTEM, now=now)
            click.echo("Nothing was taken.")
        else:
            click.echo(f"{actions.take(made, actor=SYSTEM, now=now):,} rows count now.")
        db.session.commit()
    except (FileRefused, RuleBroken) as broken:
        db.session.rollback()
        raise click.ClickException(broken.message) from broken


def _checked(
    council: Council, files: tuple[Path, ...], as_at: date, control: str | None, replaces: bool
) -> list[CostImport]:
    with ExitStack() as stack:
        read = [_clean(stack.enter_context(path.open("rb")), path, council) for path in files]
        sent = [
            actions.Sent(one.kind, path.name, one.sha256)
            for one, path in zip(read, files, strict=True)
        ]
        made = actions.receive(
            council,
            sent,
            as_at=as_at,
            replaces=replaces,
            control=_control(control),
            actor=SYSTEM,
            now=clock(),
        )
        for one, file in zip(made, read, strict=True):
            actions.check(one, file.columns, file.chunks, actor=SYSTEM, step=_said(one.file_name))
    return made


def _said(name: str) -> Callable[[int], None]:
    """Say every few seconds how far a long check is."""
    last = monotonic()

    def step(rows: int) -> None:
        nonlocal last
        if monotonic() - last > SECONDS_OF_SILENCE:
            last = monotonic()
            click.echo(f"Checking {name}: {rows:,} rows so far", err=True)

    return step


def _clean(stream: Any, path: Path, council: Council) -> CleanFile:
    return clean(
        stream,
        ChildHasher(council),
        mappings.finder(council),
        name=path.name,
        distances=postcodes.Distances(council),
    )


def _control(text: str | None) -> tuple[int, int] | None:
    if not text:
        return None
    year, _, total = text.partition("=")
    try:
        return year_named(year), money(total)
    except ValueError as error:
        raise click.UsageError(f"--control: {error}") from error


def _tell(made: list[CostImport], rejected: Path | None) -> None:
    for one in made:
        click.echo(
            f"{one.file_name}: {seen.TITLES[one.kind]}, {one.lines:,} rows, {one.accepted:,} new, "
            f"{one.on_record:,} known already, {one.rejected:,} refused, "
            f"{one.findings.get('overlaps', 0):,} overlaps"
        )
        for words, number in one.findings["unknown"].items():
            click.echo(f"  no type of placement is called {words} ({number}): it goes under Other")
        if told := one.findings["control"]:
            click.echo(
                f"  control total of {told['year']}: difference {told['difference'] / 100:.2f}"
            )
    refused = [one for one in made if one.rejected]
    if rejected is not None and refused:
        rejected.write_bytes(tables.csv_bytes(seen.rejected_of_all(refused), about=False))
        click.echo(f"Refused rows: {rejected}")


@cost_commands.command("report")
@click.argument("key", type=click.Choice([*KINDS, *LOT_KINDS]))
@click.option("--council", required=True)
@click.option("--from-year", help="Such as 2021/22.")
@click.option("--to-year")
@click.option("--as-at", type=click.DateTime(["%Y-%m-%d"]), callback=_day)
@click.option("--provider", default="")
@click.option("--lot", default="", help="Of a report on a lot: AGR-…, a dot, and its code.")
@click.option("--like", default="", help="Hours of support, or an age band such as 10-15.")
@click.option("--seed", default=USUAL_SEED, help="Of a forecast.")
@click.option("--ahead", default=USUAL_AHEAD, help="Whole years of a forecast.")
@click.option("--rise", default=0.0, help="Of prices each April in a forecast, in percent.")
@click.option("--table", "name", default="", help="Another table of the report.")
@click.option("--format", "kind", type=click.Choice(list(tables.FORMATS)), default="csv")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
def report(key: str, name: str, kind: str, output: Path | None, **filters: Any) -> None:
    """Print a report, with the same figures as on its page."""
    try:
        with db.only_reading():
            table = _report(key, filters).table(name)
            if table is None:
                raise click.ClickException(f"The report has no table {name}.")
            made = tables.FORMATS[kind][1](table)
    except NotFound:
        raise click.ClickException("This council has no such lot.") from None
    except RuleBroken as broken:
        raise click.ClickException(broken.message) from broken
    if output is not None:
        output.write_bytes(made)
    else:
        click.echo(made, nl=False)


def _report(key: str, filters: dict[str, Any]) -> Report:
    council = _council(filters["council"])
    if key in LOT_KINDS:
        on = filters["as_at"] or clock().date()
        viewer = as_finance_of(council)
        return LOT_KINDS[key].make(asked_of(viewer, filters["lot"], filters["like"], on))
    wanted = Wanted(
        council=council.slug,
        first_year=filters["from_year"] and year_named(filters["from_year"]),
        last_year=filters["to_year"] and year_named(filters["to_year"]),
        as_at=filters["as_at"],
        provider=filters["provider"],
        lot=filters["lot"],
        seed=filters["seed"],
        ahead=filters["ahead"],
        rise_bp=round(filters["rise"] * 100),
    )
    asked = Asked(wanted, SYSTEM)
    if asked.is_empty:
        raise click.ClickException("Nothing was brought in for this council.")
    return KINDS[key].make(asked)


@cost_commands.command("postcodes")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_postcodes(file: Path) -> None:
    """Take in where postcodes lie, from a file like the ONS Postcode Directory."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            kept = postcodes.load(lines, told=lambda rows: click.echo(f"{rows:,} postcodes …"))
        db.session.commit()
    except RuleBroken as broken:
        db.session.rollback()
        raise click.ClickException(broken.message) from broken
    click.echo(f"{kept:,} postcodes have a place. Returns that come in from now on are measured.")
