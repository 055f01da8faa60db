"""Where the pages of the room `register` lie in the story."""

from tests.sweeps.records import OWN, Find, one

PLACES: dict[str, Find] = {
    "register.public_list_file": one(kind="csv"),
    "register.calendar_file": one(kind="csv"),
    "register.calendar_of": one(token="a-secret-that-nobody-has"),
    "register.provider": lambda records: {
        "on the list": {"ref": records.organisation(OWN)},
    },
}
