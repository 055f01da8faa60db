"""What an evidence pack says of scores and prices, held against its own raw rows.

Every check takes what is shown. What a form hides is passed over, and told as not checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scoring.baskets import evaluated_price
from scoring.canonical import sha256_of
from scoring.commitments import is_hidden, plain_json
from scoring.criteria import Criterion
from scoring.moderation import Score, given, outside_range
from scoring.pack_book import Book, Entry, differing
from scoring.pack_reading import Difference
from scoring.results_content import evaluated_content
from scoring.terms import BelowLeast, Panel


def check_contents(book: Book) -> Iterator[Difference]:
    """The published content has the hash that was published."""
    for place, one in [("scheme", book.round["scheme"]), *_numbered("scales", book.round)]:
        if sha256_of(plain_json(one["body"])) != one["sha256"]:
            yield Difference(f"round.json/{place}", "its SHA-256 is not the published one")
    for finding in book.scheme.check(book.scales, None, tuple(book.lots)):
        if finding.level == "error":
            yield Difference("round.json/scheme", finding.message)


def _numbered(name: str, content: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(f"{name}/{place}", one) for place, one in enumerate(content[name])]


def check_bids(book: Book) -> Iterator[Difference]:
    """A submission, where it is in the pack, has the hash of its receipt."""
    codes = {lot["code"] for lot in book.round["lots"]}
    for entry in book.entries("bids.json"):
        facts, content = entry.content["facts"], entry.content["content"]
        for place, lot in enumerate(entry.content["lots"]):
            if lot["lot"] not in codes:
                yield Difference(f"{entry.path}/lots/{place}", f"there is no lot {lot['lot']}")
        if content is None:
            book.not_checked.append(f"{entry.path}: what was submitted is not in the pack")
        if content is None or is_hidden(content):
            continue
        if sha256_of(plain_json(content)) != facts["sha256"]:
            yield Difference(f"{entry.path}/content", "it is not what was submitted")
        if content.get("prices_sha256") != facts.get("prices_sha256"):
            yield Difference(f"{entry.path}/facts", "its prices are not those submitted with it")


def check_prices(book: Book) -> Iterator[Difference]:
    """Rates are those of the sealed envelope, and evaluated prices follow from them."""
    sealed = {one.bid: one.content["facts"].get("prices_sha256")
              for one in book.entries("bids.json")}  # fmt: skip
    for entry in book.entries("prices.json"):
        envelope = entry.content["envelope"]
        if envelope is None and entry.content["rates"]:
            book.not_checked.append(f"{entry.path}: the sealed envelope is not in the pack")
        if not is_hidden(envelope) and envelope is not None:
            if sha256_of(plain_json(envelope)) != sealed.get(entry.bid):
                yield Difference(f"{entry.path}/envelope", "it is not the envelope that was sealed")
            if _rates(envelope["rates"]) != _rates(entry.content["rates"]):
                yield Difference(f"{entry.path}/rates", "they are not those of the envelope")
        yield from _check_evaluated(book, entry)


def _rates(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str, str], int]:
    return {(one["lot"], one.get("council", ""), one["item"]): one["pence"] for one in rows}


def _check_evaluated(book: Book, entry: Entry) -> Iterator[Difference]:
    rates, offers = entry.content["rates"], entry.content["offers"]
    rule = book.scheme.price
    if rule is None:
        return
    shown = not any(is_hidden(one) for one in (*rates, *offers))
    if not shown:
        book.not_checked.append(f"{entry.path}: the rates that its prices are made from")
        return
    for place, one in enumerate(entry.content["evaluated"]):
        if is_hidden(one) or is_hidden(one["working"]):
            continue
        lot, council = one["place"]["lot"], one["place"]["council"]
        offered = {row["key"]: row["bp"] for row in offers if row["lot"] in ("", lot)}
        computed = evaluated_content(
            evaluated_price(
                rule.basket_for(lot, council), _rates_for(rates, lot, council), rule.discounts,
                offered,
            )
        )  # fmt: skip
        where = f"{entry.path}/evaluated/{place}"
        yield from differing({**one["working"], "price": one["place"]["price"]}, computed, where)


def _rates_for(rows: Sequence[Mapping[str, Any]], lot: str, council: str) -> dict[str, int | None]:
    """The rates of a lot; a council's own go before those for all councils."""
    known = _rates(rows)
    every = {item: pence for (code, of, item), pence in known.items() if (code, of) == (lot, "")}
    own = {item: pence for (code, of, item), pence in known.items() if (code, of) == (lot, council)}
    return {**every, **own}


def check_sheets(book: Book) -> Iterator[Difference]:
    """Single scores are on their scale, by their panel, and as they were handed in."""
    panels, handed_in = _panels(book), _handed_in(book)
    for entry in book.entries("scores.json"):
        sheets: dict[tuple[str, int | None], list[dict[str, Any]] | None] = {}
        for path, row, text in entry.rows():
            yield from _check_score(book, path, row, panels)
            one = (row["scorer"], row.get("number"))
            sheet = sheets.setdefault(one, [])
            if text is None:
                sheets[one] = None
            elif sheet is not None:
                sheet.append(_as_handed_in(row, text))
        for (scorer, number), sheet in sheets.items():
            kept = handed_in.get((entry.bid, scorer, number))
            if sheet is None:
                book.not_checked.append(f"{entry.path}: the reasons on the sheet of {scorer}")
            elif kept is not None and _sheet_hash(entry.bid, scorer, sheet) != kept:
                yield Difference(entry.path, f"the scores of {scorer} are not those handed in")


def _handed_in(book: Book) -> dict[tuple[str, str, int | None], str]:
    """The hash of each sheet by its number, and that of the one that stands by no number too."""
    found: dict[tuple[str, str, int | None], str] = {}
    for entry in book.entries("sheets.json"):
        for _, row, _ in entry.rows():
            found[entry.bid, row["scorer"], row["number"]] = row["sha256"]
            if row.get("stands", True):
                found[entry.bid, row["scorer"], None] = row["sha256"]
    return found


def _as_handed_in(row: Mapping[str, Any], text: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "question": row["question"],
        "lot": row["lot"],
        "score": row["score"],
        "abstained": row["abstained"],
        "reason": text["reason"],
    }


def _sheet_hash(bid: str, scorer: str, scores: list[dict[str, Any]]) -> str:
    ordered = sorted(scores, key=lambda one: (one["question"], one["lot"]))
    return sha256_of(plain_json({"application": bid, "scorer": scorer, "scores": ordered}))


def _panels(book: Book) -> dict[str, str] | None:
    scorers = book.files["people.json"]
    if is_hidden(scorers) or is_hidden(scorers["scorers"]):
        return None
    return {row["scorer"]: row["panel"] for row in scorers["scorers"]["rows"]}


def _check_score(
    book: Book, path: str, row: Mapping[str, Any], panels: Mapping[str, str] | None
) -> Iterator[Difference]:
    criterion = book.criteria.get(row["question"])
    if criterion is None:
        yield Difference(path, f"“{row['question']}” is not scored in this round")
        return
    if row["abstained"] != (row["score"] is None):
        yield Difference(path, "it is neither a score nor an abstention")
    elif row["score"] is not None and row["score"] not in book.scales[criterion.scale].values:
        yield Difference(path, f"the score {row['score']} is not on the scale")
    if panels is not None and panels.get(row["scorer"]) != criterion.panel:
        yield Difference(path, f"{row['scorer']} does not belong to the panel of this question")


def check_consensus(book: Book) -> Iterator[Difference]:
    """What a panel agreed rests on its own scores, and on people who may be there."""
    interested = _interested(book)
    for entry in book.entries("consensus.json"):
        for path, row, _ in entry.rows():
            scores = book.scores.get((entry.bid, row["question"], row["lot"]), [])
            criterion = book.criteria[row["question"]]
            yield from _check_agreed(book, path, row, scores, criterion)
            present = row.get("present", "").split()
            for person in sorted(set(present) & interested.get(entry.bid, set())):
                yield Difference(path, f"{person} was there, and has an interest in this bid")
            quorum = book.round.get("quorum") or 0
            if "present" in row and len(set(present)) < quorum:
                yield Difference(path, f"{len(set(present))} were there, and {quorum} are needed")


def _check_agreed(
    book: Book, path: str, row: Mapping[str, Any], scores: list[Score], criterion: Criterion
) -> Iterator[Difference]:
    if row["value"] not in book.scales[criterion.scale].values:
        yield Difference(path, f"the agreed score {row['value']} is not on the scale")
    if not given(scores):
        yield Difference(path, "it rests on no score")
    elif outside_range(row["value"], scores) and not row["outside"]:
        low, high = min(given(scores)), max(given(scores))
        yield Difference(
            path,
            f"the agreed score {row['value']} lies outside the panel's own scores "
            f"({low} to {high}), and gives no reason for that",
        )
    least = book.scheme.least_pairs
    few = criterion.panel is Panel.YOUNG and len(given(scores)) < least
    if few and book.scheme.below_least is BelowLeast.REFUSE:
        yield Difference(path, f"{len(given(scores))} pairs gave a score, and {least} are needed")


def _interested(book: Book) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for entry in book.entries("conflicts.json"):
        for _, row, _ in entry.rows():
            if row["interest"] != "none" and not row.get("mitigated"):
                found.setdefault(entry.bid, set()).add(row["person"])
    return found


def check_corrections(book: Book) -> Iterator[Difference]:
    """Each correction starts from the score that stood, and has a second person."""
    before = {
        (entry.bid, row["question"], row["lot"]): row["value"]
        for entry in book.entries("consensus.json")
        for _, row, _ in entry.rows()
    }
    for entry in book.entries("corrections.json"):
        for path, row, _ in entry.rows():
            key = (entry.bid, row["question"], row["lot"])
            stood = before.get(key)
            if row["old"] != stood:
                yield Difference(path, f"it corrects {row['old']}, and {stood} stood there")
            if row["by"] == row["second"]:
                yield Difference(path, "one person alone made it")
            before[key] = row["new"]
