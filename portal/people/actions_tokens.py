"""Making a token for one's own programs, and taking it back."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from portal import audit, mail, settings
from portal.access import Viewer
from portal.audit import Event
from portal.days import LONDON
from portal.db import db
from portal.mail import Message
from portal.people import accounts, policy
from portal.people.models import Person, SecondStep, SignInSession
from portal.people.models_tokens import ApiToken
from portal.people.scopes import Scope
from portal.people.tokens import hashed, new_token
from scoring.rules import RuleBroken

MARK = "pqp_"  # by which programs that look for lost secrets know one
MOST_TOKENS = 20


def make_token(
    name: str, scopes: Collection[Scope], last_on: date, *, actor: Viewer, now: datetime
) -> str:
    """Give the actor a token for the parts that are named, to the end of a day.

    Returns:
        The token, to be shown once; a hash of it is kept.

    Raises:
        RuleBroken: the actor may not; `token:no-scope`, `token:too-soon`, `token:too-long`,
            `token:too-many`.
    """
    policy.may_keep_tokens(actor).or_refuse("token:refused")
    _check(scopes, last_on, now)
    person = db.session.get_one(Person, actor.person_id, with_for_update=True)
    if _number_standing(person, now) >= MOST_TOKENS:
        message = f"You have {MOST_TOKENS} tokens. Revoke one that you do not use."
        raise RuleBroken("token:too-many", message)
    token = MARK + new_token()
    made = ApiToken(
        person=person,
        name=name.strip(),
        token_hash=hashed(token),
        scopes=sorted(scopes),
        last_on=last_on,
        council_id=_vouching(actor),
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        Event.TOKEN_MADE,
        made,
        actor=actor,
        now=now,
        scopes=made.scopes,
        last_on=last_on.isoformat(),
    )
    mail.write(Message.TOKEN_MADE, [person], now=now, about=made.ref)
    return token


def revoke_token(token: ApiToken, *, actor: Viewer, now: datetime) -> None:
    """A token opens nothing from now on. To revoke it again changes nothing.

    Raises:
        RuleBroken: `token:not-yours`.
    """
    if actor.person_id != token.person_id and not policy.may_administer(actor):
        raise RuleBroken("token:not-yours", "You can only revoke your own tokens.")
    accounts.end_tokens(token.person, now, only=token, actor=actor)


def _check(scopes: Collection[Scope], last_on: date, now: datetime) -> None:
    if not scopes:
        raise RuleBroken("token:no-scope", "Choose what the token is for.", "scopes")
    today = now.astimezone(LONDON).date()
    if last_on < today:
        raise RuleBroken("token:too-soon", "Choose a day that is not over.", "last_on")
    most = int(settings.get("api_token_days"))
    if last_on > today + timedelta(days=most):
        message = f"A token works for {most} days at most. Choose an earlier day."
        raise RuleBroken("token:too-long", message, "last_on")


def _vouching(actor: Viewer) -> int | None:
    """The council whose sign-in said, for this session, that it asked for a second factor."""
    session = db.session.get(SignInSession, actor.session_id) if actor.session_id else None
    if session is None or session.second_step is not SecondStep.COUNCIL:
        return None
    return session.council_id


def _number_standing(person: Person, now: datetime) -> int:
    standing = select(func.count(ApiToken.id)).where(
        ApiToken.person_id == person.id,
        ApiToken.revoked_at.is_(None),
        ApiToken.last_on >= now.astimezone(LONDON).date(),
    )
    return db.session.scalar(standing) or 0
