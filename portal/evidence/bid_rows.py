"""What was submitted, and for which lots."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access import Viewer
from portal.applications.models import Application, BidLot
from portal.applications.queries_bids import submitted_texts
from portal.db import db
from scoring.stages import ApplicationLotStage

# A lot that passed its check stays passed for the panel, however the award ends for it.
PASSED = frozenset(
    {
        ApplicationLotStage.PASSED,
        ApplicationLotStage.ADMITTED,
        ApplicationLotStage.NOT_ADMITTED,
    }
)


def bid_rows(bids: Sequence[Application], viewer: Viewer) -> list[dict[str, Any]]:
    """Every bid that was opened, with the outcome of its check lot by lot."""
    ids = [bid.id for bid in bids]
    texts, lots = submitted_texts(ids, viewer), _lots(ids)
    found = []
    for bid in bids:
        submission, _ = texts[bid.id]
        content = json.loads(submission.content)
        found.append(
            {
                "bid": bid.ref,
                "provider": bid.provider.ref,
                "name": bid.provider.name,
                "receipt": submission.ref,
                "received_at": submission.received_at,
                "sha256": submission.sha256,
                "prices_sha256": content["prices_sha256"],
                "lots": [_lot(one) for one in lots.get(bid.id, ())],
                "preferences": list(content.get("lot_order", [])),
                "content": content,
                **_marked(content),
            }
        )
    return found


def _marked(content: dict[str, Any]) -> dict[str, Any]:
    """Which parts the bidder marked as confidential, in every form of the pack; why is hidden
    with the texts where the form hides them."""
    marks = [
        {name: one[name] for name in ("kind", "key", "lot", "exemption", "until")}
        for one in content.get("confidential", [])
    ]
    return {"marked": marks} if marks else {}


def _lots(application_ids: Sequence[int]) -> dict[int, list[BidLot]]:
    found: dict[int, list[BidLot]] = {}
    for one in db.session.scalars(
        select(BidLot)
        .where(BidLot.application_id.in_(application_ids))
        .options(joinedload(BidLot.round_lot))
    ):
        found.setdefault(one.application_id, []).append(one)
    for own in found.values():
        own.sort(key=lambda one: one.round_lot.position)
    return found


def _lot(one: BidLot) -> dict[str, Any]:
    outcome = "passed" if one.stage in PASSED else one.stage.value
    offered_to = {"councils": " ".join(one.councils)} if one.councils else {}
    return {"lot": one.round_lot.code, "outcome": outcome, "why": one.reason, **offered_to}
