"""Two officers open a round together. Until then nobody at a council has seen anything of a bid."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal import audit, mail
from portal.access import Viewer
from portal.applications.models import Application, BidLot, PriceEnvelope
from portal.applications.opening import policy as policy_opening, queries as queries_opening
from portal.applications.opening.integrity import Examined, examine
from portal.audit import AuditEntry, Event
from portal.db import db
from portal.rounds import queries as rounds
from portal.rounds.models import Round, RoundLot, RoundOpening
from scoring.rules import RuleBroken
from scoring.stages import APPLICATION, ROUND, ApplicationStage, move


def begin_opening(bid_round: Round, *, actor: Viewer, now: datetime) -> RoundOpening:
    """The first officer asks for the opening; the others learn that it waits.

    Raises:
        RuleBroken: `opening:not-allowed`; `round:open:…` when it is too early.
    """
    opening, refusal = _look(bid_round, now)
    _refuse_time(actor, bid_round, refusal)
    policy_opening.may_begin(actor, bid_round, opening, refusal).or_refuse("opening:not-allowed")
    opening = RoundOpening(round=bid_round, first_officer_id=actor.person_id, first_at=now, bids=[])
    db.session.add(opening)
    db.session.flush()
    audit.record(Event.OPENING_STARTED, bid_round, actor=actor, now=now)
    others = [one for one in rounds.officers(bid_round) if one.id != actor.person_id]
    mail.write(
        mail.Message.OPENING_WAITS, others, now=now, about=bid_round.ref, title=bid_round.title
    )
    return opening


def take_back_opening(bid_round: Round, *, actor: Viewer, now: datetime) -> None:
    """The first officer takes the request back; it can be begun anew.

    Raises:
        RuleBroken: `opening:not-allowed`.
    """
    opening, _ = _look(bid_round, now)
    policy_opening.may_take_back(actor, opening).or_refuse("opening:not-allowed")
    db.session.delete(opening)
    db.session.flush()
    audit.record(Event.OPENING_TAKEN_BACK, bid_round, actor=actor, now=now)


def confirm_opening(bid_round: Round, *, actor: Viewer, now: datetime) -> RoundOpening:
    """The second officer confirms, and at that moment the round is opened.

    Each standing submission is compared with its receipt, its prices and the trail; what does not
    hold is recorded beside its hash, and the bid is opened all the same, for people to look into.

    Raises:
        RuleBroken: `opening:not-allowed`; `round:open:…` when it is too early.
    """
    opening, refusal = _look(bid_round, now)
    _refuse_time(actor, bid_round, refusal)
    decision = policy_opening.may_confirm(actor, bid_round, opening, refusal)
    if opening is None or not decision:
        raise RuleBroken("opening:not-allowed", decision.reason)
    opening.second_officer_id, opening.second_at = actor.person_id, now
    opening.bids = _open_bids(bid_round)
    bid_round.stage = move(ROUND, bid_round.stage, "open")
    bid_round.opened_at = now
    db.session.flush()
    audit.record(
        Event.ROUND_OPENED,
        bid_round,
        actor=actor,
        now=now,
        first_officer=opening.first_officer.ref,
        second_officer=actor.ref,
        bids=[
            [bid["application"], bid["receipt"], bid["sha256"], not bid["problems"]]
            for bid in opening.bids
        ],
    )
    return opening


def _look(bid_round: Round, now: datetime) -> tuple[RoundOpening | None, RuleBroken | None]:
    """The state of affairs, with the round locked: two officers may press at the same moment."""
    db.session.refresh(bid_round, attribute_names=["stage"], with_for_update=True)
    return queries_opening.opening_of(bid_round), queries_opening.refusal_at(bid_round, now)


def _refuse_time(actor: Viewer, bid_round: Round, refusal: RuleBroken | None) -> None:
    """An officer is told by its own name why it is too early; others learn nothing of it."""
    if refusal is not None and policy_opening.is_officer(actor, bid_round):
        raise refusal


def _open_bids(bid_round: Round) -> list[dict[str, Any]]:
    """Move every application of the round on; returns what was found of each bid."""
    applications = db.session.scalars(
        select(Application)
        .where(Application.round_id == bid_round.id)
        .options(selectinload(Application.submissions))
        .order_by(Application.ref)
    ).all()
    envelopes, trail = _envelopes(applications), _trail(bid_round)
    lots = {lot.code: lot for lot in bid_round.lots}
    found = []
    for application in applications:
        if application.stage is ApplicationStage.DRAFT:
            application.stage = move(APPLICATION, application.stage, "lapse")
            continue
        standing = application.standing
        envelope = envelopes.get(standing.id) if standing else None
        examined = examine(standing, envelope, trail.get(standing.ref if standing else "", ""))
        application.stage = move(APPLICATION, application.stage, "open")
        for code in examined.lots:
            if code in lots and lots[code].cancelled_at is not None:
                examined.problems.append(f"Lot {code} was withdrawn, so it is not assessed.")
            elif code in lots:
                db.session.add(_bid_lot(application, lots[code], examined))
            else:
                examined.problems.append(f"Lot {code} is not a lot of this round.")
        found.append(_kept(application, examined))
    db.session.flush()
    return found


def _bid_lot(application: Application, lot: RoundLot, examined: Examined) -> BidLot:
    return BidLot(
        application=application,
        round_lot=lot,
        councils=examined.councils.get(lot.code),
        wanted=examined.place_of(lot.code),
    )


def _kept(application: Application, examined: Examined) -> dict[str, Any]:
    standing = application.standing
    return {
        "application": application.ref,
        "receipt": standing.ref if standing else "",
        "sha256": examined.sha256,
        "prices_sha256": examined.prices_sha256,
        "problems": examined.problems,
    }


def _envelopes(applications: Any) -> dict[int, PriceEnvelope]:
    """The envelopes of the standing submissions, for their hashes; nobody is shown a price."""
    standing = [application.standing for application in applications]
    ids = [submission.id for submission in standing if submission is not None]
    statement = select(PriceEnvelope).where(PriceEnvelope.submission_id.in_(ids))
    return {envelope.submission_id: envelope for envelope in db.session.scalars(statement)}


def _trail(bid_round: Round) -> dict[str, str]:
    """The hash that the trail recorded for each receipt of the round."""
    statement = select(AuditEntry.detail).where(
        AuditEntry.chain == bid_round.audit_chain,
        AuditEntry.event == Event.APPLICATION_SUBMITTED.value,
    )
    return {
        str(detail.get("receipt", "")): str(detail.get("sha256", ""))
        for detail in db.session.scalars(statement)
    }
