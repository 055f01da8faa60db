"""Awards of an open framework that were made outside the portal: recording one, and taking it back."""

from datetime import date, datetime

from portal import audit
from portal.access import Decision, Permission, Viewer, allowed, denied
from portal.audit import Event
from portal.contracts.actions_terms import reason_of
from portal.contracts.models_frameworks import FrameworkAward
from portal.contracts.queries_frameworks import Framework
from portal.days import today
from portal.db import db
from scoring.contract_terms import check_award
from scoring.rules import RuleBroken


def may_record(viewer: Viewer, framework: Framework) -> Decision:
    """A commissioner of a council that takes part in it or buys under it."""
    if viewer.councils_where(Permission.CONTRACT_EDIT) & framework.council_ids:
        return allowed
    return denied("Only a commissioner of a council of this agreement can change it.")


def record_award(
    framework: Framework, awarded_on: date, evidence: str, *, actor: Viewer, now: datetime
) -> FrameworkAward:
    """Record that frameworks were awarded on a day; what is owed next follows from it.

    Raises:
        RuleBroken: `framework:refused`, `contract:no-reason`, and as `check_award`.
    """
    may_record(actor, framework).or_refuse("framework:refused")
    words = reason_of(evidence, "Say where the award is written.", "evidence")
    check_award(awarded_on, framework.awarded_on, today(now))
    made = FrameworkAward(
        agreement=framework.agreement,
        awarded_on=awarded_on,
        evidence=words,
        recorded_by_id=actor.acting_id(),
        recorded_at=now,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        Event.FRAMEWORK_AWARD_RECORDED,
        framework.agreement,
        actor=actor,
        now=now,
        award=made.ref,
        awarded_on=awarded_on,
    )
    return made


def withdraw_award(
    framework: Framework, award: FrameworkAward, reason: str, *, actor: Viewer, now: datetime
) -> None:
    """Take back what was recorded by mistake; it stays on record, and counts no longer.

    Raises:
        RuleBroken: `framework:refused`, `framework:withdrawn`, `contract:no-reason`.
    """
    may_record(actor, framework).or_refuse("framework:refused")
    if award.withdrawn_at is not None:
        raise RuleBroken("framework:withdrawn", "It was taken back before.")
    award.withdrawn_reason = reason_of(reason, "Say why it is taken back.")
    award.withdrawn_by_id, award.withdrawn_at = actor.acting_id(), now
    db.session.flush()
    audit.record(
        Event.FRAMEWORK_AWARD_WITHDRAWN, framework.agreement, actor=actor, now=now, award=award.ref
    )
