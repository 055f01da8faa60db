"""Try the scheme: made-up bids, their ranking, and how easily it turns. Nothing of it is kept.

A bid has one score for each part of the scheme, which stands for all questions of that part, and
one evaluated price. The numbers live in the address, so that a trial can be sent to a colleague.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from portal.charts import Bars, Series, stacked_bars
from portal.content import queries as content
from portal.figures import Column, Kind
from portal.rounds.models import Round
from portal.tables import Table
from scoring.awards import BidScores, Place
from scoring.criteria import Criterion, Scheme
from scoring.money import percent_words, pounds, rounded_pounds
from scoring.prices import PriceTerms
from scoring.rules import RuleBroken
from scoring.scales import Scale
from scoring.terms import Stated
from scoring.trial import Reversal, Sample, Shift, Trial, try_scheme

BIDS = ("Aspen", "Birch", "Cedar", "Damson", "Elder")
"""The made-up bidders. No provider has a name of one tree."""

_QUALITY = {"Aspen": 100, "Birch": 80, "Cedar": 60, "Damson": 80, "Elder": 60}
_YOUNG = {"Aspen": 75, "Birch": 100, "Cedar": 75, "Damson": 50, "Elder": 100}
_PRICES = {"Aspen": 125_000, "Birch": 108_000, "Cedar": 94_000, "Damson": 101_500, "Elder": 82_000}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the scheme that is scored, with its scale."""

    criterion: Criterion
    scale: Scale


def parts_of(bid_round: Round) -> list[Part]:
    """The parts that people score, in the order of the scheme."""
    scales = {
        one.key: content.scale(one) for one in (bid_round.officer_scale, bid_round.young_scale)
    }
    return [
        Part(leaf, scales[leaf.scale])
        for leaf in content.scheme(bid_round.scheme).leaves
        if leaf.questions and leaf.scale in scales
    ]


def made_up(bid_round: Round, lot: str) -> dict[str, int]:
    """The numbers to begin with: a strong dear bid, a cheap weak one, and three between them."""
    values: dict[str, int] = {}
    for bid in BIDS:
        for part in parts_of(bid_round):
            share = (_YOUNG if part.scale.abstention else _QUALITY)[bid]
            values[score_name(bid, part)] = _nearest(part.scale, share)
    scheme = content.scheme(bid_round.scheme)
    if scheme.price is not None:
        top = _top(scheme.price.terms_for(lot))
        values |= {f"p-{bid}": _scaled(_PRICES[bid], top) for bid in BIDS}
    return values


def score_name(bid: str, part: Part) -> str:
    """The name of the field of a score."""
    return f"s-{bid}-{part.criterion.key}"


def _nearest(scale: Scale, share: int) -> int:
    return min(scale.values, key=lambda value: (abs(100 * value - share * scale.highest), value))


def _top(terms: PriceTerms) -> int | None:
    return terms.ceiling_pence or terms.maximum_pence


def _scaled(pence: int, top: int | None) -> int:
    """The dearest sample stays a little under a ceiling or a maximum, where there is one."""
    return pence if top is None else pence * top * 95 // (max(_PRICES.values()) * 100)


def trial_of(bid_round: Round, lot: str, values: Mapping[str, int | None]) -> Trial:
    """Compute the trial.

    Raises:
        RuleBroken: `trial:missing` with the field; or as the scheme and its prices are refused.
    """
    scheme, parts = content.scheme(bid_round.scheme), parts_of(bid_round)
    for name, value in values.items():
        if value is None:
            raise RuleBroken("trial:missing", "Enter a number.", name)
    bids = {
        bid: BidScores(
            {
                question.question: values[score_name(bid, part)] or 0
                for part in parts
                for question in part.criterion.questions
            }
        )
        for bid in BIDS
    }
    prices = {bid: values[f"p-{bid}"] for bid in BIDS} if scheme.price is not None else {}
    scales = {part.scale.key: part.scale for part in parts}
    return try_scheme(Sample(scheme, scales, bids, prices, Place(lot)))


def ranking(bid_round: Round, lot: str, trial: Trial) -> Table:
    """The sample bids with their points, best first."""
    scheme = content.scheme(bid_round.scheme)
    return Table(
        key="ranking",
        title=f"Sample bids in lot {lot}",
        columns=_columns(scheme),
        rows=[_row(scheme, one) for one in trial.result.bids],
        source=f"{bid_round.title}: made-up bids",
        rules=["Points are exact and rounded once, when they are printed."],
    )


def _columns(scheme: Scheme) -> list[Column]:
    points = [
        Column(one.key, one.title, Kind.NUMBER, decimals=scheme.decimals) for one in scheme.criteria
    ]
    price = [Column("asked", "Price asked", Kind.MONEY)] if scheme.price is not None else []
    return [
        Column("bid", "Bid"),
        Column("rank", "Rank", Kind.WHOLE),
        *points,
        Column("total", "Total", Kind.NUMBER, decimals=scheme.decimals),
        *price,
        Column("outcome", "Outcome"),
    ]


def _row(scheme: Scheme, one: Any) -> dict[str, Any]:
    points = {part.criterion: part.points for part in one.criteria}
    why = " ".join(finding.message for finding in (*one.findings, *one.award_findings, *one.flags))
    return {
        "bid": one.bid,
        "rank": one.rank,
        **{part.key: points.get(part.key) for part in scheme.criteria},
        "total": one.total,
        "asked": one.price.price if one.price is not None else None,
        "outcome": " ".join(filter(None, ("Awarded." if one.admitted else "Not awarded.", why))),
    }


def bars(bid_round: Round, lot: str, trial: Trial) -> Bars:
    """The points of the sample bids, part by part."""
    scheme = content.scheme(bid_round.scheme)
    rows = [_row(scheme, one) for one in trial.result.bids]
    return stacked_bars(
        f"Points of the sample bids in lot {lot}",
        [row["bid"] for row in rows],
        [Series(one.title, tuple(row[one.key] for row in rows)) for one in scheme.criteria],
        axis="Points",
        column=Column("points", "Points", Kind.NUMBER, decimals=scheme.decimals),
    )


def shifts(bid_round: Round, trial: Trial) -> Table:
    """For each pair of parts, the smallest move of weight that changes who comes first."""
    scheme = content.scheme(bid_round.scheme)
    titles = {one.key: one.title for one in scheme.criteria}
    return Table(
        key="weights",
        title="What if the weights were other",
        columns=[Column("giver", "Less for"), Column("taker", "More for"), Column("told", "Then")],
        rows=[
            {"giver": titles[one.giver], "taker": titles[one.taker], "told": _told(scheme, one)}
            for one in trial.shifts
        ],
        source=f"{bid_round.title}: made-up bids",
        rules=["Weight is moved in steps of one hundredth of the whole, up to one tenth."],
    )


def _told(scheme: Scheme, shift: Shift) -> str:
    if shift.changes_at is None:
        return f"The same comes first, up to {_moved(scheme, shift.tried)}."
    first = " and ".join(shift.winners) or "Nobody"
    who = "comes" if len(shift.winners) < 2 else "come"
    if not scheme.ranked:
        return f"From {_moved(scheme, shift.changes_at)} on these are admitted: {first}."
    return f"From {_moved(scheme, shift.changes_at)} on {first} {who} first."


def _moved(scheme: Scheme, amount: int) -> str:
    if scheme.stated is Stated.POINTS:
        return f"{amount} points"
    return percent_words(amount).replace("%", " percentage points")


def outliers(trial: Trial) -> list[str]:
    """What one outlying price would turn round, in sentences."""
    return [
        f"If {one.bid} asked {_price(one.price)}, {one.second} would go before {one.first}."
        for one in trial.outliers
    ]


def left_out(trial: Trial) -> list[str]:
    """What leaving one bid out would turn round, in sentences."""
    return [f"Without {one.bid}, {one.second} would go before {one.first}." for one in _once(trial)]


def _once(trial: Trial) -> Sequence[Reversal]:
    return list(dict.fromkeys(trial.left_out))


def _price(price: Fraction | None) -> str:
    exact = Fraction(price or 0)
    return pounds(exact) if exact.denominator == 1 else rounded_pounds(exact)
