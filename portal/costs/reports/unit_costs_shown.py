"""What the tables of unit costs share: what may be shown, averages, changes, rules, links."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import has_request_context, url_for

from portal.costs.budgets.queries import counting, in_house_rule
from portal.costs.reports.asking import Asked
from portal.costs.reports.kinds import Notes
from portal.tables import NOT_APPLICABLE
from portal.wording import within
from scoring.ages import AGE_RULE
from scoring.costs import OVERALL, RULES, Cell, variance
from scoring.precedence import PRECEDENCE_RULE
from scoring.returns import RETURN_RULES
from scoring.suppression import hidden_parts, hides_total
from scoring.years import year_text


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of a year: the parts whose counts are hidden, and whether the total is."""

    hidden: frozenset[str] = frozenset()
    total: bool = False


def shown_by_year(asked: Asked, years: Sequence[int]) -> dict[int, Shown]:
    """What may be shown of each year; all of it to the finance team."""
    if asked.sees_all:
        return {year: Shown() for year in years}
    found = {}
    for year in years:
        parts = {kind: asked.cell(year, kind).children for kind in asked.mapping.types}
        total = asked.cell(year, OVERALL).children
        hides = hides_total(parts, total)
        hidden = hidden_parts(parts, total)
        if hides:
            hidden = frozenset(kind for kind, count in parts.items() if count)
        found[year] = Shown(hidden, hides)
    return found


def rules_of(asked: Asked) -> list[str]:
    """The rules that every figure of these reports follows, to be printed with it."""
    used = [*RULES, PRECEDENCE_RULE, AGE_RULE, in_house_rule(counting(asked.council).values())]
    if asked.incomplete:
        used += RETURN_RULES
    return asked.rules(*used)


def average_of(cell: Cell) -> Any:
    average = cell.average_weekly
    return NOT_APPLICABLE if average is None else average


def change_of(asked: Asked, year: int, kind: str) -> Any:
    """The exact change of an average on the year before."""
    change = variance(
        asked.cell(year, kind).average_weekly, asked.cell(year - 1, kind).average_weekly
    )
    return NOT_APPLICABLE if change is None else change


def spell_links(asked: Asked, year: int) -> dict[str, str]:
    """Where the spells behind each figure of a year are listed."""
    if not has_request_context() or not asked.sees_all:
        return {}
    return {
        kind: url_for("costs.spells", year=year_text(year), type=kind, **asked.address)
        for kind in (*asked.mapping.types, OVERALL)
        if (year, kind) in asked.cells
    }


def notes_of(asked: Asked) -> list[str]:
    """What a reader should know of the figures of these years."""
    notes = Notes()
    whole = [asked.cell(year, OVERALL) for year in asked.years]
    missing, estimated = sum(one.missing for one in whole), sum(one.estimated_days for one in whole)
    if asked.sees_all:
        notes.say(
            missing,
            "1 spell has no price: its child counts, its days leave the average.",
            "{} spells of these years have no price: their children count, their days leave the average.",
        )
        notes.say(
            estimated,
            "1 child-day has the price of a contract and is estimated.",
            "{} child-days have the price of a contract and are estimated.",
        )
    unpaid = [asked.title_of(kind) for kind in asked.kinds if kind in asked.mapping.unpaid]
    if unpaid:
        notes.sentences.append(
            f"No price is expected for: {', '.join(unpaid)}. They count as looked after and stand "
            "outside the average and the total of all types."
        )
    return notes.sentences


def basis_notes(asked: Asked) -> list[str]:
    """Which of the years shown are not over, or not told whole."""
    return [
        f"{year_text(year)}: {within(asked.basis(year))}."
        for year in asked.years
        if asked.basis(year) != "Actual"
    ]
