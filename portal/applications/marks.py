"""What of a working copy can be marked as confidential, and what it is called."""

from collections.abc import Iterator

from portal.applications.models_marks import ANSWER, DOCUMENT, PRICES
from portal.applications.working_copy import WorkingCopy

Place = tuple[str, str, str]


def markable(copy: WorkingCopy) -> Iterator[tuple[Place, str]]:
    """Each part that has something in it, with what it is called."""
    for page in copy.pages:
        for question in page.questions:
            if copy.values.get((question["key"], page.lot)) not in (None, "", []):
                lot = f"Lot {page.lot}: " if page.lot else ""
                yield (ANSWER, question["key"], page.lot), f"{lot}{question['label']}"
    for line in copy.document_lines:
        attached = copy.attached.get(line["key"])
        if attached is not None and attached.version is not None:
            yield (DOCUMENT, line["key"], ""), f"Document: {line['title']}"
    if copy.prices:
        yield (PRICES, "", ""), "Your rates, all of them"


def title_of(copy: WorkingCopy, place: Place) -> str:
    """What a part is called; empty where there is nothing to mark."""
    return dict(markable(copy)).get(place, "")


def name_of(place: Place) -> str:
    """A place as one word, for a form."""
    return ":".join(place)


def place_of(name: str) -> Place:
    """What such a word means; a place that is nowhere, where it means nothing."""
    kind, _, rest = name.partition(":")
    key, _, lot = rest.partition(":")
    return kind, key, lot
