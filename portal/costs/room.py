"""What this room hands up to the house."""

from portal.access import Permission
from portal.costs.views import bp
from portal.web import NavItem, Room

room = Room(blueprint=bp, nav=(NavItem("Rates", "costs.index", Permission.RATE_COMPARE),))
