"""The board as a table: the same figures in its files and for programs."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.figures import NOT_APPLICABLE, Column, Kind
from portal.kpis.board import Board, Point, Row, unit_of
from portal.kpis.presentation import RATING_WORDS, TREND_WORDS
from portal.tables import Table
from scoring.kpis import LEAST_PEERS
from scoring.rates import QUARTILE_METHOD

NOTHING_TOLD = "Nothing told"
RULES = (
    (
        "Green meets the target, amber misses it by no more than the tolerance, red is worse. The exact "
        "value decides, not the one that is printed."
    ),
    "A denominator of 0 is not applicable. Below 5 a value is to be read with care.",
    "A trend compares the last value with the one before. A low figure alone suspends nobody.",
    (
        f"Peers are the other providers of the agreement; their accepted values of the same period "
        f"are shown when there are {LEAST_PEERS} or more. {QUARTILE_METHOD.replace('rates', 'values')}"
    ),
)


def table(made: Board, filters: Mapping[str, str], on: date) -> Table:
    """The board for a file. Args: filters: what it is narrowed to, in words."""
    columns = [
        Column("provider", "Provider"),
        Column("unit", "Who"),
        Column("lots", "Lots"),
        Column("kpi", "KPI"),
        Column("period", "Period"),
        Column("numerator", "Numerator", Kind.NUMBER),
        Column("denominator", "Denominator", Kind.NUMBER),
        Column("value", "Value", Kind.NUMBER),
        Column("in", "In"),
        Column("target", "Target", Kind.NUMBER),
        Column("rating", "Rating"),
        Column("trend", "Trend"),
        Column("missed", "Periods missed in a row", Kind.WHOLE),
        Column("lower", "Peers: lower quartile", Kind.NUMBER),
        Column("median", "Peers: median", Kind.NUMBER),
        Column("upper", "Peers: upper quartile", Kind.NUMBER),
        Column("checked", "Checked"),
    ]
    return Table(
        "kpi-board",
        "KPI board",
        columns,
        [_cells(row) for row in made.rows],
        source="KPI returns of the providers",
        as_at=on,
        filters=filters,
        rules=RULES,
    )


def by_period(row: Row, on: date) -> Table:
    """One KPI of one organisation, branch or setting, period by period, the newest first."""
    columns = [
        Column("period", "Period"),
        Column("numerator", "Numerator", Kind.NUMBER),
        Column("denominator", "Denominator", Kind.NUMBER),
        Column("value", "Value", Kind.NUMBER),
        Column("in", "In"),
        Column("target", "Target", Kind.NUMBER),
        Column("rating", "Rating"),
        Column("checked", "Checked"),
    ]
    return Table(
        "kpi-by-period",
        f"{row.kpi.name}: {row.of.provider}, {row.of.unit}"[:150],
        columns,
        [_of_point(point, row) for point in reversed(row.points)],
        source="KPI returns of the providers",
        as_at=on,
        rules=RULES[:2],
    )


def _of_point(point: Point, row: Row) -> dict[str, Any]:
    numerator, denominator = point.numbers or (None, None)
    value = point.value if point.told else None
    return {
        "period": point.of.period.words,
        "numerator": numerator,
        "denominator": denominator,
        "value": NOT_APPLICABLE if point.told and value is None else value,
        "in": unit_of(row.kpi),
        "target": row.kpi.target,
        "rating": RATING_WORDS[point.rating] if point.rating else NOTHING_TOLD,
        "checked": "Yes" if point.of.stage.value == "accepted" else "Not yet",
    }


def _cells(row: Row) -> dict[str, Any]:
    numerator, denominator = row.shown.numbers or (None, None)
    applies = row.value if row.shown.told else None
    peers = row.peers
    return {
        "provider": row.of.provider,
        "unit": row.of.unit,
        "lots": ", ".join(row.lots),
        "kpi": row.kpi.name,
        "period": row.of.period.words,
        "numerator": numerator,
        "denominator": denominator,
        "value": NOT_APPLICABLE if row.shown.told and applies is None else applies,
        "in": unit_of(row.kpi),
        "target": row.kpi.target,
        "rating": RATING_WORDS[row.rating] if row.rating else NOTHING_TOLD,
        "trend": TREND_WORDS[row.trend],
        "missed": row.missed,
        "lower": peers.lower_quartile if peers else None,
        "median": peers.median if peers else None,
        "upper": peers.upper_quartile if peers else None,
        "checked": "Yes" if row.of.stage.value == "accepted" else "Not yet",
    }
