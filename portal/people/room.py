"""What this room hands up to the house."""

from portal.access import Permission
from portal.people import (  # noqa: F401  each adds its pages to the blueprint
    views_account,
    views_admin,
    views_card,
    views_council,
    views_glass,
    views_links,
    views_passkeys,
    views_retention,
    views_settings,
    views_tokens,
    views_young,
)
from portal.people.due import due
from portal.people.retention import KEPT
from portal.people.views import bp
from portal.web import NavItem, Room

room = Room(
    bp,
    nav=(
        NavItem("Young people", "people.young_people", Permission.YOUNG_LOOK_AFTER),
        NavItem("Administration", "people.administration", Permission.PEOPLE_ADMINISTER),
    ),
    due=due,
    retention=KEPT,
)
