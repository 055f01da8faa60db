"""Uplifts, from the request to the new rates."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import select

from portal import audit, mail
from portal.access import Viewer
from portal.audit import Event
from portal.contracts import people, policy_uplifts, uplift_letters
from portal.contracts.actions_terms import link, rates_running, reason_of
from portal.contracts.models import Contract, ListMembership, Rate, RateSource
from portal.contracts.models_uplifts import UpliftMethod, UpliftRequest, UpliftStep
from portal.days import today
from portal.db import db
from portal.mail import Message
from scoring.canonical import fraction_text
from scoring.rules import RuleBroken
from scoring.stages import UPLIFT, UpliftStage, move
from scoring.uplifts import RateHeld, check_cap, check_from, check_share, raised, rate_on

Agreed = Contract | ListMembership
OPEN = (UpliftStage.ASKED, UpliftStage.RECOMMENDED)


def ask(
    held: Agreed,
    *,
    method: UpliftMethod,
    share: Fraction,
    working: str,
    items: Sequence[str],
    from_on: date,
    reason: str,
    actor: Viewer,
    now: datetime,
) -> UpliftRequest:
    """Ask for higher rates. The commissioners of the councils are told.

    Args:
        share: of one, exact. working: how it follows from an index, where it does.
        items: keys of the items whose rates shall rise.

    Raises:
        RuleBroken: `uplift:not-allowed`, `uplift:waits` (one request at a time), `uplift:items`,
            `uplift:share`, `uplift:before-the-decision`, `uplift:after-the-end`,
            `contract:no-reason`.
    """
    on = today(now)
    policy_uplifts.may_ask(actor, held, on).or_refuse("uplift:not-allowed")
    if open_request(held) is not None:
        raise RuleBroken("uplift:waits", "A request waits already. It is decided on first.")
    rates = rates_held(held)
    if not items or any(rate_on(rates, item, on) is None for item in items):
        raise RuleBroken("uplift:items", "Choose rates that hold today.", "items")
    check_from(from_on, on, held.ends_on)
    request = UpliftRequest(
        method=method, working=working, items=sorted(items), asked_at=now, **link(held)
    )
    db.session.add(request)
    words = reason_of(reason, "Say why the rates must rise.")
    _step(request, "ask", check_share(share), from_on, words, actor=actor, now=now)
    audit.record(Event.UPLIFT_ASKED, request, actor=actor, now=now, held=held.ref, from_on=from_on)
    mail.write(
        Message.UPLIFT_ASKED,
        to=people.commissioners(held.council_ids),
        now=now,
        about=request.ref,
        title=held.title,
    )
    return request


def open_request(held: Agreed) -> UpliftRequest | None:
    """The request that waits, if there is one."""
    own = (
        UpliftRequest.contract_id == held.id
        if isinstance(held, Contract)
        else UpliftRequest.list_membership_id == held.id
    )
    return db.session.scalar(select(UpliftRequest).where(own, UpliftRequest.stage.in_(OPEN)))


def recommend(
    request: UpliftRequest,
    *,
    share: Fraction | None,
    from_on: date | None,
    reason: str,
    actor: Viewer,
    now: datetime,
) -> None:
    """Recommend to grant it, in whole or in part, or to refuse it. Finance is told.

    Args:
        share: None recommends to refuse.

    Raises:
        RuleBroken: `uplift:not-allowed`, `contract:no-reason`, and as `_check`.
    """
    policy_uplifts.may_recommend(actor, request).or_refuse("uplift:not-allowed")
    words = reason_of(reason, "Say why you recommend this.")
    day = _check(request, share, from_on, today(now))
    request.stage = move(UPLIFT, request.stage, "recommend")
    _step(request, "recommend", share, day, words, actor=actor, now=now)
    audit.record(Event.UPLIFT_RECOMMENDED, request, actor=actor, now=now, held=request.held.ref)
    mail.write(
        Message.UPLIFT_RECOMMENDED,
        to=people.finance(request.held.council_ids),
        now=now,
        about=request.ref,
        title=request.held.title,
    )


def send_back(request: UpliftRequest, *, reason: str, actor: Viewer, now: datetime) -> None:
    """Ask the commissioner for another recommendation.

    Raises:
        RuleBroken: `uplift:not-allowed`, `contract:no-reason`.
    """
    policy_uplifts.may_decide(actor, request).or_refuse("uplift:not-allowed")
    words = reason_of(reason, "Say what is missing.")
    request.stage = move(UPLIFT, request.stage, "return")
    _step(request, "return", None, None, words, actor=actor, now=now)
    audit.record(Event.UPLIFT_RETURNED, request, actor=actor, now=now, held=request.held.ref)
    mail.write(
        Message.UPLIFT_RETURNED,
        to=people.commissioners(request.held.council_ids),
        now=now,
        about=request.ref,
        title=request.held.title,
    )


def decide(
    request: UpliftRequest,
    *,
    share: Fraction | None,
    from_on: date | None,
    reason: str,
    actor: Viewer,
    now: datetime,
) -> list[Rate]:
    """Grant it in whole or in part, or refuse it; the provider gets a letter.

    Args:
        share: None refuses; what was asked grants in whole; less grants in part.

    Returns:
        The new rates, each a row of its own; those before end the day before.

    Raises:
        RuleBroken: `uplift:not-allowed`, `contract:no-reason`, `uplift:same-day`, and as `_check`.
    """
    policy_uplifts.may_decide(actor, request).or_refuse("uplift:not-allowed")
    words = reason_of(reason, "Say why you decide so. The provider reads it.")
    day = _check(request, share, from_on, today(now))
    verb = _verb(request, share)
    request.stage = move(UPLIFT, request.stage, verb)
    _step(request, verb, share, day, words, actor=actor, now=now)
    changed = [] if share is None or day is None else _raise_rates(request, share, day, now)
    made = [rate for rate, _ in changed]
    db.session.flush()
    letter = uplift_letters.write(request, changed, now=now)
    audit.record(
        Event.UPLIFT_DECIDED,
        request,
        actor=actor,
        now=now,
        held=request.held.ref,
        outcome=verb,
        rates=[one.ref for one in made],
        letter=letter.sha256,
    )
    mail.write(
        Message.UPLIFT_DECIDED,
        to=people.of_provider(request.held.provider_id),
        now=now,
        about=request.ref,
        title=request.held.title,
    )
    return made


def withdraw(request: UpliftRequest, *, reason: str, actor: Viewer, now: datetime) -> None:
    """Take one's own request back; it stays on record.

    Raises:
        RuleBroken: `uplift:not-allowed`, `contract:no-reason`.
    """
    policy_uplifts.may_withdraw(actor, request).or_refuse("uplift:not-allowed")
    words = reason_of(reason, "Say why you take it back.")
    request.stage = move(UPLIFT, request.stage, "withdraw")
    _step(request, "withdraw", None, None, words, actor=actor, now=now)
    audit.record(Event.UPLIFT_WITHDRAWN, request, actor=actor, now=now, held=request.held.ref)


def rates_held(held: Agreed) -> list[RateHeld]:
    """The rates of a contract or place, as the rules read them."""
    return [
        RateHeld(one.item_key, one.amount_pence, one.from_on, one.until_on)
        for one in rates_running(held)
    ]


def new_pence(request: UpliftRequest, share: Fraction, from_on: date) -> dict[str, int]:
    """What each rate of a request would be from a day, in pence."""
    rates = rates_held(request.held)
    found = {item: rate_on(rates, item, from_on) for item in request.items}
    return {item: raised(one.pence, share) for item, one in found.items() if one is not None}


def _check(
    request: UpliftRequest, share: Fraction | None, from_on: date | None, on: date
) -> date | None:
    """What may be granted.

    Raises:
        RuleBroken: `uplift:share`, `uplift:more-than-asked`, `uplift:no-day`,
            `uplift:before-the-decision`, `uplift:after-the-end`, `uplift:over-the-cap`.
    """
    if share is None:
        return None
    asked = request.asked.share
    if asked is not None and check_share(share) > asked:
        raise RuleBroken("uplift:more-than-asked", "That is more than was asked for.", "percent")
    if from_on is None:
        raise RuleBroken("uplift:no-day", "Enter the day from which it holds.", "from_on")
    held = request.held
    check_from(from_on, on, held.ends_on)
    check_cap(rates_held(held), new_pence(request, share, from_on), from_on, held.uplift_cap_bp)
    return from_on


def _verb(request: UpliftRequest, share: Fraction | None) -> str:
    if share is None:
        return "refuse"
    return "grant" if share == request.asked.share else "grant-in-part"


def _raise_rates(
    request: UpliftRequest, share: Fraction, from_on: date, now: datetime
) -> list[uplift_letters.RateChange]:
    wanted, rates = new_pence(request, share, from_on), rates_held(request.held)
    made = []
    for old in list(rates_running(request.held)):
        holding = rate_on(rates, old.item_key, from_on)
        if old.item_key not in wanted or holding is None or holding.from_on != old.from_on:
            continue  # of two that hold the later counts, and rises
        if old.from_on == from_on:
            raise RuleBroken(
                "uplift:same-day", "A rate that begins on that day is on record.", "from_on"
            )
        new = _new_rate(request, old, wanted[old.item_key], from_on, now)
        made.append((new, old.amount_pence))
        old.until_on = from_on - timedelta(days=1)
    return made


def _new_rate(request: UpliftRequest, old: Rate, pence: int, from_on: date, now: datetime) -> Rate:
    rate = Rate(
        provider_id=old.provider_id,
        agreement_lot_id=old.agreement_lot_id,
        item_key=old.item_key,
        unit=old.unit,
        included_hours=old.included_hours,
        amount_pence=pence,
        from_on=from_on,
        until_on=old.until_on,
        source=RateSource.UPLIFT,
        source_ref=request.ref,
        recorded_at=now,
    )
    db.session.add(rate)
    return rate


def _step(
    request: UpliftRequest,
    verb: str,
    share: Fraction | None,
    from_on: date | None,
    reason: str,
    *,
    actor: Viewer,
    now: datetime,
) -> None:
    db.session.add(
        UpliftStep(
            request=request,
            verb=verb,
            share_text="" if share is None else fraction_text(share),
            from_on=from_on,
            reason=reason,
            by_id=actor.person_id,
            at=now,
        )
    )
    db.session.flush()
