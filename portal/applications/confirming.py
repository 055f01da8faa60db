"""Which answers of a working copy were given before a version of the round touched them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from portal.applications.models import VersionConfirmation
from portal.applications.paper import words_of
from portal.applications.touching import Touched
from portal.content.rates import offer_words
from portal.rounds.models_versions import RoundVersion
from scoring.differences import Difference, Part, touched_since

if TYPE_CHECKING:
    from portal.applications.working_copy import WorkingCopy


@dataclass(frozen=True, slots=True)
class Given:
    """Something that was given: for which lot, when, what in words, and to which version's text."""

    lot: str
    at: datetime
    words: str
    on_version: int | None = None  # where it was not kept, the moment tells

    def is_before(self, version: int, published_at: datetime) -> bool:
        """Whether it answers an older text, or comes from a page that still showed one."""
        if self.on_version is not None:
            return self.on_version < version
        return self.at < published_at


def touched(
    copy: "WorkingCopy",
    versions: Sequence[RoundVersion],
    confirmed: Iterable[VersionConfirmation],
) -> list[Touched]:
    """What must be confirmed again, in the order of the application.

    An answer to the version's own text needs nothing. One from a page that was left open while the
    version came is an answer to the old text.

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
        Touched(number, one, given.lot, given.words)
        for (part, key), (number, one) in changes.items()
        for given in _given(copy, one)
        if given.is_before(number, published[number])
        and (number, part.value, key, given.lot) not in done
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
            yield Given(lot, answer.saved_at, words, answer.on_version)


def _documents(copy: "WorkingCopy", key: str) -> Iterator[Given]:
    attached = copy.attached.get(key)
    if attached is not None and any(line["key"] == key for line in copy.document_lines):
        version = attached.version
        words = version.file.name if version else "We will hold it"
        yield Given("", attached.attached_at, words, attached.on_version)


def _prices(copy: "WorkingCopy", key: str) -> Iterator[Given]:
    for (lot, item), pence in copy.prices.items():
        if item == key:
            asked = next(one for one in copy.rate_card["items"] if one["key"] == item)
            words = offer_words(asked, pence)
            rate = copy.rates[lot, item]
            yield Given(lot, rate.saved_at, words, rate.on_version)
