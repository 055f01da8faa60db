"""What this room hands up to the house: a provider's applications, and the council's side of them."""

from collections.abc import Iterator
from datetime import datetime

from portal.access import Permission, Viewer
from portal.applications import (  # noqa: F401  some add their pages to the blueprint
    cli,
    due_exclusions,
    late_cases,
    queries,
    queries_clarifications,
    queries_compliance,
    queries_opening,
    views_branches,
    views_changes,
    views_clarifications,
    views_clean_copies,
    views_councils,
    views_documents,
    views_exclusion_notices,
    views_exclusion_of_own,
    views_exclusions,
    views_late,
    views_lot_order,
    views_marks,
    views_questions,
    views_rate_book,
    views_rates,
    views_requests,
    views_reuse,
    views_signing,
    views_since_submission,
    views_submission,
)
from portal.applications.search import search
from portal.applications.views import bp
from portal.applications.views_compliance import bp as compliance
from portal.applications.views_opening import bp as opening
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
