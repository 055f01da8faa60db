"""The people of the demonstration, and how a script signs in as one of them."""

import re
from dataclasses import dataclass
from functools import cache

from portal.demo import cast
from portal.people.demonstration import PASSWORD, PIN
from tools.browser import Answer, Browser, Unexpected

CODE = re.compile(r"your phone would show (\d{6})")
HOME = "/"


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who can sign in: by password and code, or by a card and its PIN."""

    name: str
    role: str
    email: str = ""  # empty for a Young Commissioner

    @property
    def folder(self) -> str:
        """A name for this person's pictures: the role, and the person."""
        return f"{self.role}-{self.name.lower().replace(' ', '-')}"


@cache
def everybody() -> tuple[DemoPerson, ...]:
    """All the people of the story, in its order."""
    told = cast.told("cast.yaml")
    found = [
        DemoPerson(one["name"], one["roles"][0], cast.address(one["name"])) for one in told["staff"]
    ]
    found += [DemoPerson(alias, "young-commissioner") for alias in told["young"]]
    for provider in told["providers"]:
        for post, role in (("admin", "provider-admin"), ("contributor", "provider-contributor")):
            if post in provider:
                name = provider[post]
                found.append(DemoPerson(name, role, cast.address(name)))
    return tuple(found)


def one_of_each_role() -> tuple[DemoPerson, ...]:
    """The first person of each role."""
    first: dict[str, DemoPerson] = {}
    for person in everybody():
        first.setdefault(person.role, person)
    return tuple(first.values())


def sign_in(url: str, person: DemoPerson) -> Browser:
    """A browser in which this person is signed in.

    Raises:
        Unexpected: the portal did not let them in.
    """
    browser = Browser(url)
    answer = _by_password(browser, person) if person.email else _by_card(browser, person)
    if answer.path.startswith(("/sign-in", "/card")):
        raise Unexpected(f"{person.name} was not let in: {answer.path} ({answer.status})")
    return browser


def _by_password(browser: Browser, person: DemoPerson) -> Answer:
    page = browser.get("/sign-in")
    page = browser.send(page, page.form_with("password"), email=person.email, password=PASSWORD)
    shown = CODE.search(page.text)
    if shown is None:
        return page
    return browser.send(page, page.form_with("code"), code=shown[1])


def _by_card(browser: Browser, person: DemoPerson) -> Answer:
    page = browser.get("/sign-in")
    cards = re.findall(r'href="(/card/[^"]+)">([^<]+)’s card', page.text)
    address = next((path for path, name in cards if name == person.name), None)
    if address is None:
        raise Unexpected(f"{person.name} has no card on the sign-in page")
    page = browser.get(address)
    return browser.send(page, page.form_with("pin"), pin=PIN)
