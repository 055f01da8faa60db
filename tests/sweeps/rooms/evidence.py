"""Where the pages of the room `evidence` lie in the story."""

from tests.sweeps.records import OTHER, OWN, Find, rounds

PLACES: dict[str, Find] = {
    "evidence.show": rounds("scoring", "concluded"),
    "evidence.take": lambda records: {"concluded": records.pack},
    "evidence.own": lambda records: {
        "own": {"ref": records.letter(OWN)},
        "another's": {"ref": records.letter(OTHER)},
    },
    "evidence.take_own": lambda records: {
        "own": {"ref": records.letter(OWN)},
        "another's": {"ref": records.letter(OTHER)},
    },
}
