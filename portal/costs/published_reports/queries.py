"""Reports that were published, for those who may read a council's reports."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from portal.access import Permission, Viewer
from portal.costs import policy
from portal.costs.models import PublishedReport
from portal.costs.published_reports.frozen import Frozen, Restated, freeze, restated
from portal.costs.reports.asking import Asked, Wanted
from portal.costs.reports.kinds import KINDS
from portal.db import db
from portal.paging import Sorting
from portal.people.models import Person
from scoring.years import year_named

BY_DAY = Sorting(
    {"published": PublishedReport.published_at}, default="-published", unique=PublishedReport.ref
)


def visible(viewer: Viewer) -> Select[PublishedReport]:
    """The published reports of the viewer's councils."""
    mine = viewer.councils_where(Permission.COST_READ)
    return (
        select(PublishedReport)
        .where(PublishedReport.council_id.in_(mine))
        .options(joinedload(PublishedReport.council))
    )


def one_report(ref: str, viewer: Viewer) -> PublishedReport:
    """One of them.

    Raises:
        NotFound: there is none, or it is another council's.
    """
    found = db.session.scalar(visible(viewer).where(PublishedReport.ref == ref))
    if found is None:
        raise NotFound
    return found


def publisher(one: PublishedReport) -> str:
    """Who published it."""
    return db.session.scalars(select(Person.name).where(Person.id == one.published_by_id)).one()


def figures_for(one: PublishedReport, viewer: Viewer) -> list[Frozen]:
    """The version that somebody may see."""
    whole = policy.sees_all_figures(viewer, one.council_id)
    tables: list[Frozen] = one.figures["finance" if whole else "readers"]
    return tables


def changes(one: PublishedReport, viewer: Viewer) -> list[Restated]:
    """What is counted otherwise now, with the same filters and up to the same day.

    For the finance team: to others the difference could tell a small number.
    """
    if not policy.sees_all_figures(viewer, one.council_id):
        return []
    told = one.filters
    wanted = Wanted(
        council=told["council"],
        first_year=year_named(told["from_year"]) if "from_year" in told else None,
        last_year=year_named(told["to_year"]) if "to_year" in told else None,
        as_at=one.as_at_on,
    )
    asked = Asked(wanted, viewer)
    if asked.is_empty:
        return restated(one.figures["finance"], [])
    return restated(one.figures["finance"], freeze(KINDS[one.report].make(asked)))
