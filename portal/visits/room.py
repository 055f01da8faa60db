"""What this room hands up to the house."""

from portal.access import Permission
from portal.visits import (  # noqa: F401  they add their pages to the blueprint
    views_agree,
    views_ending,
    views_frameworks,
    views_phone,
    views_photos,
    views_picture,
    views_provider,
    views_report,
    views_sheets,
    views_young,
)
from portal.visits.card import card
from portal.visits.dates import dates
from portal.visits.due import due
from portal.visits.retention import KEPT
from portal.visits.said import said, took_part
from portal.visits.search import search
from portal.visits.views import bp
from portal.web import NavItem, Room

room = Room(
    bp,
    nav=(
        NavItem("Visits", "visits.index", Permission.VISIT_READ),
        NavItem("Visits", "visits.of_provider", Permission.VISIT_ANSWER),
    ),
    search=search,
    due=due,
    card=card,
    dates=dates,
    said=said,
    took_part=took_part,
    retention=KEPT,
)
