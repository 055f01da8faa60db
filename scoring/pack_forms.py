"""The three forms of a pack: full, one bidder's own, and redacted for a request for information.

A form is a list of paths that are hidden. Hidden parts stay as their hashes, so every form has
the same root.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scoring.commitments import plain_json
from scoring.pack_layout import BY_BID, Content
from scoring.rules import RuleBroken

TOKEN = re.compile(r"[\w-]+")


class Form(StrEnum):
    """Who a pack is for."""

    FULL = "full"
    BIDDER = "bidder"
    REDACTED = "redacted"


PERSONAL = (
    "people.json/people/*",
    "people.json/scorers/texts/*",
    "conflicts.json/bids/*/texts/*",
)
"""Names of people, and what they said of themselves."""

REDACTED = (
    *PERSONAL,
    "bids.json/bids/*/content",
    "bids.json/bids/*/texts/*",
    "scores.json/bids/*/texts/*",
    "consensus.json/bids/*/texts/*",
    "corrections.json/bids/*/texts/*",
    "decisions.json/texts/*",
    "prices.json/bids/*/rates/*",
    "prices.json/bids/*/offers/*",
    "prices.json/bids/*/envelope",
    "prices.json/bids/*/evaluated/*/working",
    "awards.json/recommendation",
    "awards.json/approvals/texts/*",
    # Plain hashes over texts and prices that are hidden: they have no salt, and could be tried.
    "sheets.json/bids/*/rows/*",
    "letters.json/bids/*/rows/*",
)
"""What the redacted form hides: texts, rates, and names of people. Scores and points stay."""

PRIVATE_EVENTS = frozenset(
    {
        "award-decision:confirmed",
        "award-decision:declined",
        "award-decision:proposed",
        "award:recommended",
        "award:returned",
        "clarification-reply:sent",
        "clarification-request:sent",
        "conflict:declared",
        "consensus:recorded",
        "correction:confirmed",
        "correction:declined",
        "correction:proposed",
        "letter:made",
        "letters:released",
        "price-question:answered",
        "price-question:sent",
        "quality:locked",
        "question:asked",
        "results:computed",
        "sheet:submitted",
    }
)
"""Entries of the trail that the redacted form hides: interests, and hashes without a salt."""


@dataclass(frozen=True)
class Mentions:
    """Which bid each reference belongs to, and which bids each entry of the trail mentions."""

    owners: Mapping[str, str]
    trail: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, files: Content) -> Mentions:
        """Look through the content once, for the packs of all bidders."""
        owners = _owners(files)
        entries = files["trail.json"]["entries"]
        return cls(owners, tuple(_bids_in(entry["content"], owners) for entry in entries))

    def bids(self, value: Any) -> frozenset[str]:
        """Return the bids that a part of the content mentions."""
        return _bids_in(value, self.owners)


def hidden_paths(
    files: Content, form: Form, bid: str = "", mentions: Mentions | None = None
) -> list[str]:
    """Return the paths that a form hides.

    Args:
        files: the content of all files.
        form: which form.
        bid: whose own pack it is.
        mentions: of these files, where it is known already.

    Raises:
        RuleBroken: `pack:unknown-bid`, when the bidder's own form is of no bid of the pack.
    """
    match form:
        case Form.FULL:
            return []
        case Form.REDACTED:
            return [*REDACTED, *_private_entries(files)]
        case Form.BIDDER:
            return list(_not_its_own(files, bid, mentions or Mentions.of(files)))


def _private_entries(files: Content) -> Iterator[str]:
    entries = files["trail.json"]["entries"]
    private = [json.loads(entry["content"])["event"] in PRIVATE_EVENTS for entry in entries]
    yield from _hidden_entries(files["trail.json"], private)


def _hidden_entries(trail: Mapping[str, Any], hidden: Sequence[bool]) -> Iterator[str]:
    """Hide entries, and every link of the chain from the first hidden one on.

    Whoever knows a hash further down could try out what was hidden until the chain fits.
    """
    seen = False
    for place, hide in enumerate(hidden):
        seen = seen or hide
        if seen:
            yield f"trail.json/entries/{place}" + ("" if hide else "/link")
    if seen and trail["anchors"] is not None:
        yield "trail.json/anchors"


def _not_its_own(files: Content, bid: str, mentions: Mentions) -> Iterator[str]:
    refs = [entry["bid"] for entry in files["bids.json"]["bids"]]
    if bid not in refs:
        raise RuleBroken("pack:unknown-bid", f"There is no bid {bid} in this pack.", "bid")
    for name in BY_BID:
        yield from (f"{name}/bids/{place}" for place, ref in enumerate(refs) if ref != bid)
    yield "people.json"
    yield f"conflicts.json/bids/{refs.index(bid)}/texts/*"
    yield "awards.json/recommendation"
    yield "awards.json/approvals/texts/*"
    for place, row in enumerate(files["awards.json"]["admitted"]):
        if row["bid"] != bid:
            yield f"awards.json/admitted/{place}"
    for place, lot in enumerate(files["results.json"]["lots"]):
        yield from _of_a_lot(f"results.json/lots/{place}", lot, bid, mentions)
    yield from _of_decisions(files["decisions.json"], bid, mentions)
    yield from _of_the_trail(files["trail.json"], bid, mentions)


def _owners(files: Content) -> dict[str, str]:
    """References of bids, and of their providers, receipts, sheets and letters."""
    owners: dict[str, str] = {}
    for entry in files["bids.json"]["bids"]:
        for ref in (entry["bid"], *map(entry["facts"].get, ("provider", "receipt"))):
            if ref:
                owners[ref] = entry["bid"]
    for name, key in (("sheets.json", "sheet"), ("letters.json", "ref")):
        for entry in files[name]["bids"]:
            owners.update({row[key]: entry["bid"] for row in entry["rows"]})
    return owners


def _bids_in(value: Any, owners: Mapping[str, str]) -> frozenset[str]:
    tokens = set(TOKEN.findall(plain_json(value)))
    return frozenset(owners[token] for token in tokens & owners.keys())


def _of_a_lot(where: str, lot: Mapping[str, Any], bid: str, mentions: Mentions) -> Iterator[str]:
    if bid not in [one["bid"] for one in lot["bids"]]:
        yield where
        return
    for number, one in enumerate(lot["bids"]):
        if one["bid"] != bid:
            yield f"{where}/bids/{number}"
    # A bid below a threshold has no price line, and learns nothing of the others' prices.
    yield f"{where}/reference"
    for part in ("ties", "findings"):
        for number, one in enumerate(lot[part]):
            if mentions.bids(one) - {bid}:
                yield f"{where}/{part}/{number}"


def _of_decisions(decisions: Mapping[str, Any], bid: str, mentions: Mentions) -> Iterator[str]:
    for place, (row, text) in enumerate(zip(decisions["rows"], decisions["texts"], strict=True)):
        if mentions.bids([row, text]) != {bid}:
            yield f"decisions.json/rows/{place}"
            yield f"decisions.json/texts/{place}"


def _of_the_trail(trail: Mapping[str, Any], bid: str, mentions: Mentions) -> Iterator[str]:
    hidden = []
    for entry, about in zip(trail["entries"], mentions.trail, strict=True):
        kind, ref = json.loads(entry["content"])["subject"]
        its_own = mentions.owners.get(ref) == bid or kind == "round"
        hidden.append(bool(about - {bid}) or not its_own)
    yield from _hidden_entries(trail, hidden)
