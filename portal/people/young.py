"""Small reads around Young Commissioners, for the verbs and the pages of this room."""

import secrets
from collections.abc import Sequence
from contextlib import suppress

from flask import current_app
from sqlalchemy import delete, select, update

from portal.access import Viewer
from portal.audit import AuditEntry, AuditValues
from portal.db import db, new_ref
from portal.people import demonstration
from portal.people.models import Consent, Person, PersonKind, SignInCard, SignInSession
from portal.people.tokens import CARD_LETTERS, new_letters
from scoring.accounts import check_pin
from scoring.rules import RuleBroken

LEFT = "A young person who left"


def standing_consent(person: Person) -> Consent | None:
    """The newest consent that was not taken back."""
    return db.session.scalar(
        select(Consent)
        .where(Consent.person_id == person.id, Consent.withdrawn_at.is_(None))
        .order_by(Consent.id.desc())
        .limit(1)
    )


def has_left(ref: str) -> bool:
    """Whether this is a young person who takes no part any more, since consent was withdrawn."""
    wanted = select(Person).where(Person.ref == ref, Person.kind == PersonKind.YOUNG)
    person = db.session.scalar(wanted)
    return person is not None and not person.active and standing_consent(person) is None


def working_cards(person: Person) -> Sequence[SignInCard]:
    return db.session.scalars(
        select(SignInCard).where(SignInCard.person_id == person.id, SignInCard.revoked_at.is_(None))
    ).all()


def new_card_number() -> tuple[str, str]:
    """A card's reference and its number. In the demonstration one follows from the other."""
    ref = new_ref("CARD")
    if current_app.config["DEMO"]:
        return ref, demonstration.card_letters(ref)
    return ref, new_letters(CARD_LETTERS)


def new_pin() -> str:
    """Six digits that nobody would try first."""
    while True:
        pin = f"{secrets.randbelow(1_000_000):06d}"
        with suppress(RuleBroken):
            check_pin(pin)
            return pin


def recorder(actor: Viewer) -> int:
    """Who is written down for a young person's papers: always a person.

    Raises:
        RuleBroken: `young:no-person`.
    """
    if actor.person_id is None:
        raise RuleBroken("young:no-person", "Only a person can do this.")
    return actor.person_id


def forget_alias(person: Person) -> None:
    """Take the alias, the names of devices and the trail's erasable values of a young person away."""
    person.name = LEFT
    db.session.execute(
        update(SignInSession).where(SignInSession.person_id == person.id).values(device="")
    )
    of_person = select(AuditEntry.id).where(AuditEntry.subject_ref == person.ref)
    db.session.execute(delete(AuditValues).where(AuditValues.entry_id.in_(of_person)))
    db.session.flush()
