"""What a search finds here: the contracts that the viewer may see."""

from collections.abc import Iterator, Sequence

from flask import url_for

from portal.access import Viewer
from portal.contracts import queries
from portal.searching import holds
from portal.web import Hit


def search(viewer: Viewer, words: Sequence[str], limit: int) -> Iterator[Hit]:
    """By title and provider. Prices and promises are not searched."""
    found = (one for one in queries.contracts(viewer) if holds(words, one.title, one.provider.name))
    for one, _ in zip(found, range(limit), strict=False):
        yield Hit(one.title, url_for("contracts.show", ref=one.ref), "Contract", one.provider.name)
