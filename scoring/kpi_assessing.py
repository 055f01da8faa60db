"""The yearly assessment of a contract: five published values, suggested by rule, decided by people.

Source: the values of the contract performance notice (UK9) under the Procurement Act 2023. How a
year's ratings lead to a suggestion is this portal's own rule, stated in `RULE` and printed with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from scoring.kpis import RATED, Rating


class Performance(StrEnum):
    """The five values, in the words of the notice."""

    GOOD = "good"
    APPROACHING_TARGET = "approaching-target"
    REQUIRES_IMPROVEMENT = "requires-improvement"
    INADEQUATE = "inadequate"
    OTHER = "other"

    @property
    def words(self) -> str:
        """Return it as the notice writes it."""
        return self.value.replace("-", " ").capitalize()


RULE = (
    "A KPI is suggested as Good when every rated period met the target; Approaching target when "
    "none was red, or one alone was red and a later one was not; Requires improvement when more "
    "were red, or the only one was; Inadequate when two or more were rated and all of them were "
    "red; Other when none was rated. A person decides."
)
OVERALL_RULE = (
    "Overall, Good is suggested when every KPI is Good; Inadequate when half or more are "
    "Inadequate; Requires improvement when any is Inadequate or a quarter or more are Requires "
    "improvement; Other when no KPI was assessed; else Approaching target."
)


def suggested(ratings: Sequence[Rating]) -> Performance:
    """Return what a year's ratings of one KPI suggest, from its first period to its last."""
    rated = [one for one in ratings if one in RATED]
    reds = rated.count(Rating.RED)
    if not rated:
        return Performance.OTHER
    if set(rated) == {Rating.GREEN}:
        return Performance.GOOD
    if reds == 0 or (reds == 1 and len(rated) > 1 and rated[-1] is not Rating.RED):
        return Performance.APPROACHING_TARGET
    if reds == len(rated) > 1:
        return Performance.INADEQUATE
    return Performance.REQUIRES_IMPROVEMENT


def suggested_overall(values: Sequence[Performance]) -> Performance:
    """Return what the values of a contract's KPIs suggest for the whole of it."""
    assessed = [one for one in values if one is not Performance.OTHER]
    if not assessed:
        return Performance.OTHER
    if set(assessed) == {Performance.GOOD}:
        return Performance.GOOD
    inadequate = assessed.count(Performance.INADEQUATE)
    if 2 * inadequate >= len(assessed):
        return Performance.INADEQUATE
    requiring = assessed.count(Performance.REQUIRES_IMPROVEMENT)
    if inadequate or 4 * requiring >= len(assessed):
        return Performance.REQUIRES_IMPROVEMENT
    return Performance.APPROACHING_TARGET
