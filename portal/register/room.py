"""What this room hands up to the house."""

from collections.abc import Iterator
from datetime import datetime

from portal.access import Permission, Viewer
from portal.register import (
    ofsted,
    running,
    views_calendar,  # noqa: F401  it adds its pages to the blueprint
    views_exceptions,  # noqa: F401  adds its pages to the blueprint
    views_finding,  # noqa: F401
    views_homes,  # noqa: F401
    views_listing,  # noqa: F401
    views_ofsted,  # noqa: F401
    views_running,  # noqa: F401
    views_watching,  # noqa: F401
)
from portal.register.views import bp
from portal.web import Due, NavItem, Room


def due(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """Downgrades to decide on, and how the installation runs."""
    yield from ofsted.due(viewer, now)
    yield from running.due(viewer, now)


room = Room(
    blueprint=bp,
    due=due,
    dates=ofsted.dates,
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
