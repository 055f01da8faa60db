"""What in this room waits for a person."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import url_for

from portal.access import Permission, Viewer
from portal.people import queries as people
from portal.providers import queries, queries_settings
from portal.providers.models import Provider
from portal.web import Due


def due(viewer: Viewer, now: datetime) -> Iterator[Due]:
    """Free places to say again; for an administrator also registrations and invitations to mend."""
    if not viewer.may(Permission.HOME_KEEP):
        return
    everywhere = queries.own_providers(viewer)
    yield from _old_vacancies(everywhere, viewer, now)
    mine = [one for one in everywhere if viewer.administers(one.id)]
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


def _old_vacancies(providers: Sequence[Provider], viewer: Viewer, now: datetime) -> Iterator[Due]:
    """One line for each organisation with a home of which nobody has said lately what is free."""
    old: dict[int, int] = {}
    for home in queries_settings.settings_of([one.id for one in providers], viewer):
        if queries_settings.is_old(home, now):
            old[home.provider_id] = old.get(home.provider_id, 0) + 1
    for provider in providers:
        if number := old.get(provider.id):
            yield Due(
                "Say what is free in your homes",
                url_for("providers.free", ref=provider.ref),
                note=f"{provider.name}: councils look there before they ring you.",
                count=number,
            )
