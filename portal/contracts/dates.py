"""What contracts and places on lists put on the calendar."""

from collections.abc import Iterator
from datetime import date

from flask import url_for

from portal.access import Permission, Viewer
from portal.contracts import queries
from portal.contracts.models import ListMembership
from portal.web import CalendarEntry
from scoring.stages import MembershipStage

KIND = "contract"


def dates(viewer: Viewer, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    """The last days of contracts and of places on lists that the viewer may see."""
    if not viewer.may(Permission.CONTRACT_READ):
        return
    yield from _ends_of_contracts(viewer, from_on, until_on)
    yield from _ends_of_places(viewer, from_on, until_on)


def _ends_of_contracts(viewer: Viewer, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    for one in queries.contracts(viewer):
        if from_on <= one.ends_on <= until_on:
            yield CalendarEntry(
                one.ends_on,
                f"{one.provider.name}: contract ends",
                url_for("contracts.show", ref=one.ref),
                KIND,
                one.title,
                frozenset(part.council_id for part in one.councils),
            )


def _ends_of_places(viewer: Viewer, from_on: date, until_on: date) -> Iterator[CalendarEntry]:
    for one in queries.memberships(viewer, own_councils=not viewer.provider_ids):
        if one.stage is not MembershipStage.ENDED and from_on <= one.ends_on <= until_on:
            yield CalendarEntry(
                one.ends_on,
                f"{one.provider.name}: place on lot {one.agreement_lot.code} ends",
                _page_of(one, viewer),
                KIND,
                one.agreement_lot.agreement.title,
                frozenset(part.council_id for part in one.councils),
            )


def _page_of(one: ListMembership, viewer: Viewer) -> str:
    if viewer.may(Permission.REGISTER_READ):
        return url_for("register.provider", ref=one.provider.ref)
    return url_for("contracts.index")
