"""The verbs of settings: add an address at which young people live, change what is known of it, close it."""

from datetime import date, datetime
from typing import Any

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.providers import policy
from portal.providers.models import Provider, Registration
from portal.providers.models_settings import AddressRule, Serves, Setting, SettingCategory
from scoring.rows import read_postcode
from scoring.rules import RuleBroken

OLDEST, MOST_PLACES = 25, 200


def add_setting(
    provider: Provider,
    name: str,
    *,
    category: SettingCategory,
    youngest_age: int,
    oldest_age: int | None,
    places: int,
    address: str,
    postcode: str,
    registration: Registration | None = None,
    serves: Serves = Serves.ANYBODY,
    address_rule: AddressRule = AddressRule.COMMISSIONERS,
    actor: Viewer,
    now: datetime,
) -> Setting:
    """Record an address of a provider.

    Raises:
        RuleBroken: the actor may not; `setting:…` where a detail cannot be.
    """
    policy.may_edit_settings(actor, provider).or_refuse("setting:refused")
    setting = Setting(
        provider=provider, recorded_at=now, serves=serves, address_rule=address_rule, vacancies=[]
    )
    ages, where = (youngest_age, oldest_age), (address, postcode)
    _fill(setting, name, category=category, ages=ages, places=places, where=where)
    _register(setting, registration)
    db.session.add(setting)
    db.session.flush()
    audit.record(Event.HOME_ADDED, setting, actor=actor, now=now, provider=provider.ref)
    return setting


def change_setting(
    setting: Setting,
    name: str,
    *,
    category: SettingCategory,
    youngest_age: int,
    oldest_age: int | None,
    places: int,
    address: str,
    postcode: str,
    registration: Registration | None = None,
    serves: Serves | None = None,
    address_rule: AddressRule | None = None,
    actor: Viewer,
    now: datetime,
) -> bool:
    """Record what is new about an address. None leaves whom it serves, and who reads its address.

    Returns:
        Whether anything is other than before.

    Raises:
        RuleBroken: as `add_setting`; `setting:fewer-than-free`.
    """
    policy.may_edit_settings(actor, setting.provider).or_refuse("setting:refused")
    before = _known(setting)
    _refuse_fewer_than_free(setting, places, now)
    setting.serves, setting.address_rule = (
        serves or setting.serves,
        address_rule or setting.address_rule,
    )
    ages, where = (youngest_age, oldest_age), (address, postcode)
    _fill(setting, name, category=category, ages=ages, places=places, where=where)
    _register(setting, registration)
    db.session.flush()
    after = _known(setting)
    changed = {
        key: {"before": before[key], "after": after[key]}
        for key in after
        if before[key] != after[key]
    }
    if changed:
        audit.record(
            Event.HOME_CHANGED, setting, actor=actor, now=now, values=changed, what=sorted(changed)
        )
    return bool(changed)


def close_setting(setting: Setting, on: date, *, actor: Viewer, now: datetime) -> None:
    """Nobody lives there after this day; what was written about it stays.

    Raises:
        RuleBroken: the actor may not; `setting:closed-already`, `setting:closed-later`.
    """
    policy.may_edit_settings(actor, setting.provider).or_refuse("setting:refused")
    if setting.closed_on is not None:
        raise RuleBroken("setting:closed-already", "This home is closed already.")
    if on > now.date():
        raise RuleBroken("setting:closed-later", "Enter today or an earlier day.", "closed_on")
    setting.closed_on = on
    db.session.flush()
    audit.record(Event.HOME_CLOSED, setting, actor=actor, now=now, on=on.isoformat())


def reopen_setting(setting: Setting, *, actor: Viewer, now: datetime) -> None:
    """Young people live there again, or the home was closed by mistake.

    Raises:
        RuleBroken: the actor may not; `setting:not-closed`.
    """
    policy.may_edit_settings(actor, setting.provider).or_refuse("setting:refused")
    if setting.closed_on is None:
        raise RuleBroken("setting:not-closed", "This home is open.")
    setting.closed_on = None
    db.session.flush()
    audit.record(Event.HOME_REOPENED, setting, actor=actor, now=now)


KNOWN = (
    "name", "category", "serves", "youngest_age", "oldest_age", "places",
    "address", "postcode", "address_rule", "registration_id",
)  # fmt: skip


def _known(setting: Setting) -> dict[str, Any]:
    """What is known of a home, for what is kept beside the trail."""
    return {key: getattr(setting, key) for key in KNOWN}


def _refuse_fewer_than_free(setting: Setting, places: int, now: datetime) -> None:
    free = max((one.free for one in setting.said_from(now)), default=0)
    if places < free:
        words = f"You said that {free} places are free. Change that first."
        raise RuleBroken("setting:fewer-than-free", words, "places")


def _fill(
    setting: Setting,
    name: str,
    *,
    category: SettingCategory,
    ages: tuple[int, int | None],
    places: int,
    where: tuple[str, str],
) -> None:
    setting.name, setting.category = " ".join(name.split()), category
    setting.youngest_age, setting.oldest_age = ages
    setting.places = places
    setting.address = where[0].strip()
    setting.postcode = read_postcode(where[1], "postcode")
    _refuse_impossible(setting)


def _refuse_impossible(setting: Setting) -> None:
    """What no address can be, field by field."""
    oldest = OLDEST if setting.oldest_age is None else setting.oldest_age
    wrong = {
        "name": (not setting.name, "Enter what the home is called."),
        "youngest_age": (
            not 16 <= setting.youngest_age <= OLDEST,
            f"Supported accommodation is for young people from 16 to {OLDEST}.",
        ),
        "oldest_age": (
            not setting.youngest_age <= oldest <= OLDEST,
            f"The oldest age is between the youngest age and {OLDEST}.",
        ),
        "places": (
            not 1 <= setting.places <= MOST_PLACES,
            f"Enter how many young people can live there, 1 to {MOST_PLACES}.",
        ),
        "address": (not setting.address, "Enter the address."),
    }
    for field, (is_wrong, words) in wrong.items():
        if is_wrong:
            raise RuleBroken(f"setting:{field.replace('_', '-')}", words, field)


def _register(setting: Setting, registration: Registration | None) -> None:
    if registration is not None and registration.provider_id != setting.provider.id:
        words = "This registration belongs to another organisation."
        raise RuleBroken("setting:registration", words, "registration")
    setting.registration = registration
