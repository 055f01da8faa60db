"""What this room hands up to the house."""

from portal.access import Permission
from portal.rounds import (  # noqa: F401  their pages
    queries,
    views_council,
    views_editing,
    views_parts,
    views_scheme,
    views_trial,
)
from portal.rounds.views import bp
from portal.web import NavItem, Room

room = Room(
    bp,
    nav=(
        NavItem(
            "Open rounds",
            "rounds.open_rounds",
            unless=(Permission.ROUND_READ, Permission.YOUNG_SCORE),
        ),
        NavItem("Rounds", "rounds.index", Permission.ROUND_READ),
    ),
    due=queries.due,
    public_paths=("/rounds/", "/rounds/past"),
)
