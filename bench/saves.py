"""Eight people write their applications at the same moment, and every answer is saved."""

import json
import re
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tools.browser import Answer, Browser, Form, Unexpected
from tools.demo import DemoPerson, everybody, sign_in
from tools.server import Server

PEOPLE = 8
SECONDS = 10.0
QUESTION = "/questions/"
APPLICATION = re.compile(r"/applications/[A-Z]+-[A-Z0-9-]+")
WORDS = "We meet every young person before they move in, with their social worker. "


@dataclass(slots=True)
class Writer:
    """One person at one question of long text."""

    person: DemoPerson
    browser: Browser
    page: Answer
    form: Form
    name: str
    statuses: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)

    def write_until(self, deadline: float) -> None:
        hidden = {name: value for name, value in self.form.fields if name != self.name and value}
        count = 0
        while time.monotonic() < deadline:
            count += 1
            typed = {self.name: WORDS * (1 + count % 5) + str(count), "autosave_field": self.name}
            began = time.perf_counter()
            answer = self.browser.post(
                self.page.path, {**hidden, **typed}, **{"X-Requested-With": "autosave"}
            )
            self.milliseconds.append((time.perf_counter() - began) * 1000)
            self.statements.append(answer.statements)
            said = json.loads(answer.text) if answer.text.startswith("{") else {}
            self.statuses[f"{answer.status} {said.get('status', '')}".strip()] += 1
            hidden |= said.get("hidden", {})


def measure(server: Server) -> dict[str, object]:
    """Saves in ten seconds by eight people, how long each took, and what went wrong."""
    authors = [person for person in everybody() if person.role.startswith("provider")][:PEOPLE]
    writers = [_at_a_question(server, person, place) for place, person in enumerate(authors)]
    deadline = time.monotonic() + SECONDS
    threads = [threading.Thread(target=one.write_until, args=(deadline,)) for one in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sum((one.statuses for one in writers), Counter[str]())
    spent = sorted(time for one in writers for time in one.milliseconds)
    saved = statuses.pop("200 saved", 0)
    return {
        "people": len(writers),
        "seconds": SECONDS,
        "saves": saved,
        "errors": sum(statuses.values()),
        "other_answers": dict(statuses),
        "median_milliseconds": round(statistics.median(spent), 1),
        "p95_milliseconds": round(spent[int(len(spent) * 0.95)], 1),
        "slowest_milliseconds": round(spent[-1], 1),
        "statements": statistics.median(count for one in writers for count in one.statements),
        "locked_in_log": server.log().count("database is locked"),
    }


def _at_a_question(server: Server, person: DemoPerson, place: int) -> Writer:
    """The person's browser at a question of long text; colleagues get different ones."""
    browser = sign_in(server.url, person)
    found = _long_texts(browser, _application(browser))
    page, form, name = found[place % len(found)]
    return Writer(person, browser, page, form, name)


def _application(browser: Browser) -> Answer:
    """The person's application to the round that is open, started and with its lots chosen."""
    for link in browser.get("/rounds/").links():
        if not link.startswith("/rounds/"):
            continue
        for start in browser.get(link).links():
            if start.startswith("/applications/start/"):
                page = browser.get(start)
                if page.path == start:
                    page = browser.send(page, page.forms()[-1])
                return _with_lots(browser, page)
            if APPLICATION.fullmatch(start):
                return browser.get(start)
    raise Unexpected("no round is open to applications")


def _with_lots(browser: Browser, application: Answer) -> Answer:
    page = browser.get(f"{application.path}/lots")
    form = page.form_with("lots")
    if not any(name == "lots" and value for name, value in form.fields):
        first = next(iter(form.choices["lots"]))
        browser.send(page, form, lots=first)
    return browser.get(application.path)


def _long_texts(browser: Browser, application: Answer) -> list[tuple[Answer, Form, str]]:
    found = []
    sections = [link for link in application.links() if link.startswith(application.path + "/")]
    pages = [page for section in sections for page in _questions(browser, section)]
    for path in dict.fromkeys(pages):
        page = browser.get(path)
        found += [(page, form, form.areas[0]) for form in page.forms() if form.areas]
        if len(found) == PEOPLE:
            break
    if not found:
        raise Unexpected(f"{application.path} has no question of long text")
    return found


def _questions(browser: Browser, section: str) -> list[str]:
    if QUESTION in section:
        return [section]
    answer = browser.get(section)
    here = [answer.path] if QUESTION in answer.path else []
    return here + [link for link in answer.links() if QUESTION in link]
