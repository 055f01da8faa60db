"""Visits on the calendar, for whoever may know of them."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from flask import url_for

from portal.access import Permission, Viewer
from portal.days import LONDON
from portal.visits import queries
from portal.web import CalendarEntry, time_text
from scoring.stages import VisitStage


def dates(viewer: Viewer, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    """The visits of these days, both counted."""
    start = datetime.combine(from_on, time(), tzinfo=LONDON)
    end = datetime.combine(until_on, time(), tzinfo=LONDON) + timedelta(days=1)
    if viewer.may(Permission.VISIT_READ):
        found, endpoint = queries.between(viewer, start, end), "visits.show"
    elif viewer.may(Permission.VISIT_ANSWER):
        known = queries.known_to_provider(viewer)
        found = [one for one in known if start <= one.starts_at < end]
        endpoint = "visits.provider_visit"
    else:
        return
    for visit in found:
        if visit.stage is VisitStage.CANCELLED:
            continue
        yield CalendarEntry(
            visit.starts_at.astimezone(LONDON).date(),
            f"{'Visit, given up' if visit.stage is VisitStage.GIVEN_UP else 'Visit'}: {visit.setting.name}",
            url_for(endpoint, ref=visit.ref),
            "visit",
            note=f"{time_text(visit.starts_at)}, {'announced' if visit.announced else 'unannounced'}",
            council_ids=frozenset({visit.council_id}),
        )
