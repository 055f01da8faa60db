"""What this room hands up to the house."""

from portal.access import Permission
from portal.register.views import bp
from portal.web import NavItem, Room

room = Room(
    blueprint=bp,
    nav=(
        NavItem("Register", "register.index", Permission.REGISTER_READ),
        NavItem(
            "Accredited providers",
            "register.public_list",
            unless=(Permission.REGISTER_READ, Permission.YOUNG_SCORE),
        ),
        NavItem("Audit trail", "register.trail", Permission.TRAIL_READ),
    ),
)
