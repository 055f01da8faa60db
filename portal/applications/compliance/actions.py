"""The compliance check: one decision for each item, then the conclusion, lot by lot."""

from collections.abc import Sequence
from datetime import datetime

from portal import audit
from portal.access import Viewer
from portal.applications.compliance import (
    policy as policy_compliance,
    queries as queries_compliance,
)
from portal.applications.compliance.items import Item
from portal.applications.compliance.queries import Check
from portal.applications.models import Application, BidLot, CheckOutcome, ComplianceItem
from portal.audit import Event
from portal.db import db
from scoring.clarifications import askable_kind, decision_refusal
from scoring.rules import RuleBroken
from scoring.stages import APPLICATION, APPLICATION_LOT, ApplicationLotStage, RequestStage, move
from scoring.text import cleaned, meaningful_words

LONGEST_REASON = 2_000


def record_check(
    application: Application,
    lot_code: str,
    key: str,
    outcome: CheckOutcome,
    reason: str,
    *,
    actor: Viewer,
    now: datetime,
) -> ComplianceItem:
    """Decide one item; until the conclusion it can be decided anew, and the trail keeps both.

    Args:
        lot_code: of an item that concerns one lot; empty for the whole application.
        key: of the item, such as `document:safeguarding-policy`, `ofsted:SC123456`, `prices`.
        reason: of a failure; of a question, what the provider is asked; of a pass where the rules
            suggest otherwise or there was something to weigh.

    Raises:
        RuleBroken: `compliance:not-allowed`, `compliance:no-item`, `compliance:no-reason`,
            `compliance:reason-too-long`, `compliance:infected`, `compliance:exclusion`,
            `clean-copy:waits`,
            `clarification-request:not-askable`,
            `clarification-request:once`, `clarification-request:waits`.
        NotFound: the actor may not read this bid.
    """
    check = _check(application, actor, now)
    item = check.item(key, lot_code)
    if item is None:
        raise RuleBroken("compliance:no-item", "There is no such item in this check.")
    return _record(check, item, outcome, reason, actor=actor, now=now)


def record_suggested_passes(application: Application, *, actor: Viewer, now: datetime) -> int:
    """Pass every undecided item that meets the rules; each stands in the trail by itself.

    Returns:
        How many were passed.

    Raises:
        RuleBroken: `compliance:not-allowed`.
    """
    check = _check(application, actor, now)
    passes = check.suggested_passes
    for item in passes:
        _record(check, item, CheckOutcome.PASS, "", actor=actor, now=now)
    return len(passes)


def conclude_compliance(application: Application, *, actor: Viewer, now: datetime) -> None:
    """End the check: each lot passes or fails, and the application is compliant if one passes.

    Raises:
        RuleBroken: `compliance:not-concluded` while an item is undecided or a question is open.
    """
    check = _check(application, actor, now)
    policy_compliance.may_conclude(
        actor,
        application,
        check.items,
        check.decisions,
        check.request_stage,
        excluding=check.excluding,
    ).or_refuse("compliance:not-concluded")
    failures = policy_compliance.failures(check.items, check.decisions)
    titles = {item.place: item.title for item in check.items}
    for lot in check.lots:
        failed = failures.get(lot.round_lot.code, [])
        lot.stage = move(APPLICATION_LOT, lot.stage, "fail" if failed else "pass")
        lot.reason = "\n".join(f"{titles[one.lot_code, one.key]}: {one.reason}" for one in failed)
    passed = [lot for lot in check.lots if lot.stage is ApplicationLotStage.PASSED]
    application.stage = move(APPLICATION, application.stage, "pass" if passed else "fail")
    db.session.flush()
    audit.record(
        Event.COMPLIANCE_CONCLUDED,
        application,
        actor=actor,
        now=now,
        outcome=application.stage.value,
        passed=_codes(check.lots, ApplicationLotStage.PASSED),
        failed=_codes(check.lots, ApplicationLotStage.FAILED),
    )


def _check(application: Application, actor: Viewer, now: datetime) -> Check:
    """The check as it stands, with the application locked: two officers may decide at once."""
    db.session.refresh(application, ["stage"], with_for_update=True)
    policy_compliance.may_check(actor, application).or_refuse("compliance:not-allowed")
    return queries_compliance.check_of(application.ref, actor, now)


def _record(
    check: Check,
    item: Item,
    outcome: CheckOutcome,
    reason: str,
    *,
    actor: Viewer,
    now: datetime,
) -> ComplianceItem:
    asked = check.request.field(item.key, item.lot_code) if check.request else None
    if outcome is CheckOutcome.CLARIFY:
        askable_kind(item.key)
    refusal = decision_refusal(
        check.request_stage, listed=asked is not None, asks=outcome is CheckOutcome.CLARIFY
    )
    if refusal is not None:
        raise refusal
    silent = asked is not None and check.request_stage is RequestStage.EXPIRED
    why = _reason(item, outcome, reason, silent=silent)
    decision = check.decisions.get(item.place)
    policy_compliance.refuse_infected(item, outcome, decision, check.clean_copy(item), now)
    policy_compliance.refuse_exclusion(item, outcome)
    before = {"outcome": decision.outcome, "reason": decision.reason} if decision else None
    if decision is None:
        decision = ComplianceItem(
            application_id=check.application.id, lot_code=item.lot_code, key=item.key
        )
        db.session.add(decision)
    decision.outcome, decision.reason = outcome, why
    decision.decided_by_id, decision.decided_at = actor.acting_id(), now
    db.session.flush()
    audit.record(
        Event.COMPLIANCE_RECORDED,
        check.application,
        actor=actor,
        now=now,
        values={"before": before, "after": {"outcome": outcome, "reason": why}},
        item=item.key,
        lot=item.lot_code,
        outcome=outcome.value,
        suggested=item.suggested.value if item.suggested else "",
    )
    return decision


def _reason(item: Item, outcome: CheckOutcome, reason: str, *, silent: bool) -> str:
    """The reason of a decision. A provider that was asked and said nothing is passed with one."""
    why = cleaned(reason, "reason")
    if len(why) > LONGEST_REASON:
        raise RuleBroken(
            "compliance:reason-too-long", f"Use {LONGEST_REASON:,} characters or fewer.", "reason"
        )
    if (silent or item.needs_reason(outcome)) and not meaningful_words(why):
        raise RuleBroken("compliance:no-reason", _ASK_FOR[outcome], "reason")
    return why


_ASK_FOR = {
    CheckOutcome.PASS: "Say why this passes.",
    CheckOutcome.FAIL: "Say why this fails. The provider will read it.",
    CheckOutcome.CLARIFY: "Write what you ask the provider.",
}


def _codes(lots: Sequence[BidLot], stage: ApplicationLotStage) -> list[str]:
    return [lot.round_lot.code for lot in lots if lot.stage is stage]
