"""What a search finds here: visits that the viewer may read, by home and provider."""

from collections.abc import Iterator, Sequence

from flask import url_for

from portal.access import Viewer
from portal.searching import holds
from portal.visits import policy, queries
from portal.visits.models import Visit
from portal.web import Hit, in_london


def search(viewer: Viewer, words: Sequence[str], limit: int) -> Iterator[Hit]:
    """Visits of one's council, reports shared with it, and what one's own organisation knows of."""
    for visit in queries.found(viewer, words, limit):
        inside = policy.may_read_inside(viewer, visit)
        yield _hit(visit, "visits.show" if inside else "visits.report")
    for visit in queries.known_to_provider(viewer)[:limit]:
        if holds(words, visit.setting.name, visit.setting.provider.name):
            yield _hit(visit, "visits.provider_visit")


def _hit(visit: Visit, endpoint: str) -> Hit:
    day = in_london(visit.starts_at)
    when = f"{day.day} {day:%B %Y}" if day else ""
    title = f"Visit to {visit.setting.name}, {when}"
    return Hit(title, url_for(endpoint, ref=visit.ref), "Visit", visit.setting.provider.name)
