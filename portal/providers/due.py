"""What in this room waits for a person."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for

from portal.access import Permission, Viewer
from portal.people import queries as people
from portal.providers import queries
from portal.web import Due


def due(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """For an administrator: a registration that is missing or lacks its day, invitations that ran out."""
    if not viewer.may(Permission.ORGANISATION_EDIT):
        return
    mine = [one for one in queries.own_providers(viewer) if viewer.administers(one.id)]
    for provider in mine:
        if not provider.registrations:
            address = url_for("providers.new_registration", ref=provider.ref)
            note = f"{provider.name}: councils check it before they place somebody."
            yield Due("Add your Ofsted registration", address, note=note)
        for one in provider.registrations:
            if one.registered_on is None:
                yield Due(
                    f"Say when Ofsted registered {one.urn}",
                    url_for(
                        "providers.edit_registration", ref=provider.ref, registration_ref=one.ref
                    ),
                    note="Without the day no council can tell that you are registered.",
                )
    refs = {provider.id: provider.ref for provider in mine}
    for link in people.invitations(viewer, refs):
        if link.expires_at <= now and link.organisation_id in refs:
            ref = refs[link.organisation_id]
            address = url_for("providers.show", ref=ref, _anchor="colleagues")
            yield Due(
                "An invitation ran out", address, note=f"{link.email} did not accept in time."
            )
