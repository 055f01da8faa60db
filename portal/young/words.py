"""What a young person told, and what was done about it: sealed in the database, open for a reader.

Each text is bound to its own row, so that words which somebody lays into another row do not open.
"""

from dataclasses import dataclass

from portal.people.sealed import seal_text, unseal_text
from portal.young.models import Told

LOST = "These words do not open with the key of this installation. Ask an administrator."


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a young person, and of whoever settled it (empty before)."""

    text: str
    note: str


def keep_text(told: Told, text: str) -> None:
    """Seal the words of a young person. The row needs its reference by now."""
    told.sealed_text = seal_text(text, f"told.text {told.ref}")


def keep_note(told: Told, note: str) -> None:
    """Seal what was done."""
    told.sealed_note = seal_text(note, f"told.note {told.ref}")


def opened(told: Told) -> Words:
    """Both texts. For `actions.read`, which asks who may and writes it into the trail."""
    text = unseal_text(told.sealed_text, f"told.text {told.ref}")
    note = unseal_text(told.sealed_note, f"told.note {told.ref}") if told.sealed_note else ""
    return Words(LOST if text is None else text, LOST if note is None else note)
