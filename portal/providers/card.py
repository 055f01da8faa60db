"""What this room knows of a provider by day: its registrations with Ofsted and their outcomes."""

from collections.abc import Iterator

from sqlalchemy import select

from portal.access import Viewer
from portal.db import db
from portal.providers import policy
from portal.providers.models import Provider, Registration
from portal.providers.models_ofsted import OutcomeChange
from portal.providers.words import NOT_INSPECTED, outcome_words
from portal.web import Evidence

OFSTED = "Ofsted"


def card(provider: Provider, viewer: Viewer) -> Iterator[Evidence]:
    """Each registration, and the last inspection of each."""
    if not policy.may_read(viewer, provider):
        return
    before = _before(provider)
    for one in provider.registrations:
        where = f"URN {one.urn}" + (f", {one.branch}" if one.branch else "")
        if one.registered_on is not None:
            yield Evidence(one.registered_on, OFSTED, "Registered with Ofsted", where)
        if one.inspected_on is not None and one.outcome != NOT_INSPECTED:
            title = f"Inspected: {outcome_words(one.service, one.outcome)}"
            was = before.get(one.id)
            if was is not None:
                title += f" ({outcome_words(one.service, was)} before)"
            yield Evidence(one.inspected_on, OFSTED, title, where)


def _before(provider: Provider) -> dict[int, str]:
    """What each registration's outcome was before its last change."""
    changes = db.session.scalars(
        select(OutcomeChange)
        .join(OutcomeChange.registration)
        .where(Registration.provider_id == provider.id)
        .order_by(OutcomeChange.id)
    )
    return {one.registration_id: one.before for one in changes if one.before != NOT_INSPECTED}
