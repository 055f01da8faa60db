"""Price beside quality: what a tender score says of quality, and whom nobody beats in both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from scoring.canonical import read_fraction
from scoring.terms import CriterionKind

VALUE_RULES = (
    (
        "Quality is the share of the points for quality that the bid won when the place or contract "
        "was awarded: points ÷ points available, without price."
    ),
    (
        "Best for its price: no other provider of the lot is at least as good and at most as dear, "
        "and better in one of the two. Whoever lacks a price or a score is in no comparison."
    ),
    (
        "Nothing is added up across price, quality, visit and KPIs: how much one of them is worth in "
        "another is for people to judge."
    ),
)


def quality_share(criteria: Iterable[Mapping[str, Any]]) -> Fraction | None:
    """Return the share of the points for quality that a bid won; None without such a criterion.

    Args:
        criteria: of a result as it is kept, with points and what was available as "n/d".
    """
    quality = [one for one in criteria if one.get("kind") != CriterionKind.PRICE.value]
    available = sum((read_fraction(one["available"]) for one in quality), Fraction())
    points = sum((read_fraction(one["points"]) for one in quality), Fraction())
    return points / available if available else None


def unbeaten(offers: Mapping[str, tuple[Fraction | None, Fraction | None]]) -> frozenset[str]:
    """Return those that nobody beats: no other is as good and as cheap, and better in one.

    Args:
        offers: price and quality of each; None where it is not known.
    """
    known = sorted(
        (price, -quality, name)
        for name, (price, quality) in offers.items()
        if price is not None and quality is not None
    )
    found: set[str] = set()
    best: Fraction | None = None  # quality of whoever is cheaper
    at: Fraction | None = None  # the price at which it was found
    for price, minus, name in known:
        quality = -minus
        if best is None or quality > best:
            best, at = quality, price
            found.add(name)
        elif quality == best and price == at:
            found.add(name)
    return frozenset(found)
