"""Bringing in tables that somebody published: looked at, taken whole, taken back."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.costs import policy
from portal.costs.imports.keeping import insert
from portal.costs.published_tables.models import PublishedFigure, PublishedTable, TableStage
from portal.costs.published_tables.reading import FIELDS, Judged, Row, guessed
from portal.db import db
from portal.people.models import Council
from portal.previews import KEPT_FOR
from scoring.rules import RuleBroken


@dataclass(frozen=True, slots=True)
class Origin:
    """What is said of a table by whoever brings it in."""

    title: str
    source: str
    licence: str
    published_on: date
    faults: str = ""


def lay_aside(
    council: Council,
    origin: Origin,
    content: bytes,
    read: tuple[Sequence[str], Sequence[Row]],
    *,
    file_name: str,
    actor: Viewer,
    now: datetime,
) -> PublishedTable:
    """Keep a table as a draft, so that its columns can be told and its rows looked at.

    Raises:
        RuleBroken: `table:not-allowed`, `table:later`, `table:same-file`.
    """
    policy.may_bring_in(actor, council.id).or_refuse("table:not-allowed")
    if origin.published_on > now.date():
        raise RuleBroken("table:later", "It cannot be published after today.", "published_on")
    sha256 = hashlib.sha256(content).hexdigest()
    _refuse_twice(council, sha256)
    headings, rows = read
    made = PublishedTable(
        council_id=council.id,
        title=origin.title,
        source=origin.source,
        licence=origin.licence,
        published_on=origin.published_on,
        faults=origin.faults,
        file_name=file_name[:200],
        sha256=sha256,
        headings=list(headings),
        columns=_remembered(council, headings) or guessed(headings),
        cells=[[line, cells] for line, cells in rows],
        made_by_id=actor.person_id,
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _refuse_twice(council: Council, sha256: str) -> None:
    found = db.session.scalar(
        select(PublishedTable.title).where(
            PublishedTable.council_id == council.id,
            PublishedTable.sha256 == sha256,
            PublishedTable.stage == TableStage.TAKEN,
        )
    )
    if found is not None:
        raise RuleBroken("table:same-file", f"This file is here already: {found}.", "file")


def _remembered(council: Council, headings: Sequence[str]) -> dict[str, Any]:
    """What the columns of the newest table with the same headings hold."""
    found = db.session.execute(
        select(PublishedTable.headings, PublishedTable.columns)
        .where(PublishedTable.council_id == council.id, PublishedTable.stage == TableStage.TAKEN)
        .order_by(PublishedTable.id.desc())
    )
    return next((dict(columns) for kept, columns in found if kept == list(headings)), {})


def tell_columns(one: PublishedTable, columns: Mapping[str, Any], *, actor: Viewer) -> None:
    """Say which heading holds what, and what stands for all rows where none does.

    Raises:
        RuleBroken: `table:not-allowed`, `table:stage`, `table:heading-twice`, `table:columns`.
    """
    _draft(one, actor)
    chosen = {name: columns[name] for name in FIELDS if columns.get(name)}
    if len(set(chosen.values())) < len(chosen):
        raise RuleBroken("table:heading-twice", "Choose each heading once.")
    told = {**chosen, "for_all": {k: v for k, v in columns.get("for_all", {}).items() if v}}
    missing = Judged(one.headings, [], told).missing
    if missing:
        raise RuleBroken("table:columns", f"Say where this stands: {', '.join(missing)}.")
    one.columns = told
    db.session.flush()


def take(one: PublishedTable, *, actor: Viewer, now: datetime) -> int:
    """Show every accepted figure of a table from now on; say how many.

    Raises:
        RuleBroken: `table:not-allowed`, `table:stage`, `table:same-file`, `table:nothing`.
    """
    _draft(one, actor)
    _refuse_twice(one.council, one.sha256)
    judged = judged_of(one)
    if not judged.figures:
        raise RuleBroken("table:nothing", "There is no figure in this table that can be taken.")
    names = ("line", "area", "type_words", "year", "figure", "unit", "hundredths")
    rows = [
        tuple(told[name] for name in ("line", "area", "type", "year", "figure", "unit", "value"))
        for told in judged.figures
    ]
    insert(db.session, PublishedFigure, names, rows, (("table_id", one.id),))
    one.stage, one.cells = TableStage.TAKEN, []
    _record(Event.COSTS_TAKEN, one, len(rows), actor, now)
    return len(rows)


def forget_drafts(now: datetime) -> int:
    """Let drafts go that nobody took within a day; say how many. What was published stays elsewhere."""
    old = db.session.scalars(
        select(PublishedTable).where(
            PublishedTable.stage == TableStage.DRAFT, PublishedTable.made_at < now - KEPT_FOR
        )
    ).all()
    for one in old:
        take_back(one, actor=Viewer.system(), now=now)
    return len(old)


def judged_of(one: PublishedTable) -> Judged:
    """What would be taken of a draft, and what is refused."""
    return Judged(one.headings, [(line, cells) for line, cells in one.cells], one.columns)


def take_back(one: PublishedTable, *, actor: Viewer, now: datetime) -> None:
    """Let a table go: a draft that nobody wants, or one that was wrong.

    Raises:
        RuleBroken: `table:not-allowed`, `table:stage`.
    """
    policy.may_bring_in(actor, one.council_id).or_refuse("table:not-allowed")
    if one.stage is TableStage.TAKEN_BACK:
        raise RuleBroken("table:stage", "This table was taken back already.")
    figures = PublishedFigure.table_id == one.id
    if one.stage is TableStage.TAKEN:
        number = db.session.query(PublishedFigure).filter(figures).count()
        _record(Event.COSTS_TAKEN_BACK, one, number, actor, now)
    db.session.execute(delete(PublishedFigure).where(figures))
    one.stage, one.cells, one.ended_at = TableStage.TAKEN_BACK, [], now


def _draft(one: PublishedTable, actor: Viewer) -> None:
    policy.may_bring_in(actor, one.council_id).or_refuse("table:not-allowed")
    if one.stage is not TableStage.DRAFT:
        raise RuleBroken("table:stage", "This table is no draft any more.")


def _record(event: Event, one: PublishedTable, rows: int, actor: Viewer, now: datetime) -> None:
    audit.record(
        event,
        one.council,
        actor=actor,
        now=now,
        file=one.sha256,
        kind="published-table",
        rows=rows,
    )
