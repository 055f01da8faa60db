"""A straight line between two places on the national grid."""

from __future__ import annotations

from math import isqrt

_TENTH_OF_A_MILE = 1_609_344  # in tenths of a millimetre
_METRE = 10_000


def tenths_of_miles(east: int, north: int) -> int:
    """Return a distance in tenths of a mile, rounded half up, exactly.

    Args:
        east, north: differences of the two grid references, in metres.
    """
    # the floor of twice the distance decides the rounding, and needs no fraction
    twice = isqrt(4 * (east**2 + north**2) * _METRE**2 // _TENTH_OF_A_MILE**2)
    return (twice + 1) // 2
