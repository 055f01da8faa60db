"""Where the pages of the room `providers` lie in the story."""

from collections.abc import Callable
from typing import Any

from portal.providers.models_settings import Setting
from tests.sweeps.records import OWN, Find, Records, libraries, own_organisation

HOME = "Mill Lane"  # of Oakbridge, with a word on what is free


def _home(**more: Callable[[Setting], Any]) -> Find:
    def find(records: Records) -> dict[str, dict[str, Any]]:
        home = records.one(Setting, Setting.name == HOME)
        found = {key: of(home) for key, of in more.items()}
        return {"own": {"ref": home.provider.ref, "home_ref": home.ref, **found}}

    return find


PLACES: dict[str, Find] = {
    "providers.show": libraries(),
    "providers.edit": libraries(),
    "providers.colleague": own_organisation(
        person_ref=lambda records: records.person("Jack Ellis").ref
    ),
    "providers.remove_colleague": own_organisation(
        person_ref=lambda records: records.person("Jack Ellis").ref
    ),
    "providers.invite": libraries(),
    "providers.resend_invitation": lambda records: {
        "own": {
            "in_organisation": records.organisation(OWN),
            "ref": records.invitation("colleague@demo.example"),
        }
    },
    "providers.revoke_invitation": lambda records: {
        "own": {
            "in_organisation": records.organisation(OWN),
            "ref": records.invitation("colleague@demo.example"),
        }
    },
    "providers.new_registration": libraries(),
    "providers.edit_registration": own_organisation(
        registration_ref=lambda records: records.registration
    ),
    "providers.homes": libraries(),
    "providers.homes_file": libraries(kind="csv"),
    "providers.new_home": libraries(),
    "providers.free": libraries(),
    "providers.home": _home(),
    "providers.edit_home": _home(),
    "providers.close_home": _home(),
    "providers.reopen_home": _home(),
    "providers.take_back_free": _home(vacancy_ref=lambda home: home.vacancies[-1].ref),
}
