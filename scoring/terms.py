"""The closed vocabularies that a scheme is stated in."""

from __future__ import annotations

from enum import StrEnum

WHOLE_BP = 10_000
"""All of something, in basis points."""

MOST_DECIMALS = 6


class Panel(StrEnum):
    """Who scores a criterion."""

    OFFICERS = "officers"
    YOUNG = "young"


class Mechanism(StrEnum):
    """How results become awards."""

    ALL_OVER_THRESHOLDS = "all-over-thresholds"
