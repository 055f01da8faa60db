"""What this room hands up to the house."""

from collections.abc import Iterator
from datetime import datetime

from portal.access import Permission, Viewer
from portal.rounds import (  # noqa: F401  some add their pages to the blueprint
    queries,
    queries_clarifications,
    views_answers,
    views_blank,
    views_clarifications,
    views_council,
    views_editing,
    views_own_questions,
    views_parts,
    views_questions,
    views_scheme,
    views_trial,
    views_versions,
)
from portal.rounds.dates import dates
from portal.rounds.search import search
from portal.rounds.views import bp
from portal.web import Due, NavItem, Room


def due(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """What needs this person: a draft to publish, bidders' questions to answer."""
    yield from queries.due(viewer, now)
    yield from queries_clarifications.due(viewer, now)


room = Room(
    bp,
    nav=(
        NavItem(
            "Open rounds",
            "rounds.open_rounds",
            unless=(
                Permission.ROUND_READ,
                Permission.YOUNG_SCORE,
                Permission.APPLICATION_READ,
            ),
        ),
        NavItem("Rounds", "rounds.index", Permission.ROUND_READ),
    ),
    search=search,
    due=due,
    dates=dates,
    public_paths=("/rounds/", "/rounds/past"),
)
