"""The verbs of signing in: sessions, passwords, the second factor.

Passwords were hashed or verified before these are called, outside the write lock.
"""

from datetime import datetime

from sqlalchemy import delete, update

from portal import audit, mail
from portal.access import ANONYMOUS, Viewer
from portal.audit import Event
from portal.db import db
from portal.mail import Message
from portal.people import accounts, doors, factor, links
from portal.people.models import (
    LinkKind,
    Passkey,
    Person,
    PersonKind,
    RecoveryCode,
    SecondStep,
    SessionSeen,
    SignInSession,
)
from portal.people.tokens import (
    RECOVERY_LETTERS,
    grouped,
    hashed,
    keyed,
    new_letters,
    new_token,
    ungrouped,
)
from scoring.rules import RuleBroken

RECOVERY_CODES = 10


def start_session(
    person: Person,
    device: str,
    *,
    actor: Viewer,
    now: datetime,
    second_step: SecondStep = SecondStep.OWN,
    council_id: int | None = None,
) -> str:
    """Sign a browser in, with a session that is new.

    Args:
        second_step: who asked for the second factor.
        council_id: the council through whose sign-in the person came.

    Returns:
        The token for its cookie; only a hash of it is kept.

    Raises:
        RuleBroken: `account:closed`.
    """
    if not person.active:
        raise RuleBroken("account:closed", "This account is closed.")
    token = new_token()
    session = SignInSession(
        token_hash=hashed(token),
        person_id=person.id,
        device="" if person.kind is PersonKind.YOUNG else device[:120],  # nothing tracks the young
        second_step=second_step,
        council_id=council_id,
        started_at=now,
    )
    db.session.add(session)
    db.session.flush()
    db.session.add(SessionSeen(session_id=session.id, seen_at=now))
    audit.record(Event.SIGNED_IN, person, actor=actor, now=now, session=session.ref)
    return token


def refuse_sign_in(person: Person | None, typed: str, how: str, *, now: datetime) -> None:
    """Remember a sign-in that was refused, by the account or else by a keyed hash."""
    subject = person or f"unknown-{keyed('unknown', typed)[:16]}"
    audit.record(Event.SIGN_IN_REFUSED, subject, actor=ANONYMOUS, now=now, how=how)


def end_session(session: SignInSession, *, actor: Viewer, now: datetime) -> None:
    """End a session: its cookie is worth nothing from now on.

    Raises:
        RuleBroken: `session:not-yours`.
    """
    if not actor.is_system and actor.person_id != session.person_id:
        raise RuleBroken("session:not-yours", "You can only end your own sessions.")
    if session.ended_at is None:
        session.ended_at = now
        audit.record(Event.SIGNED_OUT, session.person, actor=actor, now=now, session=session.ref)
        db.session.flush()


def end_other_sessions(person: Person, *, actor: Viewer, now: datetime) -> None:
    """Sign out everywhere but here."""
    if actor.person_id != person.id:
        raise RuleBroken("session:not-yours", "You can only end your own sessions.")
    accounts.end_sessions(person, now, but=actor.session_id)
    audit.record(Event.SIGNED_OUT, person, actor=actor, now=now, session="others")


def change_password(person: Person, password_hash: str, *, actor: Viewer, now: datetime) -> None:
    """Set one's own new password; every other session ends, and every token.

    Raises:
        RuleBroken: `account:not-yours`.
    """
    if actor.person_id != person.id or person.kind is PersonKind.YOUNG:
        raise RuleBroken("account:not-yours", "You can only change your own password.")
    _set_password(person, password_hash, actor=actor, now=now, keep=actor.session_id)


def request_new_password(email: str, *, now: datetime) -> None:
    """Mail a link for a new password; of an address without an account nothing is said."""
    person = accounts.by_email(email)
    if person is None or not person.active or person.email is None:
        return
    if doors.is_bound(db.session, person.id):
        mail.write(Message.COUNCIL_SIGN_IN_ONLY, [person], now=now, about=person.ref)
        return
    links.revoke_others(LinkKind.PASSWORD_RESET, person.email, now)
    _, token = links.make(LinkKind.PASSWORD_RESET, person.email, now=now, person=person)
    mail.write(Message.PASSWORD_RESET, [person], now=now, about=person.ref, token=token)


def reset_password(token: str, password_hash: str, *, now: datetime) -> Person:
    """Set a new password by a link; it proves the address too, and every session ends.

    Raises:
        RuleBroken: `link:…`; `account:closed`.
    """
    link = links.standing(LinkKind.PASSWORD_RESET, token, now)
    person = db.session.get(Person, link.person_id)
    if person is None or not person.active:
        raise RuleBroken("account:closed", "This account is closed.")
    doors.refuse_password(db.session, person.id)
    link.used_at = now
    if person.email_confirmed_at is None:
        person.email_confirmed_at = now
        audit.record(Event.EMAIL_CONFIRMED, person, actor=ANONYMOUS, now=now)
    _set_password(person, password_hash, actor=ANONYMOUS, now=now, keep=None)
    return person


def _set_password(
    person: Person, password_hash: str, *, actor: Viewer, now: datetime, keep: int | None
) -> None:
    person.password_hash = password_hash
    accounts.end_sessions(person, now, but=keep)
    accounts.end_tokens(person, now, actor=actor)
    links.revoke_others(LinkKind.PASSWORD_RESET, person.email or "", now)
    audit.record(Event.PASSWORD_CHANGED, person, actor=actor, now=now)
    mail.write(Message.PASSWORD_CHANGED, [person], now=now, about=person.ref)
    db.session.flush()


def set_second_factor(
    person: Person, secret: str, code: str, *, actor: Viewer, now: datetime
) -> list[str]:
    """Set up the phone that shows codes; a code from it proves that it works.

    Returns:
        Ten recovery codes, to be shown once.

    Raises:
        RuleBroken: `code:wrong`, `account:not-yours`.
    """
    if not actor.is_system and actor.person_id != person.id:
        raise RuleBroken("account:not-yours", "You can only set up your own phone.")
    step = check_new_code(secret, code, now=now)
    replaced = person.totp_confirmed_at is not None
    person.totp_secret, person.totp_confirmed_at, person.totp_last_step = secret, now, step
    audit.record(Event.SECOND_FACTOR_SET, person, actor=actor, now=now, replaced=replaced)
    # whoever came in with the password alone does not share what the second factor opens
    accounts.end_sessions(person, now, but=actor.session_id)
    if replaced:
        accounts.end_tokens(person, now, actor=actor)
        mail.write(Message.SECOND_FACTOR_CHANGED, [person], now=now, about=person.ref)
    return make_recovery_codes(person, actor=actor, now=now)


def check_new_code(secret: str, code: str, *, now: datetime) -> int:
    """The step of a code that a phone shows while it is being set up.

    Raises:
        RuleBroken: `code:wrong`.
    """
    step = factor.matching_step(secret, code, now, after=0)
    if step is None:
        raise RuleBroken("code:wrong", "This code is not right. Type the newest one.", "code")
    return step


def make_recovery_codes(person: Person, *, actor: Viewer, now: datetime) -> list[str]:
    """Make ten new recovery codes; the earlier ones end.

    Raises:
        RuleBroken: `account:not-yours`.
    """
    if not actor.is_system and actor.person_id != person.id:
        raise RuleBroken("account:not-yours", "You can only make your own codes.")
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    made = [new_letters(RECOVERY_LETTERS) for _ in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(person_id=person.id, code_hash=_recovery_hash(person, letters))
        for letters in made
    )
    audit.record(Event.RECOVERY_CODES_MADE, person, actor=actor, now=now, count=len(made))
    db.session.flush()
    return [grouped(letters, 5) for letters in made]


def use_code(person: Person, code: str, *, now: datetime) -> None:
    """Use the code that the phone shows; each works once, even for two who type it at once.

    Raises:
        RuleBroken: `code:wrong`.
    """
    secret = person.totp_secret
    step = factor.matching_step(secret, code, now, after=person.totp_last_step) if secret else None
    if step is not None:
        used = (
            update(Person)
            .where(Person.id == person.id, Person.totp_last_step < step)
            .values(totp_last_step=step, totp_secret=secret)  # which seals one from before
            .returning(Person.id)
        )
        if db.session.execute(used).all():
            return
    raise RuleBroken(
        "code:wrong", "This code is not right, or was used already. Wait for the next one.", "code"
    )


def use_recovery_code(person: Person, typed: str, *, now: datetime) -> None:
    """Sign in without the phone: one printed code, and the phone has to be set up anew.

    Raises:
        RuleBroken: `recovery-code:wrong`.
    """
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_hash == _recovery_hash(person, ungrouped(typed)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    if not db.session.execute(used).all():
        raise RuleBroken(
            "recovery-code:wrong", "This code is not right, or was used already.", "code"
        )
    person.totp_secret, person.totp_confirmed_at = None, None
    db.session.execute(delete(Passkey).where(Passkey.person_id == person.id))  # it may be lost too
    accounts.end_sessions(person, now)
    accounts.end_tokens(person, now, actor=ANONYMOUS)
    audit.record(Event.RECOVERY_CODE_USED, person, actor=ANONYMOUS, now=now)
    mail.write(Message.SECOND_FACTOR_CHANGED, [person], now=now, about=person.ref)
    db.session.flush()


def _recovery_hash(person: Person, letters: str) -> str:
    return keyed("recovery code", f"{person.ref}|{letters}")
