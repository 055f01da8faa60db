"""The results that were stored, and what holds for each lot as a whole."""

from collections import Counter
from dataclasses import replace
from typing import Any

from portal.access import Viewer
from portal.evaluation import queries as evaluation
from portal.evaluation.asked import questions_of, scales_of, scheme_of
from portal.evaluation.outcome import entered
from portal.evidence.score_rows import Scored, score_rows
from portal.rounds.models import Round
from scoring.awards import Entry, compute_round
from scoring.results import Place
from scoring.results_content import round_content
from scoring.terms import Panel


def result_rows(bid_round: Round, scored: Scored) -> list[dict[str, Any]]:
    """Each lot with its bids; a bid's result is what was kept, whatever would be computed today."""
    scheme, pairs = scheme_of(bid_round), _pairs(bid_round, scored)
    young = [one.question for one in scheme.questions_for(Panel.YOUNG)]
    entries = {
        Place(lot): Entry(
            {
                ref: replace(one, pairs={key: pairs[ref, key] for key in young})
                for ref, one in bids.items()
            }
        )
        for lot, bids in entered(bid_round).items()
    }
    titles = {
        key: question.get("title") or question["label"]
        for key, question in questions_of(bid_round).items()
    }
    lots = round_content(scheme, compute_round(scheme, scales_of(bid_round), entries, titles))
    kept = {
        (one.application.ref, one.round_lot.code): one.content
        for one in evaluation.results(bid_round, Viewer.system())
    }
    for lot in lots:
        for bid in lot["bids"]:
            bid["result"] = kept[bid["bid"], lot["lot"]]
    return lots


def _pairs(bid_round: Round, scored: Scored) -> Counter[tuple[str, str]]:
    """How many pairs gave each of the young people's questions of each bid a score."""
    young = {one.question for one in scheme_of(bid_round).questions_for(Panel.YOUNG)}
    return Counter(
        (row["bid"], row["question"])
        for row in score_rows(scored)
        if row["question"] in young and row["counts"] and row["score"] is not None
    )
