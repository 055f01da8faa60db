"""Two officers open the prices together, once quality is locked; results are computed at that moment.

Until then nobody at a council has seen a price, and no query of the portal hands one out.
"""

from datetime import datetime

from portal import audit, mail
from portal.access import Viewer
from portal.applications.opening import envelopes
from portal.audit import Event
from portal.db import db
from portal.evaluation import queries
from portal.evaluation.prices import policy as policy_prices
from portal.evaluation.prices.models import Cause, PriceOpening
from portal.evaluation.prices.queries import opening_of
from portal.evaluation.results import outcome
from portal.rounds import queries as rounds
from portal.rounds.models import Round
from scoring.rules import RuleBroken


def begin(bid_round: Round, *, actor: Viewer, now: datetime) -> PriceOpening:
    """The first officer asks for it; the others learn that it waits.

    Raises:
        RuleBroken: `price-opening:not-allowed`.
    """
    queries.hold(bid_round)
    standing = queries.standing(actor, bid_round)
    policy_prices.may_begin(actor, bid_round, standing, opening_of(bid_round)).or_refuse(
        "price-opening:not-allowed"
    )
    opening = PriceOpening(
        round=bid_round, first_officer_id=actor.person_id, first_at=now, envelopes=[]
    )
    db.session.add(opening)
    db.session.flush()
    audit.record(Event.PRICE_OPENING_STARTED, bid_round, actor=actor, now=now)
    mail.write(
        mail.Message.PRICE_OPENING_WAITS,
        [one for one in rounds.officers(bid_round) if one.id != actor.person_id],
        now=now,
        about=bid_round.ref,
        title=bid_round.title,
    )
    return opening


def take_back(bid_round: Round, *, actor: Viewer, now: datetime) -> None:
    """The first officer takes the request back; it can be begun anew.

    Raises:
        RuleBroken: `price-opening:not-allowed`.
    """
    queries.hold(bid_round)
    opening = opening_of(bid_round)
    policy_prices.may_take_back(actor, opening).or_refuse("price-opening:not-allowed")
    db.session.delete(opening)
    db.session.flush()
    audit.record(Event.PRICE_OPENING_TAKEN_BACK, bid_round, actor=actor, now=now)


def confirm(bid_round: Round, *, actor: Viewer, now: datetime) -> PriceOpening:
    """The second officer confirms: the prices are open, and every result is computed.

    Each envelope is compared with what was sealed. What cannot be computed (a price that is
    missing) does not undo the opening: the reason stands where the results would, for people to
    decide on.

    Raises:
        RuleBroken: `price-opening:not-allowed`.
    """
    queries.hold(bid_round)
    opening, standing = opening_of(bid_round), queries.standing(actor, bid_round)
    decision = policy_prices.may_confirm(actor, bid_round, standing, opening)
    if opening is None or not decision:
        raise RuleBroken("price-opening:not-allowed", decision.reason)
    opening.second_officer_id, opening.second_at = actor.person_id, now
    opening.envelopes = envelopes.examined(queries.bid_ids(bid_round))
    bid_round.prices_opened_at = now
    db.session.flush()
    audit.record(
        Event.PRICES_OPENED,
        bid_round,
        actor=actor,
        now=now,
        first_officer=opening.first_officer.ref,
        second_officer=actor.ref,
        envelopes=[
            [one["application"], one["receipt"], one["prices_sha256"], not one["problems"]]
            for one in opening.envelopes
        ],
    )
    outcome.compute_and_record(bid_round, Cause.PRICES, actor=actor, now=now)
    return opening
