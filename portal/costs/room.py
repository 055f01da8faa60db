"""What this room hands up to the house."""

from portal.access import Permission
from portal.costs import (  # noqa: F401  they bind their addresses and reports
    distance,
    forecast,
    funding,
    outturn,
    preferred,
    rates_over_time,
    shares,
    unit_costs,
    value,
    views_blocks,
    views_budgets,
    views_choices,
    views_choosing,
    views_imports,
    views_lots,
    views_published,
    views_reports,
    views_spot,
    views_tables,
    views_types,
    views_what_if,
)
from portal.costs.uploads import keep_in_memory
from portal.costs.views import bp
from portal.web import NavItem, Room

bp.record_once(lambda state: keep_in_memory(state.app))
room = Room(
    blueprint=bp,
    nav=(
        NavItem("Costs", "costs.reports", Permission.COST_READ),
        NavItem("Rates", "costs.index", Permission.RATE_COMPARE, unless=(Permission.COST_READ,)),
        NavItem(
            "Spot rates", "costs.spot_rates", Permission.RATE_IMPORT, unless=(Permission.COST_READ,)
        ),
    ),
)
