"""Rates side by side: like with like, and what is missing is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from werkzeug.exceptions import NotFound

from portal.access import Permission, Viewer
from portal.charts import Dot, Quartiles, Strip
from portal.contracts import queries as contracts
from portal.contracts.models import ListMembership, Rate, RateSource
from portal.figures import NOT_GIVEN
from portal.rounds.models import Agreement, AgreementLot
from portal.tables import Column, Table
from portal.web import pounds
from scoring.rates import (
    QUARTILE_METHOD,
    FiveNumbers,
    Position,
    five_numbers,
    position,
    weekly_pence,
)
from scoring.rounding import rounded

CORE, EXTRA_HOUR = "core-weekly-price", "extra-support-hour"
LIST_SOURCES = frozenset({RateSource.BID, RateSource.UPLIFT})
SPOT_SOURCES = frozenset({RateSource.SPOT})
COLUMNS = (
    Column("provider", "Provider"),
    Column("source", "Source"),
    Column("core", "Core weekly price", "money"),
    Column("included", "Hours included", "whole"),
    Column("extra", "Extra hour", "money"),
    Column("weekly", "Price for one week", "money"),
    Column("above_median", "Against the median", "money", signed=True),
    Column("place", "Place"),
    Column("until", "Until", "date"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One provider's price for a week, and where it stands. Pence, exact."""

    provider: str
    provider_ref: str
    source: str
    core: int | None
    included: int | None
    extra: int | None
    weekly: Fraction | None
    above_median: Fraction | None = None
    place: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rates of one lot on one day for so many hours of support."""

    agreement: Agreement
    lot: AgreementLot
    hours: int
    on: date
    rows: tuple[Standing, ...]
    numbers: FiveNumbers | None

    @property
    def table(self) -> Table:
        """The comparison as page, CSV, Excel and PDF print it."""
        return Table(
            key="rate-comparison",
            title=f"Weekly rates of lot {self.lot.code}, {self.hours} hours of support",
            columns=COLUMNS,
            rows=self.rows,
            source=f"Rates on record for the {self.agreement.title}",
            as_at=self.on,
            filters={"Lot": f"{self.lot.code} {self.lot.title}", "Hours": str(self.hours)},
            rules=RULES,
            notes=self._notes,
        )

    @property
    def figures(self) -> list[tuple[str, str]]:
        """The five numbers and how many rates they rest on, printed."""
        if self.numbers is None:
            return []
        five = self.numbers
        named = (
            ("Lowest", five.lowest),
            ("Lower quartile", five.lower_quartile),
            ("Median", five.median),
            ("Upper quartile", five.upper_quartile),
            ("Highest", five.highest),
        )
        return [(words, pounds(rounded(value))) for words, value in named]

    @property
    def _notes(self) -> tuple[str, ...]:
        figures = "; ".join(f"{words.lower()} {value}" for words, value in self.figures)
        if self.numbers is None:
            return ("No rate holds on this day.",)
        notes = (f"{self.numbers.number} rates: {figures}.",)
        if self.numbers.missing:
            notes += (f"{self.numbers.missing} are missing, and are counted in no figure.",)
        return notes

    @property
    def chart(self) -> Strip:
        """Each provider a dot on one scale."""
        return Strip(
            title=self.table.title,
            dots=tuple(Dot(row.provider, row.weekly) for row in self.rows),
            quartiles=Quartiles.of(self.numbers),
            axis="Pounds for one young person for one week",
        )


RULES = (
    "One young person for one week, in pounds: core price + extra hours × price of an hour.",
    "Extra hours are those beyond the hours that the core price includes.",
    "Only rates for the same lot and the same hours stand side by side.",
    "A rate holds on its first and on its last day.",
    QUARTILE_METHOD,
)


def lot_on(agreement_ref: str, lot_code: str) -> tuple[Agreement, AgreementLot]:
    """A lot of an agreement.

    Raises:
        NotFound: there is none.
    """
    agreement = contracts.agreement(agreement_ref)
    for lot in agreement.lots if agreement else ():
        if agreement is not None and lot.code == lot_code:
            return agreement, lot
    raise NotFound


def rate_comparison(
    viewer: Viewer,
    agreement_ref: str,
    lot_code: str,
    *,
    hours: int,
    on: date,
    sources: frozenset[RateSource] = LIST_SOURCES,
) -> Comparison:
    """The rates of a lot side by side, lowest first, with the five numbers. Four statements.

    A provider on the lot without a rate stands at the end as "not given".

    Raises:
        NotFound: there is no such lot, or the viewer does not compare rates.
    """
    if not viewer.may(Permission.RATE_COMPARE):
        raise NotFound
    agreement, lot = lot_on(agreement_ref, lot_code)
    rates = [one for one in contracts.rates_of_lot(lot.id, on, viewer) if one.source in sources]
    places = contracts.memberships(viewer, on=on) if sources & LIST_SOURCES else []
    rows = _rows(rates, [one for one in places if one.agreement_lot_id == lot.id], hours)
    weekly = [row.weekly for row in rows]
    return Comparison(agreement, lot, hours, on, _placed(rows, weekly), five_numbers(weekly))


def _rows(rates: Iterable[Rate], places: Iterable[ListMembership], hours: int) -> list[Standing]:
    offers: dict[tuple[int, bool], dict[str, Rate]] = {}
    for rate in rates:
        offers.setdefault((rate.provider_id, rate.source in SPOT_SOURCES), {})[rate.item_key] = rate
    rows = [_row(items, hours) for items in offers.values()]
    with_rates = {provider_id for provider_id, is_spot in offers if not is_spot}
    rows += [
        Standing(one.provider.name, one.provider.ref, "List", None, None, None, None)
        for one in places
        if one.provider_id not in with_rates
    ]
    return rows


def _row(items: dict[str, Rate], hours: int) -> Standing:
    core, extra = items.get(CORE), items.get(EXTRA_HOUR)
    one = core or extra
    if one is None:
        one = next(iter(items.values()))
    return Standing(
        provider=one.provider.name,
        provider_ref=one.provider.ref,
        source="Spot" if one.source in SPOT_SOURCES else "List",
        core=core.amount_pence if core else None,
        included=core.included_hours if core else None,
        extra=extra.amount_pence if extra else None,
        weekly=weekly_pence(
            core.amount_pence if core else None,
            core.included_hours if core else 0,
            extra.amount_pence if extra else None,
            hours,
        ),
        until=one.until_on,
    )


def _placed(rows: list[Standing], weekly: Sequence[Fraction | None]) -> tuple[Standing, ...]:
    """Lowest first, those without a price last, each with its place among all."""
    placed = [_with_place(row, position(row.weekly, weekly)) for row in rows]
    return tuple(
        sorted(placed, key=lambda row: (row.weekly is None, row.weekly or 0, row.provider))
    )


def _with_place(row: Standing, stands: Position | None) -> Standing:
    if stands is None:
        return replace(row, place=NOT_GIVEN.spoken)
    return replace(row, above_median=stands.above_median, place=_words(stands))


def _words(stands: Position) -> str:
    equal = "=" if stands.equal else ""
    return f"{stands.place}{equal} of {stands.of}, {stands.quarter.replace('-', ' ')}"


def lots_with_choice(agreements: Iterable[Agreement]) -> list[tuple[str, str]]:
    """Every lot of every agreement as an address and its words."""
    return [
        (f"{agreement.ref}.{lot.code}", f"{agreement.title}: {lot.code} {lot.title}")
        for agreement in agreements
        for lot in agreement.lots
    ]
