"""What becomes of each field of a page that saves itself as it is typed.

A page carries for each field which revision it showed (`Seen`). What was not touched on it is not
saved, so that a colleague's answer to the question above is no conflict. What pages do with it is in
`portal/autosave_pages.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.edits import EditConflict
from portal.web import time_text
from scoring.answers import money_text
from scoring.canonical import canonical_json, sha256_of
from scoring.content import Content

_SEEN = re.compile(r"([0-9]{1,9})\.([0-9a-f]{12})")
SEEN = "_seen-"  # how the hidden field of an answer begins


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page showed: the revision of an answer, and a digest of what it said."""

    revision: int = 0
    digest: str = ""

    @classmethod
    def of(cls, value: Any, revision: int) -> "Seen":
        return cls(revision or 0, sha256_of(canonical_json(value))[:12])

    @classmethod
    def read(cls, text: str | None) -> "Seen":
        """What a hidden field says; nothing seen, when it says nothing that we wrote."""
        found = _SEEN.fullmatch(text or "")
        return cls(int(found[1]), found[2]) if found else cls()

    def __str__(self) -> str:
        return f"{self.revision}.{self.digest}"

    def shows(self, value: Any) -> bool:
        """Whether the page showed this very value."""
        return self.digest == Seen.of(value, 0).digest


@dataclass(slots=True)
class Saving:
    """What became of each answer that a page sent, by field name."""

    seen: dict[str, Seen] = field(default_factory=dict)  # to be carried on by the page
    refused: dict[str, str] = field(default_factory=dict)
    to_mend: dict[str, str] = field(default_factory=dict)  # saved, and more than the limit allows
    conflicts: dict[str, EditConflict] = field(default_factory=dict)

    @property
    def is_saved(self) -> bool:
        """Whether all of it is saved, be there something to mend or not."""
        return not (self.refused or self.conflicts)

    @property
    def is_clean(self) -> bool:
        return self.is_saved and not self.to_mend


@dataclass(frozen=True, slots=True)
class Sent:
    """What came from a page beside the answers themselves."""

    seen: Mapping[str, Seen]
    page: str = ""
    leaving: bool = True
    keep_theirs: frozenset[str] = frozenset()  # after a conflict, the other text was chosen


def as_json(
    outcome: Saving, now: datetime, single: Mapping[str, Content | None]
) -> tuple[dict[str, Any], int]:
    """The answer to the page's own script (its words are told in static/js/autosave.js).

    Args:
        single: the fields whose text a script can put back by itself, with their question.
    """
    hidden = {f"{SEEN}{name}": str(seen) for name, seen in outcome.seen.items()}
    if outcome.conflicts:
        name, conflict = next(iter(outcome.conflicts.items()))
        theirs = Seen.of(conflict.theirs.value, conflict.theirs.revision)
        body = {
            "status": "conflict",
            "field": name,
            "message": conflict.message,
            "hidden": {**hidden, f"{SEEN}{name}": str(theirs)},
        }
        if name in single:
            body["theirs"] = as_typed(conflict.theirs.value)
        return body, 409
    if outcome.refused:
        errors = {**outcome.to_mend, **outcome.refused}
        return {"status": "invalid", "errors": errors, "hidden": hidden}, 422
    return {
        "status": "saved",
        "at": time_text(now),
        "revision": max((seen.revision for seen in outcome.seen.values()), default=0),
        "hidden": hidden,
        "to_mend": outcome.to_mend,
    }, 200


def as_typed(value: Any) -> str:
    """A value as it is typed into a field of one line or more."""
    if value is None:
        return ""
    return money_text(value) if isinstance(value, int) else str(value)
