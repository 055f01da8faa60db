"""Results: each lot as a table with its bars, and behind every number the working that made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for

from portal import tables
from portal.access import Permission, current_viewer, needs
from portal.charts import picture
from portal.evaluation import policy, queries
from portal.evaluation.asked import scheme_of
from portal.evaluation.decisions import policy as policy_decisions, queries as queries_decisions
from portal.evaluation.models import Result
from portal.evaluation.panels import page as panel_page
from portal.evaluation.prices import provisional, queries as queries_prices
from portal.evaluation.prices.evaluated import places_of
from portal.evaluation.results import (
    figures as result_figures,
    queries as queries_results,
    words as result_words,
    working as result_working,
)
from portal.evaluation.results.figures import LotFigures
from portal.evaluation.results.queries import Outline
from portal.evaluation.views import ROWS, bp, start_of_page
from portal.people.actions import note_read
from portal.rounds.models import Round, RoundLot
from portal.web import clock, or_404, page
from scoring.canonical import fraction_text

SORTS = ("bidder", "-bidder", "total", "-total", "rank", "-rank")


@bp.get("/council/rounds/<ref>/results")
@needs(Permission.RESULT_READ)
def results(ref: str) -> Response:
    viewer, bid_round = current_viewer(), _locked_round(ref)
    found = queries_results.outlines(bid_round, viewer)
    computation = queries_prices.computation_of(bid_round)
    return page(
        "evaluation/results.html",
        round=bid_round,
        lots=[_LotRow.of(bid_round, lot, found.rows) for lot in bid_round.lots],
        ranked=scheme_of(bid_round).ranked,
        closed=found.closed,
        sealed=bid_round.prices_opened_at is None,
        computation=computation,
        councils=_councils(bid_round),
        bidding=provisional.numbers(bid_round) if bid_round.prices_opened_at is None else {},
    )


@dataclass(frozen=True, slots=True)
class _LotRow:
    """A lot with how many bids it has, at each council where each is evaluated by itself."""

    lot: RoundLot
    places: list[tuple[str, int, int]]  # council or empty, bids, awarded or over every threshold

    @classmethod
    def of(cls, bid_round: Round, lot: RoundLot, found: list[Outline]) -> "_LotRow":
        places = []
        for place in places_of(bid_round, lot.code):
            own = [one for one in found if (one.lot_code, one.council) == (lot.code, place.council)]
            places.append((place.council, len(own), sum(one.admitted for one in own)))
        return cls(lot, places)


@bp.get("/council/rounds/<ref>/results/panel")
@needs(Permission.RESULT_READ)
def panel_record(ref: str) -> Response:
    """Who scored, moderated and signed off, and what they declared: for whoever judges the award."""
    bid_round = _locked_round(ref)
    shown = panel_page.of(bid_round, current_viewer())
    return page("evaluation/panel.html", round=bid_round, panel=shown)


@bp.get("/council/rounds/<ref>/results/<lot>")
@needs(Permission.RESULT_READ)
def lot_results(ref: str, lot: str) -> Response:
    viewer, bid_round = current_viewer(), _locked_round(ref)
    of_lot, council = _lot(bid_round, lot), _council(bid_round, lot)
    if bid_round.prices_opened_at is None:
        return _provisional(bid_round, of_lot)
    found = queries_results.outlines(bid_round, viewer, lot, council)
    sort, start = _sorting(bid_round), start_of_page()
    shown = queries_results.whole(_sorted(found.rows, sort)[start : start + ROWS])
    figures = _figures(bid_round, of_lot, shown)
    return page(
        "evaluation/lot_results.html",
        round=bid_round,
        figures=figures,
        headers=_headers(figures, bid_round, council, sort),
        chart=picture(figures.bars) if shown else "",
        told=_told(bid_round, lot, council, {one.bid: one.bidder for one in found.rows}),
        ranked=scheme_of(bid_round).ranked,
        admitted=sum(one.admitted for one in found.rows),
        total=len(found.rows),
        sort=sort,
        start=start,
        size=ROWS,
        closed=found.closed,
        at_council=council,
        councils=_councils(bid_round),
        slugs=[place.council for place in places_of(bid_round, lot)],
    )


def _provisional(bid_round: Round, lot: RoundLot) -> Response:
    """Quality is locked and prices are sealed: all points but those of price, and no rank."""
    start = start_of_page()
    found = provisional.of_lot(bid_round, lot, current_viewer(), start, ROWS)
    return page(
        "evaluation/provisional.html",
        round=bid_round,
        lot=lot,
        table=found.table,
        total=found.total,
        closed=found.closed,
        refusal=found.refusal,
        start=start,
        size=ROWS,
    )


def _told(
    bid_round: Round, lot: str, council: str, names: Mapping[str, str]
) -> Mapping[str, list[str]]:
    """What stands for the lot as a whole: what must be settled, and what it was measured by."""
    computation = queries_prices.computation_of(bid_round)
    lots = [] if computation is None else computation.lots
    here = (one for one in lots if (one["lot"], one["council"]) == (lot, council))
    facts = next(here, None)
    if facts is None:
        return {"open": [], "facts": []}
    return {
        "open": [result_words.named(one["message"], names) for one in facts["findings"]],
        "facts": result_words.of_the_lot(bid_round, scheme_of(bid_round), facts, names),
    }


def _sorting(bid_round: Round) -> str:
    word = request.args.get("sort", "")
    return word if word in SORTS else "rank" if scheme_of(bid_round).ranked else "bidder"


def _sorted(found: list[Outline], sort: str) -> list[Outline]:
    """By bidder, by total on exact values, or by rank; equals stay by bidder."""
    down = -1 if sort.startswith("-") else 1
    if sort.endswith("total"):
        return sorted(found, key=lambda one: one.total * down)
    if sort.endswith("rank"):
        last = len(found) + 1  # whoever has no rank stands after all others, best total first
        return sorted(found, key=lambda one: ((one.rank or last) * down, -one.total))
    return found if sort == "bidder" else found[::-1]


def _headers(
    figures: LotFigures, bid_round: Round, council: str, sort: str
) -> list[dict[str, Any]]:
    """The headings of the table; bidder, rank and total lead to the other order."""
    headers = figures.table.headers
    for header in headers:
        key = header["key"]
        if key in {"bidder", "rank", "total"}:
            other = f"-{key}" if sort == key else key
            header["sort_href"] = url_for(
                ".lot_results",
                ref=bid_round.ref,
                lot=figures.lot.code,
                council=council or None,
                sort=other,
            )
            if sort.removeprefix("-") == key:
                header["sorted"] = "descending" if sort.startswith("-") else "ascending"
    return headers


@bp.get("/council/rounds/<ref>/results/<lot>/table.<kind>")
@needs(Permission.RESULT_READ)
def lot_results_file(ref: str, lot: str, kind: str) -> Response:
    viewer, bid_round = current_viewer(), _locked_round(ref)
    found = queries_results.outlines(bid_round, viewer, lot, _council(bid_round, lot)).rows
    shown = queries_results.whole(_sorted(found, _sorting(bid_round)))
    file = tables.download(_figures(bid_round, _lot(bid_round, lot), shown).table, kind)
    note_read(viewer, "results", f"{ref}/{lot}.{kind}", clock())
    return file


@bp.get("/council/rounds/<ref>/results/<lot>/<bid>")
@needs(Permission.RESULT_READ)
def working(ref: str, lot: str, bid: str) -> Response:
    viewer, bid_round = current_viewer(), _locked_round(ref)
    council = _council(bid_round, _lot(bid_round, lot).code)
    result, earlier = or_404(queries_results.result_at(bid_round, viewer, lot, council, bid))
    scheme = scheme_of(bid_round)
    return page(
        "evaluation/working.html",
        round=bid_round,
        result=result,
        criteria=result_working.criteria_of(bid_round, result),
        price=result_working.price_of(bid_round, result, viewer),
        outcome=result_figures.outcome_of(result.content, scheme),
        why=[
            result_words.named(one, {result.application.ref: result.application.provider.name})
            for one in result_figures.why(result.content, _told_of(result))
        ],
        earlier=earlier,
        may_correct=policy_decisions.may_correct(
            viewer, bid_round, result.application_id, queries.standing(viewer, bid_round).closed
        ),
        whole=result_words.points_text(scheme.total_points, scheme),
        result_whole=fraction_text(scheme.total_points),
        at_council=_councils(bid_round).get(council, ""),
        decimals=scheme.decimals,
        text=result_figures.text,
    )


def _told_of(result: Result) -> str:
    """What has become of the price of one bid, if it was flagged."""
    flags = result.content.get("flags")
    return queries_decisions.told_of_low_price(result) if flags else ""


def _locked_round(ref: str) -> Round:
    viewer = current_viewer()
    bid_round = queries.council_round(ref, viewer)
    policy.may_read_results(viewer, bid_round).or_refuse("results:not-yet")
    return bid_round


def _lot(bid_round: Round, code: str) -> RoundLot:
    lot: RoundLot = or_404(next((one for one in bid_round.lots if one.code == code), None))
    return lot


def _council(bid_round: Round, lot: str) -> str:
    """The council of the address, where price is evaluated for each: the first when it names none."""
    there = [place.council for place in places_of(bid_round, lot)]
    wanted = request.args.get("council", there[0])
    return str(or_404(wanted if wanted in there else None)) if wanted else ""


def _councils(bid_round: Round) -> dict[str, str]:
    """The councils of the round by their name in addresses."""
    return {part.council.slug: part.council.name for part in bid_round.councils}


def _figures(bid_round: Round, lot: RoundLot, found: list[Result]) -> LotFigures:
    def link(row: Mapping[str, Any], place: str) -> str:
        anchor = "price" if place == "price_asked" else place
        return url_for(
            "evaluation.working",
            ref=bid_round.ref,
            lot=lot.code,
            bid=row["ref"],
            council=row["council"] or None,
            _anchor=None if place == "total" else anchor,
        )

    flags = any(one.content.get("flags") for one in found)
    told = queries_decisions.told_of_low_prices(bid_round) if flags else {}
    councils = queries_results.offered_to(found, bid_round)
    return result_figures.of_lot(bid_round, lot, found, link, told=told, councils=councils)
