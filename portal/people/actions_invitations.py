"""The verbs of letters with a link: invitations, and proving an email address."""

from datetime import datetime

from sqlalchemy import delete, select

from portal import audit, mail
from portal.access import Role, Viewer
from portal.audit import Event
from portal.db import db
from portal.mail import Message
from portal.people import accounts, links, policy
from portal.people.models import (
    CouncilIdentity,
    LinkKind,
    OneTimeLink,
    Organisation,
    Passkey,
    Person,
)
from portal.wording import within
from scoring.rules import RuleBroken


def invite(
    email: str, organisation: Organisation, role: Role, *, actor: Viewer, now: datetime
) -> str:
    """Invite somebody to work for an organisation.

    Returns:
        The token of the link, which is mailed and kept nowhere else.

    Raises:
        RuleBroken: the actor may not; `invitation:has-role`, `invitation:already-sent`.
    """
    policy.may_invite(actor, organisation, role).or_refuse("invitation:refused")
    email = email.strip().lower()
    person = accounts.by_email(email)
    if person is not None and person.active and _has_role(person, organisation, role):
        raise RuleBroken("invitation:has-role", f"{person.name} has this role already.", "email")
    if _waiting(email, organisation, role, now) is not None:
        message = "This person was invited already. You can send the invitation again."
        raise RuleBroken("invitation:already-sent", message, "email")
    return _send(email, organisation, role, actor=actor, now=now)


def resend_invitation(link: OneTimeLink, *, actor: Viewer, now: datetime) -> str:
    """Send an invitation again with a new link; the earlier link ends.

    Raises:
        RuleBroken: the actor may not; it was used or taken back.
    """
    policy.may_revoke_invitation(actor, link).or_refuse("invitation:refused")
    organisation, role = _of(link)
    link.revoked_at = now
    return _send(link.email, organisation, role, actor=actor, now=now)


def revoke_invitation(link: OneTimeLink, *, actor: Viewer, now: datetime) -> None:
    """Take an invitation back: its link ends at once.

    Raises:
        RuleBroken: the actor may not; it was used or taken back.
    """
    policy.may_revoke_invitation(actor, link).or_refuse("invitation:refused")
    link.revoked_at = now
    audit.record(Event.INVITATION_REVOKED, link, actor=actor, now=now)
    db.session.flush()


def accept_invitation(
    token: str, name: str, password_hash: str | None, *, actor: Viewer, now: datetime
) -> Person:
    """Join the organisation that sent the invitation.

    Somebody new gets an account with this name and password. Somebody who has an account is signed
    in, as the person that was invited; their name and password stay what they are. An account
    that was closed is opened again with this role only.

    Raises:
        RuleBroken: `link:…`, `invitation:sign-in-first`, `invitation:other-person`,
            `invitation:other-kind`, `invitation:no-password`.
    """
    link = links.standing(LinkKind.INVITATION, token, now)
    organisation, role = _of(link)
    person = accounts.by_email(link.email)
    if person is None or not person.active:
        _refuse_stranger(actor)
        person = _joined(link, organisation, person, name, password_hash, actor=actor, now=now)
    elif actor.person_id is None:
        raise RuleBroken("invitation:sign-in-first", "You have an account. Sign in first.")
    elif actor.person_id != person.id:
        _refuse_stranger(actor)
    _refuse_other_kind(person, organisation)
    if not _has_role(person, organisation, role):
        accounts.add_role(person, organisation, role, actor=actor, now=now)
    link.used_at, link.person_id = now, person.id
    audit.record(
        Event.INVITATION_ACCEPTED, link, actor=actor, now=now, person=person.ref, role=role.value
    )
    db.session.flush()
    return person


def send_confirmation(person: Person, *, now: datetime) -> str:
    """Mail a link that proves the address; earlier ones end."""
    if person.email is None:
        raise RuleBroken("email:missing", "This account has no email address.")
    links.revoke_others(LinkKind.CONFIRM_EMAIL, person.email, now)
    _, token = links.make(LinkKind.CONFIRM_EMAIL, person.email, now=now, person=person)
    mail.write(Message.CONFIRM_EMAIL, [person], now=now, about=person.ref, token=token)
    return token


def confirm_email(token: str, *, now: datetime, actor: Viewer) -> Person:
    """Prove an address by its link. The page asked for the password first, so that nobody confirms
    an account that a stranger made with their address.

    Raises:
        RuleBroken: `link:…`, `account:closed`.
    """
    link = links.standing(LinkKind.CONFIRM_EMAIL, token, now)
    person = db.session.get(Person, link.person_id)
    if person is None or not person.active:
        raise RuleBroken("account:closed", "This account is closed.")
    link.used_at = now
    if person.email_confirmed_at is None:
        person.email_confirmed_at = now
        audit.record(Event.EMAIL_CONFIRMED, person, actor=actor, now=now)
    db.session.flush()
    return person


def tell_email_taken(email: str, *, now: datetime) -> None:
    """Tell the owner of an address that somebody tried to make an account with it."""
    person = accounts.by_email(email)
    if person is not None and person.active:
        mail.write(Message.EMAIL_TAKEN, [person], now=now, about=person.ref)


def _send(
    email: str, organisation: Organisation, role: Role, *, actor: Viewer, now: datetime
) -> str:
    link, token = links.make(
        LinkKind.INVITATION,
        email,
        now=now,
        organisation=organisation,
        role=role,
        made_by_id=actor.person_id,
    )
    audit.record(
        Event.INVITATION_SENT, link, actor=actor, now=now, at=organisation.ref, role=role.value
    )
    mail.to_address(
        Message.INVITATION,
        email,
        now=now,
        about=link.ref,
        token=token,
        inviter=actor.name,
        organisation=organisation.name,
        role=within(role.title),
        until=link.expires_at,
    )
    return token


def _of(link: OneTimeLink) -> tuple[Organisation, Role]:
    if link.organisation is None or link.role is None:
        raise RuleBroken("link:unknown", "This is not an invitation.")
    return link.organisation, link.role


def _waiting(
    email: str, organisation: Organisation, role: Role, now: datetime
) -> OneTimeLink | None:
    return db.session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.kind == LinkKind.INVITATION,
            OneTimeLink.email == email,
            OneTimeLink.organisation_id == organisation.id,
            OneTimeLink.role == role,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.revoked_at.is_(None),
            OneTimeLink.expires_at > now,
        )
    )


def _has_role(person: Person, organisation: Organisation, role: Role) -> bool:
    return accounts.membership_of(person.id, organisation.id, role) is not None


def _refuse_stranger(actor: Viewer) -> None:
    """An invitation is for the person whose address it was sent to."""
    if actor.person_id is not None:
        raise RuleBroken(
            "invitation:other-person",
            "This invitation was sent to another email address. Sign out, then open the link again.",
        )


def _refuse_other_kind(person: Person, organisation: Organisation) -> None:
    if person.kind is not policy.KIND_OF_PERSON[organisation.kind]:
        raise RuleBroken(
            "invitation:other-kind",
            "One account cannot act for a council and for a provider. "
            "Ask to be invited with another email address.",
        )


def _joined(
    link: OneTimeLink,
    organisation: Organisation,
    closed: Person | None,
    name: str,
    password_hash: str | None,
    *,
    actor: Viewer,
    now: datetime,
) -> Person:
    """The account of somebody who comes in by this invitation, with its address proved."""
    if not password_hash:
        raise RuleBroken("invitation:no-password", "Choose a password.", "password")
    kind = policy.KIND_OF_PERSON[organisation.kind]
    if closed is None:
        return accounts.new_person(
            kind,
            name,
            link.email,
            password_hash=password_hash,
            confirmed=True,
            actor=actor,
            now=now,
        )
    for membership in accounts.memberships_of(closed):
        db.session.delete(membership)
    closed.kind, closed.name, closed.password_hash = kind, name.strip(), password_hash
    closed.totp_secret, closed.totp_confirmed_at = None, None
    for kind_of_key in (Passkey, CouncilIdentity):  # who had the account before keeps no key to it
        db.session.execute(delete(kind_of_key).where(kind_of_key.person_id == closed.id))
    closed.active, closed.email_confirmed_at = True, now
    audit.record(Event.ACCOUNT_CREATED, closed, actor=actor, now=now, kind=kind.value, again=True)
    db.session.flush()
    return closed
