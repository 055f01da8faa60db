"""Where the pages of the room `contracts` lie in the story."""

from tests.sweeps.records import Find

PLACES: dict[str, Find] = {
    "contracts.show": lambda _: {"of nobody": {"ref": "CON-XXXXX-XXXXX"}},
}
