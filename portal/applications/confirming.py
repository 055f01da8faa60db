"""Which answers of a working copy were given before a version of the round touched them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from portal.applications.models import VersionConfirmation
from portal.applications.paper import words_of
from portal.applications.touching import Touched
from portal.content.rates import PERCENT
from portal.rounds.models_versions import RoundVersion
from scoring.differences import Difference, Part, touched_since
from scoring.money import percent_words, pounds

if TYPE_CHECKING:
    from portal.applications.working_copy import WorkingCopy

Given = tuple[str, datetime, str]  # lot code, when it was given, and what, in words


def touched(
    copy: "WorkingCopy",
    versions: Sequence[RoundVersion],
    confirmed: Iterable[VersionConfirmation],
) -> list[Touched]:
    """What must be confirmed again, in the order of the application.

    An answer that was saved after the version came is an answer to its text, and needs nothing.

    Args:
        versions: those that came after the one on which everything was confirmed.
    """
    done = {(one.number, one.part, one.key, one.lot_code) for one in confirmed}
    published = {version.number: version.published_at for version in versions}
    changes = touched_since(
        [(version.number, one) for version in versions for one in version.changes],
        copy.application.confirmed_version,
    )
    return [
        Touched(number, one, lot, words)
        for (part, key), (number, one) in changes.items()
        for lot, at, words in _given(copy, one)
        if at < published[number] and (number, part.value, key, lot) not in done
    ]


def _given(copy: "WorkingCopy", one: Difference) -> Iterator[Given]:
    if one.part is Part.QUESTIONS:
        yield from _answers(copy, one.key)
    elif one.part is Part.DOCUMENTS:
        yield from _documents(copy, one.key)
    else:
        yield from _prices(copy, one.key)


def _answers(copy: "WorkingCopy", key: str) -> Iterator[Given]:
    """Answers that are asked for now, and that say something."""
    for (question, lot), answer in copy.answers.items():
        if question != key or answer.value in (None, "", []):
            continue
        if (question, lot) in copy.asked_places:
            file = copy.files.get(str(answer.value))
            asked = copy.questions[question]
            words = file.file.name if file is not None else words_of(asked, answer.value)
            yield lot, answer.saved_at, words


def _documents(copy: "WorkingCopy", key: str) -> Iterator[Given]:
    attached = copy.attached.get(key)
    if attached is not None and any(line["key"] == key for line in copy.document_lines):
        version = attached.version
        yield "", attached.attached_at, version.file.name if version else "We will hold it"


def _prices(copy: "WorkingCopy", key: str) -> Iterator[Given]:
    for (lot, item), pence in copy.prices.items():
        if item == key:
            unit = next(one["unit"] for one in copy.rate_card["items"] if one["key"] == item)
            words = percent_words(pence) if unit == PERCENT else pounds(pence)
            yield lot, copy.rates[lot, item].saved_at, words
