"""The audit trail of an evidence pack: its chain, and its anchors in the global one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from scoring.chain import GENESIS, next_hash
from scoring.commitments import is_hidden, plain_json
from scoring.pack_book import Book
from scoring.pack_reading import Difference

Content = Mapping[str, Any]


def check_chain(book: Book) -> Iterator[Difference]:
    """Each entry's hash covers its content and the entry before it."""
    trail = book.files["trail.json"]
    previous: str | None = GENESIS
    unlinked = 0
    for place, entry in enumerate(trail["entries"]):
        path = f"trail.json/entries/{place}"
        if is_hidden(entry) or is_hidden(entry["link"]):
            unlinked, previous = unlinked + 1, None
        else:
            link, before = entry["link"], previous
            if before not in (None, link["previous"]):
                yield Difference(f"{path}/link/previous", "it does not follow the entry before it")
            if next_hash(link["previous"], entry["content"]) != link["hash"]:
                yield Difference(path, "it was changed after it was written")
            previous = link["hash"]
        if not is_hidden(entry):
            content = json.loads(entry["content"])
            if content["number"] != place + 1 or content["chain"] != trail["chain"]["name"]:
                yield Difference(f"{path}/content", "it is not the entry of this place")
    if unlinked:
        book.not_checked.append(f"trail.json: {unlinked} links, from the first hidden entry on")
    yield from _check_anchors(trail)
    yield from _check_printed(book, trail)


def _check_anchors(trail: Content) -> Iterator[Difference]:
    """A slice of the global chain, in which every entry of the round is anchored."""
    anchors = trail["anchors"]
    if anchors is None or is_hidden(anchors):
        return
    number, previous = anchors["before"]["number"], anchors["before"]["hash"]
    anchored: dict[int, str] = {}
    for place, one in enumerate(anchors["links"]):
        path = f"trail.json/anchors/links/{place}"
        number += 1
        covered = {name: one[name] for name in ("chain", "chain_number", "entry", "number")}
        if one["number"] != number or next_hash(previous, plain_json(covered)) != one["hash"]:
            yield Difference(path, "the global chain does not hold here")
        if one["chain"] == trail["chain"]["name"]:
            anchored[one["chain_number"]] = one["entry"]
        previous = one["hash"]
    for place, entry in enumerate(trail["entries"]):
        if anchored.get(place + 1) != entry["link"]["hash"]:
            path = f"trail.json/entries/{place}"
            yield Difference(path, "it is not anchored in the global chain")
    for lost in sorted(number for number in anchored if number > len(trail["entries"])):
        yield Difference("trail.json/entries", f"entry {lost} is anchored, and is missing")


def _check_printed(book: Book, trail: Content) -> Iterator[Difference]:
    """The head of the global chain that a letter carries is one of its links."""
    anchors = trail["anchors"]
    if anchors is None or is_hidden(anchors):
        return
    heads = {one["hash"] for one in anchors["links"]} | {anchors["before"]["hash"]}
    for entry in book.entries("letters.json"):
        for path, row, _ in entry.rows():
            if row.get("trail_head") and row["trail_head"] not in heads:
                yield Difference(path, "the head that it carries is not in the global chain")
