"""Ages from a month of birth: the birth date counts as the first day of its month."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scoring.rules import RuleBroken

AGE_RULE = (
    "Only the month of birth is kept. A birth date counts as the first day of its month, so ages "
    "and 18th birthdays may be up to 30 days early."
)
ADULT = 18


@dataclass(frozen=True, slots=True)
class AgeBand:
    """A band of ages in whole years, both ends included."""

    key: str
    youngest: int
    oldest: int

    @property
    def words(self) -> str:
        """Return the band as it is printed."""
        return f"{self.youngest}–{self.oldest}"


USUAL_BANDS = (
    AgeBand("0-4", 0, 4),
    AgeBand("5-9", 5, 9),
    AgeBand("10-15", 10, 15),
    AgeBand("16-17", 16, 17),
)


def check_bands(bands: Sequence[AgeBand]) -> None:
    """Refuse age bands that overlap or are empty.

    Raises:
        RuleBroken: `age-band:empty`, `age-band:overlap`.
    """
    ordered = sorted(bands, key=lambda band: band.youngest)
    for band in ordered:
        if not 0 <= band.youngest <= band.oldest:
            raise RuleBroken("age-band:empty", f"No age lies in the band {band.words}.", band.key)
    for before, band in itertools.pairwise(ordered):
        if band.youngest <= before.oldest:
            raise RuleBroken(
                "age-band:overlap", f"The bands {before.words} and {band.words} overlap.", band.key
            )


def birthday(birth_month: date, age: int) -> date:
    """Return the day on which somebody reaches an age, in whole years."""
    return date(birth_month.year + age, birth_month.month, 1)


def age_on(birth_month: date, day: date) -> int:
    """Return the age in whole years on a day; below zero before the birth."""
    return day.year - birth_month.year - (day.month < birth_month.month)


def band_on(birth_month: date | None, day: date, bands: Sequence[AgeBand]) -> str | None:
    """Return the key of the age band on a day; None without a month of birth, or outside all."""
    if birth_month is None:
        return None
    age = age_on(birth_month, day)
    return next((band.key for band in bands if band.youngest <= age <= band.oldest), None)


def changes_of_band(birth_month: date | None, bands: Sequence[AgeBand]) -> list[date]:
    """Return the days on which the age band changes, in order."""
    if birth_month is None:
        return []
    ages = {band.youngest for band in bands} | {band.oldest + 1 for band in bands}
    return [birthday(birth_month, age) for age in sorted(ages)]
