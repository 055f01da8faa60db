"""The figures that add up, kept for each council, year and type, and read with one statement.

They are made anew from the rows whenever what they rest on changes, and carry a hash of that;
`is_kept` asks the hash, so that a figure is never older than its rows. What a check has reckoned
already is only put in the place of what counted before.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, delete, func, or_, select

from portal.contracts.models import Rate
from portal.costs.imports.keeping import insert
from portal.costs.models import (
    CostCell,
    CostImport,
    CostPart,
    CostPrepared,
    CostStore,
    FileKind,
    ImportStage,
)
from portal.costs.placement_types import versions as types
from portal.db import db
from portal.people.models import Council
from scoring.canonical import canonical_json, sha256_of
from scoring.costs import Cell, Cells, Standing
from scoring.returns import covered_until

if TYPE_CHECKING:
    from portal.costs.figures.reckoning import Reckoned

Files = Sequence[Any]  # rows of `files_of`
FORM = 2  # of what is kept; older figures are made anew
FIGURES = tuple(Cell.__dataclass_fields__)
PART_FIGURES = ("children", "at_year_end", "child_days")


def _counts(council: Council, also: Collection[int] = ()) -> ColumnElement[bool]:
    taken = CostImport.stage == ImportStage.TAKEN
    return (CostImport.council_id == council.id) & (
        or_(taken, CostImport.id.in_(list(also))) if also else taken
    )


def files_of(council: Council, also: Collection[int] = ()) -> Files:
    """The files that count: reference, day, kind and year of a return. One statement.

    Args:
        also: imports that are not taken yet.
    """
    return db.session.execute(
        select(CostImport.ref, CostImport.as_at_on, CostImport.kind, CostImport.return_year)
        .where(_counts(council, also))
        .order_by(CostImport.ref)
    ).all()


def last_day(files: Files) -> date | None:
    """The day up to which files tell what is: None where there is none."""
    days = []
    for _ref, as_at_on, kind, year in files:
        if kind is FileKind.EPISODES:
            known = covered_until([year])
            days.append(min(known, as_at_on) if known else as_at_on)
        elif kind in {FileKind.LEDGER, FileKind.STANDARD}:
            days.append(as_at_on)
    return max(days, default=None)


def as_at_of(council: Council) -> date | None:
    """The day up to which a council's files tell what is: None where nothing is taken."""
    return last_day(files_of(council))


def prepare(council: Council, made_from: str, made: "Reckoned") -> None:
    """Keep what a check reckoned until its files are taken.

    Args:
        made_from: the foundation of these figures, with the files that are not taken yet.
    """
    prepared = db.session.get(CostPrepared, council.id) or CostPrepared(council_id=council.id)
    prepared.made_from, prepared.figures = made_from, made.as_plain()
    db.session.add(prepared)


def rebuild(council: Council, *, now: datetime) -> None:
    """Put the figures of all taken rows of a council in the place of those that were kept."""
    session = db.session
    session.flush()
    for table in (CostCell, CostPart, CostStore):
        session.execute(delete(table).where(table.council_id == council.id))
    files = files_of(council)
    as_at = last_day(files)
    if as_at is not None:
        made_from = foundation_of(files, types.sha256_of(council))
        _keep(council, _prepared(council, made_from, as_at))
        session.add(
            CostStore(council_id=council.id, as_at_on=as_at, made_from=made_from, made_at=now)
        )
    session.execute(delete(CostPrepared).where(CostPrepared.council_id == council.id))
    session.flush()


def _prepared(council: Council, made_from: str, as_at: date) -> "Reckoned":
    """What the check reckoned, if it rests on the very same files; else it is reckoned now."""
    from portal.costs.figures.reckoning import from_plain, reckon

    prepared = db.session.get(CostPrepared, council.id)
    if prepared is not None and prepared.made_from == made_from:
        return from_plain(prepared.figures)
    return reckon(council, db.session, as_at)


def _keep(council: Council, made: "Reckoned") -> None:
    from portal.costs.figures.reckoning import KEPT

    fixed = (("council_id", council.id),)
    cells = [
        (year, kind, standing.value, *(getattr(cell, name) for name in FIGURES))
        for standing in KEPT
        for (year, kind), cell in made.cells.get(standing, {}).items()
    ]
    insert(db.session, CostCell, ("year", "type", "standing", *FIGURES), cells, fixed)
    parts = [
        (part, year, key, cell.sevenths, *(getattr(cell, name) for name in PART_FIGURES))
        for part, found in made.parts.items()
        for (year, key), cell in found.items()
    ]
    insert(db.session, CostPart, ("part", "year", "key", "amount", *PART_FIGURES), parts, fixed)


def foundation(council: Council) -> str:
    """A hash of what a council's figures rest on. Three statements at most."""
    return foundation_of(files_of(council), types.sha256_of(council))


def foundation_of(files: Files, types_sha256: str) -> str:
    """A hash of what figures rest on: files, mapping, rates. One statement at most."""
    told = {
        "form": FORM,
        "files": [[ref, f"{day}"] for ref, day, _kind, _year in files],
        "types": types_sha256,
        "rates": [],
    }
    if any(
        kind is FileKind.EPISODES for _ref, _day, kind, _year in files
    ):  # a ledger brings its own prices
        rates = select(
            func.count(), func.max(Rate.id), func.sum(Rate.amount_pence), func.max(Rate.until_on)
        )
        told["rates"] = [f"{value}" for value in db.session.execute(rates).one()]
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


def part(council: Council, name: str) -> Cells:
    """The kept figures of one part of a council. One statement."""
    rows = db.session.scalars(
        select(CostPart).where(CostPart.council_id == council.id, CostPart.part == name)
    )
    return {
        (row.year, row.key): Cell(
            sevenths=row.amount, **{name: getattr(row, name) for name in PART_FIGURES}
        )
        for row in rows
    }


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
    from portal.costs.figures.reckoning import cells_of

    return cells_of(council, db.session, as_at, standing)
