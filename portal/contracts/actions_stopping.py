"""Suspending, lifting and ending: no new placements from a day on, or no contract any more."""

from collections.abc import Sequence
from datetime import date, datetime

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.contracts import policy
from portal.contracts.actions_terms import (
    Agreed,
    hold,
    link,
    move_rates,
    reason_of,
    tell_provider,
)
from portal.contracts.models_terms import Suspension
from portal.days import today
from portal.db import db
from portal.mail import Message
from portal.people.models import Council
from scoring.rules import RuleBroken


def suspend(
    held: Sequence[Agreed],
    *,
    council: Council | None,
    from_on: date,
    reason: str,
    actor: Viewer,
    now: datetime,
) -> list[Suspension]:
    """Suspend a provider on one or several lots, for one council or for all of them.

    Args:
        from_on: today or later; the suspension holds on that day.

    Raises:
        RuleBroken: `contract:refused`, `contract:no-reason`, `suspension:past`, `suspension:over`,
            `suspension:council` (no council of it, or another one's), `suspension:already`.
    """
    words = reason_of(reason, "Say why. The provider reads it.")
    if from_on < today(now):
        raise RuleBroken(
            "suspension:past", "A suspension holds from today or a later day.", "from_on"
        )
    hold(held)
    return [_suspend(one, council, from_on, words, actor=actor, now=now) for one in held]


def _suspend(
    held: Agreed,
    council: Council | None,
    from_on: date,
    reason: str,
    *,
    actor: Viewer,
    now: datetime,
) -> Suspension:
    policy.may_change_running(actor, held, today(now)).or_refuse("contract:refused")
    if from_on > held.ends_on:
        raise RuleBroken("suspension:over", "It is over by that day.", "from_on")
    council_id = None if council is None else council.id
    _check_council(held, council_id, actor)
    for one in held.suspensions:
        if one.council_id in (None, council_id) and one.lifted_on is None:
            raise RuleBroken("suspension:already", f"{held.title} is suspended already.", "council")
    placed = Suspension(
        council_id=council_id,
        from_on=from_on,
        reason=reason,
        placed_by_id=actor.person_id,
        placed_at=now,
        **link(held),
    )
    db.session.add(placed)
    db.session.flush()
    audit.record(
        Event.SUSPENSION_PLACED,
        held,
        actor=actor,
        now=now,
        suspension=placed.ref,
        council="" if council is None else council.slug,
        from_on=from_on,
    )
    tell_provider(Message.PLACEMENTS_SUSPENDED, held, now)
    return placed


def _check_council(held: Agreed, council_id: int | None, actor: Viewer) -> None:
    if council_id is not None and council_id not in policy.own_councils(actor, held.council_ids):
        raise RuleBroken(
            "suspension:council", "Choose a council of yours that buys under it.", "council"
        )


def lift(
    suspension: Suspension,
    held: Agreed,
    *,
    lifted_on: date,
    reason: str,
    actor: Viewer,
    now: datetime,
) -> None:
    """Let new placements be made again, from a day on.

    Args:
        lifted_on: the first day on which it holds no longer: today or later, and not before it began.

    Raises:
        RuleBroken: `contract:refused`, `contract:no-reason`, `suspension:past`.
    """
    policy.may_lift(actor, suspension, held, today(now)).or_refuse("contract:refused")
    words = reason_of(reason, "Say what has changed.")
    if lifted_on < max(today(now), suspension.from_on):
        message = "Enter today or a later day, and none before the suspension begins."
        raise RuleBroken("suspension:past", message, "lifted_on")
    suspension.lifted_on, suspension.lift_reason = lifted_on, words
    suspension.lifted_by_id, suspension.lifted_at = actor.person_id, now
    db.session.flush()
    audit.record(
        Event.SUSPENSION_LIFTED,
        held,
        actor=actor,
        now=now,
        suspension=suspension.ref,
        lifted_on=lifted_on,
    )
    tell_provider(Message.SUSPENSION_LIFTED, held, now)


def terminate(held: Agreed, *, last_on: date, reason: str, actor: Viewer, now: datetime) -> None:
    """End a contract or a place before its time.

    Args:
        last_on: the last day on which it holds: today or later, and before it would end anyway.

    Raises:
        RuleBroken: `contract:refused`, `contract:no-reason`, `termination:day`.
    """
    hold([held])
    policy.may_terminate(actor, held, today(now)).or_refuse("contract:refused")
    words = reason_of(reason, "Say why. The provider reads it.")
    if not max(today(now), held.starts_on) <= last_on < held.ends_on:
        message = "Enter today or a later day, before the day on which it ends anyway."
        raise RuleBroken("termination:day", message, "last_on")
    held.first_ends_on = held.first_ends_on or held.ends_on
    move_rates(held, held.ends_on, last_on)
    held.ends_on = held.terminated_on = last_on
    held.termination_reason = words
    db.session.flush()
    audit.record(Event.CONTRACT_TERMINATED, held, actor=actor, now=now, last_on=last_on)
    tell_provider(Message.CONTRACT_TERMINATED, held, now)


def withdraw_termination(held: Agreed, *, reason: str, actor: Viewer, now: datetime) -> None:
    """Take a termination back while the contract still runs: it ends as it did before.

    Raises:
        RuleBroken: `contract:refused`, `contract:no-reason`.
    """
    hold([held])
    policy.may_withdraw_termination(actor, held, today(now)).or_refuse("contract:refused")
    words = reason_of(reason, "Say why you take it back.")
    before = ends_without_termination(held)
    move_rates(held, held.ends_on, before)
    held.ends_on, held.terminated_on = before, None
    was, held.termination_reason = held.termination_reason, ""
    db.session.flush()
    audit.record(
        Event.TERMINATION_WITHDRAWN,
        held,
        actor=actor,
        now=now,
        values={"reason": words, "terminated because": was},
    )
    tell_provider(Message.CONTRACT_TERMINATED, held, now)


def ends_without_termination(held: Agreed) -> date:
    """The last day of the newest extension that was taken, or of the first period."""
    taken = [one.ends_on for one in held.options if one.decision and one.decision.extended]
    return max(taken, default=held.first_ends_on or held.ends_on)
