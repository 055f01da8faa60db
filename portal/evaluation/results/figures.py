"""The results of a lot as people read them: one table for page and files, and the bars beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from portal.charts import Bars, Series, stacked_bars
from portal.evaluation.asked import scheme_of
from portal.evaluation.decisions.queries import LotPlace
from portal.evaluation.models import Result
from portal.evaluation.results import words as result_words
from portal.figures import Column, Kind, display
from portal.rounds.models import Round, RoundLot
from portal.tables import Table
from scoring.canonical import read_fraction
from scoring.criteria import WHOLE_BP, Scheme
from scoring.pricing import EXPLAIN

EVERY_COUNCIL = "Every council"

Link = Callable[[Mapping[str, Any], str], str | None]
"""The address of a row's working, at the place of one number."""


@dataclass(frozen=True, slots=True)
class LotFigures:
    """One lot's results: the table with its rule in sentences, and the bars."""

    lot: RoundLot
    table: Table
    bars: Bars


def of_lot(
    bid_round: Round,
    lot: RoundLot,
    results: Sequence[Result],
    link: Link,
    *,
    told: Mapping[LotPlace, str] | None = None,
    councils: Mapping[int, Sequence[str]] | None = None,
) -> LotFigures:
    """The figures of one lot (at one council, where each is evaluated by itself).

    Args:
        told: what has become of low prices, as `decisions.queries.told_of_low_prices` says it.
        councils: by result, those to which the lot is offered, where that is not all of them.
    """
    scheme = scheme_of(bid_round)
    rows = [
        {
            **_row(result, scheme, told or {}),
            "councils": ", ".join((councils or {}).get(result.id, ())) or EVERY_COUNCIL,
        }
        for result in results
    ]
    criteria = scheme.criteria
    table = Table(
        key="results",
        title=f"Results of lot {lot.code}",
        columns=_columns(scheme, link, with_councils=bool(councils)),
        rows=rows,
        source=f"{bid_round.title}, lot {lot.code}: {lot.title}",
        as_at=results[0].computed_at if results else bid_round.quality_locked_at,
        rules=result_words.rules(bid_round, scheme, lot.code),
    )
    bars = stacked_bars(
        f"Points of each bidder in lot {lot.code}",
        [row["bidder"] for row in rows],
        [Series(one.title, tuple(row[one.key] for row in rows)) for one in criteria],
        axis=f"Points of {_whole(scheme)}",
        column=_points("points", "Points", scheme),
        marks=_total_needed(scheme),
    )
    return LotFigures(lot, table, bars)


def _whole(scheme: Scheme) -> str:
    return result_words.points_text(scheme.total_points, scheme)


def _total_needed(scheme: Scheme) -> list[tuple[str, Fraction]]:
    """The threshold on the total, as a line across the bars; price stands behind it."""
    if scheme.total_share_bp is None:
        return []
    needed = Fraction(scheme.total_share_bp, WHOLE_BP) * result_words.without_price(scheme)
    return [("Needed in total" if scheme.price is None else "Needed without price", needed)]


def _columns(scheme: Scheme, link: Link, *, with_councils: bool) -> list[Column]:
    worth = scheme.available()
    ranks = [Column("rank", "Rank", Kind.WHOLE)] if scheme.ranked else []
    prices = [_linked(Column("price_asked", "Price compared", Kind.MONEY), link)]
    return [
        Column("bidder", "Bidder"),
        *([Column("councils", "Offered to")] if with_councils else []),
        *ranks,
        *(
            _linked(
                _points(one.key, f"{one.title} (of {_of(worth[one.key], scheme)})", scheme), link
            )
            for one in scheme.criteria
        ),
        _linked(_points("total", f"Total (of {_whole(scheme)})", scheme), link),
        *(prices if scheme.price is not None else ()),
        Column("outcome", "Outcome"),
        Column("why", "Why not" if scheme.price is None else "Why, and what to look into"),
    ]


def _linked(column: Column, link: Link) -> Column:
    key = column.key
    return Column(
        key,
        column.title,
        column.kind,
        decimals=column.decimals,
        link=lambda row: link(row, key),
    )


def _points(key: str, title: str, scheme: Scheme) -> Column:
    return Column(key, title, Kind.NUMBER, decimals=scheme.decimals)


def _of(points: Fraction, scheme: Scheme) -> str:
    return display(points, _points("points", "", scheme))


def _row(result: Result, scheme: Scheme, told: Mapping[LotPlace, str]) -> dict[str, Any]:
    content = result.content
    points = {one["key"]: read_fraction(one["points"]) for one in content["criteria"]}
    priced = content.get("price")
    return {
        "ref": result.application.ref,
        "council": result.council,
        "rank": content.get("rank"),
        "bidder": result.application.provider.name,
        **{one.key: points.get(one.key) for one in scheme.criteria},
        "total": read_fraction(content["total"]),
        "price_asked": read_fraction(priced["price"]) if priced else None,
        "admitted": result.admitted,
        "outcome": outcome_of(content, scheme),
        "why": " ".join(why(content, told.get(place_of(result), ""))),
    }


def outcome_of(content: Mapping[str, Any], scheme: Scheme) -> str:
    """A result in two or three words."""
    if content["findings"]:
        return "Below a threshold" if _misses_only(content) else "Not awarded"
    if not scheme.ranked:
        return "Over every threshold" if content["admitted"] else "Not awarded"
    return "Awarded" if content["admitted"] else "Not awarded"


def _misses_only(content: Mapping[str, Any]) -> bool:
    return all(one["code"].startswith("threshold:") for one in content["findings"])


def place_of(result: Result) -> LotPlace:
    return (result.application_id, result.round_lot_id, result.council)


def why(content: Mapping[str, Any], told: str = "") -> list[str]:
    """Why a bid is not awarded, and what people must look into.

    Args:
        told: what has become of a low price; it stands instead of what was to be done about it.
    """
    parts = ("findings", "award_findings", "flags")
    found = [finding["message"] for part in parts for finding in content.get(part, ())]
    return [words.replace(EXPLAIN, told) if told else words for words in found]


def text(fraction: str, decimals: int) -> str:
    """A kept "n/d" as it is printed in the table."""
    return display(read_fraction(fraction), Column("points", "", Kind.NUMBER, decimals=decimals))
