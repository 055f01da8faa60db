"""The line of evidence: what was promised, what visits found, what KPIs show, by day."""

from portal.access import Viewer
from portal.providers.models import Provider
from portal.web import Evidence, rooms


def evidence(provider: Provider, viewer: Viewer) -> list[Evidence]:
    """Everything that any room tells this viewer of a provider, newest first."""
    found = [one for room in rooms().values() for one in room.card(provider, viewer)]
    return sorted(found, key=lambda one: (one.on, one.kind, one.title), reverse=True)
