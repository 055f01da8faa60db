"""What this room hands up to the house."""

from portal.access import Permission
from portal.register import (
    views_calendar,  # noqa: F401  it adds its pages to the blueprint
    views_exceptions,  # noqa: F401  adds its pages to the blueprint
    views_finding,  # noqa: F401
    views_listing,  # noqa: F401
    views_ofsted,  # noqa: F401
    views_watching,  # noqa: F401
)
from portal.register.ofsted import due
from portal.register.views import bp
from portal.web import NavItem, Room

room = Room(
    blueprint=bp,
    due=due,
    nav=(
        NavItem("Search", "register.search", Permission.ACCOUNT_MANAGE, (Permission.YOUNG_SCORE,)),
        NavItem("Register", "register.index", Permission.REGISTER_READ),
        NavItem(
            "Accredited providers",
            "register.public_list",
            unless=(
                Permission.REGISTER_READ,
                Permission.YOUNG_SCORE,
                Permission.APPLICATION_READ,
            ),
        ),
        NavItem("Calendar", "register.show_calendar", Permission.CALENDAR_READ),
        NavItem("Audit trail", "register.trail", Permission.TRAIL_READ),
    ),
)
