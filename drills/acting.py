"""People at work, each in a thread: they ask, write down what was answered, and ask again after a fault."""

import http.client
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from drills.ledger import Ledger
from drills.stage import LIBRARY, Actor, Stage
from tests.factories.documents import a_pdf
from tools.browser import Browser, Unexpected

FAULTS = (OSError, http.client.HTTPException)
SAVED, TAKEN = 200, 302
PAUSE_SECONDS = 0.05  # between two acts of one person
PAUSE_AFTER_A_FAULT = 0.3


@dataclass(frozen=True)
class Spot:
    """Where a text is written: its place in the ledger, its address, and its field."""

    place: str
    address: str
    field: str


def _answers_of(actor: Actor) -> list[Spot]:
    return [
        Spot(f"answer {actor.key} {key}", f"/applications/{actor.key}/questions/{key}", key)
        for key in actor.questions
    ]


def _scores_of(actor: Actor) -> list[Spot]:
    return [
        Spot(f"score {actor.key} {key}", f"/scoring/sheets/{actor.key}/questions/{key}", "reason")
        for key in actor.questions
    ]


class Work:
    """Everybody acts until `stop`."""

    def __init__(self, url: str, stage: Stage, ledger: Ledger, *, pause: float) -> None:
        self._url, self._ledger, self._pause = url, ledger, pause
        self._stopped = threading.Event()
        self._submitters = iter(stage.submitters)
        acts: list[Callable[[], None]] = [
            *(lambda one=one: self._write(one, _answers_of(one)) for one in stage.writers),
            *(lambda one=one: self._write(one, _scores_of(one)) for one in stage.scorers),
            *(lambda one=one: self._send(one) for one in stage.senders),
            self._submit,
        ]
        self._threads = [threading.Thread(target=self._going_on, args=(one,)) for one in acts]
        self.broken: list[str] = []  # what these scripts themselves could not do

    def start(self) -> None:
        for one in self._threads:
            one.start()

    def stop(self) -> None:
        """Let everybody finish what they are at."""
        self._stopped.set()
        for one in self._threads:
            one.join()

    def _going_on(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:
            self.broken.append(f"{type(error).__name__}: {error}")

    def _turns(self) -> Iterator[int]:
        number = 0
        while not self._stopped.wait(self._pause * random.uniform(0.5, 1.5)):
            yield number
            number += 1

    # --- Texts that save themselves -------------------------------------------------------

    def _write(self, actor: Actor, spots: list[Spot]) -> None:
        browser = Browser(self._url, cookies=actor.cookies, patience=20)
        hidden: dict[str, dict[str, str]] = {}
        for number in self._turns():
            spot = spots[number % len(spots)]
            try:
                if spot.place not in hidden:
                    hidden[spot.place] = _hidden(browser, spot.address, spot.field)
                hidden[spot.place] |= self._save(browser, spot, hidden[spot.place], number)
            except (*FAULTS, Unexpected) as fault:
                self._broke(browser, fault)
                hidden.clear()  # what stood when it broke is not known: look again

    def _save(
        self, browser: Browser, spot: Spot, hidden: dict[str, str], number: int
    ) -> dict[str, str]:
        """Let one text save itself; the hidden fields that the page goes on with."""
        text = f"{spot.place.rpartition(' ')[2]} as it stood at number {number}, and not later."
        sent = self._ledger.writes(spot.place, text)
        typed = {spot.field: text, "autosave_field": spot.field}
        answer = browser.post(spot.address, {**hidden, **typed}, **{"X-Requested-With": "autosave"})
        said = json.loads(answer.text) if answer.text.startswith("{") else {}
        if answer.status != SAVED or said.get("status") != "saved":
            raise Unexpected(f"{answer.status} {said.get('status', '')}".strip())
        self._ledger.was_saved(spot.place, sent)
        return dict(said["hidden"])

    # --- Things that must be there once ---------------------------------------------------

    def _send(self, actor: Actor) -> None:
        """Upload one file after another, no two of them alike."""
        browser = Browser(self._url, cookies=actor.cookies, patience=20)
        for number in self._turns():
            address = f"/documents/of/{actor.key}/{LIBRARY[number % len(LIBRARY)]}"
            content = a_pdf(f"{actor.key} {number} " * 2000)
            thing = f"file {sha256(content).hexdigest()}"
            try:
                hidden = _hidden(browser, address, "file")
                self._ledger.sends(thing)
                answer, _ = browser.upload(address, hidden, "file", "paper.pdf", content)
                self._note(thing, answer.status)
            except (*FAULTS, Unexpected) as fault:
                self._broke(browser, fault)

    def _submit(self) -> None:
        """Submit what waits, one application after another; pressed again until it is answered."""
        for actor in self._submitters:
            if not self._submitted(actor):
                return

    def _submitted(self, actor: Actor) -> bool:
        """Press until it is answered; False when everybody stops before."""
        browser = Browser(self._url, cookies=actor.cookies, patience=30)
        for _ in self._turns():
            try:
                if self._press(browser, actor.key):
                    time.sleep(self._pause * 20)
                    return True
            except (*FAULTS, Unexpected) as fault:
                self._broke(browser, fault)
        return False

    def _press(self, browser: Browser, key: str) -> bool:
        """Submit, unless the page says that an earlier press, which was not answered, has done it."""
        thing = f"submission {key}"
        page = browser.get(f"/applications/{key}/check")
        if "Your receipt is" in page.text:
            self._ledger.was_taken(thing)
            return True
        form = page.form_with("certified")
        hidden = {name: value for name, value in form.fields if value}
        self._ledger.sends(thing)
        answer, _ = browser.post_once(form.action, {**hidden, "certified": "y"})
        self._note(thing, answer.status)
        return answer.status == TAKEN

    def _broke(self, browser: Browser, fault: BaseException) -> None:
        self._ledger.was_refused(_name(fault))
        browser.close()
        time.sleep(PAUSE_AFTER_A_FAULT)

    def _note(self, thing: str, status: int) -> None:
        if status == TAKEN:
            self._ledger.was_taken(thing)
        else:
            self._ledger.was_refused(str(status))


def _hidden(browser: Browser, address: str, field: str) -> dict[str, str]:
    """The hidden fields beside a field."""
    form = browser.get(address).form_with(field)
    return {name: value for name, value in form.fields if value and name != field}


def _name(fault: BaseException) -> str:
    return str(fault)[:60] if isinstance(fault, Unexpected) else type(fault).__name__
