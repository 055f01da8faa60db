"""Rounding, once, at the very end: half up, and away from zero below it (−0.5 becomes −1)."""

from __future__ import annotations

from fractions import Fraction

from scoring.rules import RuleBroken


def rounded(value: Fraction | int) -> int:
    """Return the nearest whole number, a half going away from zero."""
    exact = Fraction(value)
    size = (2 * abs(exact) + 1) // 2
    return -size if exact < 0 else size


def printed(value: Fraction | int, decimals: int = 2) -> str:
    """Return a number as it is printed: `printed(Fraction(1, 8), 2)` is "0.13".

    No thousands separator; nothing that rounds to zero carries a minus sign.

    Raises:
        RuleBroken: `rounding:decimals`, when `decimals` is below zero.
    """
    if decimals < 0:
        raise RuleBroken("rounding:decimals", "Decimals are zero or more.")
    size = rounded(Fraction(value) * 10**decimals)
    digits = str(abs(size)).rjust(decimals + 1, "0")
    whole, rest = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return ("-" if size < 0 else "") + whole + ("." + rest if decimals else "")
