"""Results: each lot as a table with its bars, and behind every number the working that made it."""

from typing import Any

from flask import Response, request, url_for

from portal import tables
from portal.access import Permission, current_viewer, needs
from portal.charts import picture
from portal.evaluation import panel_page, policy, queries, result_figures
from portal.evaluation.asked import questions_of, scales_of, scheme_of
from portal.evaluation.models import Result
from portal.evaluation.result_figures import LotFigures
from portal.evaluation.views import ROWS, bp, start_of_page
from portal.people.actions import note_read
from portal.rounds.models import Round, RoundLot
from portal.web import clock, or_404, page
from scoring.canonical import read_fraction
from scoring.terms import Panel


@bp.get("/council/rounds/<ref>/results")
@needs(Permission.RESULT_READ)
def results(ref: str) -> Response:
    bid_round = _locked_round(ref)
    found = queries.results(bid_round, current_viewer())
    lots = [(lot, [one for one in found if one.round_lot_id == lot.id]) for lot in bid_round.lots]
    return page("evaluation/results.html", round=bid_round, lots=lots, closed=_closed(bid_round))


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
    bid_round = _locked_round(ref)
    found = queries.results(bid_round, current_viewer(), _lot(bid_round, lot).code)
    sort, start = _sorting(), start_of_page()
    shown = _sorted(found, sort)[start : start + ROWS]
    figures = _figures(bid_round, _lot(bid_round, lot), shown)
    return page(
        "evaluation/lot_results.html",
        round=bid_round,
        figures=figures,
        headers=_headers(figures, bid_round, sort),
        chart=picture(figures.bars) if shown else "",
        admitted=sum(one.admitted for one in found),
        total=len(found),
        sort=sort,
        start=start,
        size=ROWS,
        closed=_closed(bid_round),
    )


def _sorting() -> str:
    word = request.args.get("sort", "")
    return word if word in {"-bidder", "total", "-total"} else "bidder"


def _sorted(found: list[Result], sort: str) -> list[Result]:
    """By bidder, or by total on exact values; equals stay by bidder."""
    if sort.endswith("total"):
        down = sort.startswith("-")
        return sorted(found, key=lambda one: read_fraction(one.total) * (-1 if down else 1))
    return found if sort == "bidder" else found[::-1]


def _headers(figures: LotFigures, bid_round: Round, sort: str) -> list[dict[str, Any]]:
    """The headings of the table; bidder and total lead to the other order."""
    headers = figures.table.headers
    for header in headers:
        key = header["key"]
        if key in {"bidder", "total"}:
            other = f"-{key}" if sort == key else key
            header["sort_href"] = url_for(
                ".lot_results", ref=bid_round.ref, lot=figures.lot.code, sort=other
            )
            if sort.removeprefix("-") == key:
                header["sorted"] = "descending" if sort.startswith("-") else "ascending"
    return headers


@bp.get("/council/rounds/<ref>/results/<lot>/table.<kind>")
@needs(Permission.RESULT_READ)
def lot_results_file(ref: str, lot: str, kind: str) -> Response:
    bid_round = _locked_round(ref)
    of_lot = _lot(bid_round, lot)
    found = queries.results(bid_round, current_viewer(), of_lot.code)
    figures = _figures(bid_round, of_lot, found)
    file = tables.download(figures.table, kind)
    note_read(current_viewer(), "results", f"{ref}/{lot}.{kind}", clock())
    return file


@bp.get("/council/rounds/<ref>/results/<lot>/<bid>")
@needs(Permission.RESULT_READ)
def working(ref: str, lot: str, bid: str) -> Response:
    viewer, bid_round = current_viewer(), _locked_round(ref)
    found = {one.application.ref: one for one in queries.results(bid_round, viewer, lot)}
    result = or_404(found.get(bid))
    return page(
        "evaluation/working.html",
        round=bid_round,
        result=result,
        criteria=_criteria(bid_round, result),
        decimals=scheme_of(bid_round).decimals,
        text=result_figures.text,
    )


def _criteria(bid_round: Round, result: Result) -> list[dict[str, Any]]:
    """Each criterion with its questions: the sum, what was agreed and why, and who scored what."""
    questions, scales = questions_of(bid_round), scales_of(bid_round)
    members = {one.person.ref: one.person.name for one in queries.members(bid_round)}
    rows = {
        row.asked.key: row
        for panel in Panel
        for row in queries.agenda(bid_round, panel, application_id=result.application_id)
    }
    told = []
    for criterion in result.content["criteria"]:
        lines = []
        for line in criterion["lines"]:
            question = questions[line["question"]]
            lot_code = result.round_lot.code if question.get("per_lot") else ""
            row = rows[line["question"], lot_code]
            agreed = row.consensus
            present = sorted(members.get(one, one) for one in agreed.present) if agreed else []
            meaning = scales[line["scale"]].label(line["score"])
            lines.append({**line, "row": row, "present": present, "meaning": meaning})
        told.append({**criterion, "lines": lines})
    return told


def _locked_round(ref: str) -> Round:
    viewer = current_viewer()
    bid_round = queries.council_round(ref, viewer)
    policy.may_read_results(viewer, bid_round).or_refuse("results:not-yet")
    return bid_round


def _lot(bid_round: Round, code: str) -> RoundLot:
    lot: RoundLot = or_404(next((one for one in bid_round.lots if one.code == code), None))
    return lot


def _figures(bid_round: Round, lot: RoundLot, found: list[Result]) -> LotFigures:
    def link(row: Any) -> str:
        return url_for("evaluation.working", ref=bid_round.ref, lot=lot.code, bid=row["ref"])

    return result_figures.of_lot(bid_round, lot, found, link)


def _closed(bid_round: Round) -> int:
    return len(queries.standing(current_viewer(), bid_round).closed)
