"""What a search finds here: organisations and homes, by names and URNs,
and homes by as much of their address as the viewer reads."""

from collections.abc import Iterator, Sequence
from itertools import islice

from flask import url_for
from sqlalchemy import or_, select

from portal.access import Permission, Viewer
from portal.db import db
from portal.providers.models import Provider, Registration
from portal.providers.policy import names_home
from portal.providers.queries_settings import open_settings
from portal.searching import containing
from portal.web import Hit


def search(viewer: Viewer, words: Sequence[str], limit: int) -> Iterator[Hit]:
    """Every provider for those who read the register, one's own for others; homes likewise."""
    at_council = viewer.may(Permission.REGISTER_READ)
    if not at_council and not viewer.may(Permission.ORGANISATION_READ):
        return
    urns = select(Registration.provider_id).where(containing(words, Registration.urn))
    wanted = select(Provider).where(
        or_(containing(words, Provider.name, Provider.trading_name), Provider.id.in_(urns))
    )
    if not at_council:
        wanted = wanted.where(Provider.id.in_(viewer.provider_ids))
    for one in db.session.scalars(wanted.order_by(Provider.name, Provider.id).limit(limit)):
        page = "register.provider" if at_council else "providers.show"
        yield Hit(one.name, url_for(page, ref=one.ref), "Provider", one.trading_name)
    yield from _homes(viewer, words, limit, at_council=at_council)


def _homes(viewer: Viewer, words: Sequence[str], limit: int, *, at_council: bool) -> Iterator[Hit]:
    if not at_council and not viewer.may(Permission.HOME_KEEP):
        return
    found = (one for one in open_settings(viewer) if names_home(viewer, one, words))
    for one in islice(found, limit):
        if at_council:
            address = url_for("register.provider", ref=one.provider.ref, _anchor="homes")
        else:
            address = url_for("providers.home", ref=one.provider.ref, home_ref=one.ref)
        yield Hit(one.name, address, "Home", one.provider.name)
