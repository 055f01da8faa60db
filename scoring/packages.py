"""What a package of support should have cost for what was delivered, against what was paid.

A package is a weekly price with so many hours of support at a staffing ratio, for one placement. An
hour at a ratio of one worker to three young people is a third of an hour for each of them. What was
delivered above what was agreed is not paid for: it was not ordered. Money is exact pence and is
rounded once, where it is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from scoring.rules import RuleBroken

_RATIO = re.compile(r"(?P<staff>[0-9]{1,2})\s*(?::|to)\s*(?P<young>[0-9]{1,2})", re.IGNORECASE)
_PLACEMENT = re.compile(r"[A-Z0-9][A-Z0-9/-]{2,29}")
MOST_HOURS, MOST_WEEKS = 168, 260


def read_ratio(text: str) -> Fraction:
    """Read a staffing ratio: "1:3" and "1 to 3" are a third of a worker for each young person.

    Raises:
        RuleBroken: `package:ratio`.
    """
    found = _RATIO.fullmatch(text.strip())
    if found is None or int(found["staff"]) == 0 or int(found["young"]) == 0:
        raise RuleBroken("package:ratio", "Write the ratio as workers to young people, like 1:3.")
    return Fraction(int(found["staff"]), int(found["young"]))


def read_placement(text: str) -> str:
    """Read the reference of a placement: letters, digits, hyphens and strokes, with a digit. No name.

    Raises:
        RuleBroken: `package:placement`.
    """
    tidy = text.strip().upper()
    if not _PLACEMENT.fullmatch(tidy) or not any(letter.isdigit() for letter in tidy):
        raise RuleBroken(
            "package:placement", "Write the reference of the placement, with a digit and no name."
        )
    return tidy


def check_weeks(weeks: Decimal, from_on: date, until_on: date) -> None:
    """Refuse more weeks than a period has, both its days included.

    Args:
        weeks: in tenths of a week, so that a begun tenth counts: 92 days are 13.2 weeks.

    Raises:
        RuleBroken: `package:weeks`.
    """
    days = (until_on - from_on).days + 1
    most = Decimal(-(-days * 10 // 7)) / 10
    if weeks > most:
        raise RuleBroken("package:weeks", f"The period has {most} weeks. Enter no more.", "weeks")


@dataclass(frozen=True)
class Package:
    """One placement in a period.

    Args:
        weeks: above zero. core_pence: for one week, whatever the support is.
        hour_pence: for an hour of one worker with one young person.
        agreed_hours, delivered_hours: of support in a week. agreed, delivered: the staffing ratios.
        paid_pence: in the whole period.
    """

    weeks: Decimal
    core_pence: int
    hour_pence: int
    agreed_hours: Decimal
    agreed: Fraction
    delivered_hours: Decimal
    delivered: Fraction
    paid_pence: int

    def check(self) -> None:
        """Refuse what cannot be.

        Raises:
            RuleBroken: `package:weeks`, `package:hours`, `package:money`.
        """
        if not 0 < self.weeks <= MOST_WEEKS:
            raise RuleBroken("package:weeks", "Weeks are above 0 and at most 260.")
        hours = (self.agreed_hours, self.delivered_hours)
        if not all(0 <= one <= MOST_HOURS for one in hours):
            raise RuleBroken("package:hours", "Hours in a week are from 0 to 168.")
        if min(self.core_pence, self.hour_pence, self.paid_pence) < 0:
            raise RuleBroken("package:money", "An amount is zero or more.")

    @property
    def agreed_worth(self) -> Fraction:
        """Hours of one worker for this young person in a week, as agreed."""
        return Fraction(self.agreed_hours) * self.agreed

    @property
    def delivered_worth(self) -> Fraction:
        """The same as delivered, and no more than was agreed."""
        return min(Fraction(self.delivered_hours) * self.delivered, self.agreed_worth)

    @property
    def agreed_pence(self) -> Fraction:
        """What the whole package costs in the period, exact pence."""
        return self._price(self.agreed_worth)

    @property
    def due_pence(self) -> Fraction:
        """What is due for what was delivered, exact pence."""
        return self._price(self.delivered_worth)

    @property
    def difference_pence(self) -> Fraction:
        """What was paid beyond what was due; below zero, too little was paid."""
        return self.paid_pence - self.due_pence

    @property
    def shortfall(self) -> Fraction | None:
        """The share of the agreed support that was not delivered; None where none was agreed."""
        if self.agreed_worth == 0:
            return None
        return 1 - self.delivered_worth / self.agreed_worth

    def _price(self, worth: Fraction) -> Fraction:
        return Fraction(self.weeks) * (self.core_pence + worth * self.hour_pence)


@dataclass(frozen=True)
class Totals:
    """A whole review in exact pence."""

    agreed: Fraction
    due: Fraction
    paid: Fraction
    difference: Fraction


def totals(packages: Iterable[Package]) -> Totals:
    """Add packages up, exactly."""
    every = list(packages)
    return Totals(
        agreed=sum((one.agreed_pence for one in every), Fraction()),
        due=sum((one.due_pence for one in every), Fraction()),
        paid=Fraction(sum(one.paid_pence for one in every)),
        difference=sum((one.difference_pence for one in every), Fraction()),
    )
