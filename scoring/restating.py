"""One scheme said in another way: in points, or in shares of each level. Nothing that it means changes.

A part that is worth 12.5 of 100 points cannot be said in whole points of 100; then the whole has as
many points as it takes (200, and 25 of them).
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import Any

from scoring.content import Content
from scoring.criteria import Scheme
from scoring.rules import RuleBroken
from scoring.terms import ALL_POINTS, WHOLE_BP, Stated


def in_points(body: Content) -> dict[str, Any]:
    """The content of a scheme, stated in points: at least 100 of them, each part a whole number.

    Args:
        body: a scheme that holds together (`Scheme.check`), stated in either way.
    """
    if body.get("stated_in") == Stated.POINTS:
        return dict(body)
    worth = _worth(body["criteria"], Fraction(ALL_POINTS))
    factor = lcm(*(points.denominator for points in worth.values()))
    whole = {key: int(points * factor) for key, points in worth.items()}
    return {
        **body,
        "stated_in": Stated.POINTS.value,
        "criteria": [_as_points(one, whole) for one in body["criteria"]],
    }


def in_shares(body: Content) -> dict[str, Any]:
    """The content of a scheme, stated in basis points that make 10 000 at each level.

    Args:
        body: as for `in_points`.

    Raises:
        RuleBroken: `scheme:no-whole-shares`, when a part has no share in whole basis points.
    """
    if body.get("stated_in") != Stated.POINTS:
        return dict(body)
    rest = {name: value for name, value in body.items() if name != "stated_in"}
    return {**rest, "criteria": _as_shares(body["criteria"])}


def summed(criterion: Content) -> dict[str, Any]:
    """A criterion of a scheme in points, worth what its own parts are worth; price as it stands."""
    parts = [summed(one) for one in criterion.get("criteria") or []]
    own: dict[str, Any] = dict(criterion)
    if parts:
        own |= {"criteria": parts, "points": sum(one["points"] for one in parts)}
    elif criterion.get("questions") is not None and criterion.get("kind") != "price":
        own["points"] = sum(one["points"] for one in criterion["questions"])
    return own


def same(one: Content, other: Content) -> bool:
    """Whether two schemes give every part of every level the same share of the whole."""
    first, second = Scheme.from_content(one), Scheme.from_content(other)
    return _shares(first) == _shares(second)


def _shares(scheme: Scheme) -> dict[str, Fraction]:
    whole = scheme.total_points or Fraction(1)
    return {key: points / whole for key, points in scheme.available().items()}


def _worth(
    criteria: list[Any], points: Fraction, worth: dict[str, Fraction] | None = None
) -> dict[str, Fraction]:
    """What each criterion and each question is worth, by key; a question's begins with “?”."""
    worth = {} if worth is None else worth
    for one in criteria:
        own = points * one["weight_bp"] / WHOLE_BP
        worth[one["key"]] = own
        for asked in one.get("questions") or []:
            worth[f"?{asked['question']}"] = own * asked["weight_bp"] / WHOLE_BP
        _worth(one.get("criteria") or [], own, worth)
    return worth


def _as_points(criterion: Content, whole: dict[str, int]) -> dict[str, Any]:
    own = {name: value for name, value in criterion.items() if name != "weight_bp"}
    own["points"] = whole[criterion["key"]]
    if criterion.get("questions"):
        own["questions"] = [
            {**_bare(one, "weight_bp"), "points": whole[f"?{one['question']}"]}
            for one in criterion["questions"]
        ]
    if criterion.get("criteria"):
        own["criteria"] = [_as_points(one, whole) for one in criterion["criteria"]]
    return own


def _as_shares(parts: list[Any]) -> list[dict[str, Any]]:
    whole = sum(one["points"] for one in parts)
    found = []
    for one in parts:
        share = Fraction(one["points"] * WHOLE_BP, whole) if whole else Fraction(1, 3)
        if share.denominator != 1:
            raise RuleBroken(
                "scheme:no-whole-shares",
                "These points make no shares in whole hundredths of a per cent. "
                "Change the points first.",
                "stated",
            )
        own = {**_bare(one, "points"), "weight_bp": int(share)}
        for name in ("questions", "criteria"):
            if one.get(name):
                own[name] = _as_shares(one[name])
        found.append(own)
    return found


def _bare(part: Content, without: str) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name != without}
