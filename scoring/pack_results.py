"""The results of an evidence pack, computed anew from its scores, its prices and its scheme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from scoring.assessing import Rules, assess, with_price
from scoring.awards import Entry, compute_round
from scoring.canonical import read_fraction, sha256_of
from scoring.commitments import is_hidden, plain_json
from scoring.pack_book import Book, differing, evaluated_of
from scoring.pack_reading import Difference
from scoring.prices import Price, Reference, price_line
from scoring.results import BidRef, BidScores, LotResult, Place
from scoring.results_content import admitted_places, bid_content, round_content

RESTS_ON_OTHERS = ("rank", "award_findings", "flags", "admitted", "findings")
"""What of a bid's result cannot be computed from its own rows alone."""


def check_results(book: Book) -> Iterator[Difference]:
    """Results follow from scores and prices, and awards from results."""
    lots = book.files["results.json"]["lots"]
    if not book.shows_all or _prices_missing(book):
        yield from _check_single_bids(book, lots)
        return
    computed = compute_round(
        book.scheme,
        book.scales,
        entries_of(book),
        book.round["titles"],
        preferences=_preferences(book),
        decided=_decided(book),
    )
    yield from differing(lots, round_content(book.scheme, computed), "results.json/lots")
    yield from _check_awards(book, computed)


def entries_of(book: Book) -> dict[Place, Entry]:
    """Return what each lot's results are made from, from the rows of the pack."""
    prices = evaluated_of(book) if book.scheme.price else {}
    set_aside = _set_aside(book)
    found: dict[Place, Entry] = {}
    for lot, council, bids in _places(book):
        own = {bid: prices.get((bid, lot, council)) for bid in bids}
        known: dict[BidRef, Price | None] = {
            bid: price for bid, price in own.items() if price is not None
        }
        found[Place(lot, council)] = Entry(
            {bid: BidScores(book.counting(bid, lot), book.pairs(bid, lot)) for bid in bids},
            known,
            {
                bid: why
                for (bid, code, of), why in set_aside.items()
                if bid in bids and code in ("", lot) and of in ("", council)
            },
        )
    return found


def _places(book: Book) -> Iterator[tuple[str, str, list[str]]]:
    """Each lot (and council) with the bids that passed their compliance check for it."""
    passed: dict[str, list[tuple[str, str]]] = {}
    for entry in book.entries("bids.json"):
        for one in entry.content["lots"]:
            if one["outcome"] == "passed":
                passed.setdefault(one["lot"], []).append((entry.bid, one.get("councils", "")))
    each = book.scheme.price is not None and book.scheme.price.each_council
    for lot in book.lots:
        for council in book.round["councils"] if each else [""]:
            bids = [
                bid
                for bid, councils in passed.get(lot, [])
                if not each or not councils or council in councils.split()
            ]
            if bids:
                yield lot, council, bids


def _rows(book: Book, kind: str) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    decisions = book.files["decisions.json"]
    for row, text in zip(decisions["rows"], decisions["texts"], strict=True):
        if not is_hidden(row) and row["kind"] == kind:
            yield row, text


def _set_aside(book: Book) -> dict[tuple[str, str, str], str]:
    return {
        (row["bid"], row["lot"], row.get("council", "")): row["words"]
        for row, _ in _rows(book, "set-aside")
    }


def _decided(book: Book) -> dict[Place, list[str]]:
    return {
        Place(row["lot"], row.get("council", "")): row["order"].split()
        for row, _ in _rows(book, "tie")
    }


def _preferences(book: Book) -> dict[str, list[str]]:
    return {entry.bid: entry.content["preferences"] for entry in book.entries("bids.json")}


def _prices_missing(book: Book) -> bool:
    """Whether this form hides prices that the results rest on."""
    if book.scheme.price is None:
        return False
    return any(
        is_hidden(part)
        for entry in book.entries("prices.json")
        for part in (entry.content["evaluated"], *_shown(entry.content["evaluated"]))
    )


def _shown(evaluated: Any) -> list[Any]:
    if is_hidden(evaluated):
        return []
    return [part for one in evaluated for part in (one, {} if is_hidden(one) else one["place"])]


def _check_awards(book: Book, computed: Mapping[Place, LotResult]) -> Iterator[Difference]:
    said = book.files["awards.json"]["admitted"]
    if any(is_hidden(one) for one in said):
        book.not_checked.append("awards.json/admitted: awards that this form hides")
        return
    if not said and book.files["awards.json"]["recommendation"] is None:
        return  # nothing is recommended yet
    wanted = {_text(one) for one in admitted_places(computed.values())}
    found = {_text(one): place for place, one in enumerate(said)}
    for one in sorted(found.keys() - wanted):
        yield Difference(f"awards.json/admitted/{found[one]}", "the results do not award this")
    for one in sorted(wanted - found.keys()):
        yield Difference("awards.json/admitted", f"the results award {one}, which is missing")
    for place, lot in computed.items():
        for finding in lot.findings:
            yield Difference(f"results.json (lot {place.lot})", finding.message)


def _text(one: Mapping[str, Any]) -> str:
    where = f"lot {one['lot']}" + (f" for {one['council']}" if one.get("council") else "")
    return f"bid {one['bid']} {where}"


def _check_single_bids(book: Book, lots: list[Any]) -> Iterator[Difference]:
    """In a form that hides other bids, each shown bid is computed by itself."""
    book.not_checked.append(
        "results.json: ranks, caps, and the prices of others that this form hides"
    )
    for place, lot in enumerate(lots):
        if is_hidden(lot) or lot["lot"] not in book.lots:
            continue
        for number, one in enumerate(lot["bids"]):
            if not is_hidden(one) and not is_hidden(one["result"]):
                where = f"results.json/lots/{place}/bids/{number}/result"
                yield from _check_single_bid(book, lot, one["bid"], one["result"], where)


def _check_single_bid(
    book: Book, lot: Mapping[str, Any], bid: str, said: Mapping[str, Any], where: str
) -> Iterator[Difference]:
    rules = Rules.of(book.scheme, book.scales, lot["left_out"], book.round["titles"])
    result = assess(rules, bid, BidScores(book.counting(bid, lot["lot"])))
    price = said.get("price")
    if is_hidden(price):
        book.not_checked.append(f"{where}: points for price, and what they are part of")
        return
    if price is not None and book.scheme.price is not None:
        evaluated = evaluated_of(book).get((bid, lot["lot"], lot["council"]))
        if evaluated is not None and read_fraction(price["price"]) != evaluated:
            yield Difference(f"{where}/price/price", "it is not the evaluated price")
        line = price_line(
            book.scheme.price.formula,
            _reference(price),
            read_fraction(price["available"]),
            read_fraction(price["price"]),
            result.quality,
        )
        result = with_price(rules, result, line)
    computed = bid_content(book.scheme, replace(result, rank=said.get("rank")))
    for name in RESTS_ON_OTHERS:
        computed[name] = said.get(name)
    yield from differing(said, {name: computed[name] for name in said}, where)
    yield from _check_thresholds(said, [one.code for one in result.findings], where)


def _check_thresholds(
    said: Mapping[str, Any], computed: list[str], where: str
) -> Iterator[Difference]:
    kept = [one["code"] for one in said["findings"] if one["code"].startswith("threshold:")]
    if kept != computed:
        yield Difference(f"{where}/findings", f"its own scores miss {computed or 'no threshold'}")


def _reference(price: Mapping[str, Any]) -> Reference:
    def known(name: str) -> Fraction | None:
        return read_fraction(price[name]) if name in price else None

    return Reference(
        known("lowest"), known("mean"), known("optimal"), known("maximum"), known("ceiling")
    )


def result_hash(result: Any) -> str:
    """Return the hash of a bid's result, as it was kept when it was computed."""
    return sha256_of(plain_json(result))
