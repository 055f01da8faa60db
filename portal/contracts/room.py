"""What this room hands up to the house."""

from portal.access import Permission
from portal.contracts.dates import dates
from portal.contracts.views import bp
from portal.web import NavItem, Room

room = Room(
    blueprint=bp,
    nav=(
        NavItem(
            "Contracts",
            "contracts.index",
            Permission.CONTRACT_READ,
            unless=(Permission.REGISTER_READ,),  # a council comes to them by round and provider
        ),
    ),
    dates=dates,
)
