"""The verbs of passkeys: to add one, to sign in with one, to remove one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from portal import audit, mail
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.mail import Message
from portal.people import accounts, passkeys
from portal.people.actions_access import make_recovery_codes
from portal.people.models import Passkey, Person, PersonKind, RecoveryCode, UsedChallenge
from portal.people.passkeys import Site
from portal.people.tokens import hashed
from portal.people.viewers import needs_second_factor
from scoring.rules import RuleBroken

MOST = 10
CHALLENGE_HOLDS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser was asked to sign: once, and not for long."""

    text: str
    at: datetime

    @property
    def bytes(self) -> bytes:
        return bytes.fromhex(self.text)


def add_passkey(
    person: Person,
    name: str,
    answer: str,
    challenge: Challenge,
    site: Site,
    *,
    actor: Viewer,
    now: datetime,
) -> list[str]:
    """Add a passkey to one's own account.

    Returns:
        Ten recovery codes to be shown once, when the account has no second factor yet; else none.

    Raises:
        RuleBroken: `account:not-yours`, `passkey:refused`, `passkey:too-many`, `passkey:taken`.
    """
    if actor.person_id != person.id or person.kind is PersonKind.YOUNG:
        raise RuleBroken("account:not-yours", "You can only add a passkey to your own account.")
    use_up(challenge, now)
    key = passkeys.made(site, answer, challenge.bytes)
    if _number(person) >= MOST:
        raise RuleBroken("passkey:too-many", f"You can have {MOST} passkeys. Remove one first.")
    if _known(key.credential_id) is not None:
        raise RuleBroken("passkey:taken", "This passkey is in use already.", "answer")
    first = person.totp_confirmed_at is None and _number(person) == 0
    passkey = Passkey(
        person_id=person.id,
        name=name.strip(),
        credential_id=key.credential_id,
        public_key=key.public_key,
        sign_count=key.sign_count,
        synced=key.synced,
        made_at=now,
    )
    db.session.add(passkey)
    db.session.flush()
    audit.record(Event.PASSKEY_ADDED, person, actor=actor, now=now, passkey=passkey.ref)
    mail.write(Message.SECOND_FACTOR_CHANGED, [person], now=now, about=person.ref)
    if first:  # as with the phone: nobody who came in with the password alone stays
        accounts.end_sessions(person, now, but=actor.session_id)
    if first or not _codes(person):
        return make_recovery_codes(person, actor=actor, now=now)
    return []


def use_passkey(
    person: Person, answer: str, challenge: Challenge, site: Site, *, now: datetime
) -> None:
    """Use one of the person's passkeys as the second factor.

    Raises:
        RuleBroken: `passkey:refused`, in the same words whatever is wrong with it.
    """
    use_up(challenge, now)
    passkey = _known(passkeys.named(answer))
    if passkey is None or passkey.person_id != person.id:
        raise passkeys.refused()
    before = passkey.sign_count
    after = passkeys.used(site, answer, challenge.bytes, passkey.public_key, before)
    raised = (
        update(Passkey)
        .where(Passkey.id == passkey.id, Passkey.sign_count == before)
        .values(sign_count=after, last_used_at=now)
        .returning(Passkey.id)
    )
    if not db.session.execute(raised).all():
        raise passkeys.refused()


def remove_passkey(passkey: Passkey, *, actor: Viewer, now: datetime) -> None:
    """Take a passkey away; every other session ends.

    Raises:
        RuleBroken: `account:not-yours`; `passkey:last`, when the roles need a second factor.
    """
    person = passkey.person
    if actor.person_id != person.id:
        raise RuleBroken("account:not-yours", "You can only remove your own passkeys.")
    roles = [membership.role for membership in accounts.memberships_of(person)]
    last = person.totp_confirmed_at is None and _number(person) == 1
    if last and needs_second_factor(roles):
        raise RuleBroken(
            "passkey:last", "Your role needs a second step. Set up your phone or another passkey."
        )
    audit.record(Event.PASSKEY_REMOVED, person, actor=actor, now=now, passkey=passkey.ref)
    db.session.delete(passkey)
    accounts.end_sessions(person, now, but=actor.session_id)
    mail.write(Message.SECOND_FACTOR_CHANGED, [person], now=now, about=person.ref)
    db.session.flush()


def use_up(challenge: Challenge, now: datetime) -> None:
    """A challenge counts once and for ten minutes, even for whoever kept an old cookie.

    Raises:
        RuleBroken: `passkey:refused`.
    """
    if not timedelta() <= now - challenge.at < CHALLENGE_HOLDS:
        raise passkeys.refused()
    db.session.execute(delete(UsedChallenge).where(UsedChallenge.at < now - 2 * CHALLENGE_HOLDS))
    digest = hashed(challenge.text)
    if db.session.get(UsedChallenge, digest, with_for_update=True) is not None:
        raise passkeys.refused()
    db.session.add(UsedChallenge(challenge_hash=digest, at=challenge.at))
    db.session.flush()


def _known(credential_id: str) -> Passkey | None:
    return db.session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))


def _number(person: Person) -> int:
    counted = select(func.count()).select_from(Passkey).where(Passkey.person_id == person.id)
    return db.session.scalar(counted) or 0


def _codes(person: Person) -> int:
    counted = select(func.count()).where(
        RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(counted) or 0
