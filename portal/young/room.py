"""What this room hands up to the house."""

from portal.access import Permission
from portal.web import NavItem, Room
from portal.young import views_log, views_part  # noqa: F401  each adds its pages to the blueprint
from portal.young.due import due
from portal.young.views import bp

room = Room(
    blueprint=bp,
    nav=(NavItem("You said, we did", "young.you_said", Permission.YOUNG_SCORE),),
    due=due,
)
