"""The files of an evidence pack: from the rows of a round to content in one stated shape.

What is told here in few words is told to the letter in docs/evidence-pack.md. Rows about a bid
lie under that bid, the bids in the order of their references; texts that people wrote lie beside
the facts, so that they can be hidden one by one while the facts stay.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Any, TypeAlias

from scoring.canonical import canonical_json
from scoring.rules import RuleBroken

FORMAT = "evidence-pack/1"

Content: TypeAlias = dict[str, Any]
Row: TypeAlias = Mapping[str, Any]

BY_BID = (
    "bids.json",
    "conflicts.json",
    "sheets.json",
    "scores.json",
    "consensus.json",
    "corrections.json",
    "prices.json",
    "letters.json",
)
"""The files that hold an entry for every bid, all in the same order."""

FILES = (
    "round.json",
    "people.json",
    *BY_BID,
    "decisions.json",
    "results.json",
    "awards.json",
    "trail.json",
)
"""The files that the root covers."""

OF_A_ROUND = ("ref", "title", "lots", "councils", "scheme", "scales", "titles")


def layout(data: Row) -> Content:
    """Return the content of every file, by its name, as plain JSON.

    Args:
        data: the parts of docs/evidence-pack.md: `round`, `people`, `scorers`, `bids`,
            `conflicts`, `sheets`, `scores`, `consensus`, `corrections`, `prices`, `decisions`,
            `results`, `awards`, `letters`, `trail`. Moments, dates and fractions as they are.

    Raises:
        RuleBroken: `pack:missing` (with the part as its field), `pack:unknown-bid`,
            `pack:bid-twice`, `canonical:…`.
    """
    bids = _bids(_rows(data, "bids"))
    under = _Under([bid["bid"] for bid in bids])
    files: Content = {
        "round.json": _round(data),
        "people.json": {
            "people": list(_rows(data, "people")),
            "scorers": _beside(_rows(data, "scorers"), ("label",), "scorer"),
        },
        "bids.json": {"bids": bids},
        "conflicts.json": under.rows(
            _rows(data, "conflicts"), "person", texts=("detail", "mitigation")
        ),
        "sheets.json": under.rows(_rows(data, "sheets"), "sheet", "number"),
        "scores.json": under.rows(
            _rows(data, "scores"), "question", "lot", "scorer", texts=("reason",)
        ),
        "consensus.json": under.rows(
            [_agreed(row) for row in _rows(data, "consensus")],
            "question",
            "lot",
            texts=("reason", "why_outside", "dissent"),
        ),
        "corrections.json": under.rows(_rows(data, "corrections"), "number", texts=("reason",)),
        "prices.json": under.parts(_rows(data, "prices"), _prices),
        "decisions.json": _beside(
            _rows(data, "decisions"), ("question", "answer", "reason"), "number"
        ),
        "results.json": {"lots": list(_rows(data, "results"))},
        "awards.json": _awards(data),
        "letters.json": under.rows(_rows(data, "letters"), "ref"),
        "trail.json": _trail(data),
    }
    read: Content = json.loads(canonical_json(files))
    return read


def _rows(data: Row, part: str) -> Sequence[Row]:
    found = data.get(part)
    if found is None:
        return ()
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise RuleBroken("pack:missing", f"“{part}” is a list of rows.", part)
    return found


def _needed(row: Row, names: Iterable[str], part: str) -> None:
    for name in names:
        if row.get(name) is None:
            raise RuleBroken("pack:missing", f"“{part}” needs “{name}”.", part)


def _round(data: Row) -> Content:
    facts = data.get("round")
    if not isinstance(facts, Mapping):
        raise RuleBroken("pack:missing", "A pack is of a round.", "round")
    _needed(facts, OF_A_ROUND, "round")
    return {"format": FORMAT, **facts}


def _bids(rows: Sequence[Row]) -> list[Content]:
    for row in rows:
        _needed(row, ("bid", "sha256", "lots"), "bids")
    entries = [
        {
            "bid": row["bid"],
            "facts": _facts(row, ("bid", "lots", "preferences", "content")),
            "lots": [_facts(lot, ("why",)) for lot in row["lots"]],
            "texts": [{"why": lot.get("why") or ""} for lot in row["lots"]],
            "preferences": list(row.get("preferences") or ()),
            "content": row.get("content"),
        }
        for row in sorted(rows, key=itemgetter("bid"))
    ]
    for one, other in pairwise(entries):
        if one["bid"] == other["bid"]:
            raise RuleBroken("pack:bid-twice", f"Bid {one['bid']} stands twice.", "bids")
    return entries


def _facts(row: Row, without: Iterable[str]) -> Content:
    """The row without some of its parts; a list of references becomes one text."""
    left_out = set(without)
    return {
        name: " ".join(value) if isinstance(value, list | tuple) else value
        for name, value in row.items()
        if name not in left_out
    }


def _agreed(row: Row) -> Content:
    """A consensus says whether it gives a reason for lying outside, and whether somebody saw it
    another way, without giving away what they said."""
    return {
        **row,
        "outside": bool(row.get("why_outside")),
        "dissented": bool(row.get("dissent")),
    }


class _Under:
    """Puts rows under their bids."""

    def __init__(self, bids: Sequence[str]) -> None:
        self.bids = bids

    def rows(self, rows: Sequence[Row], *order: str, texts: Sequence[str] = ()) -> Content:
        """Return the facts of each bid in a stated order, and the texts beside them."""
        split = self._split(rows)
        return {"bids": [{"bid": bid, **_beside(split[bid], texts, *order)} for bid in self.bids]}

    def parts(self, rows: Sequence[Row], make: Callable[[Row], Content]) -> Content:
        """Return one entry for each bid, empty where there is no row."""
        own = self._split(rows)
        return {
            "bids": [{"bid": bid, **make(own[bid][0] if own[bid] else {})} for bid in self.bids]
        }

    def _split(self, rows: Sequence[Row]) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {bid: [] for bid in self.bids}
        for row in rows:
            if row.get("bid") not in found:
                raise RuleBroken("pack:unknown-bid", f"There is no bid {row.get('bid')}.", "bid")
            found[row["bid"]].append({name: one for name, one in row.items() if name != "bid"})
        return found


def _beside(rows: Sequence[Row], texts: Sequence[str], *order: str) -> Content:
    """Facts in a stated order, and their texts in a list beside them."""
    for row in rows:
        for name in order:
            if name not in row:
                raise RuleBroken("pack:missing", f"A row needs “{name}”.", name)
    ordered = sorted(rows, key=itemgetter(*order))
    facts: Content = {"rows": [_facts(row, texts) for row in ordered]}
    if texts:
        facts["texts"] = [{name: row.get(name) or "" for name in texts} for row in ordered]
    return facts


def _prices(row: Row) -> Content:
    return {
        "rates": [dict(rate) for rate in row.get("rates") or ()],
        "offers": [dict(offer) for offer in row.get("offers") or ()],
        "envelope": row.get("envelope"),
        "evaluated": [
            {
                "place": {name: one[name] for name in ("lot", "council", "price")},
                "working": {
                    name: one[name] for name in ("before", "working", "lines", "discounts")
                },
            }
            for one in row.get("evaluated") or ()
        ],
    }


def _awards(data: Row) -> Content:
    found = data.get("awards") or {}
    recommendation = found.get("recommendation")
    return {
        "admitted": [dict(one) for one in found.get("admitted") or ()],
        "recommendation": recommendation,
        "approvals": _beside(found.get("approvals") or (), ("reason",), "council"),
    }


def _trail(data: Row) -> Content:
    found = data.get("trail") or {}
    entries = found.get("entries") or ()
    anchors = found.get("anchors")
    return {
        "chain": {"name": found.get("chain") or ""},
        "entries": [
            {
                "link": {"previous": one["previous"], "hash": one["hash"]},
                "content": canonical_json(one["content"]),
            }
            for one in entries
        ],
        "anchors": None if anchors is None else {
            "before": {"number": anchors["number"], "hash": anchors["hash"]},
            "links": [dict(one) for one in anchors["links"]],
        },
    }  # fmt: skip
