"""Exact pence in words, for workings: what cannot be said in whole pence stays a fraction."""

from __future__ import annotations

from fractions import Fraction

from scoring.rounding import rounded


def pounds(pence: Fraction | int) -> str:
    """Return exact pence in words: 120000 is "£1,200.00", a third of a penny "1/3p"."""
    exact = Fraction(pence)
    if exact.denominator != 1:
        return f"{exact}p"
    whole, rest = divmod(abs(exact.numerator), 100)
    return f"{'−' if exact < 0 else ''}£{whole:,}.{rest:02}"


def percent_words(share_bp: int) -> str:
    """Return basis points as per cent without superfluous zeros: 6250 is "62.5%"."""
    whole, rest = divmod(share_bp, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") + "%"


def rounded_pounds(pence: Fraction | int) -> str:
    """Return pence in words, rounded half up to a whole penny, for sentences only."""
    return pounds(rounded(pence))
