"""Who pays: shares that add to 100 %, and what is printed of them adds to the total."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from scoring.rounding import rounded
from scoring.rules import RuleBroken

FUNDERS = ("social-care", "education", "health", "grant", "other")
"""In this order: the last share that is not zero takes the rest of the pennies."""
OWN = frozenset({"social-care", "education"})
"""The council's own; health, grants and others bring the rest."""
WHOLE_BP = 10_000
SHARE_RULE = (
    "The shares of a row add to 100 % exactly. Each printed share is rounded down to the penny, "
    "and the last share that is not zero takes the rest (social care, education, health, grant, "
    "other), so the shares add to the total. The council's own share is social care and "
    "education; the gross price is what the market is compared by."
)


def check_shares(shares_bp: Mapping[str, int | None]) -> dict[str, int] | None:
    """Return the shares of a row in basis points; None where nothing at all is stated.

    Args:
        shares_bp: by funder; a blank among given shares is zero.

    Raises:
        RuleBroken: `share:negative`, `share:not-whole` (they do not add to 100 %).
    """
    given = {name: share for name, share in shares_bp.items() if share is not None}
    if not given:
        return None
    if any(share < 0 for share in given.values()):
        raise RuleBroken("share:negative", "A share cannot be below zero.")
    if sum(given.values()) != WHOLE_BP:
        raise RuleBroken("share:not-whole", "The shares must add to 100 % exactly.")
    return {name: given.get(name, 0) for name in FUNDERS}


def split(cost: Fraction, shares_bp: Mapping[str, int]) -> dict[str, Fraction]:
    """Return the exact part of a cost in pence that each funder pays."""
    return {name: cost * shares_bp.get(name, 0) / WHOLE_BP for name in FUNDERS}


def printed_shares(parts: Mapping[str, Fraction]) -> dict[str, int]:
    """Return the parts of a total in whole pence; they add to the rounded total.

    Args:
        parts: exact pence by funder, zero or more; add up first, print last.
    """
    total = rounded(sum(parts.values(), Fraction()))
    whole = {name: parts[name].__floor__() for name in FUNDERS if name in parts}
    last = next((name for name in reversed(FUNDERS) if parts.get(name)), None)
    if last is not None:
        whole[last] = total - sum(pence for name, pence in whole.items() if name != last)
    return whole
