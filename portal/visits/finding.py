"""The visit that an address names, for whoever asks; a stranger finds nothing there (404)."""

from portal.access import current_viewer
from portal.visits import policy, queries
from portal.visits.models import Visit
from portal.web import or_404


def inside(ref: str) -> Visit:
    """A visit whose plan, sheets and notes the viewer may read."""
    found: Visit = or_404(queries.visit(ref, current_viewer()))
    return found


def own(ref: str) -> Visit:
    """A visit of whose team the viewer is."""
    found: Visit = or_404(queries.own_visit(ref, current_viewer()))
    return found


def supported(ref: str) -> Visit:
    """A visit whose young people the viewer looks after."""
    visit = inside(ref)
    or_404(visit if policy.may_support(current_viewer(), visit) else None)
    return visit


def with_scores(ref: str) -> Visit:
    """A visit whose scores its team sees: they are together."""
    visit = inside(ref)
    or_404(visit if visit.stage in policy.SCORES_SHOWN else None)
    return visit
