"""Low prices are asked about and decided on, bids set aside, ties decided: by two people where it counts."""

from collections.abc import Sequence
from datetime import datetime

from portal import audit, mail, settings
from portal.access import Role, Viewer
from portal.applications.queries import colleagues
from portal.audit import Event
from portal.db import db
from portal.evaluation import queries
from portal.evaluation.decisions import policy as policy_decisions, queries as decisions
from portal.evaluation.decisions.models import AwardDecision, DecisionKind, PriceQuestion
from portal.evaluation.models import Result
from portal.evaluation.prices.models import Cause
from portal.evaluation.results import outcome, resting
from portal.rounds.models import Round
from scoring.canonical import sha256_of
from scoring.clarifications import check_reply_date
from scoring.digests import decision_digest
from scoring.rules import RuleBroken
from scoring.sheets import check_reason
from scoring.text import cleaned

FEWEST_WORDS = 3


def ask(
    result: Result, question: str, answer_until_at: datetime | None, *, actor: Viewer, now: datetime
) -> PriceQuestion:
    """Ask a bidder about a price that may be abnormally low, once. Its administrators get a mail.

    Raises:
        RuleBroken: `price-question:not-flagged`, `price-question:once`, `reason:…`,
            `clarification-request:no-date` or `…:too-soon`, or the policy's refusal.
    """
    bid_round = result.application.round
    _refuse(bid_round, actor)
    flags = [one["message"] for one in result.content.get("flags", ())]
    if not flags:
        raise RuleBroken("price-question:not-flagged", "This price is not flagged.")
    place = (result.application_id, result.round_lot_id, result.council)
    there = {
        (one.application_id, one.round_lot_id, one.council)
        for one in decisions.questions_of(bid_round)
    }
    if place in there:
        raise RuleBroken("price-question:once", "This bidder was asked already.")
    words = check_reason(question, minimum_words=FEWEST_WORDS, field="question")
    check_reply_date(now, answer_until_at, int(settings.get("clarification_days")))
    assert answer_until_at is not None  # noqa: S101  the check above refuses none
    asked = PriceQuestion(
        application=result.application,
        round_lot=result.round_lot,
        council=result.council,
        flag=flags[0],
        question=words,
        asked_by_id=actor.person_id,
        asked_at=now,
        answer_until_at=answer_until_at,
    )
    db.session.add(asked)
    db.session.flush()
    audit.record(
        Event.PRICE_QUESTION_SENT,
        asked,
        actor=actor,
        now=now,
        application=result.application.ref,
        lot=result.round_lot.code,
        until_at=answer_until_at,
        sha256=sha256_of(words),
    )
    mail.write(
        mail.Message.PRICE_QUESTION,
        colleagues(result.application.provider_id, Role.PROVIDER_ADMIN),
        now=now,
        about=asked.ref,
        title=bid_round.title,
        until_at=answer_until_at,
    )
    return asked


def answer(question: PriceQuestion, text: str, *, actor: Viewer, now: datetime) -> None:
    """The bidder explains its price. It is kept as it was sent; its hash goes into the trail.

    Raises:
        RuleBroken: `reason:…`, or the policy's refusal.
    """
    db.session.refresh(question, ["answered_at"], with_for_update=True)
    policy_decisions.may_answer(actor, question, now).or_refuse("price-question:not-allowed")
    question.answer = check_reason(text, minimum_words=FEWEST_WORDS, field="answer")
    question.answered_at, question.answered_by_id = now, actor.person_id
    db.session.flush()
    audit.record(
        Event.PRICE_QUESTION_ANSWERED,
        question,
        actor=actor,
        now=now,
        application=question.application.ref,
        sha256=sha256_of(question.answer),
    )
    mail.write(
        mail.Message.PRICE_ANSWERED,
        [question.asked_by],
        now=now,
        about=question.application.round.ref,
        title=question.application.round.title,
    )


def decide_price(
    result: Result, kind: DecisionKind, reason: str, *, actor: Viewer, now: datetime
) -> AwardDecision:
    """Keep a low price, or propose to set the bid aside; only after the bidder was heard.

    A price that is kept is kept at once. Setting aside waits for a second person.

    Raises:
        RuleBroken: `price-question:not-asked`, `price-question:time-runs`, `decision:made`,
            `reason:…`, or the policy's refusal.
    """
    bid_round = result.application.round
    _refuse(bid_round, actor)
    question = _heard(result, now)
    made = _new(result, kind, reason, actor, now)
    made.question_id = question.id
    if kind is DecisionKind.KEEP:
        made.confirmed_at = now
    _record(made, Event.DECISION_PROPOSED, actor, now)
    if kind is not DecisionKind.KEEP:
        _tell(bid_round, actor, now)
    return made


def _heard(result: Result, now: datetime) -> PriceQuestion:
    for one in decisions.questions_of(result.application.round):
        place = (one.application_id, one.round_lot_id, one.council)
        if place == (result.application_id, result.round_lot_id, result.council):
            if one.answered_at is None and now < one.answer_until_at:
                raise RuleBroken(
                    "price-question:time-runs", "The bidder still has time to explain its price."
                )
            return one
    raise RuleBroken(
        "price-question:not-asked", "Ask the bidder first. A low price is never rejected by itself."
    )


def set_aside(
    bid_round: Round,
    bid_ref: str,
    lot_code: str,
    council: str,
    reason: str,
    *,
    actor: Viewer,
    now: datetime,
) -> AwardDecision:
    """Propose to set a bid aside whose price cannot be evaluated, so that the others can be computed.

    Raises:
        RuleBroken: `decision:price-is-sound`, `decision:made`, `reason:…`, or the policy's refusal.
    """
    _refuse(bid_round, actor)
    refused = {
        (ref, place.lot, place.council): broken
        for (ref, place), broken in outcome.refused_prices(bid_round).items()
    }
    if (bid_ref, lot_code, council) not in refused:
        raise RuleBroken("decision:price-is-sound", "The price of this bid can be evaluated.")
    lot = next(one for one in bid_round.lots if one.code == lot_code)
    bid = next(one for one in queries.bids(bid_round) if one.ref == bid_ref)
    made = AwardDecision(
        round=bid_round,
        kind=DecisionKind.SET_ASIDE,
        round_lot=lot,
        council=council,
        application=bid,
        made_by_id=actor.person_id,
        made_at=now,
    )
    _fill(made, reason)
    _record(made, Event.DECISION_PROPOSED, actor, now)
    _tell(bid_round, actor, now)
    return made


def decide_tie(
    tied: Sequence[Result], order: Sequence[str], reason: str, *, actor: Viewer, now: datetime
) -> AwardDecision:
    """Propose the order of bids whose equal rank stands at the last award of a lot.

    Args:
        tied: every bid of that rank.
        order: their references, best first.

    Raises:
        RuleBroken: `decision:not-tied`, `decision:order` (not each of them once), `reason:…`, or
            the policy's refusal.
    """
    if not tied:
        raise RuleBroken("decision:not-tied", "No bids of equal rank stand at the last award here.")
    bid_round = tied[0].application.round
    _refuse(bid_round, actor)
    if sorted(order) != sorted(one.application.ref for one in tied):
        raise RuleBroken("decision:order", "Give each of these bids a place of its own.", "order")
    made = AwardDecision(
        round=bid_round,
        kind=DecisionKind.TIE,
        round_lot=tied[0].round_lot,
        council=tied[0].council,
        order=list(order),
        made_by_id=actor.person_id,
        made_at=now,
    )
    _fill(made, reason)
    _record(made, Event.DECISION_PROPOSED, actor, now)
    _tell(bid_round, actor, now)
    return made


def confirm(made: AwardDecision, *, actor: Viewer, now: datetime) -> None:
    """A second person confirms: the decision is in force, and every result is computed anew.

    Raises:
        RuleBroken: `decision:not-allowed`.
    """
    _refuse_second(made, actor)
    made.second_id, made.confirmed_at = actor.person_id, now
    db.session.flush()
    _record(made, Event.DECISION_CONFIRMED, actor, now)
    resting.take_back(made.round, actor, now)
    outcome.compute_and_record(made.round, Cause.DECISION, subject=made.ref, actor=actor, now=now)


def decline(made: AwardDecision, reason: str, *, actor: Viewer, now: datetime) -> None:
    """A second person declines it, with a reason; nothing changes, and it stays on record.

    Raises:
        RuleBroken: `reason:…`, `decision:not-allowed`.
    """
    _refuse_second(made, actor)
    made.decline_reason = check_reason(reason, minimum_words=FEWEST_WORDS, field="reason")
    made.second_id, made.declined_at = actor.person_id, now
    db.session.flush()
    _record(made, Event.DECISION_DECLINED, actor, now)


def _refuse(bid_round: Round, actor: Viewer) -> None:
    queries.hold(bid_round)
    closed = queries.standing(actor, bid_round).closed
    policy_decisions.may_decide(actor, bid_round, closed).or_refuse("decision:not-allowed")


def _refuse_second(made: AwardDecision, actor: Viewer) -> None:
    queries.hold(made.round)
    db.session.refresh(made, ["confirmed_at", "declined_at"])
    closed = queries.standing(actor, made.round).closed
    may = policy_decisions.may_decide(actor, made.round, closed)
    policy_decisions.may_confirm(actor, made, may).or_refuse("decision:not-allowed")


def _new(
    result: Result, kind: DecisionKind, reason: str, actor: Viewer, now: datetime
) -> AwardDecision:
    made = AwardDecision(
        round=result.application.round,
        kind=kind,
        round_lot=result.round_lot,
        council=result.council,
        application=result.application,
        made_by_id=actor.person_id,
        made_at=now,
    )
    _fill(made, reason)
    return made


def _fill(made: AwardDecision, reason: str) -> None:
    there = [one for one in decisions.decisions_of(made.round) if one.declined_at is None]
    about = (made.kind is DecisionKind.TIE, made.application, made.round_lot, made.council)
    for one in there:
        same = (one.kind is DecisionKind.TIE, one.application, one.round_lot, one.council) == about
        if same and (one.waits or one.kind is not DecisionKind.TIE):
            raise RuleBroken("decision:made", "This was decided, or waits for a second person.")
    made.reason = check_reason(reason, minimum_words=FEWEST_WORDS, field="reason")
    if made.kind is DecisionKind.SET_ASIDE:
        made.words = f"This bid was set aside. {cleaned(made.reason, 'reason')}"
    db.session.add(made)
    db.session.flush()


def _record(made: AwardDecision, event: Event, actor: Viewer, now: datetime) -> None:
    audit.record(
        event,
        made,
        actor=actor,
        now=now,
        kind=made.kind.value,
        lot=made.round_lot.code,
        council_of=made.council,
        application=made.application.ref if made.application else None,
        sha256=decision_digest(made.order, made.reason, made.decline_reason),
    )


def _tell(bid_round: Round, actor: Viewer, now: datetime) -> None:
    """Who could confirm it learns that it waits."""
    people = queries.leaders_of(bid_round)
    mail.write(
        mail.Message.DECISION_WAITS,
        [one for one in people if one.id != actor.person_id],
        now=now,
        about=bid_round.ref,
        title=bid_round.title,
    )
