"""The figures that add up, kept for each council, year and type, and read with one statement.

They are made anew from the rows whenever what they rest on changes, and carry a hash of that;
`cells` asks the hash, so that a figure is never older than its rows.
"""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from portal.contracts.models import Rate
from portal.costs import types
from portal.costs.models import CostCell, CostImport, CostStore, FileKind, ImportStage
from portal.costs.rows import CouncilRows, rows_of
from portal.db import db
from portal.people.models import Council
from scoring.canonical import canonical_json, sha256_of
from scoring.costs import Cell, Cells, Standing, measure, measure_each
from scoring.returns import covered_until

KEPT = (Standing.LOOKED_AFTER, Standing.CARE_LEAVER)
FIGURES = tuple(one.name for one in fields(Cell))


def as_at_of(council: Council, session: Session | None = None) -> date | None:
    """The day up to which a council's files tell what is: None where nothing is taken."""
    taken = (session or db.session).execute(
        select(CostImport.kind, CostImport.as_at_on, CostImport.return_year).where(
            CostImport.council_id == council.id, CostImport.stage == ImportStage.TAKEN
        )
    )
    days = []
    for kind, as_at_on, year in taken:
        if kind is FileKind.EPISODES:
            known = covered_until([year])
            days.append(min(known, as_at_on) if known else as_at_on)
        elif kind in {FileKind.LEDGER, FileKind.STANDARD}:
            days.append(as_at_on)
    return max(days, default=None)


def rebuild(council: Council, *, now: datetime, rows: CouncilRows | None = None) -> None:
    """Make the kept figures of a council anew, from all of its taken rows."""
    session = db.session
    session.flush()
    session.execute(delete(CostCell).where(CostCell.council_id == council.id))
    session.execute(delete(CostStore).where(CostStore.council_id == council.id))
    as_at = as_at_of(council)
    if as_at is None:
        return
    rows = rows or rows_of(council)
    each = measure_each(rows.stretches(), as_at=as_at, unpaid=rows.mapping.unpaid)
    values = [
        {
            "council_id": council.id,
            "year": year,
            "type": kind,
            "standing": standing.value,
            **{name: getattr(cell, name) for name in FIGURES},
        }
        for standing, found in each.items()
        if standing in KEPT
        for (year, kind), cell in found.items()
    ]
    if values:
        session.execute(insert(CostCell), values)
    session.add(
        CostStore(council_id=council.id, as_at_on=as_at, made_from=foundation(council), made_at=now)
    )
    session.flush()


def counted(rows: CouncilRows, as_at: date, standing: Standing) -> Cells:
    """The figures of a council, counted from its rows."""
    return measure(rows.stretches(), as_at=as_at, unpaid=rows.mapping.unpaid, standing=standing)


def foundation(council: Council) -> str:
    """A hash of what a council's figures rest on: files, mapping, rates. Three statements."""
    taken = db.session.execute(
        select(CostImport.ref, CostImport.as_at_on)
        .where(CostImport.council_id == council.id, CostImport.stage == ImportStage.TAKEN)
        .order_by(CostImport.ref)
    )
    rates = db.session.execute(
        select(
            func.count(), func.max(Rate.id), func.sum(Rate.amount_pence), func.max(Rate.until_on)
        )
    ).one()
    told = {
        "files": [[ref, f"{day}"] for ref, day in taken],
        "types": types.version_of(council).sha256,
        "rates": [f"{value}" for value in rates],
    }
    return sha256_of(canonical_json(told))


def cells(
    councils: Sequence[Council],
    *,
    standing: Standing = Standing.LOOKED_AFTER,
    years: Collection[int] | None = None,
) -> Cells:
    """The kept figures of some councils, added up. One statement."""
    sums = [func.sum(getattr(CostCell, name)).label(name) for name in FIGURES]
    wanted = (
        select(CostCell.year, CostCell.type, *sums)
        .where(
            CostCell.council_id.in_([one.id for one in councils]),
            CostCell.standing == standing.value,
        )
        .group_by(CostCell.year, CostCell.type)
    )
    if years is not None:
        wanted = wanted.where(CostCell.year.in_(list(years)))
    return {(row.year, row.type): _cell(row) for row in db.session.execute(wanted)}


def _cell(row: Any) -> Cell:
    return Cell(**{name: int(getattr(row, name)) for name in FIGURES})


def kept_until(council: Council) -> date | None:
    """The day up to which the kept figures go; None where there are none, or they are outdated."""
    kept = db.session.get(CostStore, council.id)
    if kept is None or kept.made_from != foundation(council):
        return None
    return kept.as_at_on


def figures(council: Council, as_at: date, standing: Standing = Standing.LOOKED_AFTER) -> Cells:
    """The figures of a council up to a day: as they are kept, or counted if they are not."""
    if kept_until(council) == as_at:
        return cells([council], standing=standing)
    return counted(rows_of(council), as_at, standing)
