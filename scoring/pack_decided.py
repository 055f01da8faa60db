"""What people decided, in an evidence pack: on low prices, on bids set aside, on ties, on the award."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from scoring.canonical import sha256_of
from scoring.commitments import is_hidden
from scoring.digests import approval_digest, decision_digest
from scoring.pack_book import Act, Book
from scoring.pack_reading import Difference

Row: TypeAlias = Mapping[str, Any]
Found: TypeAlias = Iterator[tuple[str, Row, Row | None]]

LOW = "abnormally-low"


def _shown(parts: Row, where: str) -> Found:
    """Each row that is shown, with its path, and its texts where those are."""
    for place, (row, text) in enumerate(zip(parts["rows"], parts["texts"], strict=True)):
        if not is_hidden(row):
            yield f"{where}/rows/{place}", row, None if is_hidden(text) else text


def _decisions(book: Book) -> Found:
    return _shown(book.files["decisions.json"], "decisions.json")


def _approvals(book: Book) -> Found:
    return _shown(book.files["awards.json"]["approvals"], "awards.json/approvals")


def check_alone(book: Book) -> Iterator[Difference]:
    """What changes a result was decided by two people; a price that is kept needs one."""
    for path, row, _ in _decisions(book):
        if row["kind"] != LOW and row.get("second") in {None, "", row.get("by")}:
            yield Difference(path, "one person alone decided it")


def check_approvers(book: Book) -> Iterator[Difference]:
    """Nobody approves an award whose bids they scored, or whose scores they agreed or mended."""
    took_part = _took_part(book)
    for path, row, _ in _approvals(book):
        if row.get("by") in took_part:
            yield Difference(path, f"{row['by']} decided, and took part in the scoring")


def _took_part(book: Book) -> set[str]:
    """Those of whom the pack tells it; in a form that hides the scorers, those who agreed scores."""
    people = book.files["people.json"]
    scorers = () if is_hidden(people) or is_hidden(people["scorers"]) else people["scorers"]["rows"]
    found = {ref for row in scorers for ref in row["people"].split()}
    for name, parts in (("consensus.json", ("by",)), ("corrections.json", ("by", "second"))):
        for entry in book.entries(name):
            found |= {row[part] for _, row, _ in entry.rows() for part in parts if row.get(part)}
    return found


def check_decisions(book: Book, acts: Sequence[Act]) -> Iterator[Difference]:
    """Each decision reads as one that came into force."""
    recorded: dict[tuple[str, str, str], set[str]] = {}
    for act in acts:
        if _in_force(act):
            place = (act.detail["application"] or "", act.detail["lot"], act.detail["council_of"])
            recorded.setdefault(place, set()).add(act.detail["sha256"])
    for path, row, text in _decisions(book):
        known = recorded.get((row.get("bid", ""), row["lot"], row.get("council", "")))
        if known is None or text is None:
            continue
        if decision_digest(row.get("order", "").split(), text["reason"]) not in known:
            yield Difference(path, "the trail has another hash of this decision")


def _in_force(act: Act) -> bool:
    """A price that one person keeps is kept at once; everything else when it is confirmed."""
    kept = act.event == "award-decision:proposed" and act.detail["kind"] == "keep"
    return kept or act.event == "award-decision:confirmed"


def check_questions(book: Book, acts: Sequence[Act]) -> Iterator[Difference]:
    """What a bidder was asked about its price, and what it said, read as they were sent."""
    sent: dict[tuple[str, str], set[str]] = {}
    for act in acts:
        if act.event in {"price-question:sent", "price-question:answered"}:
            place = (act.event, act.detail["application"])
            sent.setdefault(place, set()).add(act.detail["sha256"])
    for path, row, text in _decisions(book):
        if row["kind"] != LOW or text is None:
            continue
        for event, words in (("sent", text["question"]), ("answered", text["answer"])):
            known = sent.get((f"price-question:{event}", row["bid"]))
            if words and known is not None and sha256_of(words) not in known:
                yield Difference(path, f"the trail has another hash of the words that were {event}")


def check_approvals(book: Book, acts: Sequence[Act]) -> Iterator[Difference]:
    """Each council's decision reads as it was recorded. Acts of before hashes were kept say nothing."""
    recommendation = book.files["awards.json"]["recommendation"]
    if recommendation is None or is_hidden(recommendation):
        return
    recorded = {
        act.detail["council"]: act.detail.get("sha256")
        for act in acts
        if act.event in {"award:approved", "award:returned"}
        and act.subject == recommendation.get("ref")
    }
    for path, row, text in _approvals(book):
        known = recorded.get(row["council"])
        if known is None or text is None:
            continue
        digest = approval_digest(
            council=row["council"],
            decision=row["decision"],
            reference=row["reference"],
            reason=text["reason"],
            delegation_limit_pence=row.get("delegation_limit_pence"),
            call_in_until_on=row.get("call_in_until_on"),
        )
        if digest != known:
            yield Difference(path, "the trail has another hash of this council's decision")
