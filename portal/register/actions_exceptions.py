"""Placing all the same: given where it changes something.

An exception lifts what stands in the way of a placement from a list or under a contract. A council that
has neither with a provider has nothing to lift: no exception makes a place.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from portal import settings
from portal.access import Viewer
from portal.days import today
from portal.people.models import Council
from portal.providers import actions_exceptions as exceptions, policy
from portal.providers.actions_exceptions import About
from portal.providers.models import Provider
from portal.providers.models_exceptions import PlacementException
from portal.register.placing import Held, reaches
from scoring.rules import RuleBroken


def give(
    provider: Provider,
    places: Iterable[Held],
    council: Council,
    about: About,
    reason: str,
    *,
    until_on: date,
    actor: Viewer,
    now: datetime,
) -> PlacementException:
    """A council places all the same until a day.

    Args:
        places: of this provider on any list and under contracts, past ones too.

    Raises:
        RuleBroken: `exception:no-place`, for a council that has none with this provider in that
            time; and as `providers.actions_exceptions.give`.
    """
    policy.may_except(actor, council.id).or_refuse("exception:refused")
    on = today(now)
    is_over = until_on < on  # what `exceptions.give` refuses, with words of its own
    if not is_over and not reaches(places, council.id, on, until_on):
        raise RuleBroken("exception:no-place", no_place(council.name, provider), "council")
    return exceptions.give(provider, council, about, reason, until_on, actor=actor, now=now)


def is_of_use(places: Iterable[Held], council_ids: Iterable[int], on: date) -> bool:
    """Whether an exception given today by one of these councils can change anything."""
    last = on + timedelta(days=int(settings.get("exception_days")))
    held = list(places)
    return any(reaches(held, one, on, last) for one in council_ids)


def no_place(council: str, provider: Provider) -> str:
    """Why an exception would change nothing."""
    return (
        f"{council} has no place on a list and no contract with {provider.name} in that time, "
        "so an exception would change nothing."
    )
