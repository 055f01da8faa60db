"""Links that are sent by mail and work once: invitations, confirmations, new passwords."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal import settings
from portal.access import Role
from portal.db import db
from portal.people.models import LinkKind, OneTimeLink, Organisation, Person
from portal.people.tokens import hashed, new_token
from scoring.rules import RuleBroken

CONFIRM_FOR = timedelta(days=3)
RESET_FOR = timedelta(hours=1)

_GONE = {
    LinkKind.INVITATION: "Ask the person who invited you to send it again.",
    LinkKind.CONFIRM_EMAIL: "Sign in, and we will send you a new one.",
    LinkKind.PASSWORD_RESET: "Ask for a new one.",
}


def make(
    kind: LinkKind,
    email: str,
    *,
    now: datetime,
    person: Person | None = None,
    organisation: Organisation | None = None,
    role: Role | None = None,
    made_by_id: int | None = None,
) -> tuple[OneTimeLink, str]:
    """A link and its token, which is kept nowhere."""
    token = new_token()
    link = OneTimeLink(
        kind=kind,
        token_hash=hashed(token),
        email=email,
        person_id=None if person is None else person.id,
        organisation=organisation,
        role=role,
        made_by_id=made_by_id,
        made_at=now,
        expires_at=now + lifetime(kind),
    )
    db.session.add(link)
    db.session.flush()
    return link, token


def lifetime(kind: LinkKind) -> timedelta:
    """How long a link works."""
    if kind is LinkKind.INVITATION:
        return timedelta(days=settings.get("invitation_days"))
    return CONFIRM_FOR if kind is LinkKind.CONFIRM_EMAIL else RESET_FOR


def standing(
    kind: LinkKind, token: str, now: datetime, *, session: Session | None = None
) -> OneTimeLink:
    """The link behind a token, if it still works; in an act its row is held until the commit.

    Args:
        session: a short reading session, for a page that only looks.

    Raises:
        RuleBroken: `link:unknown`, `link:used`, `link:revoked`, `link:expired`.
    """
    wanted = select(OneTimeLink).where(
        OneTimeLink.token_hash == hashed(token), OneTimeLink.kind == kind
    )
    if session is None:
        held = wanted.with_for_update().execution_options(populate_existing=True)
        link = db.session.scalar(held)
    else:
        link = session.scalar(wanted.options(joinedload(OneTimeLink.organisation)))
    if link is None:
        raise RuleBroken("link:unknown", f"This link does not work. {_GONE[kind]}")
    if link.used_at is not None:
        raise RuleBroken("link:used", "This link was used already. You can sign in.")
    if link.revoked_at is not None:
        raise RuleBroken("link:revoked", f"This link was taken back. {_GONE[kind]}")
    if link.expires_at <= now:
        raise RuleBroken("link:expired", f"This link is too old. {_GONE[kind]}")
    return link


def revoke_others(kind: LinkKind, email: str, now: datetime, keep: int | None = None) -> None:
    """End the earlier links of this kind for an address."""
    earlier = select(OneTimeLink).where(
        OneTimeLink.kind == kind,
        OneTimeLink.email == email,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.revoked_at.is_(None),
    )
    for link in db.session.scalars(earlier):
        if link.id != keep:
            link.revoked_at = now
