"""Rates side by side: like with like, and what is missing is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from werkzeug.exceptions import NotFound

from portal.access import Permission, Viewer
from portal.charts import Dot, Quartiles, Strip
from portal.contracts import queries as contracts
from portal.contracts.models import ListMembership, Rate, RateSource
from portal.costs.reports.of_providers import SpellsWith, spells_with
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

LIST, SPOT = "List", "Spot"
CORE, EXTRA_HOUR = "core-weekly-price", "extra-support-hour"
LIST_SOURCES = frozenset({RateSource.BID, RateSource.UPLIFT})
SPOT_SOURCES = frozenset({RateSource.SPOT})
WHICH = {LIST_SOURCES: "rates of the list", SPOT_SOURCES: "your council's own spot rates"}
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
    sources: frozenset[RateSource]
    rows: tuple[Standing, ...]
    numbers: FiveNumbers | None
    spells: SpellsWith = lambda _ref, _on: None

    @property
    def is_mixed(self) -> bool:
        """Whether rates of the list and spot rates stand side by side."""
        return bool(self.sources & LIST_SOURCES and self.sources & SPOT_SOURCES)

    @property
    def title(self) -> str:
        return f"Weekly rates of lot {self.lot.code}, {self.hours} hours of support"

    @property
    def table(self) -> Table:
        """The comparison as page, CSV, Excel and PDF print it."""
        return Table(
            key="rate-comparison",
            title=self.title,
            columns=[
                replace(one, link=lambda row: self.spells(row.provider_ref, self.on))
                if one.key == "weekly"
                else one
                for one in COLUMNS
                if one.key != "source" or self.is_mixed
            ],
            rows=self.rows,
            source=f"Rates on record for the {self.agreement.title}",
            as_at=self.on,
            filters={
                "Lot": f"{self.lot.code} {self.lot.title}",
                "Hours of support a week": str(self.hours),
                "Rates": " and ".join(
                    words for kind, words in WHICH.items() if kind & self.sources
                ),
            },
            rules=RULES,
            notes=self._notes,
            chart=self.chart,
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
            return (f"Nobody has given a price for {self.hours} hours on this day.",)
        number, missing = self.numbers.number, self.numbers.missing
        notes = [f"{number} {'rate' if number == 1 else 'rates'}: {figures}."]
        if number < LEAST_FOR_QUARTILES:
            notes.append("With so few rates the quartiles tell little.")
        if missing:
            words = "1 rate is" if missing == 1 else f"{missing} rates are"
            notes.append(f"{words} not given, and counted in no figure.")
        return tuple(notes)

    @property
    def chart(self) -> Strip:
        """Each provider a dot on one scale."""
        return Strip(
            title=self.title,
            dots=tuple(Dot(self._name(row), row.weekly) for row in self.rows),
            quartiles=Quartiles.of(self.numbers),
            axis="Pounds a week",
        )

    def _name(self, row: Standing) -> str:
        """A provider may stand there twice, with its list rate and with a spot rate."""
        return f"{row.provider} (spot)" if row.source == SPOT else row.provider


LEAST_FOR_QUARTILES = 4  # fewer rates have no quarters that anybody could stand in
RULES = (
    "One young person for one week, in pounds: core price + extra hours × price of an hour.",
    "Extra hours are those beyond the hours that the core price includes.",
    "Only rates for the same lot and the same hours stand side by side.",
    "A rate holds on its first and on its last day. Of two for the same thing the later one counts.",
    QUARTILE_METHOD,
)


def lot_on(agreement_ref: str, lot_code: str, viewer: Viewer) -> tuple[Agreement, AgreementLot]:
    """A lot of an agreement that a council of the viewer's takes part in.

    Raises:
        NotFound: there is none.
    """
    for agreement in contracts.agreements(viewer):
        for lot in agreement.lots:
            if (agreement.ref, lot.code) == (agreement_ref, lot_code):
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
    """The rates of a lot side by side, lowest first, with the five numbers. Five statements.

    A provider on the lot without a rate stands at the end as "not given".

    Raises:
        NotFound: there is no such lot, or the viewer does not compare rates.
    """
    if not viewer.may(Permission.RATE_COMPARE):
        raise NotFound
    agreement, lot = lot_on(agreement_ref, lot_code, viewer)
    rates = [one for one in contracts.rates_of_lot(lot.id, on, viewer) if one.source in sources]
    places: Sequence[ListMembership] = []
    if sources & LIST_SOURCES:
        places = contracts.memberships(viewer, on=on, agreement_lot_id=lot.id, own_councils=True)
    rows = _rows(rates, places, hours)
    weekly = [row.weekly for row in rows]
    return Comparison(
        agreement,
        lot,
        hours,
        on,
        sources,
        _placed(rows, weekly),
        five_numbers(weekly),
        spells_with(viewer),
    )


def _rows(rates: Iterable[Rate], places: Iterable[ListMembership], hours: int) -> list[Standing]:
    """One row for each provider and source; of two rates for one item the later one counts."""
    offers: dict[tuple[int, int | None], dict[str, Rate]] = {}
    for rate in rates:
        offers.setdefault((rate.provider_id, rate.council_id), {})[rate.item_key] = rate
    rows = [_row(items, hours) for items in offers.values()]
    with_rates = {provider_id for provider_id, council_id in offers if council_id is None}
    rows += [
        Standing(one.provider.name, one.provider.ref, LIST, None, None, None, None)
        for one in places
        if one.provider_id not in with_rates
    ]
    return rows


def _row(items: Mapping[str, Rate], hours: int) -> Standing:
    core, extra = items.get(CORE), items.get(EXTRA_HOUR)
    used = [one for one in (core, extra) if one is not None]
    one = (used or list(items.values()))[0]
    ends = [rate.until_on for rate in used if rate.until_on is not None]
    return Standing(
        provider=one.provider.name,
        provider_ref=one.provider.ref,
        source=SPOT if one.source in SPOT_SOURCES else LIST,
        core=core.amount_pence if core else None,
        included=core.included_hours if core else None,
        extra=extra.amount_pence if extra else None,
        weekly=weekly_pence(
            core.amount_pence if core else None,
            core.included_hours if core else 0,
            extra.amount_pence if extra else None,
            hours,
        ),
        until=min(ends) if ends else None,
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
    place = f"{stands.place}{equal} of {stands.of}"
    if stands.of < LEAST_FOR_QUARTILES:
        return place
    return f"{place}, {stands.quarter.replace('-', ' ')}"


def lots_with_choice(agreements: Iterable[Agreement]) -> list[tuple[str, str]]:
    """Every lot of every agreement as an address and its words."""
    return [
        (f"{agreement.ref}.{lot.code}", f"{agreement.title}: {lot.code} {lot.title}")
        for agreement in agreements
        for lot in agreement.lots
    ]
