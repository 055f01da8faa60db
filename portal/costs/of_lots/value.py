"""Value for money: what each provider of a lot costs, beside what is known of its quality."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from flask import has_request_context, url_for

from portal.access import Permission, Viewer
from portal.costs.of_lots.reports import LotAsked, lot_report
from portal.costs.of_lots.scatter import Scatter, Spot
from portal.costs.of_lots.value_facts import Known, known_of
from portal.costs.reports.kinds import Report
from portal.costs.reports.of_providers import spells_with
from portal.tables import NOT_GIVEN, Column, Table
from portal.web import date_text
from scoring.kpi_assessing import Performance
from scoring.rates import position
from scoring.value import VALUE_RULES
from scoring.years import year_text

KEY, TITLE = "value-for-money", "Value for money"
PRICE = Column("weekly", "Price for one week", "money")
PRICE_TO_SPELLS = replace(PRICE, link=lambda row: row["spells"])
QUALITY = Column("quality", "Quality in the tender", "percent", decimals=1)
NOT_VISITED = "No visit with a final report"
NOT_ASSESSED = "Not assessed"


@lot_report(KEY, TITLE, "What each provider of a lot costs, beside tender score, visit and KPIs")
def value_for_money(asked: LotAsked) -> Report:
    """Report 8."""
    known = known_of(asked.viewer, asked.agreement, asked.lot, asked.like, asked.on)
    known.sort(key=lambda one: (one.weekly is None, one.weekly or 0, one.provider.name.casefold()))
    weekly = [one.weekly for one in known]
    spells = spells_with(asked.viewer)
    rows = [
        _row(asked.viewer, number, one, weekly) | {"spells": spells(one.provider.ref, asked.on)}
        for number, one in enumerate(known, start=1)
    ]
    chart = _chart(asked, known)
    table = Table(
        key=KEY,
        title=f"{TITLE}, lot {asked.lot.code}",
        columns=[
            Column("number", "No."),
            Column("provider", "Provider", link=lambda row: row["provider_link"]),
            PRICE_TO_SPELLS,
            Column("above", "Against the median", "money", signed=True),
            QUALITY,
            Column("best", "Best for its price"),
            Column("visit", "Newest visit", link=lambda row: row["visit_link"]),
            Column("visited", "Visited", "date"),
            Column("assessed", "KPIs, assessed"),
            Column("met", "KPI targets met"),
            Column("note", "Note"),
        ],
        rows=rows,
        source=f"Rates, awards, final visit reports and KPIs on record for the {asked.agreement.title}",
        as_at=asked.on,
        filters=asked.filters,
        rules=[
            *VALUE_RULES,
            "A visit's judgement is that of the newest final report that your council has.",
            (
                "KPI targets met: of the KPIs that were rated in the newest period of each; beside it "
                "the newest final assessment of a year."
            ),
        ],
        notes=_notes(known),
        chart=chart,
    )
    return Report(KEY, f"{TITLE}, lot {asked.lot.code}", [table], chart)


def _row(viewer: Viewer, number: int, one: Known, weekly: list[Fraction | None]) -> dict[str, Any]:
    stands = position(one.weekly, weekly)
    judged, rated = one.judged, one.rated
    compares = one.weekly is not None and one.quality is not None
    return {
        "number": str(number),
        "provider": one.provider.name,
        "provider_link": _link("register.provider", one.provider.ref),
        "weekly": one.weekly if one.weekly is not None else NOT_GIVEN,
        "above": stands.above_median if stands else NOT_GIVEN,
        "quality": one.quality if one.quality is not None else NOT_GIVEN,
        "best": ("Yes" if one.is_unbeaten else "No") if compares else NOT_GIVEN,
        "visit": judged.title if judged else NOT_VISITED,
        "visit_link": _link("visits.report", judged.ref)
        if judged and viewer.may(Permission.VISIT_READ)
        else None,
        "visited": judged.on if judged else NOT_GIVEN,
        "assessed": _assessed(rated.assessed, rated.year) if rated else NOT_ASSESSED,
        "met": f"{rated.met} of {rated.rated}" if rated and rated.rated else NOT_GIVEN,
        "note": "Suspended: no new placements" if one.is_suspended else "",
    }


def _link(endpoint: str, ref: str) -> str | None:
    return url_for(endpoint, ref=ref) if has_request_context() else None


def _assessed(assessed: Performance | None, year: int | None) -> str:
    if assessed is None or year is None:
        return NOT_ASSESSED
    return f"{assessed.words} ({year_text(year)})"


def _notes(known: list[Known]) -> list[str]:
    if not known:
        return ["Nobody holds this lot for your council on that day."]
    visits = [one.judged.on for one in known if one.judged]
    notes = []
    if visits:
        notes.append(f"The oldest of these visits was on {date_text(min(visits))}.")
    without = sum(one.quality is None for one in known)
    if without:
        notes.append(
            f"{without} {'has' if without == 1 else 'have'} no tender score: they joined without a "
            "scored bid, or their round is not concluded."
        )
    return notes


def _chart(asked: LotAsked, known: list[Known]) -> Scatter | None:
    spots = tuple(
        Spot(
            number,
            one.provider.name,
            one.weekly,
            one.quality,
            one.judged.key
            if one.judged and one.judged.key in {"meets", "improve", "serious"}
            else "",
            one.is_unbeaten,
        )
        for number, one in enumerate(known, start=1)
        if one.weekly is not None and one.quality is not None
    )
    if len(spots) < 2:
        return None
    return Scatter(f"{TITLE}, lot {asked.lot.code}, {asked.like.words}", spots, PRICE, QUALITY)
