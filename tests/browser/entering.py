"""How people come in through a browser: by password and phone, by a mail, by a card."""

import re
from datetime import date
from typing import Any

from playwright.sync_api import Page

from tests.browser.live import (
    PHONE,
    Live,
    follows,
    goes,
    path_of,
    presses,
    ref_of,
    says,
    sends,
    types,
    values_of,
    words_on,
)
from tests.factories.people import PASSWORD as STAFF_PASSWORD
from tests.journeys.town import PASSWORD, day_in_parts

CODE = re.compile(r"your phone would show (\d{6})")


def by_password(live: Live, name: str) -> Page:
    """Address, password, and the code that the demonstration shows."""
    page = live.a_browser()
    with live.inside():
        email = live.person(name).email
    goes(page, "/sign-in")
    sends(page, {"email": email, "password": STAFF_PASSWORD}, "Sign in", to="/sign-in/code")
    type_the_code(page, to="/")
    return live.keep(name, page)


def type_the_code(page: Page, to: str) -> None:
    found = CODE.search(words_on(page))
    assert found, words_on(page)
    sends(page, {"code": found[1]}, "Continue", to=to)


def create_an_organisation(live: Live, name: str, admin: str, email: str) -> str:
    """From the front page to one's own organisation; returns its reference."""
    page = live.a_browser()
    goes(page, "/")
    follows(page, "Create your organisation", to="/organisations/new")
    typed = {
        "name": name,
        "company_number": "09876543",
        "service": "supported-accommodation",
        "urn": "2791234",
        **day_in_parts("registered_on", date(2024, 3, 1)),
        "admin_name": admin,
        "email": email,
        "password": PASSWORD,
    }
    sends(page, {**typed, "password": "too short"}, "Create the organisation")
    says(page, "There is a problem")
    assert page.input_value("[name=name]") == name  # nothing that was typed is lost
    sends(page, typed, "Create the organisation", to="/organisations/new/sent")
    live.open_mail(page, email, "Confirm")
    sends(page, {"password": PASSWORD}, "Confirm", to="/account/second-factor")
    assert page.locator(".portal-qr-box svg").is_visible()
    type_the_code(page, to="/account/recovery-codes")
    assert page.locator(".portal-recovery-codes li").count() == 10
    presses(page, "I have kept them safe", to="/")
    live.keep(admin, page)
    live.knows(admin, email)
    page.goto("/organisations/")
    return ref_of(page)


def invite_a_colleague(live: Live, organisation: str, by: str, name: str, email: str) -> Page:
    """Somebody who writes, and who comes by the link in their mail."""
    page = live.by(by)
    goes(page, f"/organisations/{organisation}")
    follows(page, "Invite a colleague")
    typed = {"email": email, "role": "provider-contributor"}
    sends(page, typed, "Send the invitation", to=f"/organisations/{organisation}")
    theirs = live.a_browser()
    live.open_mail(theirs, email, "You are invited")
    says(theirs, "Your role")
    sends(theirs, {"name": name, "password": PASSWORD}, "Accept the invitation", to="/")
    live.knows(name, email)
    return live.keep(name, theirs)


def on_another_device(live: Live, email: str) -> Page:
    """The same person, on the phone."""
    page = live.a_browser(**PHONE)
    goes(page, "/sign-in")
    types(page, {"email": email, "password": PASSWORD})
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").tap()
    assert path_of(page) == "/"
    return page


def welcome_a_young_commissioner(live: Live, alias: str) -> None:
    """An alias, a consent, a card to print; and the first time with the card, on a phone."""
    page = live.by("Sunita")
    goes(page, "/young-people/new")
    sends(page, {"alias": alias, "not_real": "yes"}, "Add", to="/young-people/*/consent")
    given_by = values_of(page, "[name=given_by]", "value")[0]
    consent: dict[str, Any] = {"given_by": given_by, "purpose": "To score applications."}
    consent |= day_in_parts("given_on", live.now.date())
    sends(page, consent, "Record the consent", to="/young-people/*")
    about = path_of(page)
    follows(page, "Make a card")
    presses(page, "Make the card")
    assert page.locator(".portal-sign-in-card svg").is_visible()
    number = page.locator(".portal-sign-in-card .portal-code").last.inner_text()
    pin = page.locator(".portal-sign-in-card__pin").inner_text()
    presses(page, "I have printed it", to=about)
    live.knows(alias)
    live.town.secrets[alias] = f"{number.replace(' ', '')} {pin}"


def by_card(live: Live, alias: str) -> Page:
    """Point the phone's camera at the card, and type the PIN."""
    number, pin = live.town.secrets[alias].split()
    page = live.a_browser(**PHONE)
    goes(page, f"/card/{number}")
    page.get_by_label("Hello! Type your PIN").fill(pin)
    with page.expect_navigation():
        page.get_by_role("button", name="Go").tap()
    assert path_of(page) == "/", words_on(page)
    return live.keep(alias, page)
