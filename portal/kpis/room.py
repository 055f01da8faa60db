"""What this room hands up to the house."""

from portal.access import Permission
from portal.kpis import (  # noqa: F401  they add their pages to the blueprint
    views_assessments,
    views_board,
    views_checking,
    views_filling,
    views_returns,
    views_sets,
    views_workbook,
)
from portal.kpis.card import card
from portal.kpis.dates import dates
from portal.kpis.due import due
from portal.kpis.retention import KEPT
from portal.kpis.search import search
from portal.kpis.views import bp
from portal.web import NavItem, Room

room = Room(
    blueprint=bp,
    nav=(
        NavItem("KPIs", "kpis.returns", Permission.KPI_READ),
        NavItem("KPIs", "kpis.show_board", Permission.KPI_BOARD, unless=(Permission.KPI_READ,)),
        NavItem("What good looks like", "kpis.definitions", Permission.YOUNG_SCORE),
    ),
    search=search,
    due=due,
    card=card,
    dates=dates,
    retention=KEPT,
)
