"""The award notice and the standstill that begins with it; holds on a legal challenge."""

from datetime import date, datetime

from portal import audit, mail
from portal.access import Viewer
from portal.audit import Event
from portal.awards import policy, queries
from portal.awards.bank_holidays import bank_holidays
from portal.awards.models import AwardNotice, LegalHold
from portal.days import today
from portal.db import db
from portal.evaluation import queries as evaluation
from portal.mail import Message
from portal.rounds.models import Round
from scoring.rules import RuleBroken
from scoring.stages import ROUND, move
from scoring.standstill import Standstill, duty_of, standstill


def enter_notice(
    bid_round: Round,
    number: str,
    published_at: datetime,
    *,
    days: int | None = None,
    actor: Viewer,
    now: datetime,
) -> AwardNotice:
    """Enter the award notice (UK6); a standstill that is mandatory, or stated in it, begins.

    Under the Regulations of 2015 the letters begin the period: `published_at` is when the last of
    them was sent, and there is no number.

    Args:
        days: how many working days the notice states. Empty: what the law asks for, and where a
            standstill is voluntary, none.

    Raises:
        RuleBroken: `award:notice-number-missing`, `award:notice-in-the-future`,
            `award:notice-before-letters`, `standstill:…`, or the policy's refusal.
    """
    evaluation.hold(bid_round)
    waiting = queries.waiting_of(bid_round, now)
    policy.may_enter_notice(actor, bid_round, waiting).or_refuse("award:not-allowed")
    _check_notice(bid_round, number, published_at, now)
    period = period_of(bid_round, published_at, days)
    left_out = _left_out(period)
    notice = AwardNotice(
        round=bid_round,
        number=number.strip(),
        published_at=published_at,
        days=None if period is None else days or period.duty.least_days,
        first_on=None if period is None else period.first_on,
        last_on=None if period is None else period.last_on,
        holidays=left_out,
        entered_by_id=actor.acting_id(),
        entered_at=now,
    )
    db.session.add(notice)
    if period is not None:
        bid_round.stage = move(ROUND, bid_round.stage, "stand-still")
    db.session.flush()
    audit.record(
        Event.AWARD_NOTICE_ENTERED,
        bid_round,
        actor=actor,
        now=now,
        number=notice.number,
        published_at=published_at,
        last_on=notice.last_on,
        holidays=sorted(left_out),
    )
    return notice


def _check_notice(bid_round: Round, number: str, published_at: datetime, now: datetime) -> None:
    if bid_round.regime.needs_notice and not number.strip():
        raise RuleBroken(
            "award:notice-number-missing", "Enter the number of the award notice.", "number"
        )
    if published_at > now:
        raise RuleBroken(
            "award:notice-in-the-future",
            "The notice cannot be published later than now.",
            "published_at",
        )
    sent = queries.letters_sent_at(bid_round)
    if sent is None or published_at < sent:
        raise RuleBroken(
            "award:notice-before-letters",
            "The letters go out before the notice. Enter a time after they were released.",
            "published_at",
        )


def period_of(bid_round: Round, published_at: datetime, days: int | None) -> Standstill | None:
    """The standstill that a notice begins; none where it is voluntary and not stated."""
    if days is None and not duty_of(bid_round.regime).mandatory:
        return None
    began = today(published_at)
    known = bank_holidays(range(began.year, began.year + 2))
    return standstill(bid_round.regime, began, set(known), days)


def _left_out(period: Standstill | None) -> dict[str, str]:
    """The bank holidays that the period left out, by name, kept with it."""
    if period is None:
        return {}
    known = bank_holidays(range(period.from_on.year, period.last_on.year + 1))
    return {
        day.isoformat(): name
        for day, name in known.items()
        if period.from_on <= day <= period.last_on
    }


def place_hold(
    bid_round: Round,
    *,
    claimant: str,
    claim_reference: str,
    notified_on: date,
    reason: str,
    actor: Viewer,
    now: datetime,
) -> LegalHold:
    """Put a round on hold: a legal challenge is on record.

    Raises:
        RuleBroken: `hold:claimant-missing`, `hold:reference-missing`, `hold:reason-missing`,
            `hold:in-the-future`, or the policy's refusal.
    """
    evaluation.hold(bid_round)
    policy.may_hold(actor, bid_round).or_refuse("hold:not-allowed")
    _require("hold:claimant-missing", claimant, "Say who challenges the award.", "claimant")
    _require(
        "hold:reference-missing",
        claim_reference,
        "Enter the reference of the claim.",
        "claim_reference",
    )
    _require("hold:reason-missing", reason, "Say what the challenge is about.", "reason")
    if notified_on > today(now):
        raise RuleBroken("hold:in-the-future", "Enter today or an earlier day.", "notified_on")
    placed = LegalHold(
        round=bid_round,
        claimant=claimant.strip(),
        claim_reference=claim_reference.strip(),
        notified_on=notified_on,
        reason=reason.strip(),
        placed_by_id=actor.acting_id(),
        placed_at=now,
    )
    db.session.add(placed)
    bid_round.held_at = bid_round.held_at or now
    db.session.flush()
    audit.record(
        Event.HOLD_PLACED,
        placed,
        actor=actor,
        now=now,
        values={"claimant": placed.claimant, "reason": placed.reason},
        claim=placed.claim_reference,
    )
    _tell(Message.HOLD_PLACED, bid_round, now)
    return placed


def lift_hold(placed: LegalHold, reason: str, *, actor: Viewer, now: datetime) -> None:
    """Lift a hold; the round goes on when it was the last one.

    Raises:
        RuleBroken: `hold:reason-missing`, or the policy's refusal.
    """
    bid_round = placed.round
    evaluation.hold(bid_round)
    db.session.refresh(placed, ["lifted_at"])
    policy.may_lift(actor, placed).or_refuse("hold:not-allowed")
    _require("hold:reason-missing", reason, "Say why the hold is lifted.", "reason")
    placed.lifted_at, placed.lifted_by_id = now, actor.acting_id()
    placed.lift_reason = reason.strip()
    db.session.flush()
    if all(one.lifted_at is not None for one in queries.holds_of(bid_round)):
        bid_round.held_at = None
    audit.record(
        Event.HOLD_LIFTED,
        placed,
        actor=actor,
        now=now,
        values={"reason": placed.lift_reason},
        claim=placed.claim_reference,
    )
    _tell(Message.HOLD_LIFTED, bid_round, now)


def _tell(message: Message, bid_round: Round, now: datetime) -> None:
    people = queries.approvers_of(bid_round)
    mail.write(message, people, now=now, about=bid_round.ref, title=bid_round.title)


def _require(code: str, text: str, message: str, field: str) -> None:
    if not text.strip():
        raise RuleBroken(code, message, field)
