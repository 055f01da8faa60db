"""What the appropriate authority is told of an exclusion, and until when.

| what happened                                                       | is told within 30 days  |
| ------------------------------------------------------------------- | ----------------------- |
| a supplier was excluded, or its tender disregarded                   | of the exclusion        |
| an associated person or a sub-contractor was replaced                | of the replacement      |
| proceedings about either were begun; they came to their outcome      | of each of the two      |

The 30 days begin with the day itself. Source: Procurement Act 2023, section 59.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from scoring.rules import RuleBroken

NOTICE_DAYS = 30
REMIND_DAYS = (14, 5, 1)
"""Days before the last one on which those who give the notice are reminded. [usual]"""


class Occasion(StrEnum):
    """What the authority is told of."""

    EXCLUDED = "excluded"
    REPLACED = "replaced"
    BEGUN = "proceedings-begun"
    OUTCOME = "proceedings-outcome"

    @property
    def is_of_court(self) -> bool:
        """Whether an officer records it: the portal does not learn it by itself."""
        return self in {Occasion.BEGUN, Occasion.OUTCOME}


def last_day(happened_on: date) -> date:
    """The last day on which a notice is in time: the day itself is the first of the 30."""
    return happened_on + timedelta(days=NOTICE_DAYS - 1)


def refuse_proceedings(
    occasion: Occasion, happened_on: date, known: Collection[Occasion], decided_on: date, on: date
) -> None:
    """Refuse proceedings that cannot be.

    Args:
        known: what is recorded already.
        decided_on: the day of the exclusion or replacement.

    Raises:
        RuleBroken: `exclusion:not-of-court`, `exclusion:known`, `exclusion:not-begun`,
            `exclusion:in-the-future`, `exclusion:before-decision`.
    """
    if not occasion.is_of_court:
        raise RuleBroken("exclusion:not-of-court", "Choose what happened in court.", "occasion")
    if occasion in known:
        raise RuleBroken("exclusion:known", "This is recorded already.", "occasion")
    if occasion is Occasion.OUTCOME and Occasion.BEGUN not in known:
        raise RuleBroken(
            "exclusion:not-begun", "Record first when the proceedings began.", "occasion"
        )
    refuse_day(happened_on, decided_on, on, "happened_on")


def refuse_day(day: date, not_before: date, on: date, field: str) -> None:
    """Refuse a day that lies ahead, or before what it is about.

    Raises:
        RuleBroken: `exclusion:in-the-future`, `exclusion:before-decision`.
    """
    if day > on:
        raise RuleBroken("exclusion:in-the-future", "This day has not come yet.", field)
    if day < not_before:
        raise RuleBroken(
            "exclusion:before-decision", "This is before what it is about. Look again.", field
        )
