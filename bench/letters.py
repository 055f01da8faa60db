"""Letters in bulk: 500 bidders of a concluded round, their content written, and some PDFs made."""

import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench import growth
from tools.server import ROOT, surroundings

LETTERS = 500
PDFS = 20  # each takes a worker about half a second; the rest is a sum


def measure(demo: Path) -> dict[str, Any]:
    """Milliseconds and statements for the content of 500 letters, and for the PDF of one."""
    data = demo.with_name("bench-letters")
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(demo, data)
    growth.grow(data, -(-LETTERS // _letters(data)) - 1)
    done = subprocess.run(
        [sys.executable, "-m", "bench.letters"],
        cwd=ROOT,
        env=surroundings(data),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    shutil.rmtree(data)
    return found


def _letters(data: Path) -> int:
    import sqlite3

    with sqlite3.connect(data / "portal.sqlite3") as connection:
        number: int = connection.execute("SELECT count(*) FROM letter").fetchone()[0]
    return number


def inside() -> dict[str, Any]:
    """The measurement itself, in a process of its own on the grown data."""
    from sqlalchemy import event, select

    import wsgi
    from portal import audit, pdf
    from portal.access import Viewer
    from portal.awards import letters, queries
    from portal.awards.models import Letter
    from portal.awards.presentation import readable
    from portal.db import db
    from portal.evaluation import queries as evaluation
    from portal.rounds.models import Round
    from portal.web import clock

    with wsgi.app.test_request_context():
        bid_round = db.session.scalars(select(Round).where(Round.concluded_at.is_not(None))).first()
        if bid_round is None:
            raise RuntimeError("the story has no concluded round")
        statements = [0]
        event.listen(
            db.engine,
            "before_cursor_execute",
            lambda *_: statements.__setitem__(0, statements[0] + 1),
        )
        began = time.process_time()
        results = evaluation.results(bid_round, Viewer.system())
        written = letters.contents(bid_round, results, clock())
        content_seconds = time.process_time() - began
        content_statements = statements[0]
        spent = []
        for letter in queries.letters_of(bid_round)[:PDFS]:
            began = time.process_time()
            kept: Letter = letter
            pdf.render_pdf("pdf/letter.html", letter=kept, content=readable(kept))
            spent.append(time.process_time() - began)
        size = len(json.dumps(audit.plain(next(iter(written.values())))))
    one = statistics.median(spent)
    return {
        "letters": len(written),
        "content_milliseconds": round(content_seconds * 1000),
        "content_statements": content_statements,
        "kilobytes_of_one": round(size / 1000, 1),
        "pdf_milliseconds_of_one": round(one * 1000),
        "minutes_for_all_pdfs_with_one_worker": round(one * len(written) / 60, 1),
    }


if __name__ == "__main__":
    print(json.dumps(inside()))
