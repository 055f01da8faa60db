"""Writing a KPI set: what one KPI must say, which key a new one gets, and what a draft changes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.kpis import Unit, exact
from scoring.rules import RuleBroken

MOST_KEY = 50  # characters, which leaves room for a number behind it
WORDS = {
    "name": "Name",
    "purpose": "Why we ask",
    "numerator": "What is counted",
    "denominator": "Out of",
    "unit": "Unit",
    "direction": "Which way is better",
    "target": "Target",
    "tolerance": "Tolerance",
    "frequency": "How often",
    "level": "For what it is told",
    "may_exceed": "More than 100% is possible",
    "decimals": "Decimal places",
    "young_words": "How young people say it",
}
"""What people write of a KPI, in the order of the page."""


def check_kpi(raw: Mapping[str, Any]) -> None:
    """Refuse a KPI that could not be reported or rated.

    Args:
        raw: as in the content of a KPI set: numbers are texts, a target of None is not rated.

    Raises:
        RuleBroken: `kpi:number`, `kpi:share-of-nothing`, `kpi:exceeds-a-count`,
            `kpi:target-not-reachable`. The field is that of the page.
    """
    tolerance = exact(raw["tolerance"], "tolerance")
    target = None if raw["target"] is None else exact(raw["target"], "target")
    percent = raw["unit"] == Unit.PERCENT
    if percent and not raw["denominator"]:
        message = "A percentage needs the number that it is a share of."
        raise RuleBroken("kpi:share-of-nothing", message, "denominator")
    if raw["may_exceed"] and not percent:
        message = "Only a percentage can be more than all of it."
        raise RuleBroken("kpi:exceeds-a-count", message, "may_exceed")
    most = percent and not raw["may_exceed"]
    if most and target is not None and target > 100:
        message = "Nobody can reach more than 100%. Allow more than 100%, or set a lower target."
        raise RuleBroken("kpi:target-not-reachable", message, "target")
    if most and tolerance > 100:
        raise RuleBroken("kpi:target-not-reachable", "Enter 100 or less.", "tolerance")


def key_for(name: str, taken: Collection[str]) -> str:
    """Return the key of a new KPI: its name in letters without marks, with a number if it is taken.

    A key that was used before stays with what it meant then: boards compare by key.

    Raises:
        RuleBroken: `kpi:no-name`, for a name without a letter or digit.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MOST_KEY].strip("-")
    if not key:
        raise RuleBroken("kpi:no-name", "Use letters or digits in the name.", "name")
    if not key[0].isalpha():
        key = f"kpi-{key}"
    found, number = key, 2
    while found in taken:
        found, number = f"{key}-{number}", number + 1
    return found


@dataclass(frozen=True)
class SetChange:
    """One KPI that a draft adds, takes out or changes; `parts` names what of it is other."""

    name: str
    what: str  # "added", "taken out", "changed"
    parts: tuple[str, ...] = ()


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[SetChange]:
    """Return what one text of a KPI set changes in another, in the order of the later one."""
    old = {one["key"]: one for one in before["kpis"]}
    new = {one["key"]: one for one in after["kpis"]}
    found = [SetChange(one["name"], "added") for key, one in new.items() if key not in old]
    for key, one in new.items():
        if key in old and (parts := _other(old[key], one)):
            found.append(SetChange(one["name"], "changed", parts))
    found += [SetChange(one["name"], "taken out") for key, one in old.items() if key not in new]
    about = [
        words
        for name, words in (("title", "Title"), ("due_days", "Days until a return is due"))
        if before[name] != after[name]
    ]
    return [*([SetChange("The set", "changed", tuple(about))] if about else []), *found]


def _other(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(words for name, words in WORDS.items() if _said(old, name) != _said(new, name))


def _said(kpi: Mapping[str, Any], name: str) -> Any:
    """What a KPI says; one from before whole numbers were asked for takes decimal places."""
    return kpi.get(name, True) if name == "decimals" else kpi[name]


def without(kpis: Sequence[Mapping[str, Any]], key: str) -> list[Mapping[str, Any]]:
    """Return the KPIs of a set without one.

    Raises:
        RuleBroken: `kpi-set:empty`, for the last one.
    """
    left = [one for one in kpis if one["key"] != key]
    if not left:
        raise RuleBroken("kpi-set:empty", "A set has at least one KPI. Add another one first.")
    return left
