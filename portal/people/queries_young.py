"""Young Commissioners as their Participation Officer sees them; nobody else finds them here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.access import Role, Viewer
from portal.db import db
from portal.people.models import (
    Consent,
    Council,
    Membership,
    Person,
    PersonKind,
    SignInCard,
)
from portal.people.tokens import hashed, ungrouped

Paper = TypeVar("Paper", Consent, SignInCard)


@dataclass(frozen=True, slots=True)
class Young:
    """A young person with papers: the consents and cards, the newest first."""

    person: Person
    council: Council
    consents: Sequence[Consent]
    cards: Sequence[SignInCard]

    @property
    def consent(self) -> Consent | None:
        return next((one for one in self.consents if one.withdrawn_at is None), None)

    @property
    def card(self) -> SignInCard | None:
        return next((one for one in self.cards if one.revoked_at is None), None)


def young_people(viewer: Viewer) -> list[Young]:
    """Everybody whom the viewer looks after, by alias; closed accounts last. Three statements."""
    mine = viewer.councils_as(Role.PARTICIPATION_OFFICER)
    if not mine:
        return []
    rows = db.session.execute(
        select(Person, Council)
        .join(Membership, Membership.person_id == Person.id)
        .join(Council, Council.id == Membership.organisation_id)
        .where(Membership.role == Role.YOUNG_COMMISSIONER, Council.id.in_(mine))
        .order_by(Person.active.desc(), Person.name, Person.id)
    ).all()
    ids = [person.id for person, _ in rows]
    consents = _by_person(
        db.session.scalars(
            select(Consent).where(Consent.person_id.in_(ids)).order_by(Consent.id.desc())
        )
    )
    cards = _by_person(
        db.session.scalars(
            select(SignInCard).where(SignInCard.person_id.in_(ids)).order_by(SignInCard.id.desc())
        )
    )
    return [
        Young(person, council, consents.get(person.id, []), cards.get(person.id, []))
        for person, council in rows
    ]


def young_person(ref: str, viewer: Viewer) -> Young | None:
    """One young person whom the viewer looks after."""
    return next((one for one in young_people(viewer) if one.person.ref == ref), None)


def card_behind(number: str, session: Session) -> SignInCard | None:
    """The card with this number, stopped or not."""
    return session.scalar(
        select(SignInCard)
        .where(SignInCard.token_hash == hashed(ungrouped(number)))
        .options(joinedload(SignInCard.person))
    )


def demonstration_cards() -> Sequence[SignInCard]:
    """The cards that work; asked for by the demonstration's sign-in page only."""
    return db.session.scalars(
        select(SignInCard)
        .join(Person, Person.id == SignInCard.person_id)
        .where(
            SignInCard.revoked_at.is_(None),
            Person.active.is_(True),
            Person.kind == PersonKind.YOUNG,
        )
        .options(joinedload(SignInCard.person))
        .order_by(SignInCard.id)
    ).all()


def _by_person(rows: Iterable[Paper]) -> dict[int, list[Paper]]:
    found: dict[int, list[Paper]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found
