"""What this room hands up to the house."""

from portal.access import Permission
from portal.costs import views_what_if  # noqa: F401  they bind their addresses and reports
from portal.costs.budgets import views as views_budgets  # noqa: F401  they bind their addresses and reports
from portal.costs.choices import views as views_choices, views_choosing  # noqa: F401  they bind their addresses and reports
from portal.costs.forecasts import report as forecast  # noqa: F401  they bind their addresses and reports
from portal.costs.imports import views as views_imports  # noqa: F401  they bind their addresses and reports
from portal.costs.imports.retention import KEPT
from portal.costs.imports.uploads import keep_in_memory
from portal.costs.of_lots import rates_over_time, value, views as views_lots  # noqa: F401  they bind their addresses and reports
from portal.costs.placement_types import views as views_types  # noqa: F401  they bind their addresses and reports
from portal.costs.places import views as views_blocks  # noqa: F401  they bind their addresses and reports
from portal.costs.published_reports import views as views_published  # noqa: F401  they bind their addresses and reports
from portal.costs.published_tables import views as views_tables  # noqa: F401  they bind their addresses and reports
from portal.costs.reports import (  # noqa: F401  they bind their addresses and reports
    distance,
    funding,
    outturn,
    preferred,
    shares,
    unit_costs,
    views as views_reports,
)
from portal.costs.spot import views as views_spot  # noqa: F401  they bind their addresses and reports
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
    retention=KEPT,
)
