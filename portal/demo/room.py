"""What this room hands up to the house; it stands only in the demonstration."""

from portal.demo.views import bp
from portal.web import NavItem, Room

room = Room(blueprint=bp, nav=(NavItem("Outbox", "demo.outbox"),))
