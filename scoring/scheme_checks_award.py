"""What can be wrong with how a scheme makes awards: caps, ties, ranks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scoring.award_rules import LotsCap, TieBreak
from scoring.rules import Finding
from scoring.terms import LotsMechanism, Mechanism, TieAtCap, TieBy

if TYPE_CHECKING:
    from scoring.criteria import Scheme


def award_findings(scheme: Scheme, lots: Sequence[str]) -> Iterator[Finding]:
    """Return what is wrong with the award rule. `lots` are the codes of the round, if known."""
    if scheme.mechanism is Mechanism.ALL_OVER_THRESHOLDS:
        yield from _of_a_list(scheme)
    else:
        yield from _of_a_ranking(scheme, lots)
    for step in scheme.award.tie_breaks:
        yield from _of_a_tie_break(scheme, step)
    if scheme.award.lots_cap is not None:
        yield from _of_the_lots_cap(scheme.award.lots_cap, lots)


def _of_a_list(scheme: Scheme) -> Iterator[Finding]:
    award = scheme.award
    if award.cap is not None or award.cap_by_lot:
        yield _finding(
            "cap-without-mechanism",
            "Everybody over the thresholds is admitted, so the number of awards cannot be capped.",
        )
    if award.tie_breaks and not award.ranked:
        yield _finding("tie-break-without-ranking", "Without a ranking there are no ties to break.")


def _of_a_ranking(scheme: Scheme, lots: Sequence[str]) -> Iterator[Finding]:
    award = scheme.award
    single = award.mechanism is Mechanism.SINGLE_WINNER
    if not award.ranked:
        yield _finding("not-ranked", "Awards go by rank, so the scheme must be ranked.")
    caps = [cap for _, cap in award.cap_by_lot] + ([] if award.cap is None else [award.cap])
    if any(cap < 1 for cap in caps):
        yield _finding("cap-too-low", "A lot has at least one award.")
    if single and any(cap != 1 for cap in caps):
        yield _finding("cap-too-high", "With a single winner a lot has one award.")
    uncapped = award.cap is None and not (lots and set(lots) <= set(dict(award.cap_by_lot)))
    if not single and uncapped:
        yield _finding("cap-missing", "State how many awards a lot has.")
    if award.tie_at_cap is None:
        yield _finding(
            "tie-at-cap-missing",
            "State what happens when bids of one rank stand on both sides of the last award.",
        )
    if single and award.tie_at_cap is TieAtCap.ADMIT_ALL:
        yield _finding("tie-at-cap", "A single winner cannot be two. Choose that people decide.")
    yield from _unknown_lots([lot for lot, _ in award.cap_by_lot], lots)


def _of_a_tie_break(scheme: Scheme, step: TieBreak) -> Iterator[Finding]:
    questions = {one.question for criterion in scheme.leaves for one in criterion.questions}
    criteria = {criterion.key for criterion in scheme.every}
    known = {
        TieBy.QUALITY: True,
        TieBy.PRICE: scheme.price is not None,
        TieBy.QUESTION: step.key in questions,
        TieBy.CRITERION: step.key in criteria,
    }
    if not known[step.by]:
        yield _finding(
            "tie-break-unknown", f"Ties cannot be broken by “{step.key or step.by}” here."
        )


def _of_the_lots_cap(cap: LotsCap, lots: Sequence[str]) -> Iterator[Finding]:
    if cap.cap < 1:
        yield _finding("lots-cap-too-low", "A bidder may win at least one lot.")
    if cap.mechanism is LotsMechanism.LOT_ORDER:
        left_out = sorted(set(lots) - set(cap.order))
        if not cap.order or left_out:
            yield _finding(
                "lot-order-incomplete",
                "State the order in which the lots are awarded. Missing: "
                f"{', '.join(left_out) or 'all of them'}.",
            )
        if len(set(cap.order)) != len(cap.order):
            yield _finding("lot-order-twice", "A lot stands twice in the order of the lots.")
        yield from _unknown_lots(cap.order, lots)
    elif cap.order:
        yield _finding("lot-order-unused", "The bidders state the order, so the round has none.")


def _unknown_lots(named: Sequence[str], lots: Sequence[str]) -> Iterator[Finding]:
    for lot in named:
        if lots and lot not in lots:
            yield _finding("unknown-lot", f"There is no lot {lot} in this round.")


def _finding(problem: str, message: str) -> Finding:
    return Finding(f"scheme:{problem}", message, "award")
