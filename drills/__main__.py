"""The command line of the drills: `python -m drills kills`, `python -m drills deadline`."""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from drills import acting, checking, deadline, ledger, stage
from drills.place import MortalServer, Place
from portal import create_app

BUILD = Path(__file__).resolve().parent.parent / "build"
Found = dict[str, Any]


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="drills", description=__doc__)
    parser.add_argument("drill", choices=("kills", "deadline"))
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--providers", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(words)
    chance = random.Random(wanted.seed)
    with installed(wanted.database) as (place, app):
        if wanted.drill == "kills":
            found = kills(place, app, wanted.kills, chance)
        else:
            found = rush(place, app, wanted.providers, timedelta(minutes=wanted.minutes), chance)
    BUILD.mkdir(exist_ok=True)
    (BUILD / f"drill-{wanted.drill}.json").write_text(json.dumps(found, indent=1))
    for name, value in found.items():
        print(f"{name.replace('_', ' '):32} {value}")
    return 1 if found["losses"] or found["broken_scripts"] else 0


@contextmanager
def installed(database: str) -> Iterator[tuple[Place, Flask]]:
    """An installation with the demonstration's story in it, which is not started yet.

    Raises:
        NoServer: PostgreSQL cannot be had.
    """
    server = MortalServer() if database == "postgresql" else None
    with tempfile.TemporaryDirectory(prefix="portal-drill-") as folder:
        try:
            if server is not None:
                server.start()
            place = Place(Path(folder), server)
            place.command("migrate")
            place.command("demo", "tell")
            os.environ.update(place.environment)  # from which the portal learns where it lies
            yield place, create_app()
        finally:
            if server is not None:
                server.stop()


def kills(place: Place, app: Flask, times: int, chance: random.Random) -> Found:
    """Kill something so many times at random moments while people work; what was lost.

    Raises:
        NoServer: the portal did not come back.
    """
    people = stage.prepare(app, writers=5, senders=2, scorers=3, submitters=times + 5)
    book, began = ledger.Ledger(), time.monotonic()
    place.start()
    work = acting.Work(place.url, people, book, pause=acting.PAUSE_SECONDS)
    work.start()
    try:
        killed = _kill(place, times, chance)
        time.sleep(2)
    finally:
        work.stop()
        seconds = time.monotonic() - began
        place.stop()
    return {
        "kills": sum(killed.values()),
        "of": dict(killed),
        "seconds": round(seconds),
        **_told(book, work.broken),
        "losses": checking.losses(app, place, book),
    }


def _kill(place: Place, times: int, chance: random.Random) -> Counter[str]:
    killed = Counter[str]()
    for number in range(times):
        time.sleep(chance.uniform(0.2, 2.0))
        name = chance.choice(sorted(place.kills))
        place.kills[name]()
        killed[name] += 1
        place.wait()
        place.keep_alive()
        print(f"\r{number + 1} of {times}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return killed


def rush(
    place: Place, app: Flask, providers: int, lasts: timedelta, chance: random.Random
) -> Found:
    """Let so many providers upload and submit in the time before a deadline, some of them late."""
    actors = stage.prepare_rush(app, providers)
    ends = datetime.now(UTC).replace(microsecond=0) + lasts
    stage.end_soon(app, ends)
    place.start()
    book = ledger.Ledger()
    everybody = deadline.Rush(place.url, ends, book)
    try:
        everybody.run(actors, chance)
    finally:
        place.stop()
    wrongs = deadline.wrongs(everybody.presses, ends, checking.received(app))
    return {
        "providers": providers,
        "minutes": lasts.total_seconds() / 60,
        "pages": len(everybody.seconds),
        "median_milliseconds": deadline.percentile(everybody.seconds, 50),
        "p95_milliseconds": deadline.percentile(everybody.seconds, 95),
        "slowest_milliseconds": round(max(everybody.seconds) * 1000),
        "p95_milliseconds_in_the_server": deadline.percentile(list(place.answered()), 95),
        **_told(book, everybody.broken),
        "losses": [*wrongs, *checking.losses(app, place, book)],
    }


def _told(book: ledger.Ledger, broken: list[str]) -> Found:
    return {
        "acknowledged": book.acknowledged,
        "not_acknowledged": dict(book.refused.most_common(12)),
        "broken_scripts": dict(Counter(broken).most_common(12)),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
