"""The files that a council brought in: lists, previews and refused rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from portal.access import Permission, Role, Viewer
from portal.costs.models import ColumnMapping, CostImport, CostRejection, FileKind, ImportStage
from portal.db import db
from portal.figures import value_of
from portal.paging import Sorting
from portal.people.models import Council
from portal.queue import Job
from portal.tables import Column, Table

BY_DAY = Sorting({"made": CostImport.made_at}, default="-made", unique=CostImport.ref)
TITLES = {
    FileKind.LEDGER: "Ledger",
    FileKind.EPISODES: "SSDA903 episodes",
    FileKind.HEADERS: "SSDA903 headers",
    FileKind.STANDARD: "Placements Data Standard",
}
STAGES = {
    ImportStage.WAITING: ("Being checked", "blue"),
    ImportStage.CHECKED: ("Waits for you", "yellow"),
    ImportStage.REFUSED: ("Refused", "red"),
    ImportStage.TAKEN: ("Counts", "green"),
    ImportStage.TAKEN_BACK: ("Taken back", "grey"),
    ImportStage.DISCARDED: ("Not taken", "grey"),
}
SHOWN = (ImportStage.WAITING, ImportStage.CHECKED, ImportStage.REFUSED, ImportStage.TAKEN)


def my_councils(viewer: Viewer) -> Select[Council]:
    """The councils whose money this person works on."""
    mine = viewer.councils_as(Role.FINANCE) if viewer.may(Permission.COST_IMPORT) else frozenset()
    return select(Council).where(Council.id.in_(mine)).order_by(Council.name)


def _mine(viewer: Viewer) -> Select[CostImport]:
    mine = viewer.councils_as(Role.FINANCE) if viewer.may(Permission.COST_IMPORT) else frozenset()
    return (
        select(CostImport)
        .where(CostImport.council_id.in_(mine))
        .options(joinedload(CostImport.council))
    )


def imports(viewer: Viewer) -> Select[CostImport]:
    """The files of one's councils, for a list."""
    return _mine(viewer)


def batch(ref: str, viewer: Viewer) -> Sequence[CostImport]:
    """Files that were sent together.

    Raises:
        NotFound: there are none, or they are another council's.
    """
    found = db.session.scalars(_mine(viewer).where(CostImport.batch == ref).order_by(CostImport.id))
    files = found.all()
    if not files:
        raise NotFound
    return files


def may_be_discarded(files: Sequence[CostImport]) -> bool:
    """Whether nothing of a batch counts, and something of it waits."""
    stages = {one.stage for one in files}
    waits = {ImportStage.WAITING, ImportStage.CHECKED, ImportStage.REFUSED}
    return ImportStage.TAKEN not in stages and bool(waits & stages)


def names_of(files: Sequence[CostImport]) -> str:
    """The files of a batch in words."""
    return ", ".join(one.file_name or "a file" for one in files)


def one_import(ref: str, viewer: Viewer) -> CostImport:
    """One file.

    Raises:
        NotFound: there is none, or it is another council's.
    """
    found = db.session.scalar(_mine(viewer).where(CostImport.ref == ref))
    if found is None:
        raise NotFound
    return found


def mapping(ref: str, viewer: Viewer) -> ColumnMapping:
    """A layout whose columns somebody tells.

    Raises:
        NotFound: there is none, or it is another council's.
    """
    found = db.session.scalar(select(ColumnMapping).where(ColumnMapping.ref == ref))
    if found is None or found.council_id not in viewer.councils_as(Role.FINANCE):
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the check of a batch is. Counted in files; the words tell the rows."""

    done: int
    total: int
    rows: int
    of: int

    @property
    def is_done(self) -> bool:
        return self.done == self.total

    @property
    def words(self) -> str:
        files = f"{self.done} of {self.total} files checked"
        return files if self.is_done else f"{files}, {self.rows:,} of {self.of:,} rows"


def day_of(text: str) -> date:
    """A day as the findings keep it."""
    return date.fromisoformat(text)


def progress_of(files: Sequence[CostImport]) -> Progress:
    """How far the check is. One statement."""
    done = sum(one.stage is not ImportStage.WAITING for one in files)
    waiting = [one.ref for one in files if one.stage is ImportStage.WAITING]
    jobs = db.session.execute(select(Job.progress, Job.total).where(Job.subject.in_(waiting))).all()
    return Progress(
        done, len(files), sum(one.progress for one in jobs), sum(one.total for one in jobs)
    )


def rejected_table(one: CostImport, most: int | None = None) -> Table:
    """The refused rows of a file, for the page and for download."""
    rows = db.session.scalars(
        select(CostRejection)
        .where(CostRejection.import_id == one.id)
        .order_by(CostRejection.line, CostRejection.id)
        .limit(most)
    ).all()
    columns = [
        Column("line", "Line", "whole"),
        Column("column", "Column"),
        Column("value", "What it says"),
        Column("reason", "Why it is refused"),
    ]
    return Table("rejected", f"Refused rows of {one.file_name or 'the file'}", columns, rows)


def rejected_of_all(files: Sequence[CostImport]) -> Table:
    """The refused rows of several files in one table, for a command: the file stands first."""
    tables = [(one.file_name, rejected_table(one)) for one in files]
    rows = [
        {"file": name} | {column.key: value_of(row, column.key) for column in table.columns}
        for name, table in tables
        for row in table.rows
    ]
    return Table("rejected", "Refused rows", [Column("file", "File"), *tables[0][1].columns], rows)


def overlap_table(one: CostImport) -> Table:
    """The first overlaps of a council's rows, with this file among them."""
    columns = [
        Column("one", "One row"),
        Column("other", "Another row of the same child"),
        Column("from", "Both from", "date"),
        Column("days", "Days", "whole"),
    ]
    rows = [
        {**pair, "from": date.fromisoformat(pair["from"])}
        for pair in one.findings.get("overlap_list", [])
    ]
    return Table("overlaps", "Rows that overlap", columns, rows)
