"""What this room hands up to the house."""

from portal.api import (  # noqa: F401  each lays its routes
    calendar,
    contracts,
    cost_imports,
    costs,
    documents,
    followups,
    homes,
    kpis,
    me,
    rates,
    register,
    results,
    rounds,
    visits,
)
from portal.api.problems import tell
from portal.api.routes import bp
from portal.api.views import pages
from portal.extensions import csrf
from portal.faults import speak
from portal.people.api_door import PREFIX
from portal.web import Room

csrf.exempt(bp)  # a cookie opens nothing there, so there is nothing to forge
bp.record_once(lambda state: speak(state.app, PREFIX, tell))

room = Room(pages, beside=(bp,))
