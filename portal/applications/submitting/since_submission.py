"""What was changed after a submission: the working copy beside what stands, part by part."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.access import Viewer
from portal.applications import queries
from portal.applications.editing import rate_title
from portal.applications.paper import words_of
from portal.applications.rate_book import price_words
from portal.applications.submitting.sealing import BidContent, read_content, read_prices, seal
from portal.applications.working_copy import WorkingCopy

NOTHING, PROMISE = "Nothing", "We will hold it from the start"


@dataclass(frozen=True, slots=True)
class Change:
    """One part that differs: what it is called, what was submitted, and what is written now."""

    title: str
    before: str
    after: str


def changes(copy: WorkingCopy, viewer: Viewer) -> list[Change]:
    """Every part of one's own working copy that differs from the submission that stands.

    Raises:
        NotFound: for everybody else.
    """
    standing = copy.application.standing
    if standing is None:
        return []
    before = read_content(queries.receipt(standing.ref, viewer).content)
    prices = read_prices(queries.envelope(standing, viewer).content)
    now = read_content(seal(copy, "").content)
    return [
        *_lots(before, now),
        *_answers(copy, before, now),
        *_documents(before, now),
        *_prices(copy, prices),
        *_marks(before, now),
    ]


def _lots(before: BidContent, now: BidContent) -> Iterator[Change]:
    if before.lots != now.lots:
        yield Change("Lots", ", ".join(before.lots), ", ".join(now.lots) or NOTHING)
    if before.lot_order != now.lot_order:
        yield Change(
            "Order of your lots",
            ", ".join(before.lot_order) or NOTHING,
            ", ".join(now.lot_order) or NOTHING,
        )
    for lot in sorted(before.councils.keys() | now.councils.keys()):
        old, new = before.councils.get(lot, ()), now.councils.get(lot, ())
        if old != new:
            every = "Every council"
            yield Change(f"Councils of lot {lot}", ", ".join(old) or every, ", ".join(new) or every)


def _answers(copy: WorkingCopy, before: BidContent, now: BidContent) -> Iterator[Change]:
    for key, question in copy.questions.items():
        for lot in ("", *sorted({*before.lots, *now.lots})):
            old, new = before.answers.get((key, lot)), now.answers.get((key, lot))
            if old == new:
                continue
            title = f"{question['label']} (lot {lot})" if lot else question["label"]
            if question["kind"] == "file":
                yield Change(title, _file(before, key, lot), _file(now, key, lot))
            else:
                yield Change(
                    title, words_of(question, old) or NOTHING, words_of(question, new) or NOTHING
                )


def _file(content: BidContent, key: str, lot: str) -> str:
    files = {(one.question_key, one.lot): one.name for one in content.documents}
    return files.get((key, lot), NOTHING)


def _documents(before: BidContent, now: BidContent) -> Iterator[Change]:
    old = {one.checklist_key: one for one in before.documents if one.checklist_key}
    new = {one.checklist_key: one for one in now.documents if one.checklist_key}
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) == new.get(key):
            continue
        title = (old.get(key) or new[key]).title
        words = [
            NOTHING if one is None else PROMISE if one.promised else f"{one.name}, {one.number}"
            for one in (old.get(key), new.get(key))
        ]
        yield Change(title, *words)


def _prices(copy: WorkingCopy, prices: dict[tuple[str, str], int]) -> Iterator[Change]:
    items = {item["key"]: item for item in copy.rate_card["items"]}
    for lot, key in sorted(prices.keys() | copy.prices.keys()):
        old, new = prices.get((lot, key)), copy.prices.get((lot, key))
        if old != new and key in items:
            title = rate_title(lot, items[key]["title"])
            yield Change(title, price_words(items[key], old), price_words(items[key], new))


def _marks(before: BidContent, now: BidContent) -> Iterator[Change]:
    if before.marks != now.marks:
        yield Change("Confidential parts", str(len(before.marks)), str(len(now.marks)))
