"""Placements and costs: bringing ledgers in beside a bare insert, and unit costs beside DuckDB.

150 councils have 10 years each in the full size (about 1.8 million rows). One town is made up, and
every council has its rows under other numbers, so that making them up costs little.
"""

import io
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tools.server import ROOT

YEARS, CHILDREN = 10, 420  # about 12 000 rows for each council
SIZES = {"18 thousand": (2, 0.75), "180 thousand": (15, 1.0), "1.8 million": (150, 1.0)}
SIZE = "PORTAL_BENCH_ROWS"  # "all" for the largest, too; it takes some minutes
RUNS = 9


def measure(database_url: str = "") -> dict[str, Any]:
    """Every size, each in a fresh database and a process of its own."""
    found: dict[str, Any] = {}
    sizes = list(SIZES) if os.environ.get(SIZE) == "all" else list(SIZES)[:2]
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-costs-") as folder:
            surroundings = {**os.environ, "PORTAL_DATA_DIR": folder, "PORTAL_DEMO": "0"}
            if database_url:
                surroundings["PORTAL_DATABASE_URL"] = database_url
            done = subprocess.run(
                [sys.executable, "-m", "bench.costs", size],
                cwd=ROOT,
                env=surroundings,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
            found |= {f"{size}: {name}": value for name, value in told.items()}
    return found


def town_rows(share: float) -> list[list[str]]:
    """The rows of one made-up council, headings first."""
    from portal.demo.placements import Town

    town = Town(7, round(CHILDREN * share), first_year=2015, years=YEARS, errors=1)
    return list(town.ledger())


def ledger_of(rows: list[list[str]], number: int) -> bytes:
    """The same rows with the numbers of another council's children."""
    import csv

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(rows[0])
    writer.writerows([row[0], f"{number}-{row[1]}", *row[2:]] for row in rows[1:])
    return out.getvalue().encode()


def inside(size: str) -> dict[str, Any]:
    """One size: import, bare insert, queries, DuckDB; run in a process of its own."""
    import wsgi
    from portal.cli import upgrade
    from portal.db import db

    councils, share = SIZES[size]
    upgrade(wsgi.app.config["DATABASE_URL"])
    rows = town_rows(share)
    with wsgi.app.test_request_context(method="POST"):
        made = _councils(councils)
        taken, seconds = _brought_in(made, rows)
        memory = _memory_mb()
        told = {
            "rows": taken,
            "imported, rows a second": round(taken / seconds),
            "memory after it, MB": round(memory),
        }
        bare = _bare_insert(made[0])
        told["bare insert, rows a second"] = round(bare)
        told["import, of a bare insert"] = f"{taken / seconds / bare:.0%}"
        told |= _queries(made)
        db.session.rollback()
        told |= _duckdb()
    return told


def _councils(number: int) -> list[Any]:
    from datetime import UTC, datetime

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


def _brought_in(made: list[Any], rows: list[list[str]]) -> tuple[int, float]:
    """Every council's ledger read, checked, taken and counted; the rows, and the seconds."""
    from datetime import UTC, date, datetime

    from portal.access import Viewer
    from portal.costs import actions_imports as actions
    from portal.costs import mappings
    from portal.costs.hashing import ChildHasher
    from portal.costs.reading import clean
    from portal.db import db

    system, now = Viewer.system(), datetime.now(UTC)
    taken, spent = 0, 0.0
    for number, council in enumerate(made):
        content = io.BytesIO(ledger_of(rows, number))
        began = time.perf_counter()
        file = clean(content, ChildHasher(council), mappings.finder(council), name="ledger.csv")
        sent = [actions.Sent(file.kind, "ledger.csv", file.sha256)]
        files = actions.receive(council, sent, as_at=date(2025, 3, 31), actor=system, now=now)
        actions.check(files[0], file.columns, file.rows, actor=system)
        taken += actions.take(files, actor=system, now=now)
        db.session.commit()
        spent += time.perf_counter() - began
        db.session.expunge_all()
    return taken, spent


def _bare_insert(council: Any) -> float:
    """Rows a second of inserting the same values, ready made, into a table of the same shape."""
    from sqlalchemy import select, text

    from portal.costs.checking import LEDGER_COLUMNS
    from portal.costs.keeping import in_chunks, insert
    from portal.costs.models import LedgerEntry
    from portal.db import db

    columns = [getattr(LedgerEntry, name) for name in LEDGER_COLUMNS]
    fixed = [LedgerEntry.import_id, LedgerEntry.council_id]
    rows = [
        tuple(row)
        for row in db.session.execute(
            select(*columns, *fixed).where(LedgerEntry.council_id == council.id)
        )
    ]
    names = (*LEDGER_COLUMNS, "import_id", "council_id")
    times = []
    for _ in range(3):
        began = time.perf_counter()
        for chunk in in_chunks(rows):
            insert(db.session, LedgerEntry, names, chunk)
        db.session.flush()
        times.append(time.perf_counter() - began)
        db.session.rollback()
        db.session.execute(text("SELECT 1"))
    return len(rows) / statistics.median(times)


def _queries(made: list[Any]) -> dict[str, Any]:
    """Milliseconds of unit costs as they are kept, and of the report as its page makes it."""
    import portal.costs.room  # noqa: F401  every report
    from portal.access import Viewer
    from portal.costs import store
    from portal.costs.asking import Asked, Wanted
    from portal.costs.reports import KINDS

    one, last = made[0], 2024
    system = Viewer.system()
    found = {
        "one council, all years, ms": _milliseconds(lambda: store.cells([one])),
        "one council, one year, ms": _milliseconds(lambda: store.cells([one], years=[last])),
        "all councils, all years, ms": _milliseconds(lambda: store.cells(made)),
    }
    for key, kind in KINDS.items():

        def make(kind: Any = kind) -> Any:
            return kind.make(Asked(Wanted(council=one.slug), system))

        runs = RUNS if key == "unit-costs" else 3
        found[f"report {key} of one council, ms"] = _milliseconds(make, runs)
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


def _duckdb() -> dict[str, Any]:
    """The same question put to DuckDB over the raw rows, if it is installed."""
    try:
        import duckdb
    except ImportError:
        return {"DuckDB": "not installed"}
    from portal.costs.checking import LEDGER_COLUMNS

    names = ("council_id", *(name for name in LEDGER_COLUMNS if name in _ASKED))
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
        _written(file, names)
        connection = duckdb.connect()
        connection.execute(f"CREATE TABLE rows AS FROM read_csv('{file.name}', header=true)")
        return {
            "DuckDB from raw rows, all councils, ms": _milliseconds(
                lambda: connection.execute(QUESTION).fetchall(), 3
            )
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
    rows: Iterator[Any] = db.session.execute(select(*columns).execution_options(yield_per=10_000))
    writer.writerows(tuple(row) for row in rows)
    file.flush()


def _memory_mb() -> float:
    """What this process takes now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0


if __name__ == "__main__":
    print(json.dumps(inside(sys.argv[1])))
