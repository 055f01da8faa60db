"""Where the pages of the room `awards` lie in the story."""

from tests.sweeps.records import OTHER, OWN, Find, rounds

PLACES: dict[str, Find] = {
    "awards.show": rounds("scoring", "concluded"),
    "awards.progress": rounds("scoring", "concluded"),
    "awards.recommend": rounds("scoring", "concluded"),
    "awards.release": rounds("scoring", "concluded"),
    "awards.grounds": rounds("scoring", "concluded"),
    "awards.conclude": rounds("scoring", "concluded"),
    "awards.notice": rounds("scoring", "concluded"),
    "awards.standstill": rounds("scoring", "concluded"),
    "awards.hold": rounds("scoring", "concluded"),
    "awards.notices_of": rounds("draft", "scoring", "concluded"),
    "awards.notice_draft": lambda records: {
        "uk4": {"ref": records.round("scoring"), "kind": "uk4"},
        "uk6": {"ref": records.round("concluded"), "kind": "uk6"},
        "uk6 too early": {"ref": records.round("scoring"), "kind": "uk6"},
    },
    "awards.notice_file": rounds("concluded", kind="uk7"),
    "awards.open_data": lambda records: {
        "tender": {"ref": records.round("scoring"), "kind": "tender"},
        "award": {"ref": records.round("concluded"), "kind": "award"},
        "award too early": {"ref": records.round("scoring"), "kind": "award"},
    },
    "awards.decide": lambda records: {
        "concluded, for Luton": {"ref": records.recommendation, "slug": "luton"}
    },
    "awards.lift": lambda records: {"lifted": {"ref": records.hold}},
    "awards.letter": lambda records: {
        "own": {"ref": records.letter(OWN)},
        "another's": {"ref": records.letter(OTHER)},
    },
    "awards.preview": rounds("scoring", "concluded"),
    "awards.look": lambda records: {
        "own": {"ref": records.letter(OWN)},
        "another's": {"ref": records.letter(OTHER)},
    },
    "awards.letter_pdf": lambda records: {
        "own": {"ref": records.letter(OWN)},
        "another's": {"ref": records.letter(OTHER)},
    },
}
