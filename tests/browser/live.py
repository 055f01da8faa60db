"""The portal on a live server, and people with real browsers in front of it, on a clock that moves.

Whatever goes wrong unseen is remembered: an uncaught error of a script, a breach of the content
security policy, a fault of the server, a file of ours that is not there.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response
from sqlalchemy import event
from werkzeug.serving import make_server

from portal import create_app
from portal.access import Viewer
from portal.db import db
from portal.mail import Mail
from portal.people.models import Person
from portal.people.queries import viewer_of
from tests.databases import make_tables, test_config
from tests.factories.people import as_person
from tests.journeys.town import Town, a_town
from tools.pictures import AXE, LOOK, RULES

DESK = {"viewport": {"width": 1280, "height": 720}}
PHONE = {"viewport": {"width": 375, "height": 700}, "has_touch": True, "is_mobile": True}
ENGLAND = {"locale": "en-GB", "timezone_id": "Europe/London", "reduced_motion": "reduce"}
PATIENCE = 60_000  # milliseconds, on a busy machine
GRAVE = {"serious", "critical"}


@contextmanager
def a_portal(folder: Path) -> Iterator[Flask]:
    """The portal as a demonstration with an empty database, served until the block ends."""
    config = test_config(folder / "data", f"sqlite:///{folder / 'portal.sqlite3'}")
    portal = create_app(**{**config, "DEMO": True, "SEND_FILE_MAX_AGE_DEFAULT": 3600})
    make_tables(portal)
    with portal.app_context():
        event.listen(db.engine, "connect", _without_waiting_for_the_disk)
        db.engine.dispose()
    server = make_server("127.0.0.1", 0, portal, threaded=True)
    portal.config["BASE_URL"] = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield portal
    server.shutdown()
    with portal.app_context():
        db.engine.dispose()


def _without_waiting_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


class Live:
    """The councils and their staff, each with a browser of their own."""

    def __init__(self, portal: Flask, chrome: Browser) -> None:
        self.portal, self.chrome = portal, chrome
        self.address: str = portal.config["BASE_URL"]
        self.slips: list[str] = []
        self.seen: dict[str, list[str]] = {}  # what axe found, by page
        self._pages: dict[str, Page] = {}
        self._came: dict[str, datetime] = {}
        with self.inside():
            self.town: Town = a_town(portal)

    @property
    def now(self) -> datetime:
        return self.town.now

    def at(self, moment: datetime) -> None:
        """Move the clock. Whoever comes later signs in again."""
        self.town.at(moment)

    @contextmanager
    def inside(self) -> Iterator[Any]:
        """Be in the portal rather than before it; what is done is committed."""
        with self.portal.app_context():
            yield db.session
            db.session.commit()

    def viewer(self, name: str) -> Viewer:
        """Somebody as whom an action is done (`inside`)."""
        return viewer_of(self.town.people[name])

    def person(self, name: str) -> Person:
        """Somebody (`inside`)."""
        return db.session.get_one(Person, self.town.people[name])

    def knows(self, name: str, email: str | None = None) -> None:
        """Remember somebody who came in through the pages."""
        with self.inside():
            self.town.knows(name, email)

    def settle(self) -> None:
        """Do what the worker beside the server would do."""
        with self.inside():
            self.town.settle()

    # --- Browsers -------------------------------------------------------------------------

    def a_browser(self, **look: Any) -> Page:
        """A browser in which nobody is signed in."""
        context = self.chrome.new_context(
            base_url=self.address, accept_downloads=True, **{**ENGLAND, **DESK, **look}
        )
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: self.slips.append(f"error: {error.error}"))
        context.on("console", lambda said: self._hear(said.text))
        context.on("response", self._look)
        return context.new_page()

    def _hear(self, text: str) -> None:
        if "Policy" in text:
            self.slips.append(text)

    def _look(self, answer: Response) -> None:
        missing = answer.status == 404 and "/static/" in answer.url
        if answer.status >= 500 or missing:
            self.slips.append(f"{answer.status} {answer.request.method} {answer.url}")

    def by(self, name: str, **look: Any) -> Page:
        """The browser of somebody who is signed in, as at the last time that the clock stood."""
        page = self._pages.get(name) or self.keep(name, self.a_browser(**look), came=False)
        if self._came.get(name) != self.now:
            self._sign_in(name, page.context)
        return page

    def keep(self, name: str, page: Page, *, came: bool = True) -> Page:
        """This is the browser of that person, who signed in just now by hand."""
        self._pages[name] = page
        if came:
            self._came[name] = self.now
        return page

    @property
    def pages(self) -> Mapping[str, Page]:
        """Who has a browser of their own."""
        return self._pages

    def _sign_in(self, name: str, context: BrowserContext) -> None:
        """Begin a session behind the scenes: the door itself is walked through by some."""
        with self.inside():
            client = as_person(self.portal.test_client(), self.person(name))
        cookie = client.get_cookie(self.portal.config["SESSION_COOKIE_NAME"])
        context.clear_cookies()
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.address}])
        self._came[name] = self.now

    def close(self) -> None:
        for context in list(self.chrome.contexts):
            context.close()

    # --- Mail -----------------------------------------------------------------------------

    def mail_to(self, address: str, words: str = "") -> Mail:
        """The newest mail to somebody."""
        with self.inside():
            return self.town.mail_to(address, words)

    def open_mail(self, page: Page, address: str, words: str) -> None:
        """Follow the link of a mail, out of the demonstration's outbox."""
        goes(page, f"/demo/outbox?to={address}")
        follows(page, words)
        with page.expect_navigation():
            page.locator(f"main a[href^='{self.address}/']").first.click()

    # --- Looking closely ------------------------------------------------------------------

    def looks_well(self, page: Page, title: str) -> None:
        """Axe finds nothing serious, and nobody has to scroll sideways."""
        page.wait_for_load_state("load")
        page.evaluate(AXE.read_text())
        found = page.evaluate(LOOK, RULES)
        self.seen[title] = [f"{one['rule']} ({one['impact']})" for one in found["faults"]]
        grave = [one for one in found["faults"] if one["impact"] in GRAVE]
        assert grave == [], f"{title}: {grave}"
        fits(page, page.viewport_size["width"])


def fits(page: Page, width: int = 375) -> None:
    """The page is no wider than the screen."""
    found = page.evaluate("document.documentElement.scrollWidth")
    assert found <= width, f"{path_of(page)} is {found} pixels wide on a screen of {width}"


def path_of(page: Page) -> str:
    return urlsplit(page.url).path


def ref_of(page: Page) -> str:
    """The reference at the end of the address."""
    return path_of(page).rpartition("/")[2]


def goes(page: Page, address: str, status: int = 200) -> Page:
    """Look at an address."""
    answer = page.goto(address, wait_until="domcontentloaded")
    assert answer is not None
    assert answer.status == status, f"{address} answered {answer.status}: {words_on(page)[:300]}"
    return page


def follows(page: Page, words: str, to: str = "*") -> Page:
    """Press a link of the page itself, by the words that it begins with."""
    link = page.locator("main a", has_text=re.compile(rf"^\s*{re.escape(words)}"))
    with page.expect_navigation(wait_until="domcontentloaded"):
        link.first.click()
    return _arrived(page, to)


def types(page: Page, typed: Mapping[str, Any]) -> None:
    """Fill fields by their names; radios and boxes by their values."""
    for name, value in typed.items():
        field = page.locator(f"main [name='{name}']")
        if field.first.get_attribute("type") in {"radio", "checkbox"}:
            for one in [value] if isinstance(value, str) else value:
                page.locator(f"main [name='{name}'][value='{one}']").check()
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def presses(page: Page, words: str, to: str = "*") -> Page:
    """Press a button of the page itself, and wait for the page that it leads to."""
    button: Locator = page.locator("main").get_by_role("button", name=words)
    with page.expect_navigation(wait_until="domcontentloaded"):
        button.first.click()
    return _arrived(page, to)


def sends(page: Page, typed: Mapping[str, Any], button: str, to: str = "*") -> Page:
    """Fill a form in and send it."""
    types(page, typed)
    return presses(page, button, to)


def _arrived(page: Page, to: str) -> Page:
    assert fnmatch(path_of(page), to), f"led to {path_of(page)}, not {to}: {words_on(page)[:600]}"
    return page


def words_on(page: Page, part: str = "main") -> str:
    """The words of (the main part of) a page, in one line; none where there is no such part."""
    return " ".join(" ".join(page.locator(part).all_inner_texts()).split())


def says(page: Page, *words: str) -> None:
    """All these words are on the page."""
    shown = words_on(page)
    for one in words:
        assert one in shown, f"“{one}” is not on {path_of(page)}: {shown[:800]}"


def values_of(page: Page, css: str, attribute: str) -> list[str]:
    """An attribute of all elements that fit, in the order of the page, each once."""
    found = page.eval_on_selector_all(
        css, "(all, name) => all.map(one => one.getAttribute(name))", attribute
    )
    return list(dict.fromkeys(found))


def downloaded(page: Page, link: Locator) -> bytes:
    """What a link gives to keep."""
    with page.expect_download() as coming:
        link.click()
    return Path(coming.value.path()).read_bytes()
