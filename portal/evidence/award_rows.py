"""What was recommended, approved and told the bidders."""

from collections.abc import Sequence
from typing import Any

from portal.awards import queries as awards
from portal.rounds.models import Round

Row = dict[str, Any]


def award_rows(bid_round: Round, results: Sequence[Row]) -> Row:
    """Who is awarded where, with the recommendation that stands and every council's decision."""
    recommendation = awards.recommendation_of(bid_round)
    admitted = [
        {"bid": bid["bid"], "lot": lot["lot"], "council": lot["council"]}
        for lot in results
        for bid in lot["bids"]
        if bid["result"]["admitted"]
    ]
    if recommendation is None:
        return {"admitted": [], "recommendation": None, "approvals": []}
    return {
        "admitted": sorted(admitted, key=lambda one: (one["lot"], one["council"], one["bid"])),
        "recommendation": {
            "ref": recommendation.ref,
            "content": recommendation.content,
            "sha256": recommendation.sha256,
            "reason": recommendation.reason,
        },
        "approvals": [
            {
                "council": one.council.slug,
                "decision": one.decision.value,
                "by": one.decided_by.ref,
                "at": one.decided_at,
                "reference": one.decision_reference,
                "delegation_limit_pence": one.delegation_limit_pence,
                "call_in_until_on": one.call_in_until_on,
                "reason": one.reason,
            }
            for one in recommendation.approvals
        ],
    }


def letter_rows(bid_round: Round) -> list[Row]:
    """The letters whose PDF is made, each with the hash of what it says and of its file."""
    return [
        {
            "bid": one.application.ref,
            "ref": one.ref,
            "file": letter_name(one.ref),
            "content_sha256": one.sha256,
            "sha256": one.file.sha256,
            "trail_head": one.trail_head,
        }
        for one in awards.letters_of(bid_round)
        if one.file is not None
    ]


def letter_name(ref: str) -> str:
    """Where a letter lies in a pack."""
    return f"letters/{ref}.pdf"
