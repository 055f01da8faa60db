"""The bank holidays that a standstill leaves out: a maintained library, and days added by hand."""

from datetime import date

from portal import settings
from scoring.rules import RuleBroken

PARTS = {"england and wales": ("ENG",), "united kingdom": ("ENG", "SCT", "NIR")}  # of the library
NAMES = {"ENG": "England and Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}
NONE = "none"


def bank_holidays(years: range) -> dict[date, str]:
    """Each bank holiday of these years with its name, in the part of the kingdom that is set.

    Raises:
        RuleBroken: `setting:bank-holidays`, when a setting cannot be read.
    """
    found: dict[date, str] = {}
    for part in _parts():
        for day, name in _library(part, years).items():
            found.setdefault(day, name)
    found |= dict.fromkeys(_added(), "One-off bank holiday")
    return {day: name for day, name in sorted(found.items()) if day.year in years}


def _library(part: str, years: range) -> dict[date, str]:
    import holidays  # a fifth of a second: only where a period is counted

    return dict(holidays.country_holidays("GB", subdiv=part, years=list(years), language="en_GB"))


def _parts() -> tuple[str, ...]:
    try:
        return PARTS[settings.get("bank_holidays").strip().casefold()]
    except KeyError:
        words = "The setting for bank holidays must be “England and Wales” or “United Kingdom”."
        raise RuleBroken("setting:bank-holidays", words) from None


def _added() -> list[date]:
    """One-off days, written as 2027-06-04, 2028-05-08."""
    text = settings.get("added_bank_holidays").strip()
    if text.casefold() == NONE:
        return []
    try:
        return [date.fromisoformat(one.strip()) for one in text.split(",")]
    except ValueError:
        words = "One-off bank holidays are written as 2027-06-04, with commas between them."
        raise RuleBroken("setting:bank-holidays", words) from None
