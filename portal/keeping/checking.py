"""Whether rows and files belong together: rows without files, files without rows, wrong content."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.db import db
from portal.keeping.needed import KEPT_AREAS, Needed, needed, store_of
from portal.storage import Store, StoredObject

ON_ITS_WAY = timedelta(days=1)  # a file is stored before its row is written, and may wait for it


class Problem(StrEnum):
    """What may be wrong with an object."""

    NO_FILE = "row without file"
    NO_ROW = "file without row"
    CHANGED = "wrong content"


@dataclass(frozen=True, slots=True)
class Finding:
    """One object that is not as it should be, and the rows that point at it."""

    problem: Problem
    area: str
    sha256: str
    rows: tuple[str, ...] = ()
    mended: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what was found."""

    rows: int
    files: int
    size: int  # bytes
    on_their_way: int  # files so new that their row may follow
    findings: tuple[Finding, ...]

    @property
    def left(self) -> list[Finding]:
        """What was found and not mended."""
        return [one for one in self.findings if not one.mended]


def check(now: datetime, *, quick: bool = False, mend: bool = False) -> Report:
    """Compare rows and files.

    Args:
        quick: names and sizes only; the content is not read.
        mend: bring back what the store still has, and set aside for a month what no row needs.
    """
    stores = {area: store_of(area) for area in KEPT_AREAS}
    # files first: one that comes meanwhile has no row yet, and a row that comes has its file
    files = {area: {one.sha256: one for one in store.iterate()} for area, store in stores.items()}
    rows = _rows()
    findings: list[Finding] = []
    on_their_way = 0
    for area, store in stores.items():
        look = _Look(area, store, files[area], rows[area], now)
        on_their_way += len(look.new())
        found = [*look.without_file(), *look.changed(quick=quick), *look.without_row()]
        findings += [look.mended(one) if mend else one for one in found]
    return Report(
        rows=sum(len(refs) for area in rows.values() for refs in area.values()),
        files=sum(map(len, files.values())),
        size=sum(one.size for area in files.values() for one in area.values()),
        on_their_way=on_their_way,
        findings=tuple(findings),
    )


Rows = dict[str, list[Needed]]


def _rows() -> dict[str, Rows]:
    """The rows by area and object."""
    found: dict[str, Rows] = defaultdict(lambda: defaultdict(list))
    with db.reading() as session:
        for one in needed(session.connection()):
            found[one.area][one.sha256].append(one)
    return found


class _Look:
    """A look at one area."""

    def __init__(
        self, area: str, store: Store, files: dict[str, StoredObject], rows: Rows, now: datetime
    ) -> None:
        self.area, self.store, self.files, self.rows = area, store, files, rows
        self.before = now - ON_ITS_WAY

    def without_file(self) -> Iterator[Finding]:
        for sha256 in sorted(set(self.rows) - set(self.files)):
            if not self.store.exists(sha256):
                yield self._finding(Problem.NO_FILE, sha256)

    def without_row(self) -> Iterator[Finding]:
        for sha256 in sorted(set(self.files) - set(self.rows) - self.new()):
            yield self._finding(Problem.NO_ROW, sha256)

    def new(self) -> set[str]:
        """Files whose row may follow."""
        alone = set(self.files) - set(self.rows)
        return {one for one in alone if self.files[one].stored_at >= self.before}

    def changed(self, *, quick: bool) -> Iterator[Finding]:
        bad = {
            one.sha256
            for sha256 in set(self.rows) & set(self.files)
            for one in self.rows[sha256]
            if one.size is not None and one.size != self.files[sha256].size
        }
        if not quick:
            bad |= {one.sha256 for one in self.store.check()}
        for sha256 in sorted(bad):
            yield self._finding(Problem.CHANGED, sha256)

    def mended(self, one: Finding) -> Finding:
        """The finding, mended where that is safe."""
        if one.problem is Problem.NO_ROW or (one.problem is Problem.CHANGED and not one.rows):
            done = self.store.set_aside(one.sha256, before=self.before)
        else:
            done = self.store.recover(one.sha256)
        return Finding(one.problem, one.area, one.sha256, one.rows, mended=done)

    def _finding(self, problem: Problem, sha256: str) -> Finding:
        refs = sorted({f"{one.table} {one.ref}" for one in self.rows.get(sha256, [])})
        return Finding(problem, self.area, sha256, tuple(refs))
