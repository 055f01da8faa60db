"""What this room hands up to the house."""

from portal.access import Permission
from portal.content import cli  # noqa: F401  adds its commands to the blueprint
from portal.content.views import bp
from portal.web import NavItem, Room

room = Room(
    bp,
    nav=(
        NavItem(
            "Content",
            "content.catalogue",
            Permission.CONTENT_READ,
            unless=(Permission.REGISTER_READ,),
        ),
    ),
)
