"""A standstill in words: each day with its number, or why it does not count."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from portal.awards.models import AwardNotice
from portal.days import today
from portal.rounds.models import Round
from portal.web import date_text
from scoring.standstill import Counting, Day, standstill


@dataclass(frozen=True, slots=True)
class Period:
    """A standstill as the page shows it: the two ends, why, and every day between."""

    from_on: date
    first_on: date
    last_on: date
    free_on: date
    why: str
    source: str
    days: tuple[tuple[str, str, str], ...]  # the date, its number, what it is


def period(bid_round: Round, notice: AwardNotice) -> Period | None:
    """The period of a notice, counted again from what is kept with it; none without one."""
    if notice.last_on is None:
        return None
    left_out = {date.fromisoformat(day): name for day, name in notice.holidays.items()}
    counted = standstill(bid_round.regime, today(notice.published_at), set(left_out), notice.days)
    return Period(
        from_on=counted.from_on,
        first_on=counted.first_on,
        last_on=counted.last_on,
        free_on=counted.free_on,
        why=_why(notice, counted.duty.counting),
        source=counted.duty.source,
        days=tuple(_lines(counted.days, left_out)),
    )


def _why(notice: AwardNotice, counting: Counting) -> str:
    if counting is Counting.WORKING:
        return (
            f"{notice.days} working days. The day on which the notice was published is the first; "
            "if it was not a working day, the next working day is."
        )
    return (
        f"{notice.days} days after the day on which the letters were sent. If the last one is not "
        "a working day, the period runs to the end of the next working day."
    )


def _lines(days: tuple[Day, ...], left_out: Mapping[date, str]) -> Iterator[tuple[str, str, str]]:
    for day in days:
        what = left_out.get(day.on) or day.why.capitalize()
        number = "–" if day.number is None else str(day.number)
        yield f"{day.on:%A} {date_text(day.on)}", number, what or "Counts"
