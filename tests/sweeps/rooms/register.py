"""Where the pages of the room `register` lie in the story."""

from tests.sweeps.records import OWN, Find, one

PLACES: dict[str, Find] = {
    "register.public_list_file": one(kind="csv"),
    "register.provider": lambda records: {
        "on the list": {"ref": records.organisation(OWN)},
    },
}
