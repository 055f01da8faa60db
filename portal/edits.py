"""Two people, one text: the second to save sees both and chooses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scoring.rules import RuleBroken


@dataclass(frozen=True, slots=True)
class Saved:
    """What somebody else saved in the meantime."""

    value: Any
    revision: int
    by: str
    at: datetime


class EditConflict(RuleBroken):
    """Somebody saved after this page was shown. Nothing was overwritten.

    `mine` is what was just typed, `theirs` what stands.
    """

    def __init__(self, mine: Any, theirs: Saved, field: str | None = None) -> None:
        super().__init__(
            "edit:conflict",
            f"{theirs.by} saved another version while you were writing. Choose which one to keep.",
            field,
        )
        self.mine = mine
        self.theirs = theirs


def refuse_unseen(
    seen_revision: int | None, mine: Any, theirs: Saved, field: str | None = None
) -> None:
    """Refuse to overwrite a version that the person has not seen.

    Args:
        seen_revision: the revision that the page showed; None where nothing was saved yet.

    Raises:
        EditConflict: when another revision stands and says something else.
    """
    if seen_revision != theirs.revision and mine != theirs.value:
        raise EditConflict(mine, theirs, field)
