"""What this room hands up to the house."""

from portal.people.views import bp
from portal.web import Room

room = Room(bp)
