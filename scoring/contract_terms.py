"""How long a contract or a place on a list holds: periods, extensions, suspensions, and duties.

Days are calendar days; a thing holds on its first and on its last day. Months are counted from
day to day: a year from 17 May 2021 ends on 16 May 2022.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scoring.rules import RuleBroken
from scoring.stages import ContractStage, MembershipStage

MOST_MONTHS = 120
_PART = re.compile(r"(?P<number>[0-9]{1,3})\s*(?P<unit>years?|y|months?|m)?", re.IGNORECASE)


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later (earlier below zero), or the last day of a shorter month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day(starts_on: date, months: int) -> date:
    """Return the last day of a period of months.

    Raises:
        RuleBroken: `contract:period`, for less than one month.
    """
    if months < 1:
        raise RuleBroken("contract:period", "A period has at least one month.")
    return months_after(starts_on, months) - timedelta(days=1)


def read_extensions(text: str) -> tuple[int, ...]:
    """Read extension options as they are written: "2", "1+1+1", "18 months + 1 year".

    Returns:
        The months of each option, in order; a number without a unit is years. None for "".

    Raises:
        RuleBroken: `contract:extension`, when it cannot be read or is longer than ten years.
    """
    if not text.strip():
        return ()
    months = tuple(_months(part.strip()) for part in text.split("+"))
    if sum(months) > MOST_MONTHS:
        raise RuleBroken("contract:extension", "Extensions are ten years at most.", "extensions")
    return months


def _months(part: str) -> int:
    found = _PART.fullmatch(part)
    number = int(found["number"]) if found else 0
    if found is None or number == 0:
        raise RuleBroken(
            "contract:extension",
            "Write the extensions as years with plus signs, such as 2 or 1+1+1, or as “18 months”.",
            "extensions",
        )
    unit = (found["unit"] or "y").lower()
    return number if unit.startswith("m") else number * 12


def written_extensions(months: Sequence[int]) -> str:
    """Write extension options so that `read_extensions` reads them again: "1 + 18 months"."""
    return " + ".join(f"{one // 12}" if one % 12 == 0 else f"{one} months" for one in months)


def months_words(months: int) -> str:
    """A number of months as people say it: "2 years", "18 months"."""
    number, unit = (months // 12, "year") if months % 12 == 0 else (months, "month")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


@dataclass(frozen=True)
class ExtensionTerms:
    """The extensions that a round publishes, and by when each of them is decided on.

    Args:
        months: of each option, in order; () where there is none.
        notice_months: by how long before the end of a period the next one is decided on.
    """

    months: tuple[int, ...] = ()
    notice_months: int = 0

    @property
    def total(self) -> int:
        """By how many months it may be extended in all."""
        return sum(self.months)

    @property
    def words(self) -> str:
        """The terms as people read them."""
        if not self.months:
            return "No extensions"
        options = ", then ".join(months_words(one) for one in self.months)
        by = "by" if not self.notice_months else f"{months_words(self.notice_months)} before"
        return f"{options}; each is decided on {by} the end of the period that runs"

    def check(self, first_months: int) -> None:
        """Refuse terms that cannot be kept.

        Args:
            first_months: how long the first period lasts.

        Raises:
            RuleBroken: `contract:extension`, `contract:notice`.
        """
        if any(one < 1 for one in self.months) or self.total > MOST_MONTHS:
            raise RuleBroken(
                "contract:extension",
                "Each extension is a month at least, and all of them ten years at most.",
                "extensions",
            )
        longest = min([first_months, *self.months[:-1]]) - 1
        if self.months and not 0 <= self.notice_months <= longest:
            raise RuleBroken(
                "contract:notice",
                f"Enter a number of months from 0 to {longest}, so that each decision falls into the period before.",
                "notice_months",
            )


def decide_by(ends_on: date, notice_months: int) -> date:
    """Return the last day on which to decide on what follows a period that ends on a day."""
    return months_after(ends_on, -notice_months)


@dataclass(frozen=True)
class Planned:
    """An extension option: its place in the order, its months, its days, and when to decide."""

    number: int
    months: int
    starts_on: date
    ends_on: date
    decide_by_on: date


def planned(
    starts_on: date, ends_on: date, months: Sequence[int], notice_months: int
) -> list[Planned]:
    """Lay extension options behind one another, from the end of the first period.

    Each ends a whole number of months after the first day of the first option, so that periods
    counted from the end of a month do not creep.

    Args:
        starts_on, ends_on: the first period. months: of each option.
        notice_months: by how long before the end of a period the next one is decided on.

    Raises:
        RuleBroken: `contract:dates`, `contract:notice`, when the first decision would be due
            before the beginning.
    """
    if ends_on < starts_on:
        raise RuleBroken("contract:dates", "It cannot end before it starts.", "ends_on")
    if months and decide_by(ends_on, notice_months) < starts_on:
        raise RuleBroken(
            "contract:notice", "The notice is longer than the first period.", "notice_months"
        )
    first, found, so_far = ends_on + timedelta(days=1), [], 0
    for number, length in enumerate(months, 1):
        begins = months_after(first, so_far)
        so_far += length
        end = months_after(first, so_far) - timedelta(days=1)
        due = decide_by(begins - timedelta(days=1), notice_months)
        found.append(Planned(number, length, begins, end, due))
    return found


@dataclass(frozen=True)
class Pause:
    """A suspension: from a day, until the day before it was lifted; `council` is None for all."""

    from_on: date
    lifted_on: date | None = None
    council: int | None = None

    def holds(self, on: date) -> bool:
        """Tell whether it holds on a day."""
        return self.from_on <= on and (self.lifted_on is None or on < self.lifted_on)


def is_paused(pauses: Collection[Pause], on: date, councils: Collection[int]) -> bool:
    """Tell whether all of these councils may make no new placement on a day.

    Args:
        councils: for whom it is asked; with none, only a suspension for all counts.
    """
    holding = [one for one in pauses if one.holds(on)]
    if any(one.council is None for one in holding):
        return True
    return bool(councils) and set(councils) <= {one.council for one in holding}


def contract_stage_at(
    ends_on: date,
    terminated: bool,
    pauses: Collection[Pause],
    on: date,
    councils: Collection[int] = (),
) -> ContractStage:
    """Return the stage of a contract on a day, from what is on record."""
    if on > ends_on:
        return ContractStage.TERMINATED if terminated else ContractStage.EXPIRED
    if is_paused(pauses, on, councils):
        return ContractStage.SUSPENDED
    return ContractStage.ACTIVE


def membership_stage_at(
    ends_on: date,
    ended: bool,
    pauses: Collection[Pause],
    on: date,
    councils: Collection[int] = (),
) -> MembershipStage:
    """Return the stage of a place on a list on a day, from what is on record."""
    if ended or on > ends_on:
        return MembershipStage.ENDED
    if is_paused(pauses, on, councils):
        return MembershipStage.SUSPENDED
    return MembershipStage.ACTIVE


THE_ACT_BEGAN = date(2025, 2, 24)
"""From this day procurements begin under the Procurement Act 2023 (S.I. 2024/716)."""


def check_award(awarded_on: date, earlier: Sequence[date], today: date) -> None:
    """Refuse an award that cannot be one of an open framework.

    Args:
        awarded_on: the day that somebody names. earlier: the awards that are known.

    Raises:
        RuleBroken: `framework:before-the-act`, `framework:to-come`, `framework:known`,
            `framework:over`.
    """
    field = "awarded_on"
    if awarded_on < THE_ACT_BEGAN:
        message = (
            "The Procurement Act 2023 began on 24 February 2025. Enter that day or a later one."
        )
        raise RuleBroken("framework:before-the-act", message, field)
    if awarded_on > today:
        raise RuleBroken("framework:to-come", "Enter today or a day before it.", field)
    if awarded_on in earlier:
        raise RuleBroken("framework:known", "An award of this day is on record already.", field)
    days = sorted([*earlier, awarded_on])
    if days[-1] > months_after(days[0], 8 * 12):
        message = "An open framework lasts eight years at most, from its first award to its last."
        raise RuleBroken("framework:over", message, field)


@dataclass(frozen=True)
class FrameworkDuty:
    """What an open framework owes by a day."""

    by_on: date
    words: str


def framework_duties(awarded_on: Sequence[date]) -> list[FrameworkDuty]:
    """Return what an open framework owes next: to award again, and to end.

    At least one further award within three years of the first, then at least one in each period of
    five years that begins with an award; eight years in all at most.

    Args:
        awarded_on: the days on which frameworks under it were awarded, in any order.

    Source: Procurement Act 2023, section 49(1) to (4).
    """
    if not awarded_on:
        return []
    awards = sorted(awarded_on)
    ends = months_after(awards[0], 8 * 12)
    years = 3 if len(awards) == 1 else 5
    again = months_after(awards[-1], years * 12)
    found = [FrameworkDuty(ends, "The open framework ends: it lasts eight years at most.")]
    if again < ends:
        words = (
            f"Award again under the open framework: once within {years} years of the last award."
        )
        if years == 3:
            words = "Award again under the open framework: once in its first three years."
        found.insert(0, FrameworkDuty(again, words))
    return found
