"""Who plays: councils, their people, Young Commissioners, and providers with their libraries."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyotp
import yaml
from sqlalchemy import select

from portal import queue
from portal.access import Role, Viewer
from portal.content import queries as content
from portal.content.loading import defaults
from portal.content.schemas import Kind
from portal.db import db
from portal.demo.papers import small_pdf
from portal.documents import actions as documents
from portal.documents.models import DocumentVersion
from portal.mail import Mail
from portal.people import actions as people
from portal.people.demonstration import PASSWORD, PIN
from portal.people.models import Council, Person, PersonKind
from portal.people.passwords import hash_password
from portal.people.queries import viewer_of
from portal.providers import actions as providers
from portal.providers.models import Provider, ServiceKind
from scoring.stages import CheckStage

HERE = Path(__file__).parent
SYSTEM = Viewer.system()
LINK = re.compile(r"/confirm/([\w-]+)")


@cache
def told(name: str) -> dict[str, Any]:
    """A file of the demonstration."""
    read: dict[str, Any] = yaml.safe_load((HERE / name).read_text())
    return read


def address(name: str) -> str:
    """first.last@demo.example"""
    return f"{name.lower().replace(' ', '.')}@demo.example"


CHECKLISTS = {
    ServiceKind.SUPPORTED_ACCOMMODATION: "apl-16plus",
    ServiceKind.FOSTERING: "fostering-tender",
}
"""The papers that a provider of the story has, by what it does."""


@dataclass(slots=True)
class Cast:
    """Everybody, by name."""

    people: dict[str, Person] = field(default_factory=dict)
    councils: dict[str, Council] = field(default_factory=dict)
    providers: dict[str, Provider] = field(default_factory=dict)
    papers: dict[str, dict[str, DocumentVersion]] = field(default_factory=dict)
    viewers: dict[str, Viewer] = field(default_factory=dict)

    def viewer(self, name: str) -> Viewer:
        """Somebody as the portal sees them; nobody gets another role once they have acted."""
        if name not in self.viewers:
            self.viewers[name] = viewer_of(self.people[name].id)
        return self.viewers[name]

    def admin_of(self, key: str) -> Viewer:
        """The administrator of a provider."""
        return self.viewer(provider_of(key)["admin"])


def provider_of(key: str) -> dict[str, Any]:
    """What the story says of a provider."""
    found: dict[str, Any] = next(one for one in told("cast.yaml")["providers"] if one["key"] == key)
    return found


def gather(now: datetime) -> Cast:
    """Make every account and every library."""
    cast = Cast()
    password_hash = hash_password(PASSWORD)
    _councils(cast, now)
    for one in told("cast.yaml")["staff"]:
        _staff(cast, one, password_hash, now)
    pin_hash = hash_password(PIN)
    for alias in told("cast.yaml")["young"]:
        _young(cast, alias, pin_hash, now)
    db.session.commit()
    for one in told("cast.yaml")["providers"]:
        _provider(cast, one, password_hash, now)
        db.session.commit()
    queue.run_all(now)
    _check_papers(cast, now + timedelta(days=1))
    return cast


def _councils(cast: Cast, now: datetime) -> None:
    (listed,) = [one for one in defaults() if one.kind is Kind.COUNCILS]
    names = {council["slug"]: council["name"] for council in listed.body["councils"]}
    for slug in told("cast.yaml")["councils"]:
        cast.councils[slug] = people.create_council(
            slug, names[slug], is_host=slug == "luton", actor=SYSTEM, now=now
        )


def _staff(cast: Cast, one: dict[str, Any], password_hash: str, now: datetime) -> None:
    person = people.create_person(
        PersonKind.STAFF,
        one["name"],
        address(one["name"]),
        password_hash=password_hash,
        actor=SYSTEM,
        now=now,
    )
    cast.people[one["name"]] = person
    for role in one["roles"]:
        people.give_role(person, cast.councils[one["council"]], Role(role), actor=SYSTEM, now=now)
    _second_factor(cast, one["name"], now)


def _second_factor(cast: Cast, name: str, now: datetime) -> None:
    secret = pyotp.random_base32()
    people.set_second_factor(
        cast.people[name],
        secret,
        pyotp.TOTP(secret).at(now),
        actor=cast.viewer(name),
        now=now,
    )


def _young(cast: Cast, alias: str, pin_hash: str, now: datetime) -> None:
    officer = cast.viewer("Sunita Rao")
    person = people.create_young_commissioner(alias, cast.councils["luton"], actor=officer, now=now)
    cast.people[alias] = person
    people.record_consent(
        person,
        "the young person",
        now.date(),
        "To score applications and to visit homes as a Young Commissioner.",
        actor=officer,
        now=now,
    )
    people.make_card(person, PIN, pin_hash=pin_hash, actor=officer, now=now)


def _provider(cast: Cast, one: dict[str, Any], password_hash: str, now: datetime) -> None:
    provider = providers.register(
        one["name"],
        one["admin"],
        address(one["admin"]),
        password_hash,
        company_number=one["company"],
        service=_service(one),
        actor=Viewer(person_id=None, name=""),
        now=now,
    )
    cast.providers[one["key"]] = provider
    people.confirm_email(_token(address(one["admin"])), actor=SYSTEM, now=now)
    cast.people[one["admin"]] = _person(address(one["admin"]))
    _second_factor(cast, one["admin"], now)
    admin = cast.viewer(one["admin"])
    providers.record_registration(
        provider,
        one["urn"],
        _service(one),
        now.date() - timedelta(days=300),
        one["outcome"],
        None if one["outcome"] == "registered" else now.date() - timedelta(days=40),
        actor=admin,
        now=now,
    )
    if "contributor" in one:
        _colleague(cast, provider, one, password_hash, now)
    cast.papers[one["key"]] = _papers(provider, one, admin, now)


def _service(one: dict[str, Any]) -> ServiceKind:
    return ServiceKind(one.get("service", ServiceKind.SUPPORTED_ACCOMMODATION))


def _colleague(
    cast: Cast, provider: Provider, one: dict[str, Any], password_hash: str, now: datetime
) -> None:
    name, admin = one["contributor"], cast.viewer(one["admin"])
    token = people.invite(address(name), provider, Role.PROVIDER_CONTRIBUTOR, actor=admin, now=now)
    nobody = Viewer(person_id=None, name="")
    cast.people[name] = people.accept_invitation(token, name, password_hash, actor=nobody, now=now)


def _papers(
    provider: Provider, one: dict[str, Any], admin: Viewer, now: datetime
) -> dict[str, DocumentVersion]:
    types = content.document_types()
    list_of = CHECKLISTS[_service(one)]
    checklist = content.content(Kind.CHECKLIST, list_of).body
    kept = {}
    for line in checklist["documents"]:
        if line["stage"] != "submission" or not line["required"]:
            continue
        kind = types[line["type"]]
        paper = small_pdf(line["title"], one["name"], f"Version of {now:%d %B %Y}")
        staged = documents.stage_file(paper, f"{line['type']}.pdf")
        until = None if kind["expiry"] == "none" else now.date() + timedelta(days=760)
        kept[line["key"]] = documents.add_version(
            provider, line["type"], "", staged, until, actor=admin, now=now
        )
    return kept


def _check_papers(cast: Cast, now: datetime) -> None:
    officer = cast.viewer("Amina Hussain")
    for kept in cast.papers.values():
        for version in kept.values():
            db.session.refresh(version.file)
            documents.check(version, CheckStage.ACCEPTED, "", actor=officer, now=now)
    db.session.commit()


def _person(email: str) -> Person:
    return db.session.scalars(select(Person).where(Person.email == email)).one()


def _token(email: str) -> str:
    """The link in the newest mail to somebody, as they would click it."""
    mail = db.session.scalars(
        select(Mail).where(Mail.address == email).order_by(Mail.id.desc()).limit(1)
    ).one()
    found = LINK.search(mail.body)
    if found is None:
        raise LookupError(f"no link in the mail “{mail.subject}”")
    return found[1]
