"""A visit on a phone whose reception goes in the middle: nothing is lost, and nothing is there twice.

The server is stopped, not only hidden from the page, because a service worker has its own way out;
the browser is closed and opened again with its profile.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from portal import create_app
from portal.db import db
from portal.people import young
from portal.people.actions_young import withdraw_consent
from portal.people.models import Person
from portal.storage import get_store
from portal.visits import queries
from portal.visits.models import Visit
from portal.visits.models_entries import VisitPhoto
from tests.browser.live import fits
from tests.databases import make_tables, test_config
from tests.factories.people import as_person, viewer
from tests.factories.visits import DAY, AVisit, a_picture, a_visit
from tools.chromium import QUIET, executable
from tools.pictures import AXE, LOOK, RULES

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 375, "height": 700}, "has_touch": True, "is_mobile": True}
GRAVE = {"serious", "critical"}
LONG = 60_000  # milliseconds; a busy machine takes its time
SENT = re.compile("All sent|You can lose reception")  # the page, or the clock beside it, was first
TWICE = 1_100  # milliseconds after which a button that was pressed takes the next press
LEFT = """async () => [(await indexedDB.databases()).length, (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length, localStorage.length]"""
AT_ONCE = """addEventListener("load", () => {
  const [typed, form] = [sessionStorage.getItem("typed"), document.querySelector("[data-visit-entry]")];
  if (!typed || !form) return;
  sessionStorage.removeItem("typed");
  for (const [name, value] of Object.entries(JSON.parse(typed))) form.elements[name].value = value;
  form.requestSubmit();
})"""


class Reception:
    """The server, which comes and goes on one address."""

    def __init__(self, portal: Any) -> None:
        self.portal, self.port, self.server = portal, 0, None

    def back(self) -> None:
        self.server = make_server("127.0.0.1", self.port, self.portal, threaded=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def gone(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def reception(tmp_path: Path) -> Iterator[Reception]:
    config = test_config(tmp_path / "data", f"sqlite:///{tmp_path / 'portal.sqlite3'}")
    portal = create_app(**{**config, "DEMO": True, "CLOCK": lambda: DAY})
    make_tables(portal)
    found = Reception(portal)
    found.back()
    yield found
    found.gone()


@contextmanager
def a_phone(folder: Path, cookie: dict[str, Any] | None = None) -> Iterator[Page]:
    """A browser with a profile that outlives it."""
    import os

    flags = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        context: BrowserContext = playwright.chromium.launch_persistent_context(
            str(folder), executable_path=executable(), args=flags, **PHONE
        )
        context.set_default_timeout(LONG)
        if cookie:
            context.add_cookies([cookie])
        slips: list[str] = []
        context.on("weberror", lambda error: slips.append(str(error.error)))
        context.on("console", lambda said: slips.append(said.text) if "Policy" in said.text else 0)
        try:
            yield context.pages[0]
        finally:
            context.close()
        assert slips == []


def signed_in(reception: Reception, person: Person) -> dict[str, Any]:
    """The cookie of somebody's session."""
    client = as_person(reception.portal.test_client(), person)
    cookie = client.get_cookie(reception.portal.config["SESSION_COOKIE_NAME"])
    return {"name": cookie.key, "value": cookie.value, "url": reception.address}


def looks_well(page: Page) -> None:
    """Axe finds nothing serious, and nobody scrolls sideways on a small phone."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(LOOK, RULES)
    assert [one for one in found["faults"] if one["impact"] in GRAVE] == []
    fits(page)


def writes(page: Page, typed: dict[str, str], onward: str) -> None:
    """Fill the one form of the page in, and go on."""
    for name, value in typed.items():
        radio = page.locator(f"main input[type=radio][name='{name}'][value='{value}']")
        if radio.count():
            radio.check(force=True)
        else:
            page.locator(f"main [name='{name}']").fill(value)
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url(f"**{onward}")


def presses_at_once(page: Page, address: str, typed: dict[str, str]) -> None:
    """Fill in and press before the phone has opened what it keeps: it must not go to no server."""
    page.evaluate("typed => sessionStorage.setItem('typed', JSON.stringify(typed))", typed)
    page.add_init_script(AT_ONCE)
    page.goto(address)
    page.wait_for_function("here => location.href !== here", arg=address)
    page.wait_for_load_state()
    assert page.locator("[data-visit-entry]").count() == 1


def takes_a_picture(page: Page, address: str, caption: str) -> None:
    """One that says where it was taken, as a phone's camera writes it."""
    page.goto(address)
    content = a_picture().getvalue()
    picture = {"name": "oven.jpg", "mimeType": "image/jpeg", "buffer": content}
    page.locator("main input[type=file]").set_input_files(picture)
    page.locator("main [name=caption]").fill(caption)
    page.get_by_role("button", name="Keep this photograph").click()
    says(page, f"{caption}: on this phone")


def says(page: Page, words: str) -> None:
    page.locator("[data-visit]", has_text=words).first.wait_for()


@pytest.mark.skipif(executable() is None, reason="Chromium is not installed on this machine")
def test_a_visit_goes_on_without_reception_and_through_a_restart(reception, tmp_path):
    with reception.portal.app_context():
        told = a_visit(young=("Comet",)).confirmed()
        ref, lead = told.visit.ref, told.lead.id
        kept = signed_in(reception, told.lead)
    at = f"{reception.address}/visits/phone/{ref}"
    with a_phone(tmp_path / "phone", kept) as page:
        page.goto(at)
        page.locator("[data-visit][data-kept=yes]").wait_for()
        looks_well(page)
        page.goto(f"{at}/at/document/fire")
        looks_well(page)
        reception.gone()  # at the door: nobody has started the visit yet
        page.goto(at)
        page.get_by_role("button", name="Start the visit").click()
        says(page, "the first thing you write starts the visit")
        page.goto(f"{at}/at/document/fire")
        writes(page, {"seen": "yes", "note": "Drill in May."}, "/at/document/gas-electric")
        page.goto(f"{at}/at/spoken/staff")
        says(page, "No reception")
        writes(page, {"number": "4"}, "/at/spoken/managers")
        presses_at_once(page, f"{at}/at/spoken/managers", {"number": "1"})
        page.goto(f"{at}/at/place/kitchen")
        writes(page, {"seen": "yes", "note": "Clean and warm."}, "/at/place/living-room")
        page.goto(f"{at}/at/score/1a")
        writes(page, {"value": "2", "reason": "One oven for five."}, "/at/score/1b")
        page.goto(f"{at}/at/score/1a")
        writes(page, {"value": "3", "reason": "One oven, and it is new."}, "/at/score/1b")
        page.goto(f"{at}/at/score/1a")
        page.reload()
        expect(page.locator("main [name=reason]")).to_have_value(
            "One oven, and it is new.", timeout=LONG
        )
        takes_a_picture(page, f"{at}/photos", "The oven")
        page.get_by_role("button", name="Sign out").click()
        page.get_by_text("You are not signed out").wait_for()
    with reception.portal.app_context():
        _somebody_else_writes(ref, told)
    with a_phone(tmp_path / "phone", kept) as page:  # the battery was empty; signed in again
        page.goto(f"{at}/at/score/1a")
        expect(page.locator("main [name=value][value='3']")).to_be_checked(timeout=LONG)
        page.goto(at)
        says(page, "6 things are")
        reception.back()
        page.reload()
        expect(page.locator("[data-visit-state]")).to_contain_text(SENT, timeout=LONG)
        with reception.portal.app_context():
            _everything_is_there_once(ref, lead)
        page.goto(f"{at}/choices")
        says(page, "Mine: Looked at. Clean and warm.")
        says(page, "Theirs: Not looked at. It was locked.")
        looks_well(page)
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/sign-in*")
        assert page.evaluate(LEFT) == [0, 0, 0, 0]


@pytest.mark.skipif(executable() is None, reason="Chromium is not installed on this machine")
def test_what_was_never_sent_goes_from_the_phone_of_who_withdrew(reception, tmp_path):
    with reception.portal.app_context():
        told = a_visit().begun()
        at = f"{reception.address}/visits/phone/{told.visit.ref}"
        kept, comet = signed_in(reception, told.young[0]), told.young[0].id
        supporter = told.supporter.id
    with a_phone(tmp_path / "phone", kept) as page:
        page.goto(at)
        page.locator("[data-visit][data-kept=yes]").wait_for()
        page.goto(f"{at}/at/score/1a")
        reception.gone()
        writes(page, {"value": "1", "reason": "I did not like it."}, "/at/score/1b")
        says(page, "1 thing is")
        with reception.portal.app_context():
            consent = young.standing_consent(db.session.get_one(Person, comet))
            officer = viewer(db.session.get_one(Person, supporter))
            withdraw_consent(consent, actor=officer, now=DAY)
            db.session.commit()
        reception.back()
        page.evaluate("dispatchEvent(new Event('online'))")
        page.get_by_text("Thank you for all you did!").wait_for()
        expect(page.locator("[data-visit-entry]")).to_have_count(0)
        assert page.evaluate(LEFT) == [0, 0, 0, 0]


@pytest.mark.skipif(executable() is None, reason="Chromium is not installed on this machine")
def test_what_the_server_would_refuse_is_told_at_the_home(reception, tmp_path):
    with reception.portal.app_context():
        told = a_visit(young=()).begun()
        at = f"{reception.address}/visits/phone/{told.visit.ref}"
        kept = signed_in(reception, told.lead)
    with a_phone(tmp_path / "phone", kept) as page:
        page.goto(at)
        page.locator("[data-visit][data-kept=yes]").wait_for()
        reception.gone()
        page.goto(f"{at}/at/score/1a")
        page.locator("main [name=value][value='3']").check(force=True)
        page.locator("main [name=reason]").fill("x" * 2_001)
        page.get_by_role("button", name="Save and go on").click()
        says(page, "Use 2,000 characters or fewer.")
        page.wait_for_timeout(TWICE)
        writes(page, {"reason": "Warm and clean."}, "/at/score/1b")
        writes(page, {"value": "2"}, "/at/score/1c")  # no reason
        page.goto(f"{at}/send")
        missing = page.locator("[data-visit-missing] li")
        expect(missing.first).to_be_hidden(timeout=LONG)
        expect(missing.nth(1)).to_be_visible()
        looks_well(page)
        page.goto(f"{at}/photos")
        _photographs(page, b"GIF89a", "Hall")
        says(page, "This is not a photograph that we can keep.")
        page.wait_for_timeout(TWICE)
        expect(page.locator("[data-visit-photos] li")).to_have_count(0)
        _photographs(page, b"\xff\xd8\xff\xe0 and no more", "Hall")
        says(page, "Hall: on this phone")
        reception.back()
        page.evaluate("dispatchEvent(new Event('online'))")
        says(page, "The photograph “Hall” was not taken: We cannot take out")
        page.goto(f"{at}/send")
        says(page, "The photograph “Hall” was not taken")
        page.get_by_role("button", name="Hand it in").click()
        expect(page.get_by_text("Find a place with reception, then press again")).to_have_count(0)
        page.get_by_role("button", name="Throw it away", exact=True).click()
        page.get_by_role("button", name="Yes, throw it away").click()
        expect(page.locator("[data-visit-unsent]")).to_be_hidden(timeout=LONG)


def _photographs(page: Page, content: bytes, caption: str) -> None:
    picture = {"name": "hall.jpg", "mimeType": "image/jpeg", "buffer": content}
    page.locator("main input[type=file]").set_input_files(picture)
    page.locator("main [name=caption]").fill(caption)
    page.get_by_role("button", name="Keep this photograph").click()


def _somebody_else_writes(ref: str, told: AVisit) -> None:
    """Meanwhile a colleague with reception walks through the same kitchen."""
    visit = db.session.query(Visit).filter_by(ref=ref).one()
    there = AVisit(visit, told.lead, told.officer, None, [], told.admin)
    there.saves(told.officer, "place:kitchen", seen="no", note="It was locked.")
    db.session.commit()


def _everything_is_there_once(ref: str, lead: int) -> None:
    visit = db.session.query(Visit).filter_by(ref=ref).one()
    found = [(one.place, one.value, one.revision) for one in queries.entries(visit)]
    by_place = {place: (value, revision) for place, value, revision in found}
    assert len(by_place) == len(found) == 5
    [photo] = db.session.query(VisitPhoto).all()
    assert (photo.caption, photo.taken_by_id) == ("The oven", lead)
    with get_store().open(photo.file.sha256) as kept, Image.open(kept) as picture:
        assert (dict(picture.getexif()), picture.size) == ({}, (40, 30))
    assert by_place["document:fire"][1] == 1
    assert by_place["spoken:staff"] == ({"number": 4}, 1)
    assert by_place["spoken:managers"] == ({"number": 1}, 1)
    assert by_place["score:1a"][0]["value"] == 3
    assert by_place["place:kitchen"][0]["note"] == "It was locked."
    [aside] = queries.waiting_asides(visit)
    assert (aside.written_by_id, aside.value["note"]) == (lead, "Clean and warm.")
