"""Where the pages of the demonstration lie: for each endpoint, the records that are worth a look.

A page of a record is looked at for each record on which its door may swing another way: a round
before and after its opening, one's own provider and another. A new page joins by a line in `PLACES`
of its room's file in `rooms/`; where one endpoint has two addresses, `BY_RULE` tells them apart.
"""

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from flask import Flask

from portal.access import Permission
from tests.sweeps import rooms
from tests.sweeps.records import Find, Records, Values


@dataclass(frozen=True)
class Place:
    """A page: how it is asked for, of what, and where it lies."""

    method: str
    rule: str
    endpoint: str
    record: str
    address: str
    permission: Permission | None

    @property
    def name(self) -> str:
        """How a person says it: `GET /council/rounds/<ref> [draft]`."""
        return f"{self.method} {self.rule}" + (f" [{self.record}]" if self.record else "")


def _collected(table: str) -> dict[str, Find]:
    found: dict[str, Find] = {}
    for module in pkgutil.iter_modules(rooms.__path__):
        found |= getattr(import_module(f"{rooms.__name__}.{module.name}"), table, {})
    return found


PLACES, BY_RULE = _collected("PLACES"), _collected("BY_RULE")


class Unplaced(AssertionError):
    """A route of which nobody has said which records are worth a look."""

    def __init__(self, rule: Any) -> None:
        super().__init__(
            f"{rule.rule} ({rule.endpoint}) has no line in PLACES of tests/sweeps/rooms: say"
            f" there for which records it is looked at, with {sorted(rule.arguments)}"
        )


def places(app: Flask, *methods: str) -> Iterator[Place]:
    """Every page of the portal. Needs the application context of a told story."""
    records, adapter = Records(), app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if rule.endpoint == "static":
            continue
        for record, values in _values_of(rule, records).items():
            for method in methods or ("GET", "POST", "PATCH"):
                if method in (rule.methods or ()):
                    address = adapter.build(rule.endpoint, values)
                    permission = getattr(app.view_functions[rule.endpoint], "permission", None)
                    yield Place(method, rule.rule, rule.endpoint, record, address, permission)


def _values_of(rule: Any, records: Records) -> dict[str, Values]:
    wanted = rule.arguments - set(rule.defaults or {})
    if not wanted:
        return {"": {}}
    find = BY_RULE.get(rule.rule) or PLACES.get(rule.endpoint)
    found = find(records) if find else {}
    if not found or any(set(values) != wanted for values in found.values()):
        raise Unplaced(rule)
    return found
