"""Extensions: setting the options, deciding on them, and undoing a decision in time."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from portal import audit, mail
from portal.access import Viewer
from portal.audit import Event
from portal.contracts import people, policy
from portal.contracts.models import Contract, ListMembership, Rate
from portal.contracts.models_terms import ExtensionDecision, ExtensionOption
from portal.days import today
from portal.db import db
from portal.mail import Message
from scoring.contract_terms import planned
from scoring.rules import RuleBroken

Agreed = Contract | ListMembership


def link(held: Agreed) -> dict[str, Agreed]:
    """How a row of this contract or place points at it."""
    return {"contract" if isinstance(held, Contract) else "list_membership": held}


def hold(agreed: Iterable[Agreed]) -> None:
    """Of two who stop, end or extend the same thing at the same moment the second waits here, and
    then sees what the first has done. Always in the same order, so that nobody waits for each other.
    """
    for one in sorted(agreed, key=lambda one: (one.__tablename__, one.id)):
        model = type(one)
        db.wait_for(select(model.id).where(model.id == one.id))
        db.session.refresh(one)


def reason_of(text: str, what: str, field: str = "reason") -> str:
    """A reason that somebody gave.

    Raises:
        RuleBroken: `contract:no-reason`.
    """
    if not text.strip():
        raise RuleBroken("contract:no-reason", what, field)
    return text.strip()


def set_options(
    held: Agreed, months: Sequence[int], notice_months: int, *, actor: Viewer, now: datetime
) -> None:
    """Say which extensions the terms allow, each with the day by which to decide.

    Args:
        months: of each option, in order. notice_months: before the end of the running period.

    Raises:
        RuleBroken: `contract:refused`, `contract:notice`, `contract:extension-too-long` (the round
            stated less).
    """
    policy.may_set_options(actor, held, today(now)).or_refuse("contract:refused")
    lay_out(held, months, notice_months)
    audit.record(
        Event.EXTENSIONS_SET, held, actor=actor, now=now, months=list(months), notice=notice_months
    )


def say_deed(held: Agreed, by_deed: bool, *, actor: Viewer, now: datetime) -> None:
    """Say whether it was made by deed: a claim on a deed can be made for twelve years and not six.

    Source: Limitation Act 1980, sections 5 and 8.

    Raises:
        RuleBroken: `contract:refused`.
    """
    policy.may_edit(actor, held).or_refuse("contract:refused")
    if held.by_deed is by_deed:
        return
    held.by_deed = by_deed
    audit.record(Event.CONTRACT_DEED, held, actor=actor, now=now, by_deed=by_deed)
    db.session.flush()


def lay_out(held: Agreed, months: Sequence[int], notice_months: int) -> None:
    """Replace the options by new ones, behind the first period."""
    stated = held.extension_months if isinstance(held, Contract) and held.round_id else None
    if stated is not None and sum(months) > stated:
        raise RuleBroken(
            "contract:extension-too-long",
            f"The round stated extensions of {stated} months in all.",
            "extensions",
        )
    wanted = planned(held.starts_on, held.first_ends_on or held.ends_on, months, notice_months)
    for old in list(held.options):
        db.session.delete(old)
    db.session.flush()
    db.session.expire(held, ["options"])
    for one in wanted:
        option = ExtensionOption(
            number=one.number,
            months=one.months,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            decide_by_on=one.decide_by_on,
            **link(held),
        )
        db.session.add(option)
    db.session.flush()


def decide_extension(
    option: ExtensionOption, *, extended: bool, reason: str, actor: Viewer, now: datetime
) -> ExtensionDecision:
    """Extend, or do not; the rates that ran until the end run on with it.

    Raises:
        RuleBroken: `extension:refused`, `contract:no-reason`.
    """
    _hold(option)
    policy.may_decide(actor, option, today(now)).or_refuse("extension:refused")
    words = reason_of(reason, "Say why you decide so.")
    decision = ExtensionDecision(
        option=option,
        extended=extended,
        reason=words,
        decided_by_id=actor.person_id,
        decided_at=now,
    )
    db.session.add(decision)
    if extended:
        take(option)
    db.session.flush()
    audit.record(
        Event.EXTENSION_DECIDED,
        option.held,
        actor=actor,
        now=now,
        option=option.ref,
        extended=extended,
        ends_on=option.held.ends_on,
    )
    tell_provider(Message.EXTENSION_DECIDED, option.held, now)
    return decision


def _hold(option: ExtensionOption) -> None:
    """Of two who decide at the same moment the second waits here, and then sees what was decided."""
    db.wait_for(select(ExtensionOption.id).where(ExtensionOption.id == option.id))
    db.session.refresh(option, ["decisions"])
    hold([option.held])


def take(option: ExtensionOption) -> None:
    """Let the extension hold."""
    held = option.held
    held.first_ends_on = held.first_ends_on or held.ends_on
    move_rates(held, held.ends_on, option.ends_on)
    held.ends_on = option.ends_on


def undo_decision(option: ExtensionOption, *, reason: str, actor: Viewer, now: datetime) -> None:
    """Undo the decision on an extension before it takes effect; it stays on record.

    Raises:
        RuleBroken: `extension:refused`, `contract:no-reason`.
    """
    _hold(option)
    policy.may_undo(actor, option, today(now)).or_refuse("extension:refused")
    decision = option.decision
    if decision is None:
        raise RuleBroken("extension:refused", "There is no decision to undo.")
    decision.undone_reason = reason_of(reason, "Say why you undo it.")
    decision.undone_by_id, decision.undone_at = actor.person_id, now
    if decision.extended:
        held, before = option.held, option.starts_on - timedelta(days=1)
        move_rates(held, held.ends_on, before)
        held.ends_on = before
    db.session.flush()
    audit.record(Event.EXTENSION_UNDONE, option.held, actor=actor, now=now, option=option.ref)
    tell_provider(Message.EXTENSION_DECIDED, option.held, now)


def rates_running(held: Agreed) -> Iterable[Rate]:
    """The rates of a contract or place; spot rates are another matter."""
    return db.session.scalars(
        select(Rate).where(
            Rate.provider_id == held.provider_id,
            Rate.agreement_lot_id == held.agreement_lot_id,
            Rate.council_id.is_(None),
        )
    )


def move_rates(held: Agreed, old: date, new: date) -> None:
    """Rates that ran until one last day run until another."""
    for rate in rates_running(held):
        if rate.until_on == old and rate.from_on <= new:
            rate.until_on = new


def tell_provider(message: Message, held: Agreed, now: datetime) -> None:
    """Write to the provider's people; what was decided stands on the page, not in the mail."""
    mail.write(
        message, to=people.of_provider(held.provider_id), now=now, about=held.ref, title=held.title
    )
