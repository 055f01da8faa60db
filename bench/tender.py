"""A large lot of a tender: 500 bids, 30 questions, 6 scorers (90 000 scores), through the real pages."""

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import pages
from tools.browser import Browser
from tools.demo import DemoPerson, everybody, sign_in
from tools.server import ROOT, Server, surroundings

BIDS, QUESTIONS, SCORERS = 500, 30, 6
MEASURED = "bench.measured_wsgi:app"
EVALUATOR, MODERATOR = "Daniel Reyes", "Grace Okafor"
SAVES = 11


def measure(demo: Path) -> dict[str, Any]:
    """Statements and milliseconds of the pages of such a lot, and seconds to compute its results."""
    data = demo.with_name("bench-tender")
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(demo, data)
    done = subprocess.run(
        [sys.executable, "-m", "bench.tender"],
        cwd=ROOT,
        env=surroundings(data),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    made: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    council = f"/council/rounds/{made['round']}"
    found: dict[str, Any] = {"scores": made["scores"], "seconds_to_compute": made["seconds"]}
    _set_stage(data, made["round"], "evaluation")
    with Server(data, application=MEASURED) as server:
        score = f"/scoring/sheets/{made['sheet']}/questions/q-15"
        evaluator, moderator = _person(EVALUATOR), _person(MODERATOR)
        scoring = sign_in(server.url, evaluator)
        found["scoring page"] = _told(pages.cost_of(scoring, evaluator.role, score))
        found["saving a score"] = _saving(scoring, score)
        moderating = sign_in(server.url, moderator)
        for name, more in (
            ("moderation, all bids", ""),
            ("moderation, one bid", f"?bid={made['bid']}"),
            ("moderation, one question", "?question=q-15"),
            ("moderation, narrowed", "?status=agreed&apart=2"),
        ):
            path = f"{council}/moderation{more}"
            found[name] = _told(pages.cost_of(moderating, moderator.role, path))
    _set_stage(data, made["round"], "moderated")
    with Server(data, application=MEASURED) as server:
        reading = sign_in(server.url, moderator)
        for name, more in (
            ("results of the round", ""),
            ("results of the lot", "/F1"),
            ("working of one bid", f"/F1/{made['bid']}"),
        ):
            path = f"{council}/results{more}"
            found[name] = _told(pages.cost_of(reading, moderator.role, path))
    shutil.rmtree(data)
    return found


def _person(name: str) -> DemoPerson:
    return next(one for one in everybody() if one.name == name)


def _told(cost: pages.Cost) -> str:
    return (
        f"{cost.milliseconds:.1f} ms, {cost.cpu_milliseconds:.1f} of the processor, "
        f"{cost.statements} statements"
    )


def _saving(browser: Browser, path: str) -> str:
    """Save a score as the page's script does, again and again."""
    page = browser.get(path)
    form = page.form_with("reason")
    hidden = {name: value for name, value in form.fields if value and name != "reason"}
    spent, answer = [], page
    for number in range(SAVES):
        words = f"The answer meets what was asked, and says how often: {number} times a year."
        began = time.perf_counter()
        answer = browser.post(
            path,
            {**hidden, "value": "3", "reason": words, "autosave_field": "reason"},
            **{"X-Requested-With": "autosave"},
        )
        spent.append((time.perf_counter() - began) * 1000)
        said = json.loads(answer.text) if answer.text.startswith("{") else {}
        hidden |= said.get("hidden", {})
    spent.sort()
    return (
        f"{spent[len(spent) // 2]:.1f} ms, {answer.cpu_milliseconds:.1f} of the processor, "
        f"{answer.statements} statements, answered {answer.status}"
    )


def _set_stage(data: Path, ref: str, stage: str) -> None:
    with sqlite3.connect(data / "portal.sqlite3") as connection:
        connection.execute("UPDATE round SET stage = ? WHERE ref = ?", (stage, ref))


def inside() -> dict[str, Any]:
    """Put the lot down as rows, in a process of its own, and compute its results."""
    import wsgi
    from bench.tender_rows import a_large_lot
    from portal.access import Viewer
    from portal.db import db
    from portal.evaluation.prices.models import Cause
    from portal.evaluation.results import outcome
    from portal.web import clock

    with wsgi.app.test_request_context(method="POST"):
        now = clock()
        made = a_large_lot(now - timedelta(days=5), BIDS, QUESTIONS, SCORERS)
        db.session.commit()
        began = time.process_time()
        results = outcome.compute_and_record(
            made.round, Cause.PRICES, actor=Viewer.system(), now=now
        )
        spent = time.process_time() - began
        db.session.commit()
        if len(results) != BIDS:
            raise RuntimeError("the results of the large lot were not computed")
        return {
            "round": made.round.ref,
            "bid": made.bid,
            "sheet": made.sheet,
            "scores": made.scores,
            "seconds": round(spent, 2),
        }


if __name__ == "__main__":
    print(json.dumps(inside()))
