"""From scores and prices to the results of a lot, exactly as the published scheme says.

Points of a question = score ÷ highest score of the scale × weight; weights multiply down the
levels. Thresholds come first, then price among those that passed, then the order, then the
caps. Everything is an exact fraction; `printed` rounds once, at the end. Minimums compare exact
values, and meeting one exactly passes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from scoring.allocation import allocate
from scoring.assessing import Rules, assess, with_price
from scoring.criteria import Scheme
from scoring.prices import Price
from scoring.pricing import price_bids
from scoring.ranking import ranked
from scoring.results import (
    ANYWHERE,
    BidRef,
    BidResult,
    BidScores,
    CriterionResult,
    Line,
    LotResult,
    Place,
    Tie,
)
from scoring.rounding import printed
from scoring.rules import Finding, RuleBroken, refuse_errors
from scoring.scales import Scale
from scoring.terms import ALL_POINTS, BelowLeast, Panel

__all__ = [
    "ALL_POINTS",
    "BidRef",
    "BidResult",
    "BidScores",
    "CriterionResult",
    "Entry",
    "Line",
    "LotResult",
    "Place",
    "Tie",
    "assess_lot",
    "compute_lot",
    "compute_round",
    "printed",
]


@dataclass(frozen=True)
class Entry:
    """Everything that a lot's results are made from.

    Args:
        bids: the scores of each bid that passed its compliance check for this lot.
        prices: the evaluated price of each, in exact pence, where the scheme evaluates price. A
            bid under a threshold needs none: its price is not looked at.
        set_aside: bids that a decision takes out (an abnormally low price that was not
            explained, a late exclusion), each with the reason.
    """

    bids: Mapping[BidRef, BidScores]
    prices: Mapping[BidRef, Price | None] | None = None
    set_aside: Mapping[BidRef, str] = field(default_factory=dict)


def compute_lot(
    scheme: Scheme,
    scales: Mapping[str, Scale],
    bids: Mapping[BidRef, BidScores],
    titles: Mapping[str, str] | None = None,
    *,
    place: Place = ANYWHERE,
    prices: Mapping[BidRef, Price | None] | None = None,
    set_aside: Mapping[BidRef, str] | None = None,
    decided: Sequence[BidRef] = (),
) -> LotResult:
    """Compute the results of one lot by itself.

    Args:
        scheme: the round's scheme as published.
        scales: the scales that it names, by key.
        bids, prices, set_aside: as `Entry` says.
        titles: the words of the questions, for findings; a question without goes by its key.
        place: the lot, where amounts or caps depend on it.
        decided: the order that people decided on for bids whose equal rank stood at the cap.

    Returns:
        Exact results with their working. Not ranked: by reference. Ranked: best first; only
        bids that passed have a rank, and equal ones have the same (1, 1, 3). A cap on the lots
        of one bidder is for `compute_round`.

    Raises:
        RuleBroken: any error that `scheme.check` finds; `score:missing`, since a missing score is
            never counted as zero; `score:not-on-scale`; `score:not-in-scheme`;
            `score:too-few-pairs`; `price:…`; `award:decided-not-tied`.

    Source: the evaluation scheme published with the round.
    """
    entry = Entry(bids, prices, set_aside or {})
    result = assess_lot(scheme, scales, entry, titles, place)
    return allocate(scheme, {place: result}, decided={place: decided})[place]


def compute_round(
    scheme: Scheme,
    scales: Mapping[str, Scale],
    entries: Mapping[Place, Entry],
    titles: Mapping[str, str] | None = None,
    *,
    preferences: Mapping[BidRef, Sequence[str]] | None = None,
    decided: Mapping[Place, Sequence[BidRef]] | None = None,
) -> dict[Place, LotResult]:
    """Compute the results of all lots together, a bidder's reference being the same in each.

    Args:
        entries: what each lot (and council, where price is evaluated for each) is made from.
        preferences: the lots of each bidder, the most wanted first, where the round asks for it.
        decided: by place, the order that people decided on for bids tied at the cap.

    Raises:
        RuleBroken: as `compute_lot`; `award:preference-missing`, `award:lot-order-missing`.
    """
    refuse_errors(scheme.check(scales))
    assessed = {
        place: assess_lot(scheme, scales, entry, titles, place, checked=True)
        for place, entry in sorted(entries.items())
    }
    return allocate(scheme, assessed, preferences or {}, decided or {})


def assess_lot(
    scheme: Scheme,
    scales: Mapping[str, Scale],
    entry: Entry,
    titles: Mapping[str, str] | None = None,
    place: Place = ANYWHERE,
    *,
    checked: bool = False,
) -> LotResult:
    """Return points, thresholds and ranks of a lot; nothing is awarded by a cap yet.

    Raises:
        RuleBroken: as `compute_lot`.
    """
    if not checked:
        refuse_errors(scheme.check(scales))
    left_out = questions_left_out(scheme, entry.bids)
    rules = Rules.of(scheme, scales, left_out, titles)
    scored = [assess(rules, bid, entry.bids[bid]) for bid in sorted(entry.bids)]
    scored = [_set_aside(bid, entry.set_aside) for bid in scored]
    priced = price_bids(scheme, scored, entry.prices, place.lot)
    results, ties = ranked(scheme, [with_price(rules, *one) for one in priced.bids])
    return LotResult(
        scheme=scheme.key,
        decimals=scheme.decimals,
        ranked=scheme.ranked,
        bids=results,
        place=place,
        available=scheme.total_points,
        ties=ties,
        left_out=tuple(sorted(left_out)),
        reference=priced.reference,
    )


def questions_left_out(scheme: Scheme, bids: Mapping[BidRef, BidScores]) -> frozenset[str]:
    """Return the young people's questions of a lot that too few pairs scored, for any of the bids.

    Raises:
        RuleBroken: `score:too-few-pairs`, where the scheme refuses to go on without.
    """
    young = {scored.question for scored in scheme.questions_for(Panel.YOUNG)}
    found = {
        (bid, question)
        for bid, scores in bids.items()
        for question, pairs in (scores.pairs or {}).items()
        if question in young and pairs < scheme.least_pairs
    }
    if found and scheme.below_least is BelowLeast.REFUSE:
        bid, question = min(found)
        raise RuleBroken(
            "score:too-few-pairs",
            f"Too few pairs gave a score for “{question}” of bid {bid}. The round asks for "
            f"{scheme.least_pairs} or more.",
            question,
        )
    return frozenset(question for _, question in found)


def _set_aside(result: BidResult, set_aside: Mapping[BidRef, str]) -> BidResult:
    if result.bid not in set_aside:
        return result
    finding = Finding("award:set-aside", set_aside[result.bid], result.bid)
    return replace(result, findings=(*result.findings, finding))
