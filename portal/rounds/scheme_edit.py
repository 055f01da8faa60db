"""A scheme as its editor shows it, and the scheme that comes back: from typed values to a body.

Nothing is judged here. A body that does not hold together is refused when it is saved, with every
finding; `on_page` puts each beside the field that it is about.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scoring.money import percent_words
from scoring.restating import summed
from scoring.rules import Finding
from scoring.terms import CriterionKind, Mechanism, Stated

Body = Mapping[str, Any]
Values = Mapping[str, Any]

SUMS = re.compile(r"weigh (\d+) basis points together\. They must sum to 10000\.")
STEPS = 4  # of breaking ties


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question that can be weighed within its criterion; without a weight it does not count."""

    key: str
    title: str
    weight: int | None  # basis points, or points where the scheme is stated in points
    minimum_score: int | None


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion with its questions; price, and one that is made of further ones, has none."""

    key: str
    title: str
    weight: int  # as of a question
    minimum_share_bp: int | None
    questions: tuple[QuestionRow, ...]
    is_price: bool
    level: int = 1


def in_points(scheme: Body) -> bool:
    """Whether it is stated in points, not in shares that make 100% at each level."""
    return scheme.get("stated_in") == Stated.POINTS


def weight_name(part: Body) -> str:
    """Under which name a scheme, or a part of one, states what parts weigh."""
    return "points" if in_points(part) or "points" in part else "weight_bp"


def rows_of(scheme: Body, question_set: Body) -> list[CriterionRow]:
    """The criteria of every level with every scored question that is asked.

    A question that has no weight yet stands in the first criterion that its panel scores.
    """
    asked = {
        question["key"]: (section["audience"], question)
        for section in question_set["sections"]
        for question in section["questions"]
        if question["role"] == "scored"
    }
    every = list(_walk(scheme["criteria"]))
    weighed = {one["question"] for criterion, _ in every for one in _questions(criterion)}
    new = [key for key in asked if key not in weighed]
    rows = []
    for criterion, level in every:
        mine = [one for one in _questions(criterion) if one["question"] in asked]
        takes = not criterion.get("criteria")
        joining = [key for key in new if takes and asked[key][0] == criterion.get("panel")]
        new = [key for key in new if key not in joining]
        rows.append(_row(criterion, level, mine, joining, asked))
    return rows


def scales_by_criterion(scheme: Body) -> dict[str, str]:
    """The key of the scale of each criterion that has questions; it may stand above it."""
    return {one["key"]: one["scale"] for one, _ in _walk(scheme["criteria"]) if one.get("scale")}


def _walk(
    criteria: Sequence[Body], above: Body | None = None, level: int = 1
) -> Iterator[tuple[Body, int]]:
    """Each criterion before its parts, with its level, and with what the one above hands down."""
    for criterion in criteria:
        whole = {**(above or {}), **criterion}
        yield whole, level
        handed_down = {name: whole[name] for name in ("panel", "scale") if name in whole}
        yield from _walk(criterion.get("criteria") or [], handed_down, level + 1)


def _row(
    criterion: Body,
    level: int,
    mine: Sequence[Body],
    joining: Sequence[str],
    asked: Mapping[str, Any],
) -> CriterionRow:
    weight = weight_name(criterion)

    def title(key: str) -> str:
        return str(asked[key][1]["title"] or asked[key][1]["label"])

    known = [
        QuestionRow(one["question"], title(one["question"]), one[weight], one["minimum_score"])
        for one in mine
    ]
    return CriterionRow(
        criterion["key"],
        criterion["title"],
        criterion[weight],
        criterion["minimum_share_bp"],
        (*known, *(QuestionRow(key, title(key), None, None) for key in joining)),
        criterion.get("kind") == CriterionKind.PRICE,
        level,
    )


def with_weights(scheme: Body, question_set: Body, values: Values) -> dict[str, Any]:
    """The scheme with the weights and minimums that were typed."""
    rows = {row.key: row for row in rows_of(scheme, question_set)}
    rest = {name: value for name, value in scheme.items() if name != "quorum"}
    weight = weight_name(scheme)
    weighed = [_weighed(one, rows, values, weight) for one in scheme["criteria"]]
    return {
        **rest,
        "criteria": [summed(one) for one in weighed] if in_points(scheme) else weighed,
        "decimals": values["decimals"],
        "thresholds": {"total_share_bp": values["total"]},
        "young": {"least_pairs": values["least_pairs"], "below_least": values["below_least"]},
        **({"quorum": values["quorum"]} if values["quorum"] else {}),
    }


def _weighed(
    criterion: Body, rows: Mapping[str, CriterionRow], values: Values, weight: str
) -> dict[str, Any]:
    """A criterion in points is not typed, unless it is the price: it is the sum of its parts."""
    row = rows[criterion["key"]]
    own: dict[str, Any] = {}
    if f"c-{row.key}" in values:
        own[weight] = values[f"c-{row.key}"]
    if not row.is_price:
        own["minimum_share_bp"] = values[f"m-{row.key}"]
    if criterion.get("criteria"):
        own["criteria"] = [_weighed(one, rows, values, weight) for one in criterion["criteria"]]
    elif not row.is_price:
        own["questions"] = [
            {
                "question": one.key,
                weight: values[f"q-{one.key}"],
                "minimum_score": values[f"s-{one.key}"],
            }
            for one in row.questions
            if values[f"q-{one.key}"]
        ]
    return {**criterion, **own}


def for_lots(scheme: Body, lots: Sequence[str]) -> dict[str, Any]:
    """The scheme without what it says of lots that are not open."""
    award = dict(scheme["award"])
    if award.get("cap_by_lot"):
        award["cap_by_lot"] = {lot: n for lot, n in award["cap_by_lot"].items() if lot in lots}
    if award.get("lots_per_bidder"):
        order = [lot for lot in award["lots_per_bidder"].get("order") or [] if lot in lots]
        award["lots_per_bidder"] = {**award["lots_per_bidder"], "order": order}
    if not scheme.get("price"):
        return {**scheme, "award": award}
    price = dict(scheme["price"])
    price["baskets"] = [basket for one in price["baskets"] for basket in _open(one, lots)]
    if price.get("by_lot"):
        price["by_lot"] = {lot: terms for lot, terms in price["by_lot"].items() if lot in lots}
    return {**scheme, "award": award, "price": price}


def _open(basket: Body, lots: Sequence[str]) -> Iterator[Body]:
    """A basket with the lots that are open; none of it when it served only others."""
    named = basket.get("lots") or []
    kept = [lot for lot in named if lot in lots]
    if kept or not named:
        yield {**basket, "lots": kept} if named else basket


def with_award(scheme: Body, lots: Sequence[str], values: Values) -> dict[str, Any]:
    """The scheme with how results become awards. A list has no caps and no ties to break."""
    mechanism = values["mechanism"]
    award: dict[str, Any] = {
        "mechanism": mechanism,
        "ranked": mechanism != Mechanism.ALL_OVER_THRESHOLDS,
        "cap": values["cap"],
    }
    by_lot = {lot: values[f"cap-{lot}"] for lot in lots if values[f"cap-{lot}"] is not None}
    if by_lot:
        award["cap_by_lot"] = by_lot
    ties = [_tie(values[f"tie-{at}"]) for at in range(1, STEPS + 1) if values[f"tie-{at}"]]
    if ties:
        award["tie_breaks"] = ties
    if values["tie_at_cap"]:
        award["tie_at_cap"] = values["tie_at_cap"]
    if values["lots_cap"] is not None:
        award["lots_per_bidder"] = _lots_cap(values)
    return {**scheme, "award": award}


def _lots_cap(values: Values) -> dict[str, Any]:
    order = [code for code in re.split(r"[\s,]+", values["lots_order"].upper()) if code]
    return {
        "cap": values["lots_cap"],
        **({"mechanism": values["lots_mechanism"]} if values["lots_mechanism"] else {}),
        **({"order": order} if order else {}),
    }


def _tie(word: str) -> dict[str, str]:
    by, _, key = word.partition(":")
    return {"by": by, "key": key} if key else {"by": by}


def award_values(scheme: Body, lots: Sequence[str]) -> dict[str, Any]:
    """What the form of the award begins with."""
    award = scheme["award"]
    lots_cap = award.get("lots_per_bidder") or {}
    ties = [
        f"{one['by']}:{one['key']}" if one.get("key") else one["by"]
        for one in award.get("tie_breaks") or []
    ]
    return {
        "mechanism": award["mechanism"],
        "cap": award.get("cap"),
        **{f"cap-{lot}": (award.get("cap_by_lot") or {}).get(lot) for lot in lots},
        **{f"tie-{at}": ties[at - 1] if at <= len(ties) else "" for at in range(1, STEPS + 1)},
        "tie_at_cap": award.get("tie_at_cap") or "",
        "lots_cap": lots_cap.get("cap"),
        "lots_mechanism": lots_cap.get("mechanism") or "",
        "lots_order": ", ".join(lots_cap.get("order") or []),
    }


def on_page(found: Sequence[Finding], names: Collection[str]) -> Iterator[Finding]:
    """Findings in the words of the page, each at the field that it is about."""
    for one in found:
        place = next(
            (name for before in ("c-", "q-", "") if (name := before + one.where) in names), ""
        )
        yield replace(one, where=place, message=SUMS.sub(_in_percent, one.message))


def _in_percent(found: re.Match[str]) -> str:
    return f"make {percent_words(int(found[1]))} together. They must make 100%."


def _questions(criterion: Body) -> Sequence[Body]:
    return criterion.get("questions") or []
