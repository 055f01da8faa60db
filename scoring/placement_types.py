"""From the codes of a statutory return, and the words of a ledger, to types of placement.

The mapping is content: shipped, edited, versioned. A code that it does not know goes under
"Other" and is listed, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OTHER = "other"


@dataclass(frozen=True, slots=True)
class PlacementType:
    """A type of placement: a column of the reports.

    Args:
        paid: whether a price is expected. What is not paid stands outside averages.
        group: `in-house`, `external` or empty, for the share of each.
        split: (type with other funders, type without) for a row whose funding is known.
    """

    key: str
    title: str
    paid: bool = True
    group: str = ""
    split: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Mapping903:
    """A version of the mapping, ready to be asked."""

    types: Mapping[str, PlacementType]
    codes: Mapping[tuple[str, str], str]  # (place, provider code or "*") → type
    words: Mapping[str, str]  # words of a ledger, reduced → type

    @classmethod
    def from_content(cls, body: Mapping[str, Any]) -> Mapping903:
        """Read the mapping's content."""
        types = {one["key"]: _type(one) for one in body["types"]}
        codes = {
            (line["place"], provider): line["type"]
            for line in body["codes"]
            for provider in line["providers"] or ["*"]
        }
        words = {
            reduced(word): one["key"]
            for one in body["types"]
            for word in (one["key"], one["title"], *one["words"])
        }
        return cls(types, codes, words)

    def of_codes(self, place: str, provider: str) -> str | None:
        """Return the type of a place and provider code; None when the mapping does not know it."""
        place, provider = place.upper(), provider.upper()
        return self.codes.get((place, provider)) or self.codes.get((place, "*"))

    def of_words(self, words: str) -> str | None:
        """Return the type that a ledger names; None when nobody knows the word."""
        return self.words.get(reduced(words))

    def with_funding(self, key: str, shares_bp: Mapping[str, int] | None) -> str:
        """Return the type of a row whose funding tells which of two it is."""
        split = self.types[key].split
        if split is None or shares_bp is None:
            return key
        return split[0] if shares_bp["education"] or shares_bp["health"] else split[1]

    @property
    def unpaid(self) -> frozenset[str]:
        """Return the types outside averages."""
        return frozenset(key for key, one in self.types.items() if not one.paid)


def reduced(words: str) -> str:
    """Return a word without capitals, spaces and signs: "In-house Foster Care" is "inhousefostercare"."""
    return re.sub(r"[\W_]", "", words).casefold()


def _type(one: Mapping[str, Any]) -> PlacementType:
    split = (one["tripartite"], one["not_tripartite"]) if one.get("tripartite") else None
    return PlacementType(one["key"], one["title"], one["paid"], one["group"], split)
