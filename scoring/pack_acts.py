"""What the audit trail of an evidence pack says of the rest of the pack, act by act."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from scoring.canonical import sha256_of
from scoring.commitments import is_hidden, plain_json
from scoring.digests import agreed_digest, correction_digest
from scoring.pack_book import Act, Book
from scoring.pack_decided import check_approvals, check_decisions, check_questions
from scoring.pack_reading import Difference
from scoring.pack_results import result_hash


def check_acts(book: Book) -> Iterator[Difference]:
    """What was recorded when it was done is what the pack says."""
    acts = [
        Act(content["event"], content["subject"][1], content["detail"])
        for entry in book.files["trail.json"]["entries"]
        if not is_hidden(entry)
        for content in [json.loads(entry["content"])]
    ]
    yield from _check_submissions(book, acts)
    yield from _check_sheets(book, acts)
    yield from _check_agreed(book, acts)
    yield from _check_corrections(book, acts)
    yield from _check_results(book, acts)
    yield from check_decisions(book, acts)
    yield from check_questions(book, acts)
    yield from _check_recommendation(book, acts)
    yield from check_approvals(book, acts)
    yield from _check_letters(book, acts)


def _check_submissions(book: Book, acts: Sequence[Act]) -> Iterator[Difference]:
    """The hash of each bid is that of its submission, and that found when it was opened."""
    submitted = {
        act.detail["receipt"]: act.detail["sha256"]
        for act in acts
        if act.event == "application:submitted"
    }
    opened = {
        one[0]: one[2] for act in acts if act.event == "round:opened" for one in act.detail["bids"]
    }
    for entry in book.entries("bids.json"):
        facts = entry.content["facts"]
        for known, ref in ((submitted, facts.get("receipt")), (opened, entry.bid)):
            if ref in known and known[ref] != facts["sha256"]:
                yield Difference(f"{entry.path}/facts", "the trail has another hash of this bid")


def _check_sheets(book: Book, acts: Sequence[Act]) -> Iterator[Difference]:
    recorded = {
        (act.subject, act.detail["number"]): act.detail["sha256"]
        for act in acts
        if act.event == "sheet:submitted"
    }
    for entry in book.entries("sheets.json"):
        for path, row, _ in entry.rows():
            known = recorded.get((row["sheet"], row["number"]))
            if known is not None and known != row["sha256"]:
                yield Difference(path, "the trail has another hash of this sheet")


def _check_agreed(book: Book, acts: Sequence[Act]) -> Iterator[Difference]:
    """What a panel agreed reads as it was recorded last. Acts of before hashes were kept say nothing."""
    recorded = {
        (act.subject, act.detail["question"], act.detail["lot"]): act.detail.get("sha256")
        for act in acts
        if act.event == "consensus:recorded"
    }
    for entry in book.entries("consensus.json"):
        for path, row, text in entry.rows():
            known = recorded.get((entry.bid, row["question"], row["lot"]))
            if known is None or text is None:
                continue
            digest = agreed_digest(
                bid=entry.bid,
                question=row["question"],
                lot=row["lot"],
                score=row["value"],
                reason=text["reason"],
                why_outside=text["why_outside"],
                dissent=text.get("dissent", ""),
                present=row.get("present", "").split(),
            )
            if digest != known:
                yield Difference(path, "the trail has another hash of what was agreed here")


def _check_corrections(book: Book, acts: Sequence[Act]) -> Iterator[Difference]:
    """Each correction reads as one that was confirmed."""
    recorded: dict[tuple[str, str, str], set[str | None]] = {}
    for act in acts:
        if act.event == "correction:confirmed":
            place = (act.detail["application"], act.detail["question"], act.detail["lot"])
            recorded.setdefault(place, set()).add(act.detail.get("sha256"))
    for entry in book.entries("corrections.json"):
        for path, row, text in entry.rows():
            known = recorded.get((entry.bid, row["question"], row["lot"]), {None})
            if None in known or text is None:
                continue
            digest = correction_digest(
                bid=entry.bid,
                question=row["question"],
                lot=row["lot"],
                old=row["old"],
                new=row["new"],
                reason=text["reason"],
                prices_open=row["prices_open"],
            )
            if digest not in known:
                yield Difference(path, "the trail has another hash of this correction")


def _check_results(book: Book, acts: Sequence[Act]) -> Iterator[Difference]:
    """Results have the hashes that were recorded when they were computed last.

    At the lock there are no prices yet, so that entry counts only where none are evaluated.
    """
    counted = {"results:computed"} | (set() if book.scheme.price else {"quality:locked"})
    recorded = [act.detail["results"] for act in acts if act.event in counted]
    if not recorded:
        return
    for place, lot in enumerate(book.files["results.json"]["lots"]):
        if is_hidden(lot):
            continue
        for number, one in enumerate(lot["bids"]):
            if is_hidden(one) or not _shown_whole(one["result"]):
                continue
            key = "|".join(part for part in (one["bid"], lot["lot"], lot["council"]) if part)
            path = f"results.json/lots/{place}/bids/{number}/result"
            if recorded[-1].get(key) != result_hash(one["result"]):
                yield Difference(path, "the trail has another hash of this result")


def _shown_whole(value: Any) -> bool:
    if is_hidden(value):
        return False
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(_shown_whole(part) for part in parts)


def _check_recommendation(book: Book, acts: Sequence[Act]) -> Iterator[Difference]:
    found = book.files["awards.json"]["recommendation"]
    if found is None or is_hidden(found):
        return
    if sha256_of(plain_json(found["content"])) != found["sha256"]:
        yield Difference("awards.json/recommendation", "its SHA-256 is another")
    recorded = [act for act in acts if act.event == "award:recommended"]
    for act in recorded[-1:]:
        if act.detail["sha256"] != found["sha256"]:
            yield Difference("awards.json/recommendation", "the trail has another hash of it")
        if act.detail.get("reason_sha256") not in {None, sha256_of(found["reason"])}:
            yield Difference(
                "awards.json/recommendation", "the trail has another hash of its reason"
            )


def _check_letters(book: Book, acts: Sequence[Act]) -> Iterator[Difference]:
    made = {act.subject: act.detail["sha256"] for act in acts if act.event == "letter:made"}
    for entry in book.entries("letters.json"):
        for path, row, _ in entry.rows():
            if row["ref"] in made and made[row["ref"]] != row.get("content_sha256"):
                yield Difference(path, "the trail has another hash of this letter")
