"""The verbs of what the appropriate authority is told of an exclusion, under the Procurement Act 2023."""

from datetime import date, datetime, time, timedelta

from portal import audit, queue
from portal.access import Viewer
from portal.applications.exclusions import policy
from portal.applications.exclusions.models import Exclusion, ExclusionNotice
from portal.audit import Event
from portal.days import LONDON, today
from portal.db import db
from scoring.exclusion_notices import (
    REMIND_DAYS,
    Occasion,
    last_day,
    refuse_day,
    refuse_proceedings,
)
from scoring.rules import RuleBroken
from scoring.text import cleaned, meaningful_words

NOTIFY_JOB = "exclusion:notify"
MORNING = time(9, tzinfo=LONDON)


def owe_for(exclusion: Exclusion, actor: Viewer, now: datetime) -> None:
    """What was decided on a supplier: that it is excluded, that it replaced somebody."""
    if exclusion.exclude:
        _owe(exclusion, Occasion.EXCLUDED, today(now), actor, now)
    if any(one.replaced for one in exclusion.grounds):
        _owe(exclusion, Occasion.REPLACED, today(now), actor, now)


def _owe(
    exclusion: Exclusion, occasion: Occasion, happened_on: date, actor: Viewer, now: datetime
) -> None:
    """The authority must be told of something; those who do it are reminded. Nothing in 2015's law."""
    if not exclusion.application.round.regime.under_the_act:
        return
    if any(one.occasion is occasion for one in exclusion.notices):
        return
    exclusion.notices.append(ExclusionNotice(occasion=occasion, happened_on=happened_on))
    db.session.flush()
    for days in REMIND_DAYS:
        due_at = datetime.combine(last_day(happened_on) - timedelta(days=days), MORNING)
        if due_at > now:
            subject = f"{exclusion.ref} {occasion.value}"
            queue.put(NOTIFY_JOB, subject, now=now, due_at=due_at)
    audit.record(
        Event.EXCLUSION_NOTICE_OWED, exclusion, actor=actor, now=now, occasion=occasion.value
    )


def record_proceedings(
    exclusion: Exclusion, occasion: Occasion, happened_on: date, *, actor: Viewer, now: datetime
) -> None:
    """Somebody went to court about it, or the court has decided: the authority is told of both.

    Raises:
        RuleBroken: `exclusion:not-allowed`, `exclusion:nothing-decided`, and as
            `scoring.exclusion_notices.refuse_proceedings`.
    """
    _lock(exclusion)
    policy.may_notify(actor, exclusion).or_refuse("exclusion:not-allowed")
    known = {one.occasion: one.happened_on for one in exclusion.notices}
    about = [day for one, day in known.items() if not one.is_of_court]
    if not about:
        raise RuleBroken("exclusion:nothing-decided", "Nothing was decided that needs a notice.")
    not_before = known.get(Occasion.BEGUN, min(about))
    refuse_proceedings(occasion, happened_on, known, not_before, today(now))
    _owe(exclusion, occasion, happened_on, actor, now)


def settle(
    notice: ExclusionNotice,
    *,
    given_on: date | None,
    told: str = "",
    reference: str = "",
    not_needed: str = "",
    actor: Viewer,
    now: datetime,
) -> None:
    """Record that the authority was told, or why it need not be. A notice after its day is kept too.

    Args:
        given_on: the day; None, where no notice is needed.

    Raises:
        RuleBroken: `exclusion:not-allowed`, `exclusion:settled`, `exclusion:told-nobody`,
            `exclusion:no-reason`, `exclusion:in-the-future`, `exclusion:before-decision`.
    """
    _lock(notice.exclusion)
    db.session.refresh(notice)
    policy.may_notify(actor, notice.exclusion).or_refuse("exclusion:not-allowed")
    if not notice.is_owed:
        raise RuleBroken("exclusion:settled", "Somebody has recorded this already.")
    if given_on is None:
        notice.not_needed = _said(not_needed, "not_needed", "exclusion:no-reason", "Say why not.")
    else:
        refuse_day(given_on, notice.happened_on, today(now), "given_on")
        notice.told = _said(told, "told", "exclusion:told-nobody", "Say which authority was told.")
        notice.given_on, notice.reference = given_on, cleaned(reference, "reference")
    notice.settled_by_id, notice.settled_at = actor.acting_id(), now
    db.session.flush()
    audit.record(
        Event.EXCLUSION_NOTICE_SETTLED,
        notice.exclusion,
        actor=actor,
        now=now,
        occasion=notice.occasion.value,
        given=given_on is not None,
        late=notice.was_late,
    )


def _lock(exclusion: Exclusion) -> None:
    db.session.refresh(exclusion, ["stage"], with_for_update=True)
    db.session.expire(exclusion, ["notices"])


def _said(text: str, field: str, code: str, message: str) -> str:
    words = cleaned(text, field)
    if not meaningful_words(words):
        raise RuleBroken(code, message, field)
    return words
