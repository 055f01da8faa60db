"""The price of a scheme as its editor shows it: formula, amounts, discounts, and what is bought.

Like `scheme_edit`, it judges nothing: a body that does not hold together is refused when it is saved.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from portal.content.rates import is_discount, items_for
from portal.rounds.scheme_edit import in_points, weight_name
from scoring.rules import Finding
from scoring.terms import WHOLE_BP, BasketMethod, CriterionKind, Formula

Body = Mapping[str, Any]
Values = Mapping[str, Any]
AMOUNTS = ("ceiling_pence", "optimal_pence", "maximum_pence")


def with_price(scheme: Body, card: Body, lots: Sequence[str], values: Values) -> dict[str, Any]:
    """The scheme with its price rule; the others share what it leaves, in proportion.

    In a scheme of points the others keep theirs.
    """
    others = [one for one in scheme["criteria"] if one.get("kind") != CriterionKind.PRICE]
    formula, name = values["formula"], weight_name(scheme)
    share = _kept if in_points(scheme) else _scaled
    if not formula:
        bare = {key: value for key, value in scheme.items() if key != "price"}
        return {**bare, "criteria": share(others, WHOLE_BP)}
    weighs = formula != Formula.PRICE_PER_QUALITY_POINT
    weight = (values["weight"] or 0) if weighs else 0
    criteria = share(others, WHOLE_BP - weight)
    if weighs:
        known = next((one for one in scheme["criteria"] if one not in others), None)
        fresh = {"key": "price", "title": "Price", "kind": "price", "minimum_share_bp": None}
        criteria.append({**(known or fresh), name: weight})
    before = scheme.get("price") or {}
    price = {
        "formula": formula,
        **_amounts(values),
        **_by_lot(lots, values),
        "abnormally_low_bp": values["abnormally_low"],
        "each_council": values["each_council"],
        "baskets": before.get("baskets") or default_baskets(card, lots),
        **_discounts(card, values),
    }
    return {**scheme, "criteria": criteria, "price": price}


def _amounts(values: Values, lot: str = "") -> dict[str, int]:
    """The amounts of the formula for the round, or those that differ for one lot."""
    typed = {name: values[f"{name}-{lot}" if lot else name] for name in AMOUNTS}
    return {name: amount for name, amount in typed.items() if amount is not None}


def _by_lot(lots: Sequence[str], values: Values) -> dict[str, Any]:
    own = {lot: _amounts(values, lot) for lot in lots if _amounts(values, lot)}
    return {"by_lot": own} if own else {}


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


def order_findings(card: Body, values: Values) -> Iterator[Finding]:
    """Two discounts with one number: in which order they are taken would be chance."""
    taken: dict[int, str] = {}
    for item in card["items"]:
        place = values[f"order-{item['key']}"] if is_discount(item) else None
        if place is not None and taken.setdefault(place, item["title"]) != item["title"]:
            yield Finding(
                "scheme:discount-order",
                f"“{taken[place]}” and “{item['title']}” are both taken as number {place}.",
                f"order-{item['key']}",
            )


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


def _kept(criteria: Sequence[Body], _to: int) -> list[dict[str, Any]]:
    """In a scheme of points every part keeps its own."""
    return [dict(one) for one in criteria]


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


def basket_of(scheme: Body, lot: str, council: str = "") -> Body:
    """The basket of a lot as it stands; an empty one where it has none.

    Args:
        council: for the basket of this council alone, which need not have one of its own.
    """
    wanted = [council] if council else []
    found = [one for one in _baskets(scheme) if _whose(one, council) == wanted]
    named = [one for one in found if lot in (one.get("lots") or [])]
    general = [one for one in found if not one.get("lots")]
    empty = {"method": BasketMethod.WEIGHTED_MEAN.value, "items": []}
    return next(iter([*named, *general]), empty)


def _baskets(scheme: Body) -> Sequence[Body]:
    baskets: Sequence[Body] = (scheme.get("price") or {}).get("baskets") or []
    return baskets


def _whose(basket: Body, council: str) -> list[str]:
    """Of the councils of a basket the one that is asked about, or all when none is."""
    councils = list(basket.get("councils") or [])
    return [council] if council and council in councils else councils


def councils_apart(scheme: Body) -> list[str]:
    """Slugs of the councils that buy something else than the others."""
    return sorted({slug for one in _baskets(scheme) for slug in one.get("councils") or []})


def with_baskets(
    scheme: Body, card: Body, lots: Sequence[str], values: Values, council: str = ""
) -> dict[str, Any]:
    """The scheme with what is bought in each lot.

    Args:
        council: when it is what one council buys; a lot in which nothing is typed has no basket
            of its own, and what all buy counts there too.
    """
    made = [
        {
            "lots": [lot],
            **({"councils": [council]} if council else {}),
            "method": values[f"method-{lot}"],
            "items": [
                {"item": item["key"], "weight": _weight(values[f"b-{lot}-{item['key']}"])}
                for item in comparable(card, lot)
                if values[f"b-{lot}-{item['key']}"]
            ],
        }
        for lot in lots
    ]
    if council:
        kept = [part for one in _baskets(scheme) for part in _without(one, council)]
        baskets = [*kept, *(one for one in made if one["items"])]
    else:
        baskets = [*made, *(one for one in _baskets(scheme) if one.get("councils"))]
    return {**scheme, "price": {**scheme["price"], "baskets": baskets}}


def _without(basket: Body, council: str) -> Iterator[Body]:
    """A basket without one of its councils; none of it when it served that one only."""
    councils = basket.get("councils") or []
    left = [slug for slug in councils if slug != council]
    if left or not councils:
        yield {**basket, "councils": left} if councils else basket


def _weight(value: Decimal) -> int | str:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if "." in text else int(text)


def decimal_of(weight: int | str) -> Decimal:
    """A weight as the form shows it."""
    return Decimal(str(weight))


def price_values(scheme: Body, card: Body, lots: Sequence[str] = ()) -> dict[str, Any]:
    """What the form of the price begins with."""
    price = scheme.get("price") or {}
    name = weight_name(scheme)
    weight = next((one[name] for one in scheme["criteria"] if _is_price(one)), None)
    discounts = price.get("discounts") or {}
    values: dict[str, Any] = {
        "formula": price.get("formula") or "",
        "weight": weight,
        **{name: price.get(name) for name in AMOUNTS},
        "abnormally_low": price.get("abnormally_low_bp") or 2000,
        "each_council": bool(price.get("each_council")),
        "compounding": bool(discounts.get("compounding", True)),
    }
    by_lot = price.get("by_lot") or {}
    values |= {f"{name}-{lot}": by_lot.get(lot, {}).get(name) for lot in lots for name in AMOUNTS}
    steps = {step["key"]: (at, step) for at, step in enumerate(discounts.get("steps") or [], 1)}
    for at, item in enumerate((one for one in card["items"] if is_discount(one)), 1):
        place, step = steps.get(item["key"], (at, {}))
        values[f"order-{item['key']}"] = place
        values[f"share-{item['key']}"] = step.get("share_bp", WHOLE_BP)
    return values


def _is_price(criterion: Body) -> bool:
    return bool(criterion.get("kind") == CriterionKind.PRICE)
