"""Rates of one lot over time: each provider's price on the same day of each year, like with like."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from portal.contracts import queries as contracts
from portal.contracts.models import Rate, RateSource
from portal.costs.of_lots.priced import Like, by_provider, likes_of
from portal.costs.of_lots.reports import LotAsked, lot_report
from portal.costs.reports.kinds import Report
from portal.costs.reports.lines import Line, Lines
from portal.costs.reports.of_providers import SpellsWith, spells_with
from portal.db import db
from portal.tables import NOT_APPLICABLE, NOT_GIVEN, Column, Table
from portal.web import date_text
from scoring.costs import variance
from scoring.rates import QUARTILE_METHOD, five_numbers
from scoring.years import first_day, year_of

KEY, TITLE = "rates-over-time", "Rates over time"
YEARS_BACK, MOST_LINES = 4, 8
RULES = (
    "The price of each provider of the list or contract on 1 April of each year, and on the day asked for.",
    "A rate holds on its first and on its last day. Of two for the same thing the later one counts.",
    "A price that is not given is missing: it is in no average, median or change, and never zero.",
    (
        "Change = change of a price on the day one column before, exact. The change of the whole lot is "
        "that of the mean over providers with a price on both days, so nobody who joins or leaves moves it."
    ),
    QUARTILE_METHOD,
)
Weekly = Fraction | None


@dataclass(frozen=True, slots=True)
class Priced:
    """A provider with its price on each day."""

    name: str
    ref: str
    weekly: tuple[Weekly, ...]


def days_of(on: date) -> list[date]:
    """1 April of the last years, and the day that is asked for."""
    first = year_of(on) - YEARS_BACK + 1
    days = [first_day(year) for year in range(first, first + YEARS_BACK)]
    return [day for day in days if day < on] + [on]


def prices(asked: LotAsked, like: Like, days: Sequence[date]) -> list[Priced]:
    """Every provider that ever had a price on one of the days, by name. One statement."""
    rates = _rates(asked)
    providers = {one.provider_id: one.provider for one in rates}
    items = [by_provider(one for one in rates if _holds(one, day)) for day in days]
    found = [
        Priced(one.name, one.ref, tuple(like.weekly(there.get(number, {})) for there in items))
        for number, one in sorted(providers.items(), key=lambda pair: pair[1].name.casefold())
    ]
    return [one for one in found if any(price is not None for price in one.weekly)]


def _rates(asked: LotAsked) -> list[Rate]:
    wanted = contracts.visible_rates(asked.viewer).where(
        Rate.agreement_lot_id == asked.lot.id, Rate.source != RateSource.SPOT
    )
    return list(db.session.scalars(wanted.order_by(Rate.from_on, Rate.id)).unique())


def _holds(rate: Rate, day: date) -> bool:
    return rate.from_on <= day and (rate.until_on is None or day <= rate.until_on)


def change_alike(before: Sequence[Weekly], now: Sequence[Weekly]) -> Fraction | None:
    """The change of the mean over those with a price on both days; None where there is nobody."""
    both = [
        (one, other)
        for one, other in zip(before, now, strict=True)
        if one is not None and other is not None
    ]
    return variance(
        sum((new for _, new in both), Fraction()), sum((old for old, _ in both), Fraction())
    )


@lot_report(KEY, TITLE, "What each provider of a lot asked on 1 April of each year, and today")
def rates_over_time(asked: LotAsked) -> Report:
    """Report 2, over time."""
    days = days_of(asked.on)
    found = prices(asked, asked.like, days)
    chart = _chart(asked, found, days)
    return Report(
        KEY,
        f"{TITLE}, lot {asked.lot.code}",
        [
            _by_provider(asked, found, days, chart),
            _market(asked, found, days),
            _by_like(asked),
        ],
        chart,
    )


def _table(
    asked: LotAsked, key: str, title: str, columns: list[Column], rows: Any, **more: Any
) -> Table:
    return Table(
        key=key,
        title=title,
        columns=columns,
        rows=rows,
        source=f"Rates on record for the {asked.agreement.title}",
        as_at=asked.on,
        filters=asked.filters,
        rules=RULES,
        **more,
    )


def _by_provider(asked: LotAsked, found: list[Priced], days: list[date], chart: Any) -> Table:
    spells = spells_with(asked.viewer)
    columns = [
        Column("provider", "Provider"),
        *(_day_column(spells, day) for day in days),
        Column("change", "Change since the day before it", "percent", decimals=1, signed=True),
    ]
    rows = []
    for one in found:
        row: dict[str, Any] = {"provider": one.name, "ref": one.ref}
        for day, price in zip(days, one.weekly, strict=True):
            row[day.isoformat()] = NOT_GIVEN if price is None else price
        last = one.weekly[-2] if len(days) > 1 else None
        row["change"] = _or_not(variance(one.weekly[-1], last))
        rows.append(row)
    title = f"{TITLE}, lot {asked.lot.code}, {asked.like.words}"
    return _table(asked, KEY, title, columns, rows, chart=chart)


def _day_column(spells: SpellsWith, day: date) -> Column:
    """The prices of a day; each leads finance to the year's spells with the provider."""
    return Column(
        day.isoformat(), date_text(day), "money", link=lambda row: spells(row["ref"], day)
    )


def _market(asked: LotAsked, found: list[Priced], days: list[date]) -> Table:
    rows = []
    for at, day in enumerate(days):
        now = [one.weekly[at] for one in found]
        numbers = five_numbers(now)
        before = [one.weekly[at - 1] for one in found] if at else []
        rows.append(
            {
                "day": date_text(day),
                "number": numbers.number if numbers else 0,
                "lowest": numbers.lowest if numbers else NOT_GIVEN,
                "lower": numbers.lower_quartile if numbers else NOT_GIVEN,
                "median": numbers.median if numbers else NOT_GIVEN,
                "upper": numbers.upper_quartile if numbers else NOT_GIVEN,
                "highest": numbers.highest if numbers else NOT_GIVEN,
                "change": _or_not(change_alike(before, now) if at else None),
            }
        )
    columns = [
        Column("day", "Day"),
        Column("number", "Rates", "whole"),
        Column("lowest", "Lowest", "money"),
        Column("lower", "Lower quartile", "money"),
        Column("median", "Median", "money"),
        Column("upper", "Upper quartile", "money"),
        Column("highest", "Highest", "money"),
        Column("change", "Change, same providers", "percent", decimals=1, signed=True),
    ]
    return _table(asked, "rates-of-the-lot", "The whole lot", columns, rows if found else [])


def _by_like(asked: LotAsked) -> Table:
    """On the day that is asked for: every age band, or several numbers of hours."""
    likes, spells = likes_of(asked.lot), spells_with(asked.viewer)
    found: dict[str, dict[str, Any]] = {}
    for like in likes:
        for one in prices(asked, like, [asked.on]):
            row = found.setdefault(one.name, {"provider": one.name, "ref": one.ref})
            row[like.address] = one.weekly[0]
    rows = [
        {like.address: row.get(like.address) or NOT_GIVEN for like in likes} | row
        for row in found.values()
    ]
    columns = [
        Column("provider", "Provider"),
        *(
            Column(like.address, like.words, "money", link=lambda row: spells(row["ref"], asked.on))
            for like in likes
        ),
    ]
    title = f"All levels on {date_text(asked.on)}"
    return _table(asked, "rates-by-level", title, columns, rows)


def _or_not(value: Fraction | None) -> Any:
    return NOT_APPLICABLE if value is None else value


def _chart(asked: LotAsked, found: list[Priced], days: list[date]) -> Lines | None:
    shown = found[:MOST_LINES]
    if len(days) < 2 or not any(sum(p is not None for p in one.weekly) > 1 for one in shown):
        return None
    return Lines(
        f"{TITLE}, lot {asked.lot.code}, {asked.like.words}",
        tuple(f"{day:%-d %b %Y}" for day in days),
        tuple(Line(one.name, one.weekly) for one in shown),
        "Pounds a week",
    )
