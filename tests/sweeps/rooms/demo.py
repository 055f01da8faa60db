"""Where the pages of the room `demo` lie in the story."""

from tests.sweeps.records import Find

PLACES: dict[str, Find] = {
    "demo.mail": lambda records: {"": {"ref": records.mail}},
}
