"""How people come in: an organisation, a colleague, an officer, a Young Commissioner with a card."""

import re
from datetime import date

from lxml import html

from portal.db import db
from portal.people.models import Person
from tests.client import HygieneClient
from tests.journeys.town import PASSWORD, Town, code, day_in_parts, elements, fields_on, text_of

KEY = re.compile(r"Key: ((?:[A-Z2-7]{4} ?)+)")


def create_an_organisation(town: Town, name: str, admin: str, email: str) -> str:
    """Create it, confirm the address, set up the phone; returns the organisation's reference."""
    browser = town.a_browser()
    shown = browser.page("/organisations/new")
    typed = {
        "name": name,
        "admin_name": admin,
        "email": email,
        "password": PASSWORD,
        "company_number": "09876543",
        "service": "supported-accommodation",
        "urn": "2791234",
        **day_in_parts("registered_on", date(2024, 3, 1)),
    }
    browser.sends(shown, typed, to="/organisations/new/sent")
    shown = browser.page(town.link_to(email))
    shown = browser.sends(shown, {"password": PASSWORD}, to="/account/second-factor")
    set_up_the_phone(town, browser, shown, admin)
    town.knows(admin, email)
    town.browsers[admin] = browser
    return browser.get("/organisations/").location.rpartition("/")[2]


def set_up_the_phone(town: Town, browser: HygieneClient, shown, name: str) -> None:
    """Scan the key, type the code, keep the recovery codes."""
    found = KEY.search(text_of(shown))
    assert found, text_of(shown)
    town.secrets[name] = found[1].replace(" ", "")
    typed = {"code": code(town.secrets[name], town.now)}
    shown = browser.sends(shown, typed, to="/account/recovery-codes")
    assert len(elements(shown, "//main//li")) >= 8
    browser.sends(shown, {}, to="/")


def invite_a_colleague(town: Town, organisation: str, by: str, name: str, email: str) -> None:
    """Invite somebody who writes; they come by the link in their mail."""
    browser = town.by(by)
    shown = browser.page(f"/organisations/{organisation}/colleagues/invite")
    typed = {"email": email, "role": "provider-contributor"}
    browser.sends(shown, typed, to=f"/organisations/{organisation}")
    colleague = town.a_browser()
    shown = colleague.page(town.link_to(email))
    assert "Your role" in text_of(shown)
    colleague.sends(shown, {"name": name, "password": PASSWORD}, to="/")
    town.knows(name, email)
    town.browsers[name] = colleague


def invite_an_officer(town: Town, name: str, email: str, council: str, role: str) -> None:
    """The administrator invites somebody to a council, who sets up a password and a phone."""
    browser = town.by("Neil")
    shown = browser.page("/administration/invite")
    (place,) = elements(shown, f"//select[@name='organisation']/option[text()='{council}']/@value")
    typed = {"email": email, "organisation": place, "role": role}
    browser.sends(shown, typed, to="/administration*")
    officer = town.a_browser()
    shown = officer.page(town.link_to(email))
    shown = officer.sends(shown, {"name": name, "password": PASSWORD}, to="/account/second-factor")
    set_up_the_phone(town, officer, shown, name)
    town.knows(name, email)


def sign_in(town: Town, name: str) -> HygieneClient:
    """By address, password and the code of the phone, as everybody does."""
    person = db.session.get_one(Person, town.people[name])
    browser = town.a_browser()
    shown = browser.page("/sign-in")
    typed = {"email": person.email, "password": PASSWORD}
    shown = browser.sends(shown, typed, to="/sign-in/code")
    browser.sends(shown, {"code": code(town.secrets[name], town.now)}, to="/")
    town.browsers[name] = browser
    return browser


def welcome_a_young_commissioner(town: Town, alias: str) -> None:
    """An alias, a consent, a card; and the first time with the card."""
    officer = town.by("Sunita")
    shown = officer.page("/young-people/new")
    shown = officer.sends(shown, {"alias": alias, "not_real": "yes"}, to="/young-people/*")
    given_by = fields_on(shown)["given_by"][0]
    consent = {"given_by": given_by, "purpose": "To score applications."}
    consent |= day_in_parts("given_on", town.now.date())
    shown = officer.sends(shown, consent, to="/young-people/*")
    shown = officer.page(f"{shown.request.path}/card")
    shown = officer.sends(shown, {}, to="/young-people/*")
    number, pin = _printed(shown.text)
    officer.sends(shown, {}, to="/young-people/*")
    town.knows(alias)
    town.secrets[alias] = f"{number} {pin}"
    by_card(town, alias)


def _printed(text: str) -> tuple[str, str]:
    """What is printed on the two halves of a card: the number, and the PIN."""
    page = html.document_fromstring(text)
    numbers = page.xpath("//*[@class='portal-code']/text()")
    return numbers[-1].replace(" ", ""), page.xpath("//*[contains(@class, 'card__pin')]/text()")[0]


def by_card(town: Town, alias: str) -> HygieneClient:
    """Point the camera at the card, type the PIN."""
    number, pin = town.secrets[alias].split()
    browser = town.a_browser()
    shown = browser.page(f"/card/{number}")
    browser.sends(shown, {"pin": pin}, to="/")
    town.browsers[alias] = browser
    return browser
