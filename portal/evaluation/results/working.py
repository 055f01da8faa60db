"""The working behind one bid's result: question by question, and how its price was made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.access import Viewer
from portal.applications import queries as applications
from portal.evaluation import queries
from portal.evaluation.asked import questions_of, scales_of, scheme_of
from portal.evaluation.models import Result
from portal.evaluation.prices.evaluated import evaluated
from portal.evaluation.whole_bid import rows_of
from portal.rounds.models import Round
from scoring.baskets import EvaluatedPrice
from scoring.canonical import read_fraction
from scoring.money import rounded_pounds
from scoring.results import Place
from scoring.rounding import printed
from scoring.rules import RuleBroken


def criteria_of(bid_round: Round, result: Result) -> list[dict[str, Any]]:
    """Each criterion, before its parts: the sum, what was agreed and why, and who scored what.

    `level` is how deep it lies, 1 at the top.
    """
    members = {one.person.ref: one.person.name for one in queries.members(bid_round)}
    rows, mended = rows_of(result.application, result.round_lot)
    told = []
    for level, criterion in _walk(result.content["criteria"]):
        lines = [_line(bid_round, result, line, rows, members) for line in criterion["lines"]]
        for line in lines:
            line["correction"] = mended.get(line["row"].asked.key)
        told.append({**criterion, "lines": lines, "level": level})
    return told


def _walk(
    criteria: Sequence[Mapping[str, Any]], level: int = 1
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for criterion in criteria:
        yield level, criterion
        yield from _walk(criterion.get("criteria", ()), level + 1)


def _line(
    bid_round: Round,
    result: Result,
    line: Mapping[str, Any],
    rows: Mapping[tuple[str, str], Any],
    members: Mapping[str, str],
) -> dict[str, Any]:
    question = questions_of(bid_round)[line["question"]]
    lot_code = result.round_lot.code if question.get("per_lot") else ""
    row = rows[line["question"], lot_code]
    agreed = row.consensus
    present = sorted(members.get(one, one) for one in agreed.present) if agreed else []
    score = line["score"]
    if isinstance(score, int):
        meaning = scales_of(bid_round)[line["scale"]].label(score)
    else:
        score = printed(read_fraction(score), scheme_of(bid_round).decimals)
        meaning = "the mean of the single scores"
    return {**line, "row": row, "present": present, "meaning": meaning, "shown": score}


@dataclass(frozen=True, slots=True)
class PriceWorking:
    """How a bid's price was made, and what it earned."""

    asked: str
    working: str
    formula: str
    evaluated: EvaluatedPrice | None
    titles: Mapping[str, str]


def price_of(bid_round: Round, result: Result, viewer: Viewer) -> PriceWorking | None:
    """The working of a price; none where none was compared, or for whoever may read no prices."""
    line, rule = result.content.get("price"), scheme_of(bid_round).price
    if not line or rule is None:
        return None
    offered = applications.prices_of(result.application, viewer)
    try:
        place = Place(result.round_lot.code, result.council)
        made = None if offered is None else evaluated(rule, offered, place)
    except RuleBroken:
        made = None  # it was made from what was sealed; today's text of a scheme cannot be another
    return PriceWorking(
        asked=rounded_pounds(read_fraction(line["price"])),
        working=line["working"],
        formula=line["formula"],
        evaluated=made,
        titles={one["key"]: one["title"] for one in bid_round.rate_card.body["items"]},
    )
