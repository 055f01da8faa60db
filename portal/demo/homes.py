"""The homes of the story, and what is free in them: most said lately, one long ago, one not at all."""

from datetime import timedelta
from typing import Any

from portal.db import db
from portal.demo.cast import Cast, told
from portal.providers import actions_settings as homes, actions_vacancies as vacancies
from portal.providers.models_settings import AddressRule, Serves, Setting, SettingCategory


def tell(cast: Cast, clock: Any) -> dict[str, Setting]:
    """Homes by name, as their providers recorded them."""
    kept: dict[str, Setting] = {}
    for one in told("homes.yaml")["homes"]:
        kept[one["name"]] = _home(cast, clock, one)
        for said in one.get("said", ()):
            _say(cast, clock, one, kept[one["name"]], said)
    db.session.commit()
    return kept


def _home(cast: Cast, clock: Any, one: dict[str, Any]) -> Setting:
    provider = cast.providers[one["provider"]]
    return homes.add_setting(
        provider,
        one["name"],
        category=SettingCategory(one["category"]),
        youngest_age=one["ages"][0],
        oldest_age=one["ages"][1],
        places=one["places"],
        address=one["address"],
        postcode=one["postcode"],
        registration=provider.registrations[0],
        serves=Serves(one.get("serves", Serves.ANYBODY)),
        address_rule=AddressRule(one.get("address_rule", AddressRule.COMMISSIONERS)),
        actor=cast.admin_of(one["provider"]),
        now=clock(-90),
    )


def _say(cast: Cast, clock: Any, one: dict[str, Any], home: Setting, said: dict[str, int]) -> None:
    at = clock(-said["days_ago"], 9)
    vacancies.say_what_is_free(
        {home: said["free"]},
        at.date() + timedelta(days=said.get("ahead", 0)),
        actor=cast.admin_of(one["provider"]),
        now=at,
    )
