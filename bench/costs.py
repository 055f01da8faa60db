"""Placements and costs: ledgers brought in beside a bare insert, and unit costs beside DuckDB.

A town has about 12 000 rows in ten years; 150 of them make the 1.8 million of the largest size. Each
ledger is read, checked, taken and counted; then the same rows are put, ready made, into an empty
table of the same shape with the same indexes. Both begin empty and grow side by side, so that
whatever else the machine does strikes both.
"""

import io
import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from tools.server import ROOT

YEARS, CHILDREN, LAST = 10, 420, 2024  # about 12 000 rows for each council
AS_AT = date(2025, 3, 31)
SIZES = {"18 thousand": (2, 0.75), "180 thousand": (15, 1.0), "1.8 million": (150, 1.0)}
SIZE = "PORTAL_BENCH_ROWS"  # "all" for the largest, too; it takes some minutes
RUNS = 9
Figures = dict[str, Any]


def measure() -> Figures:
    """Every size on each engine, each in a fresh database and a process of its own."""
    sizes = list(SIZES) if os.environ.get(SIZE) == "all" else list(SIZES)[:2]
    found: Figures = {}
    for engine, database in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        told = []
        for size in sizes:
            with database() as surroundings:
                told.append(_apart(size, surroundings))
        for name in told[0]:
            found[f"{engine}: {name}"] = " → ".join(f"{one.get(name, '–')}" for one in told)
    return {"sizes": " → ".join(sizes)} | found


def _apart(size: str, surroundings: dict[str, str]) -> Figures:
    done = subprocess.run(
        [sys.executable, "-m", "bench.costs", size],
        cwd=ROOT,
        env={**os.environ, **surroundings, "PORTAL_DEMO": "0"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    told: Figures = json.loads(done.stdout.splitlines()[-1])
    return told


@contextmanager
def _sqlite() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="bench-costs-") as folder:
        yield {"PORTAL_DATA_DIR": folder}


@contextmanager
def _postgresql() -> Iterator[dict[str, str]]:
    from tests.databases import PostgreSQLServer, new_database

    server = PostgreSQLServer()
    server.start()
    try:
        url = new_database(server.url.render_as_string(hide_password=False), "bench")
        with _sqlite() as surroundings:
            yield {**surroundings, "PORTAL_DATABASE_URL": url}
    finally:
        server.stop()


def inside(size: str) -> Figures:
    """One size: import, bare insert, queries, DuckDB; run in a process of its own."""
    import wsgi
    from portal.cli import upgrade
    from portal.db import db

    councils, share = SIZES[size]
    upgrade(wsgi.app.config["DATABASE_URL"])
    with wsgi.app.test_request_context(method="POST"):
        made = _councils(councils + 1)
        take(made[-1], io.BytesIO(_town(998, 0.02)))  # a worker has done so before
        both = _Both()
        for number, council in enumerate(made[:-1]):
            both.bring_in(council, number, share)
        told = both.told()
        told |= _queries(made[:-1])
        db.session.rollback()
        told |= _duckdb()
        if councils < max(number for number, _ in SIZES.values()):
            told |= _one_file(made[-1], councils * share)
        db.engine.dispose()
    return told


def _councils(number: int) -> list[Any]:
    from portal.access import Viewer
    from portal.content.actions import load_defaults
    from portal.db import db
    from portal.people.models import Council

    now = datetime.now(UTC)
    load_defaults(actor=Viewer.system(), now=now)
    made = [
        Council(slug=f"council-{at:03d}", name=f"Council {at:03d}", created_at=now)
        for at in range(number)
    ]
    db.session.add_all(made)
    db.session.commit()
    return made


def _town(number: int, share: float) -> bytes:
    """The ledger of a made-up council."""
    from portal.demo.placements import Town, as_csv

    children = round(CHILDREN * share)
    town = Town(number, children, first_year=LAST - YEARS + 1, years=YEARS, errors=1)
    return as_csv(town.ledger())


@dataclass
class _Both:
    """Imports and bare inserts of the same rows, council after council."""

    made_up: float = 0
    imported: float = 0
    imported_cpu: float = 0
    bare: float = 0
    bare_cpu: float = 0
    rows: int = 0
    peaks: list[float] = field(default_factory=list)
    table: Any = None

    def bring_in(self, council: Any, number: int, share: float) -> None:
        began = time.perf_counter()
        content = _town(number, share)
        self.made_up += time.perf_counter() - began
        began, cpu = time.perf_counter(), time.process_time()
        self.rows += take(council, io.BytesIO(content))
        self.imported += time.perf_counter() - began
        self.imported_cpu += time.process_time() - cpu
        self.peaks.append(_peak_mb())
        self._insert(council)

    def _insert(self, council: Any) -> None:
        """The values of a council's rows, ready made, into a table of the same shape."""
        from portal.db import db

        if self.table is None:
            self.table = _twin_table()
        names, chunks = _values_of(council)
        began, cpu = time.perf_counter(), time.process_time()
        for rows in chunks:
            _put(self.table, names, rows)
        db.session.commit()
        self.bare += time.perf_counter() - began
        self.bare_cpu += time.process_time() - cpu

    def told(self) -> Figures:
        return {
            "rows": f"{self.rows:,}",
            "made up, rows a second": f"{self.rows / self.made_up:,.0f}",
            "import, rows a second": f"{self.rows / self.imported:,.0f}",
            "bare insert, rows a second": f"{self.rows / self.bare:,.0f}",
            "import, of a bare insert": f"{self.bare / self.imported:.0%}",
            "of this process's time alone": f"{self.bare_cpu / self.imported_cpu:.0%}",
            "peak memory after the first file, MB": round(self.peaks[0]),
            "peak memory after the last, MB": round(self.peaks[-1]),
        }


def take(council: Any, content: io.BytesIO) -> int:
    """A ledger read, checked, taken and counted, as the command does it."""
    from portal.access import Viewer
    from portal.costs.imports import actions, mappings
    from portal.costs.imports.hashing import ChildHasher
    from portal.costs.imports.reading import clean
    from portal.db import db

    system, now = Viewer.system(), datetime.now(UTC)
    file = clean(content, ChildHasher(council), mappings.finder(council), name="ledger.csv")
    sent = [actions.Sent(file.kind, "ledger.csv", file.sha256)]
    files = actions.receive(council, sent, as_at=AS_AT, actor=system, now=now)
    db.session.commit()
    actions.check(files[0], file.columns, file.chunks, actor=system)
    taken = actions.take(files, actor=system, now=now)
    db.session.commit()
    db.session.expunge_all()
    return taken


def _twin_table() -> Any:
    """An empty table with the columns, keys and indexes of the ledgers."""
    from portal.costs.models import LedgerEntry
    from portal.db import Base, db

    twin = LedgerEntry.__table__.to_metadata(Base.metadata, name="bare_entry")
    for one in (*twin.indexes, *twin.constraints):
        one.name = f"{one.name}_bare"
    twin.create(db.session.connection())
    db.session.commit()
    return twin.name


def _values_of(council: Any) -> tuple[tuple[str, ...], list[Any]]:
    from sqlalchemy import select

    from portal.costs.imports.judging import LEDGER_COLUMNS
    from portal.costs.models import LedgerEntry
    from portal.db import db

    names = (*LEDGER_COLUMNS, "import_id", "council_id")
    with db.reading() as session:
        rows = session.execute(
            select(*(getattr(LedgerEntry, name) for name in names))
            .where(LedgerEntry.council_id == council.id)
            .order_by(LedgerEntry.id)
        )
        chunks = [
            [
                tuple(value.isoformat() if isinstance(value, date) else value for value in row)
                for row in some
            ]
            for some in rows.partitions(10_000)
        ]
    return names, chunks


def _put(table: Any, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """As one would write it: a prepared INSERT for all rows, or COPY row by row."""
    from portal.db import db

    connection = db.session.connection()
    driver: Any = connection.connection.driver_connection
    quoted = ", ".join(names)
    if connection.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(names))
    driver.executemany(f"INSERT INTO {table} ({quoted}) VALUES ({marks})", rows)  # noqa: S608


def _one_file(council: Any, share: float) -> Figures:
    """As many rows as all councils together have, in one file."""
    with tempfile.TemporaryFile() as file:
        file.write(_town(999, share))
        size = file.tell()
        before = _peak_mb()
        began = time.perf_counter()
        rows = take(council, file)  # type: ignore[arg-type]
        seconds = time.perf_counter() - began
    return {
        "in one file, MB": round(size / 1e6, 1),
        "in one file, rows a second": f"{rows / seconds:,.0f}",
        "in one file, memory above all before, MB": round(_peak_mb() - before),
    }


def _queries(made: list[Any]) -> Figures:
    """Milliseconds of unit costs as they are kept, and of each report as its page makes it."""
    import portal.costs.room  # noqa: F401  every report
    from portal.access import Viewer
    from portal.costs.figures import store
    from portal.costs.reports.asking import Asked, Wanted
    from portal.costs.reports.kinds import KINDS

    one, system = made[0], Viewer.system()
    found: Figures = {
        "unit costs of one council, ms": _milliseconds(lambda: store.cells([one])),
        "of one year, ms": _milliseconds(lambda: store.cells([one], years=[LAST])),
        "of all councils, ms": _milliseconds(lambda: store.cells(made)),
    }
    for key, kind in KINDS.items():

        def make(kind: Any = kind, **more: Any) -> Any:
            return kind.make(Asked(Wanted(council=one.slug, **more), system))

        ms, narrow = _milliseconds(make, 3), _milliseconds(lambda: make(provider="In house"), 3)
        found[f"report {key}, ms (of one provider)"] = f"{ms} ({narrow})"
        found[f"report {key}, statements"] = _statements(make)
    return found


def _milliseconds(ask: Callable[[], Any], runs: int = RUNS) -> float:
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(times), 1)


def _statements(ask: Callable[[], Any]) -> int:
    from sqlalchemy import event

    from portal.db import db

    counter = itertools.count()
    engine = db.engine

    def count(*_args: Any) -> None:
        next(counter)

    event.listen(engine, "before_cursor_execute", count)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return next(counter)


QUESTION = """
WITH years AS (SELECT unnest(range(2010, 2025)) AS year),
parts AS (
    SELECT council_id, child, type, year, weekly_pence,
           least(coalesce(ends_on, DATE '2025-04-01'), make_date(year + 1, 4, 1))
           - greatest(starts_on, make_date(year, 4, 1)) AS days
    FROM rows JOIN years
    ON starts_on < make_date(year + 1, 4, 1)
       AND coalesce(ends_on, DATE '2025-04-01') > make_date(year, 4, 1)
)
SELECT type, year, count(DISTINCT (council_id, child)), sum(days),
       sum(weekly_pence * days) / sum(days) FILTER (weekly_pence > 0)
FROM parts GROUP BY ALL
"""
"""The same question, but for days on which rows of a child overlap: they count twice here."""


def _duckdb() -> Figures:
    """The same question put to DuckDB over the raw rows."""
    import duckdb

    from portal.costs.imports.judging import LEDGER_COLUMNS

    names = ("council_id", *(name for name in LEDGER_COLUMNS if name in _ASKED))
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
        _written(file, names)
        connection = duckdb.connect()
        began = time.perf_counter()
        connection.execute(f"CREATE TABLE rows AS FROM read_csv('{file.name}', header=true)")
        loaded = (time.perf_counter() - began) * 1000
        asked = _milliseconds(lambda: connection.execute(QUESTION).fetchall(), 3)
    return {
        "DuckDB: reads 6 ready columns, ms": round(loaded),
        "DuckDB: unit costs of all councils from raw rows, ms": asked,
    }


_ASKED = {"child", "type", "starts_on", "ends_on", "weekly_pence"}


def _written(file: Any, names: tuple[str, ...]) -> None:
    import csv

    from sqlalchemy import select

    from portal.costs.models import LedgerEntry
    from portal.db import db

    writer = csv.writer(file)
    writer.writerow(names)
    columns = [getattr(LedgerEntry, name) for name in names]
    with db.reading() as session:
        rows: Iterator[Any] = session.execute(select(*columns).execution_options(yield_per=10_000))
        writer.writerows(tuple(row) for row in rows)
    file.flush()


def _peak_mb() -> float:
    """The most that this process has taken so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(inside(sys.argv[1])))
