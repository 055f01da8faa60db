"""What in this room waits for a person."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for

from portal.access import SECOND_FACTOR_ROLES, Permission, Viewer
from portal.people import queries, queries_young
from portal.web import Due

FEW_CODES = 3


def due(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """Young people without papers, invitations that ran out, recovery codes that run short."""
    if viewer.may(Permission.YOUNG_LOOK_AFTER):
        yield from _young(viewer)
    if viewer.may(Permission.PEOPLE_ADMINISTER):
        yield from _invitations(viewer, now)
    if not viewer.roles.isdisjoint(SECOND_FACTOR_ROLES):
        yield from _codes(viewer)


def _young(viewer: Viewer) -> Iterator[Due]:
    for one in queries_young.young_people(viewer):
        if not one.person.active or (one.consent and one.card):
            continue
        missing = "Make a sign-in card" if one.consent else "Record the consent"
        address = url_for("people.young_person", ref=one.person.ref)
        yield Due(f"{missing} for {one.person.name}", address, note="Young Commissioners")


def _invitations(viewer: Viewer, now: datetime) -> Iterator[Due]:
    old = [link for link in queries.invitations(viewer, None) if link.expires_at <= now]
    if old:
        yield Due(
            "Invitations that nobody accepted in time",
            url_for("people.administration", _anchor="invitations"),
            count=len(old),
        )


def _codes(viewer: Viewer) -> Iterator[Due]:
    left = queries.recovery_codes_left(viewer)
    if left < FEW_CODES:
        yield Due(
            "Make new recovery codes",
            url_for("people.new_recovery_codes"),
            note=f"You have {left} left. Without one you cannot sign in when your phone is lost.",
        )
