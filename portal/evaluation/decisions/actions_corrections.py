"""Corrections after the lock: what was wrong, why, and a second person. The former result is kept."""

from datetime import datetime

from portal import audit, mail, settings
from portal.access import Viewer
from portal.applications.models import Application
from portal.audit import Event
from portal.db import db
from portal.evaluation import queries
from portal.evaluation.asked import Asked, Key, scheme_of
from portal.evaluation.decisions import policy as policy_decisions, queries as decisions
from portal.evaluation.decisions.actions import FEWEST_WORDS
from portal.evaluation.decisions.models import Correction
from portal.evaluation.prices.models import Cause
from portal.evaluation.results import outcome, resting
from scoring.corrections import check_correction
from scoring.digests import correction_digest
from scoring.rules import RuleBroken
from scoring.sheets import check_reason


def propose(
    application: Application,
    key: Key,
    new: int | None,
    reason: str,
    *,
    actor: Viewer,
    now: datetime,
) -> Correction:
    """Say what was wrong with an agreed score, and what it should have been.

    Raises:
        RuleBroken: `correction:not-agreed` (there is no agreed score to correct),
            `correction:waits`, `correction:same`, `score:not-on-scale`, `reason:…`, or the
            policy's refusal.
    """
    bid_round = application.round
    _refuse(application, actor)
    asked, old = _standing(application, key)
    if any(one.waits and _place(one) == (application.id, key) for one in _made(application)):
        raise RuleBroken("correction:waits", "A correction of this score waits to be confirmed.")
    words = int(settings.get("reason_words"))
    checked = check_correction(
        old,
        new,
        reason,
        asked.scale,
        by=actor.ref,
        second="a second person",
        prices_open=bid_round.prices_opened_at is not None,
        minimum_words=words,
    )
    made = Correction(
        application=application,
        question_key=asked.question,
        lot_code=asked.lot_code,
        old=checked.old,
        new=checked.new,
        reason=checked.reason,
        prices_open=_prices_open(application),
        made_by_id=actor.person_id,
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    _record(made, Event.CORRECTION_PROPOSED, actor, now)
    mail.write(
        mail.Message.DECISION_WAITS,
        [one for one in queries.leaders_of(bid_round) if one.id != actor.person_id],
        now=now,
        about=bid_round.ref,
        title=bid_round.title,
    )
    return made


def confirm(made: Correction, *, actor: Viewer, now: datetime) -> None:
    """A second person confirms: everything is computed anew, and what rested on it is taken back.

    Raises:
        RuleBroken: `correction:changed` (another score stands now), `letters:released`, or the
            policy's refusal.
    """
    application = made.application
    _refuse_second(made, actor)
    asked, old = _standing(application, (made.question_key, made.lot_code))
    if old != made.old:
        raise RuleBroken("correction:changed", "Another score stands now. Propose it again.")
    check_correction(
        old,
        made.new,
        made.reason,
        asked.scale,
        by=made.made_by.ref,
        second=actor.ref,
        prices_open=made.prices_open,
        minimum_words=1,
    )
    resting.take_back(application.round, actor, now)
    made.second_id, made.confirmed_at = actor.person_id, now
    made.prices_open = made.prices_open or _prices_open(application)
    db.session.flush()
    _record(made, Event.CORRECTION_CONFIRMED, actor, now)
    if application.round.prices_opened_at is not None:
        outcome.compute_and_record(
            application.round, Cause.CORRECTION, subject=made.ref, actor=actor, now=now
        )


def decline(made: Correction, reason: str, *, actor: Viewer, now: datetime) -> None:
    """A second person declines it, with a reason; the score stands as it was.

    Raises:
        RuleBroken: `reason:…`, or the policy's refusal.
    """
    _refuse_second(made, actor)
    made.decline_reason = check_reason(reason, minimum_words=FEWEST_WORDS, field="reason")
    made.second_id, made.declined_at = actor.person_id, now
    db.session.flush()
    _record(made, Event.CORRECTION_DECLINED, actor, now)


def _prices_open(application: Application) -> bool:
    """Whether prices that count were known; where the scheme has none, none are."""
    bid_round = application.round
    return scheme_of(bid_round).price is not None and bid_round.prices_opened_at is not None


def _refuse(application: Application, actor: Viewer) -> None:
    queries.hold(application.round)
    closed = queries.standing(actor, application.round).closed
    may = policy_decisions.may_correct(actor, application.round, application.id, closed)
    may.or_refuse("correction:not-allowed")


def _refuse_second(made: Correction, actor: Viewer) -> None:
    bid_round = made.application.round
    queries.hold(bid_round)
    db.session.refresh(made, ["confirmed_at", "declined_at"])
    closed = queries.standing(actor, bid_round).closed
    may = policy_decisions.may_correct(actor, bid_round, made.application_id, closed)
    policy_decisions.may_confirm(actor, made, may).or_refuse("correction:not-allowed")


def _standing(application: Application, key: Key) -> tuple[Asked, int]:
    """The question, and the score that counts today."""
    asked = next((one for one in queries.asked_of(application) if one.key == key), None)
    agreed = queries.consensus_of([application.id]).get((application.id, key))
    if asked is None or agreed is None:
        raise RuleBroken("correction:not-agreed", "There is no agreed score here to correct.")
    corrected = decisions.corrections_in_force([application.id]).get((application.id, key))
    return asked, agreed.value if corrected is None else corrected.new


def _made(application: Application) -> list[Correction]:
    return [
        one
        for one in decisions.corrections_of(application.round)
        if one.application_id == application.id
    ]


def _place(made: Correction) -> tuple[int, Key]:
    return made.application_id, (made.question_key, made.lot_code)


def _record(made: Correction, event: Event, actor: Viewer, now: datetime) -> None:
    audit.record(
        event,
        made,
        actor=actor,
        now=now,
        values={"old": made.old, "new": made.new, "reason": made.reason},
        application=made.application.ref,
        question=made.question_key,
        lot=made.lot_code,
        prices_open=made.prices_open,
        sha256=correction_digest(
            bid=made.application.ref,
            question=made.question_key,
            lot=made.lot_code,
            old=made.old,
            new=made.new,
            reason=made.reason,
            prices_open=made.prices_open,
        ),
    )
