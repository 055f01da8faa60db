"""What this room hands up to the house."""

from portal.access import Permission
from portal.providers import (
    views_colleagues,  # noqa: F401  these add their pages to the blueprint
    views_homes,  # noqa: F401
)
from portal.providers.card import card
from portal.providers.due import due
from portal.providers.search import search
from portal.providers.views import bp
from portal.web import NavItem, Room

room = Room(
    bp,
    nav=(NavItem("Your organisation", "providers.index", Permission.ORGANISATION_READ),),
    search=search,
    due=due,
    card=card,
)
