"""The rules of a scheme, and what stands for a lot as a whole, in sentences."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from portal.evaluation.asked import titles_of
from portal.rounds.models import Round
from scoring.canonical import read_fraction
from scoring.criteria import WHOLE_BP, Criterion, Scheme
from scoring.money import percent_words, rounded_pounds
from scoring.price_rules import PriceRule
from scoring.rounding import printed
from scoring.terms import Agreeing, Formula, TieAtCap, TieBy

FORMULAS = {
    Formula.RELATIVE_TO_LOWEST: "lowest price ÷ price × the points for price",
    Formula.DEVIATION_FROM_MEAN: (
        "50% of the points at the mean of all prices, less for each per cent above it"
    ),
    Formula.DIFFERENCE_FROM_LOWEST: (
        "all points for the lowest price, less for each per cent above it"
    ),
    Formula.LINEAR_TO_MAXIMUM: "all points at the best price, none at the highest, even between",
    Formula.PRICE_PER_QUALITY_POINT: (
        "price ÷ quality points; the lowest price for a point comes first"
    ),
    Formula.AGAINST_CEILING: "(ceiling − price) ÷ ceiling × the points for price",
}
REFERENCES = {
    "lowest": "Lowest price of the bids over every threshold",
    "mean": "Mean price of the bids over every threshold",
    "optimal": "Price that earns all points",
    "maximum": "Highest price, which earns none",
    "ceiling": "Ceiling",
}
REF = re.compile(r"APP-[0-9A-Z]{5}-[0-9A-Z]{5}")


def rules(bid_round: Round, scheme: Scheme, lot: str) -> list[str]:
    """How the figures were made, and what is needed."""
    rounding = f"It is rounded once, when it is printed: half up, with {scheme.decimals} decimals."
    return [
        f"Points of a question: agreed score ÷ highest score × weight. {rounding}",
        *_means(scheme),
        *_thresholds(bid_round, scheme),
        *(_of_price(scheme.price) if scheme.price is not None else ()),
        *_of_awards(bid_round, scheme, lot),
    ]


def _means(scheme: Scheme) -> Iterator[str]:
    for leaf in scheme.leaves:
        if leaf.agreeing is Agreeing.MEAN:
            yield f"{leaf.title}: the exact mean of the single scores counts; nothing is agreed."


def _thresholds(bid_round: Round, scheme: Scheme) -> Iterator[str]:
    worth, titles = scheme.available(), titles_of(bid_round)
    for criterion in scheme.every:
        if criterion.minimum_share_bp is not None:
            needed = Fraction(criterion.minimum_share_bp, WHOLE_BP) * worth[criterion.key]
            points = printed(needed, scheme.decimals)
            yield f"{criterion.title}: at least {points} points are needed."
        for one in criterion.questions:
            if one.minimum_score is not None:
                yield (
                    f"“{titles[one.question]}”: a score of {one.minimum_score} or more is needed."
                )
    if scheme.total_share_bp is not None:
        whole = without_price(scheme)
        needed = printed(Fraction(scheme.total_share_bp, WHOLE_BP) * whole, scheme.decimals)
        what = "Total" if scheme.price is None else "All points but those of price"
        yield f"{what}: at least {needed} of {points_text(whole, scheme)} points are needed."


def without_price(scheme: Scheme) -> Fraction:
    """The points of the whole but those of price."""
    worth = scheme.available()
    return scheme.total_points - sum(
        (worth[one.key] for one in scheme.every if one.is_price), Fraction(0)
    )


def points_text(points: Fraction, scheme: Scheme) -> str:
    """Points as they are printed; whole ones without decimals."""
    return str(points) if points.denominator == 1 else printed(points, scheme.decimals)


def _of_price(rule: PriceRule) -> Iterator[str]:
    yield f"Points for price: {FORMULAS[rule.formula]}."
    if rule.discounts is not None and rule.discounts.steps:
        order = ", then ".join(step.title for step in rule.discounts.steps)
        each = "what the one before left" if rule.discounts.compounding else "the first value"
        yield f"Discounts: {order}; each is taken from {each}."
    yield (
        f"A price {percent_words(rule.abnormally_low_bp)} or more under the mean of the others is "
        "looked into. It is never rejected by itself."
    )
    if rule.each_council:
        yield "Price is evaluated for each council by itself."


def _of_awards(bid_round: Round, scheme: Scheme, lot: str) -> Iterator[str]:
    if not scheme.ranked:
        yield "There is no ranking: everybody over every threshold is admitted."
        return
    cap = scheme.award.cap_for(lot)
    many = "as many awards as bids" if cap is None else f"{cap} award{'s' if cap != 1 else ''}"
    yield f"Bids over every threshold are ranked. This lot has {many}."
    if scheme.award.tie_breaks:
        steps = ", then ".join(
            _tie_break(bid_round, scheme, one.name) for one in scheme.award.tie_breaks
        )
        yield f"Equal points are told apart by {steps}. What is still equal has an equal rank."
    if scheme.award.tie_at_cap is TieAtCap.ADMIT_ALL:
        yield "Equal ranks at the last award are all awarded."
    elif scheme.award.tie_at_cap is TieAtCap.DECIDE:
        yield "On equal ranks at the last award people decide, and say why."
    if scheme.award.lots_cap is not None:
        yield f"One bidder is awarded at most {scheme.award.lots_cap.cap} lots."


def _tie_break(bid_round: Round, scheme: Scheme, name: str) -> str:
    by, _, key = name.partition(":")
    if by == TieBy.QUESTION:
        return f"“{titles_of(bid_round).get(key, key)}”"
    if by == TieBy.CRITERION:
        found: Criterion | None = next((one for one in scheme.every if one.key == key), None)
        return found.title if found is not None else key
    return {"quality": "all points but price", "price": "the lower price"}[by]


def of_the_lot(
    bid_round: Round, scheme: Scheme, facts: Mapping[str, Any], names: Mapping[str, str]
) -> list[str]:
    """What held for a lot when it was computed: what prices were measured by, ties, what left it.

    Args:
        facts: as `Computation.lots` keeps them.
        names: of the bidders that the reader may know, by reference of the bid.
    """
    told = [
        f"{words}: {rounded_pounds(read_fraction(facts['reference'][name]))}."
        for name, words in REFERENCES.items()
        if name in facts["reference"]
    ]
    told += [_tie(bid_round, scheme, tie, names) for tie in facts["ties"]]
    titles = titles_of(bid_round)
    told += [
        f"“{titles[key]}” left this lot: too few pairs gave a score. Its weight went to the others."
        for key in facts["left_out"]
    ]
    return told


def _tie(bid_round: Round, scheme: Scheme, tie: Mapping[str, Any], names: Mapping[str, str]) -> str:
    who = " and ".join(_name(ref, names) for ref in tie["bids"])
    words = f"Equal points: {who}."
    if tie["broken_by"]:
        by = " and ".join(_tie_break(bid_round, scheme, name) for name in tie["broken_by"])
        words += f" Told apart by {by}."
    for same in tie["still_equal"]:
        words += f" Still equal: {' and '.join(_name(ref, names) for ref in same)}."
    return words


def named(text: str, names: Mapping[str, str]) -> str:
    """A finding with the bidders' names in the place of references."""
    return REF.sub(lambda found: _name(found.group(), names), text)


def _name(ref: str, names: Mapping[str, str]) -> str:
    return names.get(ref, "a bid that is closed to you")
