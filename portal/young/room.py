"""What this room hands up to the house."""

from portal.web import Room
from portal.young import views_log  # noqa: F401  adds its pages to the blueprint
from portal.young.due import due
from portal.young.views import bp

room = Room(blueprint=bp, due=due)
