"""The line of evidence: what was promised and scored, what visits found, what KPIs show, by day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from portal.access import Viewer
from portal.providers.models import Provider
from portal.web import Evidence, rooms
from scoring.text import natural

FIRST = 20


def evidence(provider: Provider, viewer: Viewer) -> list[Evidence]:
    """Everything that any room tells this viewer of a provider, newest first; of one day by kind."""
    found = [one for room in rooms().values() for one in room.card(provider, viewer)]
    by_words = sorted(found, key=lambda one: (one.kind, natural(one.title)))
    return sorted(by_words, key=lambda one: one.on, reverse=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of the line, as the page shows it.

    Args:
        kinds: every kind that there is, with how often. kind: the one that is chosen.
        left: how many more there are.
    """

    shown: Sequence[Evidence]
    kinds: Sequence[tuple[str, int]]
    kind: str
    left: int


def part_of(known: Sequence[Evidence], kind: str, *, everything: bool) -> Shown:
    """The newest of a kind, or all of them; a kind that there is not shows every kind."""
    kinds = sorted(Counter(one.kind for one in known).items())
    chosen = kind if kind in dict(kinds) else ""
    wanted = [one for one in known if chosen in ("", one.kind)]
    shown = wanted if everything else wanted[:FIRST]
    return Shown(shown, kinds, chosen, len(wanted) - len(shown))
