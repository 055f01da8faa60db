"""What is kept of placements for a time: the rows of the files that a council brought in.

They are about children, if without a name, so they go whole, with the figures that are counted from
them. A row that comes again in a later file is kept once, with the first: so a file stays as long as
one of its placements is open, and its period counts from the last day of which it tells.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, or_, select

from portal.costs.imports import actions
from portal.costs.models import BirthRow, CostImport, EpisodeRow, ImportStage, LedgerEntry
from portal.db import db
from portal.people.models import Council
from portal.retention import DueItem, Erased, Kept

STILL_OPEN = (
    "A placement in it is still open. If it has ended, take the file back and send the ledger anew."
)
STILL_PLACED = "Placements of a child in it are kept."


def due(before: date, most: int) -> Sequence[DueItem]:
    """Files that count and tell of no day since then, the oldest first. One statement."""
    rows = db.session.execute(
        select(CostImport.ref, CostImport.as_at_on, _newest(), Council.ref, _open(), _placed())
        .join(CostImport.council)
        .where(CostImport.stage == ImportStage.TAKEN, CostImport.as_at_on < before)
        .order_by(CostImport.as_at_on, CostImport.id)
    )
    found = [
        DueItem(ref, max(as_at, newest or as_at), (council,), _why(is_open, is_placed))
        for ref, as_at, newest, council, is_open, is_placed in rows
    ]
    due_now = (one for one in found if one.since_on < before)
    return sorted(due_now, key=lambda one: one.since_on)[:most]


def _why(is_open: bool, is_placed: bool) -> str:
    if is_open:
        return STILL_OPEN
    return STILL_PLACED if is_placed else ""


def _newest() -> ScalarSelect[date | None]:
    """The last day on which a placement of the ledger ended. An episode is told anew each year."""
    mine = select(func.max(LedgerEntry.ends_on)).where(LedgerEntry.import_id == CostImport.id)
    return mine.scalar_subquery()


def _open() -> ColumnElement[bool]:
    """Whether a placement of the ledger runs on: a later file that tells of its end is refused
    until this one is taken back.
    """
    mine = LedgerEntry.import_id == CostImport.id
    return exists().where(mine, LedgerEntry.ends_on.is_(None))


def _placed() -> ColumnElement[bool]:
    """Whether a birth month in it is needed for placements that other files brought."""
    rows = [
        exists().where(
            model.council_id == BirthRow.council_id,
            model.child == BirthRow.child,
            model.import_id != CostImport.id,
        )
        for model in (LedgerEntry, EpisodeRow)
    ]
    return exists().where(BirthRow.import_id == CostImport.id, or_(*rows))


def let_placements_go(refs: Sequence[str], now: datetime) -> Erased:
    """The rows go, and the figures are counted again; that there was a file, and its hash, stays."""
    files = db.session.scalars(
        select(CostImport).where(CostImport.ref.in_(refs), CostImport.stage == ImportStage.TAKEN)
    ).all()
    return Erased(len(files), actions.let_go(files, now))


KEPT = (
    Kept(
        "placements",
        "Placements and costs: the rows of files that were brought in",
        "the last day of which the file tells; never while a placement in it is open",
        "usual: six years after the current one, as for a council's financial records",
        due,
        let_placements_go,
        "Every row about a child, with its hashed number, and the figures that were counted from it.",
        "The name and hash of the file, its number of rows and when it was brought in; the trail.",
    ),
)
