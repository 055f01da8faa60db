"""Where the pages of the room `documents` lie in the story."""

from tests.sweeps.records import DOCUMENT, OTHER, OWN, Find, libraries

PLACES: dict[str, Find] = {
    "documents.library": libraries(),
    "documents.show": libraries(type_key=DOCUMENT),
    "documents.upload": libraries(type_key=DOCUMENT),
    "documents.check": lambda records: {
        "own": {"ref": records.version(OWN).ref},
        "another's": {"ref": records.version(OTHER).ref},
    },
    "documents.many": libraries(),
    "documents.send_many": libraries(),
    "documents.sort_many": libraries(),
    "documents.view": lambda records: {
        "own": {"ref": records.version(OWN).ref},
        "another's": {"ref": records.version(OTHER).ref},
    },
    "documents.file": lambda records: {
        "own": {"ref": records.version(OWN).ref},
        "another's": {"ref": records.version(OTHER).ref},
    },
}
