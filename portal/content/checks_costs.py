"""What the parts of content about costs mean to each other."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scoring.rules import Finding

Body = Mapping[str, Any]


def placement_types(body: Body) -> Iterator[Finding]:
    """Every code leads to one type that is there, and no word to two."""
    keys = {one["key"] for one in body["types"]}
    yield from _twice((one["key"] for one in body["types"]), "types")
    words = [word.casefold() for one in body["types"] for word in {*one["words"], one["title"]}]
    yield from _twice(words, "words")
    codes = [
        f"{line['place']} {provider}"
        for line in body["codes"]
        for provider in line["providers"] or ["any provider"]
    ]
    yield from _twice(codes, "codes")
    if "other" not in keys:
        yield Finding("content:no-other", "There must be a type “other”.", "types")
    for number, one in enumerate(body["types"]):
        halves = [one["tripartite"], one["not_tripartite"]]
        if any(halves) and not set(halves) <= keys:
            yield Finding("content:no-type", "Both parts must be types.", f"types[{number}]")
    for number, line in enumerate(body["codes"]):
        if line["type"] not in keys:
            yield Finding(
                "content:no-type", f"There is no type “{line['type']}”.", f"codes[{number}].type"
            )


def published_table(body: Body) -> Iterator[Finding]:
    """Every price stands in a column, each year once."""
    keys = {one["key"] for one in body["columns"]}
    yield from _twice((str(row["year"]) for row in body["rows"]), "rows")
    for number, row in enumerate(body["rows"]):
        yield from _twice((one["column"] for one in row["prices"]), f"rows[{number}].prices")
        for one in row["prices"]:
            if one["column"] not in keys:
                yield Finding(
                    "content:no-column", f"There is no column “{one['column']}”.", f"rows[{number}]"
                )


def _twice(values: Iterable[str], where: str) -> Iterator[Finding]:
    for value, times in Counter(values).items():
        if times > 1:
            yield Finding("content:twice", f"“{value}” stands {times} times.", where)
