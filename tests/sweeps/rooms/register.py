"""Where the pages of the room `register` lie in the story."""

from portal.providers.models_exceptions import PlacementException
from portal.providers.models_ofsted import OutcomeChange
from portal.providers.models_settings import Setting
from tests.sweeps.records import OWN, Find, Records, one
from tests.sweeps.rooms.providers import HOME


def _exception(records: Records) -> PlacementException:
    """The one for a paper of the home Oakbridge Court."""
    return records.one(PlacementException, PlacementException.label.contains("Oakbridge Court"))


def _home(records: Records) -> dict[str, dict[str, str]]:
    """A home of the provider on the list, which is open."""
    home = records.one(Setting, Setting.name == HOME)
    return {"on the list": {"ref": home.provider.ref, "home_ref": home.ref}}


def _no_file(**more: str) -> Find:
    return one(service="supported-accommodation", token="0" * 64, **more)


PLACES: dict[str, Find] = {
    "register.public_list_file": one(kind="csv"),
    "register.calendar_file": one(form="csv"),
    "register.calendar_of": one(token="a-secret-that-nobody-has"),
    "register.provider": lambda records: {
        "on the list": {"ref": records.organisation(OWN)},
    },
    "register.home": _home,
    "register.new_home": lambda records: {"on the list": {"ref": records.organisation(OWN)}},
    "register.edit_home": _home,
    "register.close_home": _home,
    "register.reopen_home": _home,
    "register.index_file": one(kind="csv"),
    "register.homes_file": one(kind="csv"),
    "register.new_exception": lambda records: {
        "of one's own council": {
            "ref": records.organisation(OWN),
            "about": _exception(records).about_ref,
        },
    },
    "register.end_exception": lambda records: {
        "Luton's": {
            "ref": records.organisation(OWN),
            "exception_ref": _exception(records).ref,
        },
    },
    "register.ofsted_columns": _no_file(),
    "register.ofsted_preview": _no_file(),
    "register.ofsted_refused": _no_file(kind="csv"),
    "register.downgrade": lambda records: {
        "Willow's": {"ref": records.one(OutcomeChange, OutcomeChange.after == "3").ref},
    },
}
