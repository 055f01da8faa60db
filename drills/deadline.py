"""The deadline hour: hundreds of providers upload and submit in the last minutes before a deadline.

Nobody who was in time is refused, nobody late is let in, nothing is lost, and pages stay quick.
"""

import os
import random
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from drills.ledger import Ledger
from drills.stage import LIBRARY, Actor
from tools.browser import Browser, Unexpected

FILES = 10
FILE_BYTES = 1_000_000
LATE_SHARE = 0.1  # of the providers, who press only after the deadline
LATE_BY_SECONDS = (2.0, 20.0)
DOUBT_SECONDS = 0.5  # around the deadline either answer is right: the clock of the server decides
TAKEN = 302


@dataclass
class Press:
    """When somebody pressed for the last time, and what they were told."""

    key: str
    at: datetime
    status: int


@dataclass
class Rush:
    """Everybody at once, each on a plan of their own.

    Args:
        seconds: how long each page took that anybody asked for.
    """

    url: str
    deadline: datetime
    ledger: Ledger
    seconds: list[float] = field(default_factory=list)
    presses: list[Press] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def run(self, actors: list[Actor], chance: random.Random) -> None:
        """Act until the last one has pressed."""
        threads = [
            threading.Thread(target=self._go, args=(actor, self._plan(chance))) for actor in actors
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

    def _plan(self, chance: random.Random) -> tuple[list[datetime], datetime]:
        """When this provider uploads, and when they press: most of them near the end."""
        left = (self.deadline - datetime.now(UTC)).total_seconds() - 5
        until = timedelta(seconds=left * chance.betavariate(3, 1))
        press = datetime.now(UTC) + until
        uploads = sorted(datetime.now(UTC) + until * chance.random() for _ in range(FILES))
        if chance.random() < LATE_SHARE:
            press = self.deadline + timedelta(seconds=chance.uniform(*LATE_BY_SECONDS))
        return uploads, press

    def _go(self, actor: Actor, plan: tuple[list[datetime], datetime]) -> None:
        uploads, press = plan
        browser = Browser(self.url, cookies=actor.cookies, patience=60)
        try:
            for number, at in enumerate(uploads):
                _wait_until(at)
                self._upload(browser, actor, number)
            _wait_until(press)
            self._press(browser, actor.key)
        except Exception as error:
            self.broken.append(f"{type(error).__name__}: {error}")

    def _upload(self, browser: Browser, actor: Actor, number: int) -> None:
        address = f"/documents/of/{actor.about}/{LIBRARY[number % len(LIBRARY)]}"
        content = b"%PDF-1.7\n% " + os.urandom(FILE_BYTES) + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"
        thing = f"file {sha256(content).hexdigest()}"
        hidden = self._hidden(browser, address, "file")
        self.ledger.sends(thing)
        with self._timed():
            answer, _ = browser.upload(address, hidden, "file", f"paper {number}.pdf", content)
        self._note(thing, answer.status)

    def _press(self, browser: Browser, key: str) -> None:
        hidden = self._hidden(browser, f"/applications/{key}/check", "certified", late=True)
        thing, at = f"submission {key}", datetime.now(UTC)
        self.ledger.sends(thing)
        with self._timed():
            answer, _ = browser.post_once(
                f"/applications/{key}/submit", {**hidden, "certified": "y"}
            )
        self._note(thing, answer.status)
        self.presses.append(Press(key, at, answer.status))

    def _hidden(
        self, browser: Browser, address: str, name: str, *, late: bool = False
    ) -> dict[str, str]:
        """The hidden fields beside a field; after the deadline the token of any other form."""
        with self._timed():
            page = browser.get(address)
        try:
            form = page.form_with(name)
        except Unexpected:
            if not late:
                raise
            form = page.form_with("csrf_token")
        return {key: value for key, value in form.fields if value and key != name}

    def _note(self, thing: str, status: int) -> None:
        if status == TAKEN:
            self.ledger.was_taken(thing)
        else:
            self.ledger.was_refused(f"{thing.partition(' ')[0]}: {status}")

    def _timed(self) -> "_Timed":
        return _Timed(self.seconds)


class _Timed:
    def __init__(self, seconds: list[float]) -> None:
        self._seconds, self._began = seconds, 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._seconds.append(time.perf_counter() - self._began)


def _wait_until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def wrongs(
    presses: list[Press], deadline: datetime, received: dict[str, datetime]
) -> Iterator[str]:
    """Who was in time and refused, or late and let in.

    Args:
        received: when each submission came in, by application, as it is stored.
    """
    doubt = timedelta(seconds=DOUBT_SECONDS)
    for one in presses:
        if one.at < deadline - doubt and one.key not in received:
            yield f"{one.key} pressed in time and was answered {one.status}"
        if one.at > deadline + doubt and one.key in received:
            yield f"{one.key} pressed too late and is in"
        if one.key in received and received[one.key] > deadline:
            yield f"{one.key} is stored as received after the deadline"


def percentile(seconds: list[float], part: int) -> float:
    """Milliseconds below which this part of a hundred lies."""
    return round(statistics.quantiles(seconds, n=100)[part - 1] * 1000)
