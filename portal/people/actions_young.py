"""The verbs around Young Commissioners: an alias, consent on record, a card to sign in with."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal import audit
from portal.access import Role, Viewer
from portal.audit import Event
from portal.db import db
from portal.people import accounts, policy, young
from portal.people.models import Consent, Council, Membership, Person, PersonKind, SignInCard
from portal.people.passwords import hash_password
from portal.people.tokens import hashed
from scoring.accounts import check_pin
from scoring.rules import RuleBroken


@dataclass(frozen=True, slots=True)
class NewCard:
    """A card with what is printed on it, once."""

    card: SignInCard
    token: str
    pin: str


def create_young_commissioner(
    alias: str, council: Council, *, actor: Viewer, now: datetime
) -> Person:
    """An account with an alias and nothing else.

    Raises:
        RuleBroken: the actor may not; `alias:…`.
    """
    policy.may_look_after(actor, [council.id]).or_refuse("young:create-refused")
    taken = db.session.scalars(
        select(Person.name)
        .join(Membership)
        .where(
            Membership.organisation_id == council.id,
            Membership.role == Role.YOUNG_COMMISSIONER,
            Person.active.is_(True),
        )
    ).all()
    alias = policy.check_alias(alias, taken)
    person = accounts.new_person(
        PersonKind.YOUNG, alias, None, password_hash=None, confirmed=False, actor=actor, now=now
    )
    accounts.add_role(person, council, Role.YOUNG_COMMISSIONER, actor=actor, now=now)
    return person


def record_consent(
    person: Person,
    given_by: str,
    given_on: date,
    purpose: str,
    *,
    actor: Viewer,
    now: datetime,
) -> Consent:
    """Record who agreed to a young person's part, when, and to what.

    Raises:
        RuleBroken: the actor may not; `consent:in-the-future`, `consent:no-purpose`.
    """
    _look_after(person, actor)
    if given_on > now.date():
        raise RuleBroken("consent:in-the-future", "Consent cannot be given later.", "given_on")
    if not purpose.strip():
        raise RuleBroken("consent:no-purpose", "Say what the consent is for.", "purpose")
    consent = Consent(
        person_id=person.id,
        given_by=given_by,
        given_on=given_on,
        purpose=purpose.strip(),
        recorded_by_id=young.recorder(actor),
        recorded_at=now,
    )
    db.session.add(consent)
    db.session.flush()
    audit.record(Event.CONSENT_RECORDED, consent, actor=actor, now=now, person=person.ref)
    return consent


def withdraw_consent(consent: Consent, *, actor: Viewer, now: datetime) -> None:
    """Consent is taken back: the account closes at once, with its cards and sessions.

    What was said stays, who said it goes: the alias is taken off everything that shows it, and
    with it what the trail kept of it beside its chain. Only the reference remains.

    Raises:
        RuleBroken: the actor may not; `consent:withdrawn`.
    """
    person = db.session.get_one(Person, consent.person_id)
    _look_after(person, actor)
    if consent.withdrawn_at is not None:
        raise RuleBroken("consent:withdrawn", "This consent was withdrawn already.")
    consent.withdrawn_at = now
    audit.record(Event.CONSENT_WITHDRAWN, consent, actor=actor, now=now, person=person.ref)
    if person.active:
        accounts.close(person, actor=actor, now=now, reason="consent withdrawn")
    young.forget_alias(person)


def make_card(
    person: Person,
    pin: str | None = None,
    *,
    pin_hash: str | None = None,
    actor: Viewer,
    now: datetime,
) -> NewCard:
    """Make a card with a number and a PIN; an earlier card ends.

    Args:
        pin: six digits; made up when nothing is given.
        pin_hash: its hash, where it was made before the write lock was taken.

    Raises:
        RuleBroken: the actor may not; `card:no-consent`, `pin:…`.
    """
    _look_after(person, actor)
    if young.standing_consent(person) is None:
        raise RuleBroken("card:no-consent", "Record the consent first. Then you can make a card.")
    pin = pin or young.new_pin()
    check_pin(pin)
    for earlier in young.working_cards(person):
        revoke_card(earlier, actor=actor, now=now)
    ref, token = young.new_card_number()
    card = SignInCard(
        ref=ref,
        person_id=person.id,
        token_hash=hashed(token),
        pin_hash=pin_hash or hash_password(pin),
        made_by_id=young.recorder(actor),
        made_at=now,
    )
    db.session.add(card)
    db.session.flush()
    audit.record(Event.CARD_MADE, card, actor=actor, now=now, person=person.ref)
    return NewCard(card, token, pin)


def revoke_card(card: SignInCard, *, actor: Viewer, now: datetime) -> None:
    """Stop a card, and sign out whoever came in with it. Done twice, it stays stopped.

    Raises:
        RuleBroken: the actor may not.
    """
    person = db.session.get_one(Person, card.person_id)
    _look_after(person, actor)
    if card.revoked_at is None:
        card.revoked_at = now
        accounts.end_sessions(person, now)
        audit.record(Event.CARD_REVOKED, card, actor=actor, now=now, person=person.ref)
        db.session.flush()


def use_card(card: SignInCard, *, now: datetime) -> Person:
    """The card and its PIN were right: whose it is.

    Raises:
        RuleBroken: `card:stopped`, when it was stopped in the meantime.
    """
    db.session.refresh(card, with_for_update=True)
    person = db.session.get_one(Person, card.person_id)
    if card.revoked_at is not None or not person.active:
        raise RuleBroken("card:stopped", "This card does not work any more.")
    card.last_used_at = now
    db.session.flush()
    return person


def _look_after(person: Person, actor: Viewer) -> None:
    if person.kind is not PersonKind.YOUNG:
        raise RuleBroken("young:not-one", "This is not a Young Commissioner.")
    councils = {membership.organisation_id for membership in accounts.memberships_of(person)}
    policy.may_look_after(actor, councils).or_refuse("young:refused")
