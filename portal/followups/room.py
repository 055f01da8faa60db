"""What this room hands up to the house."""

from portal.access import Permission
from portal.followups import (  # noqa: F401  each adds its pages to the blueprint
    views_acts,
    views_forums,
    views_plan,
)
from portal.followups.card import card
from portal.followups.dates import dates
from portal.followups.due import due
from portal.followups.search import search
from portal.followups.views import bp
from portal.web import NavItem, Room

room = Room(
    blueprint=bp,
    nav=(NavItem("Follow-ups", "followups.index", Permission.FOLLOW_UP_READ),),
    due=due,
    dates=dates,
    search=search,
    card=card,
)
