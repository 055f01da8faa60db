"""What a search finds here: the applications of one's own organisations, and nobody else's."""

from collections.abc import Iterator, Sequence

from flask import url_for

from portal.access import Permission, Viewer
from portal.applications import queries
from portal.searching import holds
from portal.web import Hit


def search(viewer: Viewer, words: Sequence[str], limit: int) -> Iterator[Hit]:
    """By the title of the round and the reference. What was answered is not searched."""
    if not viewer.may(Permission.APPLICATION_READ):
        return
    found = (
        one
        for one in queries.applications_of(viewer)
        if holds(words, one.round.title, one.ref, one.provider.name)
    )
    for one, _ in zip(found, range(limit), strict=False):
        address = url_for("applications.show", ref=one.ref)
        yield Hit(one.round.title, address, "Application", one.provider.name)
