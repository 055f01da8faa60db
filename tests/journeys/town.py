"""The people of a journey, each in a browser of their own, on one clock that the journey moves."""

import io
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyotp
from flask import Flask
from lxml import html
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import queue
from portal.access import Role, Viewer
from portal.content.actions import load_defaults
from portal.db import db
from portal.demo.papers import small_pdf
from portal.mail import Mail
from portal.people.models import Person
from tests.client import HygieneClient
from tests.factories.people import a_council, a_person, as_person
from tests.factories.rounds import PREPARED
from tests.hygiene import words_of

PAN_BEDFORDSHIRE = {
    "luton": "Luton Council",
    "central-bedfordshire": "Central Bedfordshire Council",
    "bedford-borough": "Bedford Borough Council",
}
STAFF = {
    "Neil": ("luton", Role.ADMINISTRATOR),
    "Amina": ("luton", Role.COMMISSIONER),
    "Peter": ("luton", Role.COMMISSIONER),
    "Leila": ("central-bedfordshire", Role.COMMISSIONER),
    "Grace": ("luton", Role.MODERATOR),
    "Daniel": ("luton", Role.EVALUATOR),
    "Hannah": ("central-bedfordshire", Role.EVALUATOR),
    "Sunita": ("luton", Role.PARTICIPATION_OFFICER),
    "Claire": ("luton", Role.FINANCE),
    "Martin": ("luton", Role.APPROVER),
    "Joan": ("central-bedfordshire", Role.APPROVER),
    "Tom": ("bedford-borough", Role.APPROVER),
    "Ruth": ("luton", Role.AUDITOR),
}
LINK = re.compile(r"http://localhost(/\S+)")
PASSWORD = "seven quiet otters swim"


@dataclass
class Town:
    """Everybody, and the time."""

    app: Flask
    now: datetime = PREPARED
    people: dict[str, int] = field(default_factory=dict)
    browsers: dict[str, HygieneClient] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app.config["CLOCK"] = lambda: self.now

    def at(self, moment: datetime) -> "Town":
        """Move the clock. Whoever comes later signs in again."""
        self.now = moment
        self.browsers.clear()
        return self

    def a_browser(self) -> HygieneClient:
        """A browser in which nobody is signed in."""
        return HygieneClient(self.app, self.app.response_class)

    def by(self, name: str) -> HygieneClient:
        """The browser of somebody who is signed in."""
        if name not in self.browsers:
            person = db.session.get_one(Person, self.people[name])
            self.browsers[name] = as_person(self.a_browser(), person)
        return self.browsers[name]

    def knows(self, name: str, email: str | None = None) -> Person:
        """Somebody who came in through the pages, found by name."""
        wanted = Person.email == email if email else Person.name == name
        person = db.session.scalars(select(Person).where(wanted)).one()
        self.people[name] = person.id
        return person

    def settle(self) -> int:
        """Let the worker do everything that waits."""
        done = queue.run_all(self.now)
        db.session.expire_all()
        return done

    def mail_to(self, address: str, words: str = "") -> Mail:
        """The newest mail to somebody."""
        db.session.expire_all()
        wanted = select(Mail).where(Mail.address == address, Mail.subject.contains(words))
        found = db.session.scalars(wanted.order_by(Mail.id.desc()).limit(1)).first()
        assert found is not None, f"no mail to {address} about “{words}”"
        return found

    def link_to(self, address: str, words: str = "") -> str:
        """Where the newest mail to somebody leads."""
        found = LINK.search(self.mail_to(address, words).body)
        assert found is not None
        return found[1]


def a_town(app: Flask) -> Town:
    """Councils, their staff, and the content that ships with the portal."""
    town = Town(app)
    for slug, name in PAN_BEDFORDSHIRE.items():
        a_council(slug, name=name)
    load_defaults(actor=Viewer.system(), now=PREPARED)
    for name, (slug, role) in STAFF.items():
        town.people[name] = a_person(role, a_council(slug), name=name).id
    db.session.commit()
    return town


def a_file(name: str, *lines: str) -> tuple[io.BytesIO, str]:
    """A real PDF as a browser sends it."""
    return io.BytesIO(small_pdf(name, *lines).getvalue()), f"{name}.pdf"


def elements(shown: TestResponse, path: str) -> list[Any]:
    """What an XPath finds on a page."""
    found: list[Any] = html.document_fromstring(shown.text).xpath(path)
    return found


def text_of(shown: TestResponse) -> str:
    """The words of the main part of a page, in one line."""
    return words_of(elements(shown, "//main")[0])


def links_on(shown: TestResponse, begins: str) -> list[str]:
    """The addresses on a page that begin like this, in its order, each once."""
    return list(dict.fromkeys(elements(shown, f"//main//a[starts-with(@href, '{begins}')]/@href")))


def a_link(shown: TestResponse, words: str) -> str:
    """The address behind these words."""
    for one in elements(shown, "//main//a[@href]"):
        if words_of(one).startswith(words):
            return str(one.get("href"))
    raise AssertionError(f"no link “{words}” on {shown.request.path}: {text_of(shown)[:300]}")


def fields_on(shown: TestResponse) -> dict[str, list[str]]:
    """The fields of the page's own forms, each with the values that can be chosen."""
    found: dict[str, list[str]] = {}
    for one in elements(shown, "//main//form//*[@name and not(self::button)]"):
        if one.get("type") != "hidden":
            found.setdefault(one.get("name"), []).append(one.get("value") or "")
    return found


def in_parts(name: str, moment: datetime) -> dict[str, str]:
    """A day and time of London (in winter) as it is typed."""
    return {**day_in_parts(name, moment), f"{name}-time": f"{moment:%H:%M}"}


def day_in_parts(name: str, moment: Any) -> dict[str, str]:
    """A day as it is typed."""
    return {
        f"{name}-day": str(moment.day),
        f"{name}-month": str(moment.month),
        f"{name}-year": str(moment.year),
    }


def code(secret: str, now: datetime) -> str:
    """What the phone shows."""
    return pyotp.TOTP(secret).at(now)
