"""The verbs of exceptions: a commissioner gives one for the own council, and ends it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal import audit, settings
from portal.access import Viewer
from portal.audit import Event
from portal.days import LONDON
from portal.db import db
from portal.people.models import Council
from portal.providers import policy
from portal.providers.models import Provider
from portal.providers.models_exceptions import Hindrance, PlacementException
from scoring.placing import check_exception
from scoring.rules import RuleBroken


@dataclass(frozen=True, slots=True)
class About:
    """What stands against a placement: its kind, its reference, and how people call it."""

    kind: Hindrance
    ref: str
    label: str


def give(
    provider: Provider,
    council: Council,
    about: About,
    reason: str,
    until_on: date,
    *,
    actor: Viewer,
    now: datetime,
) -> PlacementException:
    """A council places all the same until a day.

    Raises:
        RuleBroken: the actor may not; `exception:…`; `exception:given-already`.
    """
    policy.may_except(actor, council.id).or_refuse("exception:refused")
    on = now.astimezone(LONDON).date()
    check_exception(reason, until_on, on, int(settings.get("exception_days")))
    known = select(PlacementException).where(
        PlacementException.council_id == council.id, PlacementException.about_ref == about.ref
    )
    if any(one.holds(on) for one in db.session.scalars(known)):
        raise RuleBroken(
            "exception:given-already",
            f"{council.name} has an exception for this already. End it first.",
        )
    exception = PlacementException(
        provider=provider,
        council=council,
        about=about.kind,
        about_ref=about.ref,
        label=about.label,
        reason=reason.strip(),
        until_on=until_on,
        given_by_id=actor.person_id,
        given_at=now,
    )
    db.session.add(exception)
    db.session.flush()
    audit.record(
        Event.EXCEPTION_GIVEN,
        exception,
        actor=actor,
        now=now,
        provider=provider.ref,
        council=council.ref,
        about=about.ref,
        until_on=until_on.isoformat(),
        values={"reason": exception.reason},
    )
    return exception


def end(exception: PlacementException, *, actor: Viewer, now: datetime) -> None:
    """It holds no longer.

    Raises:
        RuleBroken: the actor may not; `exception:ended-already`.
    """
    policy.may_except(actor, exception.council_id).or_refuse("exception:refused")
    if not exception.holds(now.astimezone(LONDON).date()):
        raise RuleBroken("exception:ended-already", "This exception has ended already.")
    exception.ended_at, exception.ended_by_id = now, actor.person_id
    db.session.flush()
    audit.record(Event.EXCEPTION_ENDED, exception, actor=actor, now=now, about=exception.about_ref)
