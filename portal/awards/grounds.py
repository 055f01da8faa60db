"""What an award rests on, for those who approve it: cost, dissent, and how easily it would turn.

Every figure carries its working. What the portal does not know is said, never guessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from portal.access import Viewer
from portal.applications import queries as applications
from portal.awards import queries
from portal.awards.letter_terms import flat
from portal.contracts import queries as contracts
from portal.contracts.models import Rate
from portal.days import today
from portal.evaluation import queries as evaluation
from portal.evaluation.asked import scales_of, scheme_of
from portal.evaluation.models import Result
from portal.rounds.models import Round, RoundLot
from scoring.canonical import read_fraction
from scoring.criteria import Scheme
from scoring.money import pounds
from scoring.rates import five_numbers
from scoring.results import BidScores, Place
from scoring.rounding import printed, rounded
from scoring.rules import RuleBroken
from scoring.scales import Scale
from scoring.terms import Panel, Stated
from scoring.trial import Reversal, Sample, Shift, leave_one_out, weight_shifts

YEAR = 365  # days; a week is seven of them, so a year is a little more than 52 weeks
MOST_DISSENTS = 5
MOST_TRIED = 60  # bids of a lot: each of them is computed anew some dozens of times
MOST_LEFT_OUT = 20


@dataclass(frozen=True, slots=True)
class Cost:
    """What one place costs in a year at a weekly price that was offered, beside the one until then."""

    lot: str
    item: str
    provider: str
    offered: str
    yearly: str
    until_then: str
    change: str
    working: str


@dataclass(frozen=True, slots=True)
class Dissent:
    """A bid that officers and young people see differently; shares in percent."""

    lot: str
    provider: str
    officers: str
    young: str
    apart: str
    working: str


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How easily the result of a lot would turn, in sentences; or why that was not tried."""

    lot: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grounds:
    """Everything on the page."""

    as_at: date  # of the rates that the costs stand beside
    costs: tuple[Cost, ...]
    dissents: tuple[Dissent, ...]
    sensitivities: tuple[Sensitivity, ...]


def grounds(bid_round: Round, viewer: Viewer, now: datetime) -> Grounds:
    """What an award rests on; its statements do not rise with the number of bids.

    Prices stand beside the rates that held when the award was recommended, or hold today while it
    is not: afterwards the award itself has made them.
    """
    results = evaluation.results(bid_round, viewer)
    won = [one for one in results if one.admitted]
    offered = applications.prices({one.application_id for one in won}, viewer)
    lots = [lot.agreement_lot_id for lot in bid_round.lots]
    recommendation = queries.recommendation_of(bid_round)
    as_at = today(now if recommendation is None else recommendation.made_at)
    rates = contracts.rates_of_lots(lots, as_at, viewer)
    return Grounds(
        as_at=as_at,
        costs=tuple(_costs(bid_round, won, offered, rates)),
        dissents=tuple(_dissents(results)),
        sensitivities=tuple(_sensitivities(bid_round, results)),
    )


# --- Cost ----------------------------------------------------------------------------------


def _costs(
    bid_round: Round,
    won: Sequence[Result],
    offered: Mapping[int, Mapping[tuple[str, str], int]],
    rates: Sequence[Rate],
) -> Iterator[Cost]:
    weekly = [item for item in bid_round.rate_card.body["items"] if item["unit"] == "week"]
    for result in won:
        for item in weekly:
            pence = offered.get(result.application_id, {}).get((result.round_lot.code, item["key"]))
            if pence is not None:
                yield _cost(result, item, pence, _todays(result, item["key"], rates))


def in_a_year(weekly_pence: Fraction | int) -> Fraction:
    """What one place costs in a year of 365 days, exact, in pence."""
    return Fraction(weekly_pence) * YEAR / 7


def least_yearly_pence(bid_round: Round, viewer: Viewer) -> int | None:
    """What one place costs in a year at the lowest first price of the bids that were admitted.

    None where no weekly price is known: nothing can be said then.
    """
    won = [one for one in evaluation.results(bid_round, viewer) if one.admitted]
    offered = applications.prices({one.application_id for one in won}, viewer)
    weekly = [one["key"] for one in bid_round.rate_card.body["items"] if one["unit"] == "week"]
    found = [
        prices[result.round_lot.code, weekly[0]]
        for result in won
        if weekly
        and (prices := offered.get(result.application_id, {})).get(
            (result.round_lot.code, weekly[0])
        )
    ]
    return rounded(in_a_year(min(found))) if found else None


def _todays(result: Result, item: str, rates: Sequence[Rate]) -> tuple[str, Fraction | None]:
    """The price until then: the provider's own, else the median of the lot; and which of them it is."""
    of_lot = {
        rate.provider_id: rate.amount_pence  # of two that hold at once the later one counts
        for rate in rates
        if rate.agreement_lot_id == result.round_lot.agreement_lot_id and rate.item_key == item
    }
    own = of_lot.get(result.application.provider_id)
    if own is not None:
        return "its own price until then", Fraction(own)
    numbers = five_numbers([Fraction(one) for one in of_lot.values()])
    return "the median of this lot until then", None if numbers is None else numbers.median


def _cost(
    result: Result, item: Mapping[str, Any], pence: int, now: tuple[str, Fraction | None]
) -> Cost:
    which, todays = now
    yearly = in_a_year(pence)
    working = f"{pounds(pence)} × {YEAR} days ÷ 7 = {pounds(rounded(yearly))}"
    change = "not known"
    if todays is not None:
        was = in_a_year(todays)
        change = _signed(rounded(yearly - was))
        working += f"; {which}: {pounds(rounded(todays))} × {YEAR} ÷ 7 = {pounds(rounded(was))}"
    return Cost(
        lot=result.round_lot.code,
        item=item["title"],
        provider=result.application.provider.name,
        offered=pounds(pence),
        yearly=pounds(rounded(yearly)),
        until_then="not known" if todays is None else pounds(rounded(todays)),
        change=change,
        working=working,
    )


def _signed(pence: int) -> str:
    return f"+{pounds(pence)}" if pence > 0 else pounds(pence)


# --- Dissent -------------------------------------------------------------------------------


def _dissents(results: Sequence[Result]) -> list[Dissent]:
    """Where both panels are furthest apart, largest first; a tie stands by name and lot."""
    found = []
    for result in results:
        shares = {panel: _share(result, panel) for panel in Panel}
        if None not in shares.values():
            found.append((result, *(shares[panel] for panel in Panel)))
    found.sort(
        key=lambda one: (
            -abs(one[1].share - one[2].share),
            one[0].application.provider.name,
            one[0].round_lot.position,
        )
    )
    return [_dissent(*one) for one in found[:MOST_DISSENTS]]


@dataclass(frozen=True, slots=True)
class _Share:
    points: Fraction
    available: Fraction

    @property
    def share(self) -> Fraction:
        return self.points / self.available


def _share(result: Result, panel: Panel) -> _Share | None:
    """What a panel gave a bid, of what it could give."""
    given = [
        (read_fraction(line["points"]), read_fraction(line["available"]))
        for criterion in flat(result.content["criteria"])
        for line in criterion["lines"]
        if criterion["panel"] == panel
    ]
    available = sum((one for _, one in given), Fraction(0))
    return _Share(sum((one for one, _ in given), Fraction(0)), available) if available else None


def _dissent(result: Result, officers: _Share, young: _Share) -> Dissent:
    apart = (young.share - officers.share) * 100
    sign = "+" if apart > 0 else "−" if apart < 0 else ""
    return Dissent(
        lot=result.round_lot.code,
        provider=result.application.provider.name,
        officers=_percent(officers),
        young=_percent(young),
        apart=f"{sign}{printed(abs(apart), 2)}",
        working=f"young people {_working(young)}; officers {_working(officers)}",
    )


def _percent(share: _Share) -> str:
    return f"{printed(share.share * 100, 2)}%"


def _working(share: _Share) -> str:
    return f"{printed(share.points, 2)} of {printed(share.available, 2)} points = {_percent(share)}"


# --- Sensitivity ---------------------------------------------------------------------------


def _sensitivities(bid_round: Round, results: Sequence[Result]) -> Iterator[Sensitivity]:
    scheme, scales = scheme_of(bid_round), scales_of(bid_round)
    for lot in bid_round.lots:
        own = [one for one in results if one.round_lot_id == lot.id]
        if own:
            yield Sensitivity(lot.code, tuple(_tried(scheme, scales, lot, own)))


def _tried(
    scheme: Scheme, scales: Mapping[str, Scale], lot: RoundLot, results: Sequence[Result]
) -> Iterator[str]:
    if len(results) > MOST_TRIED:
        yield f"Not tried: a lot of more than {MOST_TRIED} bids takes too long for a page."
        return
    names = {one.application.ref: one.application.provider.name for one in results}
    titles = {one.key: one.title for one in scheme.criteria}
    sample = _sample(scheme, scales, lot, results)
    try:
        result = sample.result()
        for shift in weight_shifts(sample, result):
            yield _shift_words(shift, scheme, titles, names)
        if scheme.ranked and len(results) <= MOST_LEFT_OUT:
            turned = list(leave_one_out(sample, result))
            yield from (_reversal_words(one, names) for one in turned)
            if not turned:
                yield "Leaving out any one bid turns the order of no two others."
    except RuleBroken as broken:
        yield f"Not tried: {broken.message}"


def _sample(
    scheme: Scheme, scales: Mapping[str, Scale], lot: RoundLot, results: Sequence[Result]
) -> Sample:
    """The scores and prices that the kept results were computed from."""
    bids, prices = {}, {}
    for one in results:
        ref = one.application.ref
        bids[ref] = BidScores(
            {
                line["question"]: _score(line["score"])
                for criterion in flat(one.content["criteria"])
                for line in criterion["lines"]
            }
        )
        priced = one.content.get("price")
        if priced:
            prices[ref] = read_fraction(priced["price"])
    return Sample(scheme, scales, bids, prices, Place(lot.code) if scheme.ranked else Place())


def _score(score: int | str) -> int | Fraction:
    return score if isinstance(score, int) else read_fraction(score)


def _shift_words(
    shift: Shift, scheme: Scheme, titles: Mapping[str, str], names: Mapping[str, str]
) -> str:
    moved = f"from {titles[shift.giver]} to {titles[shift.taker]}"
    if shift.changes_at is None:
        return f"Moving up to {_weight(shift.tried, scheme)} {moved} changes nothing."
    winners = ", ".join(sorted(names[ref] for ref in shift.winners)) or "nobody"
    moving = _weight(shift.changes_at, scheme)
    return f"Moving {moving} {moved} changes who is successful: {winners}."


def _weight(move: int, scheme: Scheme) -> str:
    """A weight as the scheme states it: percentage points, or points."""
    unit = "point"
    number = str(move)
    if scheme.stated is Stated.BASIS_POINTS:
        unit, number = "percentage point", printed(Fraction(move, 100), 2).removesuffix(".00")
    return f"{number} {unit if number == '1' else unit + 's'} of weight"


def _reversal_words(turn: Reversal, names: Mapping[str, str]) -> str:
    return (
        f"Without {names[turn.bid]}, {names[turn.second]} would stand before {names[turn.first]}."
    )
