"""The results that were stored, and what holds for each lot as a whole."""

from typing import Any

from portal.access import Viewer
from portal.evaluation import queries as evaluation
from portal.evaluation.asked import scheme_of
from portal.evaluation.results.entries import Entries
from portal.evaluation.results.outcome import computed
from portal.rounds.models import Round
from scoring.results_content import round_content


def result_rows(bid_round: Round, entries: Entries) -> list[dict[str, Any]]:
    """Each lot (and council) with its bids; nothing while no results stand.

    A bid's result is what was kept, whatever would be computed today.
    """
    kept = {
        (one.application.ref, one.round_lot.code, one.council): one.content
        for one in evaluation.results(bid_round, Viewer.system())
    }
    if not kept:
        return []
    lots = round_content(scheme_of(bid_round), computed(bid_round, entries))
    for lot in lots:
        for bid in lot["bids"]:
            bid["result"] = kept[bid["bid"], lot["lot"], lot["council"]]
    return lots
