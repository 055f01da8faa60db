"""Coming in through a council's own sign-in: it finds accounts, and never makes one.

What the provider said was verified before (portal/people/openid.py), outside the write lock.
"""

from datetime import datetime

from sqlalchemy import select

from portal import audit, mail
from portal.access import ANONYMOUS, Viewer
from portal.audit import Event
from portal.council_doors import CouncilDoor
from portal.db import db
from portal.mail import Message
from portal.people import accounts, openid, policy
from portal.people.claims import Said, may_bind_by_email
from portal.people.models import Council, CouncilIdentity, Person, PersonKind
from scoring.rules import RuleBroken


def come_from_council(door: CouncilDoor, council: Council, said: Said, *, now: datetime) -> Person:
    """The account of whoever comes from the council's sign-in.

    Raises:
        RuleBroken: `council-sign-in:…`, always in the same words: the account is closed, has no role
            at this council any more, is not known, or may not be found by this address.
    """
    identity = _identity(said)
    if identity is None:
        person = _by_address(door, council, said)
        identity = _bind(person, council, said, actor=ANONYMOUS, now=now)
    if identity.council_id != council.id:
        raise openid.refused("other-council")
    person = identity.person
    if not person.active or council.id not in _places(person):
        raise openid.refused("left")
    identity.last_used_at = now
    db.session.flush()
    return person


def connect_council(
    person: Person, council: Council, said: Said, *, actor: Viewer, now: datetime
) -> None:
    """Bind one's own account to what the provider said, whatever address it gave.

    Raises:
        RuleBroken: `account:not-yours`; `council-account:…`, when either of the two is bound already
            or the person has no role at the council.
    """
    if actor.person_id != person.id or person.kind is not PersonKind.STAFF:
        raise RuleBroken("account:not-yours", "You can only connect your own account.")
    if council.id not in _places(person):
        raise RuleBroken("council-account:no-role", "You have no role at this council.")
    if _identity(said) is not None or _bound_at(person, council):
        raise RuleBroken(
            "council-account:taken", "One of the two accounts is connected already.", "password"
        )
    _bind(person, council, said, actor=actor, now=now)


def disconnect_council(identity: CouncilIdentity, *, actor: Viewer, now: datetime) -> None:
    """Undo the binding, and sign the person out: they sign in with their password again.

    Raises:
        RuleBroken: the actor may not.
    """
    policy.may_administer(actor).or_refuse("council-account:disconnect-refused")
    person, council = identity.person, identity.council
    db.session.delete(identity)
    db.session.flush()
    accounts.end_sessions(person, now)
    audit.record(Event.COUNCIL_ACCOUNT_DISCONNECTED, person, actor=actor, now=now, at=council.ref)


def leave_council(door: CouncilDoor, subject: str, *, now: datetime) -> None:
    """The provider says that somebody is signed out or gone: every session of theirs ends here."""
    identity = _identity(Said(door.issuer, subject))
    if identity is None:
        return
    accounts.end_sessions(identity.person, now)
    council = identity.council
    audit.record(
        Event.SIGNED_OUT, identity.person, actor=Viewer.system(), now=now, by_council=council.ref
    )


def _identity(said: Said) -> CouncilIdentity | None:
    return db.session.scalar(
        select(CouncilIdentity).where(
            CouncilIdentity.issuer == said.issuer, CouncilIdentity.subject == said.subject
        )
    )


def _by_address(door: CouncilDoor, council: Council, said: Said) -> Person:
    person = accounts.by_email(said.email) if said.email else None
    if (
        person is None
        or not person.active
        or person.kind is not PersonKind.STAFF
        or person.email_confirmed_at is None
        or not may_bind_by_email(said, door, _places(person), council.id)
    ):
        raise openid.refused("unknown")
    if _bound_at(person, council):  # the address was given to somebody new
        raise openid.refused("another-subject")
    return person


def _bound_at(person: Person, council: Council) -> bool:
    bound = select(CouncilIdentity.id).where(
        CouncilIdentity.person_id == person.id, CouncilIdentity.council_id == council.id
    )
    return db.session.scalar(bound) is not None


def _places(person: Person) -> set[int]:
    return {membership.organisation_id for membership in accounts.memberships_of(person)}


def _bind(
    person: Person, council: Council, said: Said, *, actor: Viewer, now: datetime
) -> CouncilIdentity:
    identity = CouncilIdentity(
        person=person,
        council=council,
        issuer=said.issuer,
        subject=said.subject,
        connected_at=now,
    )
    db.session.add(identity)
    db.session.flush()
    audit.record(Event.COUNCIL_ACCOUNT_CONNECTED, person, actor=actor, now=now, at=council.ref)
    mail.write(
        Message.COUNCIL_ACCOUNT_CONNECTED,
        [person],
        now=now,
        about=person.ref,
        council=council.name,
    )
    return identity
