"""The spells with one provider of the register, which stand behind what is told of its prices."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from flask import has_request_context, url_for
from sqlalchemy import select

from portal.access import Permission, Role, Viewer
from portal.costs.reports.asking import Asked, councils
from portal.costs.reports.on_lists import OnLists
from portal.costs.reports.sorting import sort
from portal.db import db
from portal.providers.models import Provider
from scoring.costs import Stretch
from scoring.years import year_of, year_text


def _title(_asked: Asked, ref: str) -> str:
    name = db.session.scalar(select(Provider.name).where(Provider.ref == ref))
    if name is None:
        raise KeyError(ref)
    return name


def _by_provider(asked: Asked, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """What a ledger or an episode says of a provider that the register knows."""
    lists = OnLists(asked.council)
    for one in stretches:
        behind = asked.rows.behind(one.spell)
        if ref := lists.provider_of(behind.provider, behind.provider_ref):
            yield one._replace(type=ref)


PROVIDER = sort("provider", _title, _by_provider)


SpellsWith = Callable[[str, date], str | None]


def spells_with(viewer: Viewer) -> SpellsWith:
    """Where a provider's spells of the year of a day are listed, by its reference; for finance alone.

    One statement.
    """
    own = viewer.councils_as(Role.FINANCE) if viewer.may(Permission.PLACEMENT_COST_READ) else ()
    slug = next((one.slug for one in councils(viewer) if one.id in own), "") if own else ""

    def address(ref: str, on: date) -> str | None:
        if not slug or not has_request_context():
            return None
        year = year_text(year_of(on))
        return url_for("costs.spells", council=slug, year=year, by=PROVIDER.key, type=ref)

    return address
