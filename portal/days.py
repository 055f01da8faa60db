"""Days as councils count them: in London. Moments are kept in UTC, and meet their day here."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
LAST_MINUTE = time(23, 59)


def day_of(moment: datetime) -> date:
    """The day on which a moment falls: an hour before midnight in UTC may be tomorrow's."""
    return moment.astimezone(LONDON).date()


def today(now: datetime) -> date:
    """The day that it is, by which validity, deadlines and ages are judged."""
    return day_of(now)


def end_of(day: date) -> datetime:
    """The last minute of a day, by which what is due on it has to be done."""
    return datetime.combine(day, LAST_MINUTE, tzinfo=LONDON)
