"""What this room hands up to the house: a provider's applications, and the council's side of them."""

from collections.abc import Iterator
from datetime import datetime

from portal.access import Permission, Viewer
from portal.applications import (  # noqa: F401  some add their pages to the blueprint
    cli,
    queries,
    views_changes,
    views_documents,
    views_marks,
    views_questions,
    views_rate_book,
    views_rates,
    views_reuse,
)
from portal.applications.clarifications import (  # noqa: F401  some add their pages to the blueprint
    queries as queries_clarifications,
    views as views_clarifications,
    views_clean_copies,
    views_requests,
)
from portal.applications.compliance import queries as queries_compliance
from portal.applications.compliance.views import bp as compliance
from portal.applications.exclusions import (  # noqa: F401  some add their pages to the blueprint
    due as due_exclusions,
    views as views_exclusions,
    views_notices as views_exclusion_notices,
    views_of_own as views_exclusion_of_own,
)
from portal.applications.late import cases as late_cases, views as views_late  # noqa: F401  some add their pages to the blueprint
from portal.applications.lots import views_branches, views_councils, views_order as views_lot_order  # noqa: F401  some add their pages to the blueprint
from portal.applications.opening import queries as queries_opening
from portal.applications.opening.views import bp as opening
from portal.applications.search import search
from portal.applications.submitting import (  # noqa: F401  some add their pages to the blueprint
    views as views_submission,
    views_signing,
    views_since_submission,
)
from portal.applications.views import bp
from portal.web import Due, NavItem, Room


def due(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """What needs this person: a draft, a round to be opened, a bid to be checked."""
    yield from queries.due(viewer, now)
    yield from queries_clarifications.due(viewer, now)
    yield from queries_opening.due(viewer, now)
    yield from late_cases.due(viewer, now)
    yield from queries_compliance.due(viewer, now)
    yield from due_exclusions.due(viewer, now)


room = Room(
    blueprint=bp,
    nav=(NavItem("Applications", "applications.index", Permission.APPLICATION_READ),),
    search=search,
    due=due,
    beside=(opening, compliance),
)
