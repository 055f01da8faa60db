"""What a search finds here: KPI returns that the viewer may read, by provider."""

from collections.abc import Iterator, Sequence

from flask import url_for

from portal.access import Viewer
from portal.kpis import queries
from portal.web import Hit


def search(viewer: Viewer, words: Sequence[str], limit: int) -> Iterator[Hit]:
    """The newest returns of a provider whose name has every word. Figures are not searched."""
    if not words:
        return
    for one in queries.found_returns(viewer, words, limit):
        title = f"KPI return, {one.period.words}"
        address = url_for("kpis.show_return", ref=one.ref)
        yield Hit(title, address, "KPI return", one.unit.plan.provider.name)
