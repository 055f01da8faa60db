"""Results and packs from the command line, for whoever runs the installation."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from portal.access import Viewer
from portal.db import db
from portal.evaluation import queries as evaluation
from portal.evaluation.asked import scheme_of
from portal.evaluation.results.entries import entries_of
from portal.evidence import actions, jobs
from portal.evidence.decision_rows import correction_rows, decision_rows
from portal.rounds.models import Round
from portal.web import clock
from scoring.canonical import canonical_json, read_fraction
from scoring.pack import Form
from scoring.rounding import printed
from scoring.rules import RuleBroken

round_commands = AppGroup("rounds", help="Results and evidence of rounds.")
COLUMNS = (
    *("lot", "bid", "provider", "rank", "admitted", "total", "printed", "sha256"),
    *("council", "price"),
)


def _locked(ref: str) -> Round:
    found = db.session.scalar(select(Round).where(Round.ref == ref))
    if found is None:
        raise click.ClickException(f"There is no round {ref}.")
    if found.quality_locked_at is None:
        raise click.ClickException("This round has no results before its quality is locked.")
    return found


@round_commands.command("results")
@click.argument("ref")
@click.option("--format", "kind", type=click.Choice(["json", "csv"]), default="csv")
def results(ref: str, kind: str) -> None:
    """Print the results of a round: exact totals as n/d, and as they are printed."""
    with db.only_reading():
        bid_round = _locked(ref)
        decimals = scheme_of(bid_round).decimals
        rows = [
            {
                "lot": one.round_lot.code,
                "council": one.council,
                "bid": one.application.ref,
                "provider": one.application.provider.name,
                "rank": one.content.get("rank"),
                "admitted": one.admitted,
                "total": one.total,
                "printed": printed(read_fraction(one.total), decimals),
                "price": (one.content.get("price") or {}).get("price"),
                "sha256": one.sha256,
            }
            for one in evaluation.results(bid_round, Viewer.system())
        ]
        told = {"round": ref, "results": rows, **(_decided(bid_round) if kind == "json" else {})}
    if kind == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    table = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)


def _decided(bid_round: Round) -> dict[str, Any]:
    """What stands beside the results: what people corrected and decided, as a pack has it."""
    entries = entries_of(bid_round)
    there = bool(evaluation.results(bid_round, Viewer.system()))
    told = {
        "prices_opened_at": bid_round.prices_opened_at,
        "corrections": correction_rows(bid_round),
        "decisions": decision_rows(bid_round, entries, has_results=there),
    }
    read: dict[str, Any] = json.loads(canonical_json(told))
    return read


@round_commands.command("pack")
@click.argument("ref")
@click.option("--form", type=click.Choice([one.value for one in Form]), default=Form.FULL.value)
@click.option("--bid", default="", help="The application whose own pack it is.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
def pack(ref: str, form: str, bid: str, output: Path) -> None:
    """Write an evidence pack of a round to a file."""
    if (form == Form.BIDDER) != bool(bid):
        raise click.UsageError("--bid goes with --form bidder, and only with it.")
    now = clock()
    actions.keep_secret(_locked(ref), now)
    db.session.commit()
    unfinished = output.with_name(output.name + ".part")
    try:
        with db.only_reading(), unfinished.open("w+b") as file:
            bid_round = _locked(ref)
            prepared = jobs.prepared_pack(bid_round)
            jobs.write(bid_round, prepared, Form(form), file, bid=bid, now=now)
        unfinished.replace(output)
    except RuleBroken as broken:
        raise click.ClickException(broken.message) from broken
    finally:
        unfinished.unlink(missing_ok=True)
    click.echo(f"{output}: {output.stat().st_size:,} bytes, root {prepared.root}.")
