"""What a Young Commissioner gave and got: hours, expenses, vouchers. Minutes and pence, never floats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scoring.rules import RuleBroken

MOST_MINUTES = 12 * 60
"""Of one day: a longer one is a slip of the pen."""
MOST_PENCE = 50_000


class EntryKind(StrEnum):
    """What is written down."""

    TIME = "time"
    EXPENSE = "expense"
    VOUCHER = "voucher"


@dataclass(frozen=True)
class Line:
    """One entry, as it is added up. `minutes` for time, `pence` for money; the other one is 0."""

    kind: EntryKind
    minutes: int
    pence: int
    paid: bool


@dataclass(frozen=True)
class Totals:
    """Of some entries: minutes given; pence of expenses and vouchers; pence not paid yet."""

    minutes: int = 0
    expenses_pence: int = 0
    vouchers_pence: int = 0
    unpaid_pence: int = 0


def totals(lines: Iterable[Line]) -> Totals:
    """Add up entries, exactly."""
    minutes = expenses = vouchers = unpaid = 0
    for line in lines:
        minutes += line.minutes
        expenses += line.pence if line.kind is EntryKind.EXPENSE else 0
        vouchers += line.pence if line.kind is EntryKind.VOUCHER else 0
        unpaid += 0 if line.paid else line.pence
    return Totals(minutes, expenses, vouchers, unpaid)


def check_entry(kind: EntryKind, minutes: int, pence: int, on: date, today: date) -> None:
    """Time has minutes and no money; an expense or a voucher has money and no minutes.

    Raises:
        RuleBroken: `young-log:future`, `young-log:minutes`, `young-log:amount`.
    """
    if on > today:
        raise RuleBroken("young-log:future", "The day must be today or earlier.", "on")
    if kind is EntryKind.TIME:
        if pence or not 0 < minutes <= MOST_MINUTES:
            message = "Enter how long it was, up to 12 hours a day."
            raise RuleBroken("young-log:minutes", message, "hours")
    elif minutes or not 0 < pence <= MOST_PENCE:
        raise RuleBroken("young-log:amount", "Enter an amount of up to £500.", "amount")


def hours_words(minutes: int) -> str:
    """Return minutes as people say them: `2 hours 30 minutes`, `45 minutes`, `none`."""
    hours, rest = divmod(minutes, 60)
    parts = [
        f"{number} {word}{'' if number == 1 else 's'}"
        for number, word in ((hours, "hour"), (rest, "minute"))
        if number
    ]
    return " ".join(parts) or "none"
