"""What of the young people waits for those who look after them."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for

from portal.access import Permission, Role, Viewer
from portal.people.queries import councils_as
from portal.web import Due
from portal.young import queries
from portal.young.queries import Narrowing


def due(viewer: Viewer, _now: datetime) -> Iterator[Due]:
    """What a young person told first; then numbers that are missing, and what is not paid."""
    if not viewer.council_ids or viewer.may(Permission.YOUNG_SCORE):
        return
    if waiting := queries.number_waiting(viewer):
        words = "A young person has told us something"
        address = url_for("young.told_list")
        yield Due(words, address, note="Read it now.", tag="Urgent", count=waiting, urgent=True)
    if not viewer.may(Permission.YOUNG_LOOK_AFTER):
        return
    for council in councils_as(Role.PARTICIPATION_OFFICER, viewer):
        contact = queries.contact(council.id)
        if contact is None or contact.lead_id is None:
            address = url_for("young.change_ring", ref=council.ref)
            note = "“Tell someone” needs a number, and the safeguarding lead."
            yield Due("Say whom young people can ring", address, note=note)
    unpaid = queries.log(viewer, Narrowing(unpaid=True))
    if unpaid:
        yield Due("Expenses and vouchers to pay", url_for("young.pay"), count=len(unpaid))
