"""Axe finds nothing on any page of visits and of young people, as each role that may see it.

The pages and roles are those of the table of who may go where, so a new page joins by itself. What two
roles see alike is looked at once: one browser, on a phone's screen, signed in as one after the other.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests.browser.live import PATIENCE, PHONE, fits
from tests.sweeps import matrix
from tests.sweeps.places import Place, places
from tools.chromium import chromium, executable
from tools.pictures import AXE, LOOK, RULES

pytestmark = pytest.mark.browser
ROOMS, YOUNG = {"visits", "young"}, "Comet"
SPEECH = """window.spoken = [];
Object.defineProperty(window, "speechSynthesis", {
  value: { speak: one => spoken.push(one.text), cancel: () => (spoken.length = 0) },
});
window.SpeechSynthesisUtterance = function (text) { this.text = text; };"""
FILES = re.compile(r"\.pdf$|\.js$|<kind>$|/state$")
TAG = re.compile(r"<([a-z][\w-]*)(?:[^>]*?\sclass=\"([^\"]*)\")?")
MAIN = re.compile(r"<div class=\"govuk-width-container\">.*</main>", re.DOTALL)


@contextmanager
def served(app: Any) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def seen_by(place: Place, table: Any) -> list[str]:
    """Who sees a page, by name."""
    cells = table.get(place.name, [])
    return [
        name
        for (name, _), cell in zip(matrix.COLUMNS.values(), cells, strict=True)
        if cell == "200"
    ]


def new_kinds(demonstration: Any) -> Iterator[tuple[str, str]]:
    """Who looks at which address: each page once for each shape that it has."""
    table = matrix.read()
    with demonstration.open():
        found = [one for one in places(demonstration.app, "GET") if _is_page(one)]
    known: dict[str, set[tuple[str, str]]] = {}
    for place in found:
        for name in seen_by(place, table):
            answer = demonstration.by(name).page(place.address)
            if answer.mimetype != "text/html":
                continue  # a photograph
            marks = _marks(answer.text)
            if not marks <= known.setdefault(place.rule, set()):
                known[place.rule] |= marks
                yield name, place.address


def _is_page(place: Place) -> bool:
    return place.endpoint.split(".")[0] in ROOMS and not FILES.search(place.rule)


def _marks(html: str) -> set[tuple[str, str]]:
    """What a page is made of, without its words: in these elements axe could find another fault."""
    main = MAIN.search(html)
    assert main is not None
    return set(TAG.findall(main.group()))


@pytest.mark.skipif(executable() is None, reason="Chromium is not installed on this machine")
def test_axe_finds_nothing_on_any_page_of_visits_and_young_people(demonstration):
    by_name: dict[str, list[str]] = {}
    for name, address in new_kinds(demonstration):
        by_name.setdefault(name, []).append(address)
    assert sum(map(len, by_name.values())) > 60
    with served(demonstration.app) as portal, chromium() as browser:
        context = browser.new_context(base_url=portal, service_workers="block", **PHONE)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(path=AXE)
        context.add_init_script(SPEECH)
        page = context.new_page()
        faults = [
            (name, address, fault["rule"], fault["where"])
            for name, addresses in by_name.items()
            for address in _signed_in(context, demonstration, name, portal, addresses)
            for fault in _faults(page, address)
        ]
        [scores] = [one for one in by_name[YOUNG] if one.endswith("/at/score/1a")]
        for address in _signed_in(context, demonstration, YOUNG, portal, [scores]):
            _is_read_and_answered_with_keys(page, address)
    assert faults == []


def _is_read_and_answered_with_keys(page: Any, address: str) -> None:
    """A young person's page speaks when it is asked to, and five faces have words for everybody."""
    page.goto(address)
    read = page.locator("[data-speak]")
    read.press("Enter")
    spoken = page.evaluate("spoken")
    assert page.locator("h1").inner_text().strip() in spoken
    words = " ".join(spoken)
    assert all(one in words for one in ("Really not OK", "Really good", "rather not say"))
    assert read.get_attribute("aria-pressed") == "true"
    read.press("Enter")
    assert read.get_attribute("aria-pressed") == "false"
    page.get_by_role("radio", name="Not great").press("ArrowDown")
    assert page.get_by_role("radio", name="It's OK").is_checked()


def _signed_in(context: Any, demonstration: Any, name: str, portal: str, addresses: Any) -> Any:
    client = demonstration.by(name)
    cookie = client.get_cookie(demonstration.app.config["SESSION_COOKIE_NAME"])
    context.clear_cookies()
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": portal}])
    yield from addresses


def _faults(page: Any, address: str) -> Any:
    page.goto(address, wait_until="load")
    fits(page)
    return page.evaluate(LOOK, RULES)["faults"]
