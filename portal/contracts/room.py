"""What this room hands up to the house."""

from portal.access import Permission
from portal.contracts import (  # noqa: F401  they add their pages to the blueprint
    views_entering,
    views_frameworks,
    views_packages,
    views_promises,
    views_stopping,
    views_terms,
    views_uplift_letters,
    views_uplifts,
)
from portal.contracts.card import card
from portal.contracts.dates import dates
from portal.contracts.due import due
from portal.contracts.search import search
from portal.contracts.views import bp
from portal.web import NavItem, Room

room = Room(
    blueprint=bp,
    nav=(NavItem("Contracts", "contracts.index", Permission.CONTRACT_READ),),
    search=search,
    due=due,
    dates=dates,
    card=card,
)
