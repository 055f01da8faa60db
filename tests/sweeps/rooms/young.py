"""Where the pages of the room `young` lie in the story."""

from typing import Any

from portal.young.models import Told, YoungEntry
from tests.sweeps.records import YOUNG, Find, people


def _told(**more: Any) -> Find:
    return lambda records: {"Comet's": {"ref": records.first(Told, Told.id > 0).ref, **more}}


PLACES: dict[str, Find] = {
    "young.told": _told(),
    "young.read": _told(),
    "young.take": _told(),
    "young.reopen": _told(),
    "young.settle": _told(),
    "young.change_ring": lambda records: {"Luton": {"ref": records.council("luton")}},
    "young.certificate": people(YOUNG),
    "young.log_file": lambda _: {"csv": {"kind": "csv"}},
    "young.strike_out": lambda records: {
        "a voucher": {"ref": records.first(YoungEntry, YoungEntry.pence > 0).ref}
    },
}
