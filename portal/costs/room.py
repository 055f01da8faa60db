"""What this room hands up to the house."""

from portal.access import Permission
from portal.costs import views_spot  # noqa: F401  it binds its addresses
from portal.costs.views import bp
from portal.web import NavItem, Room

room = Room(
    blueprint=bp,
    nav=(
        NavItem("Rates", "costs.index", Permission.RATE_COMPARE),
        NavItem("Spot rates", "costs.spot_rates", Permission.RATE_IMPORT),
    ),
)
