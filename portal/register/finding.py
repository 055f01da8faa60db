"""One search over everything that somebody may see: each room finds its own, for this viewer alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from portal.access import Viewer
from portal.searching import words_of
from portal.web import Hit, rooms

MOST_OF_A_ROOM, ON_A_PAGE = 200, 20


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found.

    Args:
        kinds: every kind that was found, with how many. number: of the kind that is chosen.
        is_cut: there is more than a search shows; further words narrow it.
    """

    hits: Sequence[Hit]
    kinds: Sequence[tuple[str, int]]
    kind: str
    number: int
    at: int
    is_cut: bool = False

    @property
    def has_more(self) -> bool:
        return self.at * ON_A_PAGE < self.number


def find(viewer: Viewer, typed: str, *, kind: str = "", at: int = 1) -> Found:
    """What any room finds for this viewer, titles that begin with what was typed first.

    No words find nothing: a search is not a list of everything.
    """
    words = words_of(typed)
    by_room = (
        [list(room.search(viewer, words, MOST_OF_A_ROOM)) for room in rooms().values()]
        if words
        else []
    )
    is_cut = any(len(own) >= MOST_OF_A_ROOM for own in by_room)
    hits = [one for own in by_room for one in own]
    hits = list({one.address + one.title: one for one in hits}.values())
    kinds = sorted(Counter(one.kind for one in hits).items())
    chosen = kind if kind in dict(kinds) else ""
    wanted = sorted(
        (one for one in hits if chosen in ("", one.kind)),
        key=lambda one: (not one.title.lower().startswith(words[0]), one.kind != "Provider"),
    )
    start = (max(at, 1) - 1) * ON_A_PAGE
    return Found(wanted[start : start + ON_A_PAGE], kinds, chosen, len(wanted), max(at, 1), is_cut)
