"""What this room knows of a provider by day: its registrations with Ofsted and their outcomes."""

from collections.abc import Iterator

from portal.access import Viewer
from portal.providers import policy
from portal.providers.models import Provider
from portal.providers.words import NOT_INSPECTED, outcome_words
from portal.web import Evidence

OFSTED = "Ofsted"


def card(provider: Provider, viewer: Viewer) -> Iterator[Evidence]:
    """Each registration, and the last inspection of each."""
    if not policy.may_read(viewer, provider):
        return
    for one in provider.registrations:
        where = f"URN {one.urn}" + (f", {one.branch}" if one.branch else "")
        if one.registered_on is not None:
            yield Evidence(one.registered_on, OFSTED, "Registered with Ofsted", where)
        if one.inspected_on is not None and one.outcome != NOT_INSPECTED:
            title = f"Inspected: {outcome_words(one.service, one.outcome)}"
            yield Evidence(one.inspected_on, OFSTED, title, where)
