"""A round as an evidence pack takes it: rows of the tables, as docs/evidence-pack.md tells them.

The number of statements does not grow with bids or scores. Nothing is computed here but the facts of
each lot that no table keeps; what counts for a bid is what was stored when it was computed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.access import Viewer
from portal.audit import Event
from portal.awards.letters import applicants
from portal.content.models import ContentVersion
from portal.evaluation.asked import titles_of
from portal.evaluation.results.entries import entries_of
from portal.evidence.award_rows import award_rows, letter_rows
from portal.evidence.bid_rows import bid_rows
from portal.evidence.decision_rows import correction_rows, decision_rows, people_in
from portal.evidence.price_rows import evaluated_rows, price_rows
from portal.evidence.result_rows import result_rows
from portal.evidence.score_rows import Scored, consensus_rows, score_rows
from portal.evidence.trail_rows import trail_rows
from portal.rounds.models import Round

Row = dict[str, Any]


def collect(bid_round: Round) -> Mapping[str, Any]:
    """Return everything that a pack holds of a round, as `scoring.pack_layout.layout` takes it."""
    bids = applicants(bid_round)
    refs = {bid.id: bid.ref for bid in bids}
    scored = Scored.of(bid_round, refs)
    entries = entries_of(bid_round)
    results = result_rows(bid_round, entries)
    awards = award_rows(bid_round, results)
    corrections = correction_rows(bid_round)
    decisions = decision_rows(bid_round, entries, has_results=bool(results))
    trail = trail_rows(bid_round.audit_chain)
    return {
        "round": {**_round(bid_round), **_quorum(trail)},
        "people": scored.people([*_others(awards), *people_in([*corrections, *decisions])]),
        "scorers": scored.scorer_rows(),
        "bids": bid_rows(bids, Viewer.system()),
        "conflicts": scored.conflict_rows(),
        "sheets": scored.sheet_rows(),
        "scores": score_rows(scored),
        "consensus": consensus_rows(scored),
        "prices": price_rows(bid_round, bids, evaluated_rows(entries, results)),
        "corrections": corrections,
        "decisions": decisions,
        "results": results,
        "awards": awards,
        "letters": letter_rows(bid_round),
        "trail": trail,
    }


def _others(awards: Mapping[str, Any]) -> Sequence[str]:
    return [row["by"] for row in awards["approvals"]]


def _quorum(trail: Mapping[str, Any]) -> Row:
    """How many had to be there when a score was agreed, as the lock recorded it."""
    locks = [
        entry["content"]["detail"]
        for entry in trail["entries"]
        if entry["content"]["event"] == Event.QUALITY_LOCKED.value
    ]
    return {"quorum": locks[-1]["quorum"]} if locks and "quorum" in locks[-1] else {}


def _round(bid_round: Round) -> Row:
    return {
        "ref": bid_round.ref,
        "title": bid_round.title,
        "version": bid_round.version,
        "regime": bid_round.regime.value,
        "lead": bid_round.lead_council.slug,
        "councils": sorted(part.council.slug for part in bid_round.councils),
        "deadline_at": bid_round.deadline_at,
        "lots": [
            {"code": lot.code, "title": lot.title, "cancelled": lot.cancelled_at is not None}
            for lot in bid_round.lots
        ],
        "scheme": _content(bid_round.scheme),
        "scales": [_content(bid_round.officer_scale), _content(bid_round.young_scale)],
        "titles": titles_of(bid_round),
    }


def _content(version: ContentVersion) -> Row:
    return {
        "key": version.key,
        "version": version.version,
        "sha256": version.sha256,
        "body": version.body,
    }
