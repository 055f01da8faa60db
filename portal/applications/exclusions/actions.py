"""The verbs of an exclusion: tell the supplier, hear it, look it up, decide, confirm, lift.

What is said of a supplier stands beside the trail, where it can be erased; the chain names
references, counts and outcomes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal import audit, mail, settings
from portal.access import Role, Viewer
from portal.applications.exclusions import (
    actions_notices as notices,
    effect as exclusion_effect,
    policy,
    queries as known,
)
from portal.applications.exclusions.actions_files import refuse_infected
from portal.applications.exclusions.models import DebarmentCheck, Exclusion, ExclusionGround
from portal.applications.models import Application
from portal.applications.queries import colleagues
from portal.audit import Event
from portal.days import today
from portal.db import db
from portal.mail import Message
from portal.rounds import queries as rounds
from scoring.exclusion import (
    CONSIDERATIONS,
    EXCLUSION,
    About,
    Choice,
    Debarment,
    ExclusionStage,
    Found,
    choice,
    ground,
    refuse_date,
    refuse_decision,
)
from scoring.life import move
from scoring.rules import RuleBroken
from scoring.text import cleaned, meaningful_words


@dataclass(frozen=True, slots=True)
class Charge:
    """A ground as an officer states it. `who`: needed unless it is the supplier itself."""

    key: str
    about: About
    who: str
    happened_on: date
    evidence: str


def open_exclusion(
    application: Application,
    charges: Sequence[Charge],
    notice: str,
    answer_until_at: datetime,
    *,
    actor: Viewer,
    now: datetime,
) -> Exclusion:
    """Tell a supplier that a ground may apply, and until when it is heard.

    Raises:
        RuleBroken: `exclusion:not-allowed`, `exclusion:no-ground`, `exclusion:too-old`,
            `exclusion:in-the-future`, `exclusion:no-person`, `exclusion:no-evidence`,
            `exclusion:no-notice`, `exclusion:too-short`.
    """
    db.session.refresh(application, ["stage"], with_for_update=True)
    policy.may_open(actor, application, known.standing(application)).or_refuse(
        "exclusion:not-allowed"
    )
    least = int(settings.get("hearing_days"))
    if answer_until_at < now + timedelta(days=least):
        raise RuleBroken(
            "exclusion:too-short", f"Give the supplier {least} days or more.", "answer_until_at"
        )
    if not charges:
        raise RuleBroken("exclusion:no-ground", "State a ground.", "key")
    exclusion = Exclusion(
        application=application,
        notice=_said(notice, "notice", "exclusion:no-notice", "Write what the supplier is told."),
        opened_by_id=actor.acting_id(),
        opened_at=now,
        answer_until_at=answer_until_at,
        grounds=[_ground(one, application, now) for one in charges],
    )
    db.session.add(exclusion)
    db.session.flush()
    _record(Event.EXCLUSION_OPENED, exclusion, actor, now, grounds=len(charges))
    _tell_supplier(Message.EXCLUSION_NOTICE, exclusion, now)
    return exclusion


def answer(
    exclusion: Exclusion, text: str, *, received_at: datetime, actor: Viewer, now: datetime
) -> None:
    """The supplier's representations: what happened, and what it put right. Once.

    Raises:
        RuleBroken: `exclusion:answer-refused`, `exclusion:infected`, `exclusion:no-answer`.
    """
    db.session.refresh(exclusion, ["stage", "answered_at"], with_for_update=True)
    policy.may_answer(actor, exclusion, received_at).or_refuse("exclusion:answer-refused")
    refuse_infected(exclusion)
    exclusion.answer = _said(text, "answer", "exclusion:no-answer", "Write your answer.")
    exclusion.answered_by_id, exclusion.answered_at = actor.acting_id(), received_at
    db.session.flush()
    _record(Event.EXCLUSION_ANSWERED, exclusion, actor, now)
    _tell_officers(Message.EXCLUSION_ANSWERED, exclusion, actor, now)


def look_up(
    application: Application,
    found: Debarment,
    names: str,
    note: str = "",
    *,
    actor: Viewer,
    now: datetime,
) -> DebarmentCheck:
    """Record a look-up in the debarment list: at the check, and again before the award.

    Args:
        names: under which names it was looked for, connected persons and sub-contractors too.

    Raises:
        RuleBroken: `exclusion:not-allowed`, `debarment:no-names`, `debarment:no-note`.
    """
    policy.may_look_up(actor, application).or_refuse("exclusion:not-allowed")
    looked_for = _said(names, "names", "debarment:no-names", "Say which names you looked for.")
    words = cleaned(note, "note")
    if found is not Debarment.NOT_LISTED and not meaningful_words(words):
        raise RuleBroken("debarment:no-note", "Say who is listed, and since when.", "note")
    check = DebarmentCheck(
        application=application,
        found=found,
        names=looked_for,
        note=words,
        looked_up_by_id=actor.acting_id(),
        looked_up_at=now,
    )
    db.session.add(check)
    db.session.flush()
    audit.record(Event.DEBARMENT_LOOKED_UP, check, actor=actor, now=now, found=found.value)
    return check


def choice_of(exclusion: Exclusion, may_recur: bool, replaced: Collection[int] = ()) -> Choice:
    """What may be decided, as the facts stand.

    Args:
        replaced: ids of grounds of people on whom the supplier does not rely any more.
    """
    act = exclusion.application.round.regime.under_the_act
    found = [
        Found(ground(one.key, act), one.about, one.happened_on, one.id in replaced)
        for one in exclusion.grounds
    ]
    return choice(found, may_recur, _newest_look_up(exclusion))


def propose(
    exclusion: Exclusion,
    *,
    exclude: bool,
    may_recur: bool,
    weighed: Collection[str],
    reason: str,
    replaced: Collection[int] = (),
    actor: Viewer,
    now: datetime,
) -> None:
    """Decide about a supplier that was heard; it counts when a second person confirms it.

    Raises:
        RuleBroken: `exclusion:not-allowed`, `exclusion:no-look-up`, `exclusion:nothing-weighed`,
            `exclusion:no-reason`, `exclusion:must-exclude`, `exclusion:may-not-exclude`.
    """
    db.session.refresh(exclusion, ["stage"], with_for_update=True)
    policy.may_propose(actor, exclusion, now).or_refuse("exclusion:not-allowed")
    if not set(weighed) & CONSIDERATIONS.keys():
        raise RuleBroken("exclusion:nothing-weighed", "Say what you weighed.", "weighed")
    why = _said(reason, "reason", "exclusion:no-reason", "Give the reason. The supplier reads it.")
    refuse_decision(exclude, choice_of(exclusion, may_recur, replaced))
    for one in exclusion.grounds:
        one.replaced = one.id in replaced and one.about.can_be_replaced
    exclusion.exclude, exclusion.may_recur, exclusion.reason = exclude, may_recur, why
    exclusion.weighed = [key for key in CONSIDERATIONS if key in weighed]
    exclusion.first_id, exclusion.first_at = actor.acting_id(), now
    exclusion.stage, exclusion.sent_back = move(EXCLUSION, exclusion.stage, "propose"), ""
    db.session.flush()
    _record(
        Event.EXCLUSION_PROPOSED, exclusion, actor, now, values={"reason": why}, exclude=exclude
    )
    _tell_officers(Message.EXCLUSION_WAITS, exclusion, actor, now)


def confirm(exclusion: Exclusion, *, actor: Viewer, now: datetime) -> None:
    """The second person: the supplier is excluded from every lot, or stays; or it returns.

    Once quality is locked every result is computed anew, and a recommendation goes back.

    Raises:
        RuleBroken: `exclusion:not-allowed`; `letters:released`, when bidders have their letters.
    """
    _lock(exclusion)
    policy.may_confirm(actor, exclusion).or_refuse("exclusion:not-allowed")
    if exclusion.stage is ExclusionStage.LIFT_PROPOSED:
        _lift(exclusion, actor, now)
        return
    exclusion.second_id, exclusion.second_at = actor.acting_id(), now
    verb = "exclude" if exclusion.exclude else "keep"
    exclusion.stage = move(EXCLUSION, exclusion.stage, verb)
    if exclusion.exclude:
        exclusion_effect.leave(exclusion, actor, now)
    db.session.flush()
    event = Event.SUPPLIER_EXCLUDED if exclusion.exclude else Event.SUPPLIER_KEPT
    _record(event, exclusion, actor, now, application=exclusion.application.ref)
    notices.owe_for(exclusion, actor, now)
    _tell_supplier(Message.EXCLUSION_DECIDED, exclusion, now)


def send_back(exclusion: Exclusion, reason: str, *, actor: Viewer, now: datetime) -> None:
    """The second person does not confirm: it is decided anew.

    Raises:
        RuleBroken: `exclusion:not-allowed`, `exclusion:no-reason`.
    """
    _lock(exclusion)
    policy.may_confirm(actor, exclusion).or_refuse("exclusion:not-allowed")
    why = _said(reason, "reason", "exclusion:no-reason", "Say why you do not confirm it.")
    exclusion.stage, exclusion.sent_back = move(EXCLUSION, exclusion.stage, "send-back"), why
    db.session.flush()
    _record(Event.EXCLUSION_SENT_BACK, exclusion, actor, now, values={"reason": why})


def propose_lifting(exclusion: Exclusion, reason: str, *, actor: Viewer, now: datetime) -> None:
    """Ask a second person to take an exclusion back.

    Raises:
        RuleBroken: `exclusion:not-allowed`, `exclusion:no-reason`.
    """
    _lock(exclusion)
    policy.may_lift(actor, exclusion).or_refuse("exclusion:not-allowed")
    why = _said(reason, "reason", "exclusion:no-reason", "Say why it is lifted.")
    exclusion.lift_reason, exclusion.lift_first_id = why, actor.acting_id()
    exclusion.stage = move(EXCLUSION, exclusion.stage, "propose-lifting")
    db.session.flush()
    _record(Event.EXCLUSION_LIFTING, exclusion, actor, now, values={"reason": why})
    _tell_officers(Message.EXCLUSION_WAITS, exclusion, actor, now)


def _lift(exclusion: Exclusion, actor: Viewer, now: datetime) -> None:
    exclusion.stage = move(EXCLUSION, exclusion.stage, "lift")
    exclusion.lift_second_id, exclusion.lifted_at = actor.acting_id(), now
    exclusion_effect.come_back(exclusion, actor, now)
    db.session.flush()
    _record(Event.EXCLUSION_LIFTED, exclusion, actor, now, application=exclusion.application.ref)
    _tell_supplier(Message.EXCLUSION_DECIDED, exclusion, now)


def _ground(one: Charge, application: Application, now: datetime) -> ExclusionGround:
    law = ground(one.key, application.round.regime.under_the_act)
    refuse_date(law, one.happened_on, today(now))
    who = cleaned(one.who, "who")
    if one.about is not About.SUPPLIER and not who:
        raise RuleBroken("exclusion:no-person", "Say who it is.", "who")
    return ExclusionGround(
        key=law.key,
        about=one.about,
        who=who,
        happened_on=one.happened_on,
        evidence=_said(one.evidence, "evidence", "exclusion:no-evidence", "Say how you know."),
    )


def _newest_look_up(exclusion: Exclusion) -> Debarment | None:
    """What the debarment list said; the law of 2015 knows none."""
    if not exclusion.application.round.regime.under_the_act:
        return None
    found = known.look_ups(exclusion.application)
    if not found:
        raise RuleBroken(
            "exclusion:no-look-up", "Look the supplier up in the debarment list first."
        )
    return found[0].found


def _lock(exclusion: Exclusion) -> None:
    db.session.refresh(exclusion, ["stage"], with_for_update=True)


def _said(text: str, field: str, code: str, message: str) -> str:
    words = cleaned(text, field)
    if not meaningful_words(words):
        raise RuleBroken(code, message, field)
    return words


def _record(
    event: Event,
    exclusion: Exclusion,
    actor: Viewer,
    now: datetime,
    *,
    values: dict[str, Any] | None = None,
    **detail: Any,
) -> None:
    audit.record(event, exclusion, actor=actor, now=now, values=values, **detail)


def _tell_supplier(message: Message, exclusion: Exclusion, now: datetime) -> None:
    application = exclusion.application
    mail.write(
        message,
        to=colleagues(application.provider_id, Role.PROVIDER_ADMIN),
        now=now,
        about=application.ref,
        round_title=application.round.title,
        answer_until_at=exclusion.answer_until_at,
    )


def _tell_officers(message: Message, exclusion: Exclusion, actor: Viewer, now: datetime) -> None:
    """The other commissioners of the lead council: something waits, and where."""
    lead = exclusion.application.round.lead_council_id
    others = rounds.commissioners_of(lead)
    mail.write(
        message,
        to=[one for one in others if one.id != actor.person_id],
        now=now,
        about=exclusion.application.ref,
        round_title=exclusion.application.round.title,
    )
