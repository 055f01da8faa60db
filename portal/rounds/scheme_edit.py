"""A scheme as its editor shows it, and the scheme that comes back: from typed values to a body.

Nothing is judged here. A body that does not hold together is refused when it is saved, with every
finding; `on_page` puts each beside the field that it is about.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from portal.content.rates import is_discount, items_for
from scoring.money import percent_words
from scoring.rules import Finding
from scoring.terms import WHOLE_BP, BasketMethod, CriterionKind, Formula, Mechanism

Body = Mapping[str, Any]
Values = Mapping[str, Any]

SUMS = re.compile(r"weigh (\d+) basis points together\. They must sum to 10000\.")
STEPS = 4  # of breaking ties


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question that can be weighed within its criterion; without a weight it does not count."""

    key: str
    title: str
    weight_bp: int | None
    minimum_score: int | None


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion with its questions; price has none."""

    key: str
    title: str
    weight_bp: int
    minimum_share_bp: int | None
    questions: tuple[QuestionRow, ...]
    is_price: bool


def can_be_edited(scheme: Body) -> bool:
    """Whether the editor knows this scheme's shape: shares, and criteria one level deep."""
    shares = scheme.get("stated_in") in (None, "basis-points")
    return shares and not any(one.get("criteria") for one in scheme["criteria"])


def rows_of(scheme: Body, question_set: Body) -> list[CriterionRow]:
    """The criteria with every scored question that is asked; new ones stand where their panel is."""
    asked = {
        question["key"]: (section["audience"], question)
        for section in question_set["sections"]
        for question in section["questions"]
        if question["role"] == "scored"
    }
    weighed = {one["question"] for criterion in scheme["criteria"] for one in _questions(criterion)}
    new = [key for key in asked if key not in weighed]
    rows = []
    for criterion in scheme["criteria"]:
        mine = [one for one in _questions(criterion) if one["question"] in asked]
        joining = [key for key in new if asked[key][0] == criterion.get("panel")]
        new = [key for key in new if key not in joining]
        rows.append(_row(criterion, mine, joining, asked))
    return rows


def _row(
    criterion: Body, mine: Sequence[Body], joining: Sequence[str], asked: Mapping[str, Any]
) -> CriterionRow:
    def title(key: str) -> str:
        return str(asked[key][1]["title"] or asked[key][1]["label"])

    known = [
        QuestionRow(one["question"], title(one["question"]), one["weight_bp"], one["minimum_score"])
        for one in mine
    ]
    return CriterionRow(
        criterion["key"],
        criterion["title"],
        criterion["weight_bp"],
        criterion["minimum_share_bp"],
        (*known, *(QuestionRow(key, title(key), None, None) for key in joining)),
        criterion.get("kind") == CriterionKind.PRICE,
    )


def with_weights(scheme: Body, question_set: Body, values: Values) -> dict[str, Any]:
    """The scheme with the weights and minimums that were typed."""
    criteria = []
    for criterion, row in zip(scheme["criteria"], rows_of(scheme, question_set), strict=True):
        own = {"weight_bp": values[f"c-{row.key}"]}
        if not row.is_price:
            own["minimum_share_bp"] = values[f"m-{row.key}"]
            own["questions"] = [
                {
                    "question": one.key,
                    "weight_bp": values[f"q-{one.key}"],
                    "minimum_score": values[f"s-{one.key}"],
                }
                for one in row.questions
                if values[f"q-{one.key}"]
            ]
        criteria.append({**criterion, **own})
    return {
        **scheme,
        "criteria": criteria,
        "decimals": values["decimals"],
        "thresholds": {"total_share_bp": values["total"]},
        "young": {"least_pairs": values["least_pairs"], "below_least": values["below_least"]},
    }


def with_price(scheme: Body, card: Body, lots: Sequence[str], values: Values) -> dict[str, Any]:
    """The scheme with its price rule; the other criteria share what price leaves, in proportion."""
    others = [one for one in scheme["criteria"] if one.get("kind") != CriterionKind.PRICE]
    formula = values["formula"]
    if not formula:
        bare = {key: value for key, value in scheme.items() if key != "price"}
        return {**bare, "criteria": _scaled(others, WHOLE_BP)}
    weighs = formula != Formula.PRICE_PER_QUALITY_POINT
    weight = (values["weight"] or 0) if weighs else 0
    criteria = _scaled(others, WHOLE_BP - weight)
    if weighs:
        known = next((one for one in scheme["criteria"] if one not in others), None)
        fresh = {"key": "price", "title": "Price", "kind": "price", "minimum_share_bp": None}
        criteria.append({**(known or fresh), "weight_bp": weight})
    before = scheme.get("price") or {}
    price = {
        "formula": formula,
        **_amounts(values),
        "abnormally_low_bp": values["abnormally_low"],
        "each_council": values["each_council"],
        "baskets": before.get("baskets") or default_baskets(card, lots),
        **({"by_lot": before["by_lot"]} if before.get("by_lot") else {}),
        **_discounts(card, values),
    }
    return {**scheme, "criteria": criteria, "price": price}


def _amounts(values: Values) -> dict[str, int]:
    names = ("ceiling_pence", "optimal_pence", "maximum_pence")
    return {name: values[name] for name in names if values[name] is not None}


def _discounts(card: Body, values: Values) -> dict[str, Any]:
    offered = [item for item in card["items"] if is_discount(item)]
    if not offered:
        return {}
    steps = [
        {
            "key": item["key"],
            "title": item["title"],
            "share_bp": values[f"share-{item['key']}"],
            "most_bp": item["maximum_pence"],
            "required": item["required"],
        }
        for item in sorted(offered, key=lambda one: values[f"order-{one['key']}"] or len(offered))
    ]
    return {"discounts": {"compounding": bool(values["compounding"]), "steps": steps}}


def _scaled(criteria: Sequence[Body], to: int) -> list[dict[str, Any]]:
    """The criteria with weights that sum to `to`, in the proportions that they had."""
    whole = sum(one["weight_bp"] for one in criteria)
    if whole == to or not whole:
        return [dict(one) for one in criteria]
    shares = [divmod(one["weight_bp"] * to, whole) for one in criteria]
    missing = to - sum(share for share, _ in shares)
    by_rest = sorted(range(len(shares)), key=lambda at: -shares[at][1])[:missing]
    return [
        {**one, "weight_bp": share + (at in by_rest)}
        for at, (one, (share, _)) in enumerate(zip(criteria, shares, strict=True))
    ]


def default_baskets(card: Body, lots: Sequence[str]) -> list[dict[str, Any]]:
    """One of everything that each lot must state, to begin with."""
    return [
        {
            "lots": [lot],
            "method": BasketMethod.WEIGHTED_MEAN.value,
            "items": [{"item": item["key"], "weight": 1} for item in comparable(card, lot)],
        }
        for lot in lots
        if comparable(card, lot)
    ]


def comparable(card: Body, lot: str) -> list[Any]:
    """The prices that everybody states in a lot."""
    return [one for one in items_for(card, lot) if one["required"] and not is_discount(one)]


def basket_of(scheme: Body, lot: str) -> Body:
    """The basket of a lot as it stands; an empty one where it has none."""
    baskets = (scheme.get("price") or {}).get("baskets") or []
    named = [one for one in baskets if lot in (one.get("lots") or [])]
    general = [one for one in baskets if not one.get("lots")]
    empty = {"method": BasketMethod.WEIGHTED_MEAN.value, "items": []}
    return next(iter([*named, *general]), empty)


def with_baskets(scheme: Body, card: Body, lots: Sequence[str], values: Values) -> dict[str, Any]:
    """The scheme with what is bought in each lot."""
    baskets = [
        {
            "lots": [lot],
            "method": values[f"method-{lot}"],
            "items": [
                {"item": item["key"], "weight": _weight(values[f"b-{lot}-{item['key']}"])}
                for item in comparable(card, lot)
                if values[f"b-{lot}-{item['key']}"]
            ],
        }
        for lot in lots
    ]
    return {**scheme, "price": {**scheme["price"], "baskets": baskets}}


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


def _weight(value: Decimal) -> int | str:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if "." in text else int(text)


def decimal_of(weight: int | str) -> Decimal:
    """A weight as the form shows it."""
    return Decimal(str(weight))


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


def price_values(scheme: Body, card: Body) -> dict[str, Any]:
    """What the form of the price begins with."""
    price = scheme.get("price") or {}
    weight = next((one["weight_bp"] for one in scheme["criteria"] if _is_price(one)), None)
    discounts = price.get("discounts") or {}
    values: dict[str, Any] = {
        "formula": price.get("formula") or "",
        "weight": weight,
        "ceiling_pence": price.get("ceiling_pence"),
        "optimal_pence": price.get("optimal_pence"),
        "maximum_pence": price.get("maximum_pence"),
        "abnormally_low": price.get("abnormally_low_bp") or 2000,
        "each_council": bool(price.get("each_council")),
        "compounding": bool(discounts.get("compounding", True)),
    }
    steps = {step["key"]: (at, step) for at, step in enumerate(discounts.get("steps") or [], 1)}
    for at, item in enumerate((one for one in card["items"] if is_discount(one)), 1):
        place, step = steps.get(item["key"], (at, {}))
        values[f"order-{item['key']}"] = place
        values[f"share-{item['key']}"] = step.get("share_bp", WHOLE_BP)
    return values


def on_page(found: Sequence[Finding], names: Collection[str]) -> Iterator[Finding]:
    """Findings in the words of the page, each at the field that it is about."""
    for one in found:
        place = next(
            (name for before in ("c-", "q-", "") if (name := before + one.where) in names), ""
        )
        yield replace(one, where=place, message=SUMS.sub(_in_percent, one.message))


def _in_percent(found: re.Match[str]) -> str:
    return f"make {percent_words(int(found[1]))} together. They must make 100%."


def _is_price(criterion: Body) -> bool:
    return bool(criterion.get("kind") == CriterionKind.PRICE)


def _questions(criterion: Body) -> Sequence[Body]:
    return criterion.get("questions") or []
