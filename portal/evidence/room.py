"""What this room hands up to the house."""

from portal.evidence.retention import KEPT
from portal.evidence.views import bp
from portal.web import Room

room = Room(blueprint=bp, retention=KEPT)
