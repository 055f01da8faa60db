"""A round as an evidence pack takes it: rows of the tables, as docs/evidence-pack.md tells them.

The number of statements does not grow with bids or scores. Nothing is computed here but the facts of
each lot that no table keeps; what counts for a bid is what was stored when it was computed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.access import Viewer
from portal.awards.letters import applicants
from portal.content.models import ContentVersion
from portal.evaluation.asked import questions_of
from portal.evidence.award_rows import award_rows, letter_rows
from portal.evidence.bid_rows import bid_rows, price_rows
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
    results = result_rows(bid_round, scored)
    awards = award_rows(bid_round, results)
    return {
        "round": _round(bid_round),
        "people": scored.people(_others(awards)),
        "scorers": scored.scorer_rows(),
        "bids": bid_rows(bids, Viewer.system()),
        "conflicts": scored.conflict_rows(),
        "sheets": scored.sheet_rows(),
        "scores": score_rows(scored),
        "consensus": consensus_rows(scored),
        "prices": price_rows(bids, Viewer.system()),
        "results": results,
        "awards": awards,
        "letters": letter_rows(bid_round),
        "trail": trail_rows(bid_round.audit_chain),
    }


def _others(awards: Mapping[str, Any]) -> Sequence[str]:
    return [row["by"] for row in awards["approvals"]]


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
        "titles": {
            key: question.get("title") or question["label"]
            for key, question in questions_of(bid_round).items()
        },
    }


def _content(version: ContentVersion) -> Row:
    return {
        "key": version.key,
        "version": version.version,
        "sha256": version.sha256,
        "body": version.body,
    }
