"""The bids of a round: which there are, for which lots, and what the viewer may call them."""

import hmac
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload, load_only

from portal.access import Viewer
from portal.applications.models import Application, BidLot
from portal.db import db
from portal.evaluation import policy
from portal.evaluation.remembered import remembered
from portal.providers.models import Provider
from portal.rounds.models import Round, RoundLot
from scoring.stages import ApplicationLotStage, ApplicationStage

IN_EVALUATION = (
    ApplicationStage.COMPLIANT,
    ApplicationStage.EVALUATED,
    ApplicationStage.ADMITTED,
    ApplicationStage.NOT_ADMITTED,
)
GONE_ON = (
    ApplicationLotStage.PASSED,
    ApplicationLotStage.ADMITTED,
    ApplicationLotStage.NOT_ADMITTED,
)


def bids(bid_round: Round) -> Sequence[Application]:
    """The bids that passed the compliance check, by name."""
    found = db.session.scalars(
        select(Application)
        .where(Application.round_id == bid_round.id, Application.stage.in_(IN_EVALUATION))
        .options(joinedload(Application.provider))
    ).all()
    return sorted(found, key=lambda bid: bid.provider.name.casefold())


def bids_in_brief(bid_round: Round) -> Sequence[Application]:
    """The same with their names and stages only: for pages that count hundreds of them."""
    found = db.session.scalars(
        select(Application)
        .where(Application.round_id == bid_round.id, Application.stage.in_(IN_EVALUATION))
        .options(
            load_only(
                Application.ref,
                Application.stage,
                Application.round_id,
                Application.provider_id,
                Application.standing_number,
                Application.let_go_at,
            ),
            joinedload(Application.provider).load_only(Provider.name),
        )
    ).all()
    return sorted(found, key=lambda bid: bid.provider.name.casefold())


def bid_ids(bid_round: Round) -> list[int]:
    """The bids that passed the compliance check."""
    wanted = select(Application.id).where(
        Application.round_id == bid_round.id, Application.stage.in_(IN_EVALUATION)
    )
    return remembered(("bids", bid_round.id), lambda: list(db.session.scalars(wanted)))


def list_is_whole(bid_round: Round) -> bool:
    """Whether the compliance check has decided on every application, and at least one passed."""
    stages = set(
        db.session.scalars(select(Application.stage).where(Application.round_id == bid_round.id))
    )
    return ApplicationStage.OPENED not in stages and not stages.isdisjoint(IN_EVALUATION)


def lots_of(application_ids: Collection[int]) -> dict[int, list[RoundLot]]:
    """The lots for which each bid passed the compliance check, in the order of the round."""
    ids = frozenset(application_ids)
    return remembered(("lots", ids), lambda: _lots_of(ids))


def _lots_of(application_ids: Collection[int]) -> dict[int, list[RoundLot]]:
    rows = db.session.execute(
        select(BidLot.application_id, RoundLot)
        .join(BidLot.round_lot)
        .where(BidLot.application_id.in_(application_ids), BidLot.stage.in_(GONE_ON))
        .order_by(RoundLot.position)
    )
    lots: dict[int, list[RoundLot]] = defaultdict(list)
    for application_id, lot in rows:
        lots[application_id].append(lot)
    return lots


def blind_labels(bid_round: Round, applications: Iterable[Application]) -> dict[int, str]:
    """ "Bid A", "Bid B" … in an order that only the installation's key knows."""
    key = str(current_app.config["AUDIT_KEY"]).encode()

    def shuffled(application: Application) -> str:
        return hmac.new(key, f"{bid_round.ref}|{application.ref}".encode(), sha256).hexdigest()

    ordered = sorted(applications, key=shuffled)
    return {bid.id: f"Bid {_letters(number)}" for number, bid in enumerate(ordered)}


def _letters(number: int) -> str:
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def labels_for(bid_round: Round) -> Mapping[int, str]:
    """Blind labels of a round's bids."""
    return blind_labels(bid_round, bids_in_brief(bid_round))


def name_of(viewer: Viewer, application: Application) -> str:
    """What the viewer calls one bid."""
    bid_round = application.round
    labels = labels_for(bid_round) if policy.hides_names(viewer, bid_round) else {}
    return policy.bidder_name(viewer, application, labels)


def names_for(
    viewer: Viewer, bid_round: Round, applications: Sequence[Application]
) -> dict[int, str]:
    """What the viewer calls each bid, in the order of these names: it must tell nothing either."""
    labels = blind_labels(bid_round, applications) if bid_round.blind else {}
    if policy.hides_names(viewer, bid_round):  # the same for every bid of the round
        names = {bid.id: labels.get(bid.id, "Bid") for bid in applications}
    else:
        names = {bid.id: bid.provider.name for bid in applications}
    return dict(
        sorted(names.items(), key=lambda one: (len(one[1]) if labels else 0, one[1].casefold()))
    )
