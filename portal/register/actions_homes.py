"""A commissioner adds a home that a provider has not recorded, or corrects one; the provider is told.

Only a council that may place with the provider does: on a list or by a contract, today or to come.
"""

from datetime import date, datetime
from typing import Any

from portal import mail
from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.contracts import people
from portal.days import today
from portal.mail import Message
from portal.providers import actions_settings as homes
from portal.providers.models import Provider
from portal.providers.models_settings import Setting
from portal.register.answers import Ground


def may_correct(viewer: Viewer, ground: Ground, on: date) -> Decision:
    """A commissioner of a council that may place with this provider."""
    if not viewer.may(Permission.HOME_CORRECT):
        return denied("Only a commissioner corrects what is known of a home.")
    own = viewer.councils_as(Role.COMMISSIONER)
    if any(one.council_ids & own and one.ends_on >= on for one in ground.held):
        return allowed
    return denied("Only a council that may place with this provider corrects its homes.")


def add(
    provider: Provider, ground: Ground, *, actor: Viewer, now: datetime, **details: Any
) -> Setting:
    """Record a home of a provider.

    Args:
        details: as `providers.actions_settings.add_setting` takes them.

    Raises:
        RuleBroken: `home:not-yours`; `setting:…`.
    """
    may_correct(actor, ground, today(now)).or_refuse("home:not-yours")
    made = homes.add_setting(provider, actor=actor, now=now, **details)
    _tell(made, now)
    return made


def correct(home: Setting, ground: Ground, *, actor: Viewer, now: datetime, **details: Any) -> None:
    """Record what is right about a home; nothing is told where nothing is other than before.

    Raises:
        RuleBroken: `home:not-yours`; `setting:…`.
    """
    may_correct(actor, ground, today(now)).or_refuse("home:not-yours")
    if homes.change_setting(home, actor=actor, now=now, **details):
        _tell(home, now)


def close(home: Setting, ground: Ground, closed_on: date, *, actor: Viewer, now: datetime) -> None:
    """Record that nobody lives there after this day.

    Raises:
        RuleBroken: `home:not-yours`; `setting:…`.
    """
    may_correct(actor, ground, today(now)).or_refuse("home:not-yours")
    homes.close_setting(home, closed_on, actor=actor, now=now)
    _tell(home, now)


def reopen(home: Setting, ground: Ground, *, actor: Viewer, now: datetime) -> None:
    """Open it again.

    Raises:
        RuleBroken: `home:not-yours`; `setting:not-closed`.
    """
    may_correct(actor, ground, today(now)).or_refuse("home:not-yours")
    homes.reopen_setting(home, actor=actor, now=now)
    _tell(home, now)


def _tell(home: Setting, now: datetime) -> None:
    mail.write(
        Message.HOME_CORRECTED,
        to=people.of_provider(home.provider_id),
        now=now,
        about=home.ref,
        provider=home.provider.ref,
    )
