"""What a search finds here: KPI returns that the viewer may read, by provider."""

from collections.abc import Iterator, Sequence
from datetime import date

from flask import url_for

from portal.access import Permission, Viewer
from portal.kpis import queries
from portal.kpis.queries import Narrowed
from portal.searching import holds
from portal.web import Hit, date_text


def search(viewer: Viewer, words: Sequence[str], limit: int) -> Iterator[Hit]:
    """The newest returns of a provider whose name has every word. Figures are not searched."""
    if not viewer.may(Permission.KPI_READ) or not words:
        return
    longest = max(words, key=len)
    found = queries.returns_page(viewer, Narrowed(words=longest), date.max).items[:limit]
    for one in found:
        name = one.unit.plan.provider.name
        if holds(words, name):
            title = f"KPI return due on {date_text(one.due_on)}"
            yield Hit(title, url_for("kpis.show_return", ref=one.ref), "KPI return", name)
