"""Who checks a bid, and why not; and what a check's decisions lead to."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from portal.access import Decision, Permission, Viewer, allowed, denied
from portal.applications.clarifications.models_clean_copies import CleanCopy
from portal.applications.compliance.items import Item
from portal.applications.models import Application, CheckOutcome, ComplianceItem
from portal.applications.opening import policy as policy_opening
from portal.rounds import policy as rounds
from portal.rounds.models import Round
from scoring.rules import RuleBroken
from scoring.stages import ApplicationStage, RequestStage, RoundStage, ScanStage, words

Decisions = Mapping[tuple[str, str], ComplianceItem]


def may_read(viewer: Viewer, bid_round: Round) -> bool:
    """The lead and its partners read the check; so do their auditors. Nobody does before the opening."""
    return policy_opening.may_read_bids(viewer, bid_round)


def may_check(viewer: Viewer, application: Application) -> Decision:
    """The commissioners of the lead council decide, until the check is concluded."""
    if not viewer.may(Permission.BID_CHECK) or not rounds.leads(viewer, application.round):
        return denied("Only a commissioner of the lead council checks applications.")
    if application.round.stage is not RoundStage.OPENED:
        stage = words(application.round.stage)
        return denied(
            f"Applications are checked after the opening, until scoring begins. Stage now: {stage}."
        )
    if application.stage is not ApplicationStage.OPENED:
        return denied("The check of this application is concluded.")
    return allowed


def decision_on(item: Item, decisions: Decisions) -> ComplianceItem | None:
    """The decision that stands on an item; nothing, where a virus was found after it was passed."""
    decision = decisions.get(item.place)
    return None if decision is None or is_overtaken(item, decision) else decision


def is_overtaken(item: Item, decision: ComplianceItem) -> bool:
    """Whether a file was passed before a virus was found in it, so that it is to be decided anew."""
    return (
        decision.outcome is CheckOutcome.PASS
        and item.infected_at is not None
        and decision.decided_at < item.infected_at
    )


def refuse_infected(
    item: Item,
    outcome: CheckOutcome,
    before: ComplianceItem | None,
    copy: CleanCopy | None = None,
    now: datetime | None = None,
) -> None:
    """An infected file counts as missing: it passes only after the provider was asked.

    Args:
        copy: the clean copy that was asked for after the one request; it passes when it came and
            no virus was found in it, and nothing is decided while it may still come.

    Raises:
        RuleBroken: `compliance:infected`, `clean-copy:waits`.
    """
    if copy is not None and now is not None and copy.waits(now):
        raise RuleBroken(
            "clean-copy:waits", "The bidder still has time to give a clean copy.", "outcome"
        )
    if copy is not None and copy.version and copy.version.file.scan is ScanStage.CLEAN:
        return
    asked = before is not None and before.outcome is CheckOutcome.CLARIFY
    if item.infected_at is not None and outcome is CheckOutcome.PASS and not asked:
        raise RuleBroken(
            "compliance:infected",
            "A virus was found in this file, so it counts as missing. "
            "Ask the provider once for a clean file, or fail it.",
            "outcome",
        )


def refuse_exclusion(item: Item, outcome: CheckOutcome) -> None:
    """A ground that may apply is decided for the supplier, which is heard, and never by an item.

    Raises:
        RuleBroken: `compliance:exclusion`.
    """
    if item.key.startswith("ground:") and item.to_weigh and outcome is CheckOutcome.FAIL:
        raise RuleBroken(
            "compliance:exclusion",
            "A ground is decided for the whole supplier, which is heard first. "
            "Begin an exclusion from the page of this bid.",
            "outcome",
        )


def undecided(items: Sequence[Item], decisions: Decisions) -> list[Item]:
    """The items on which no decision stands."""
    return [item for item in items if decision_on(item, decisions) is None]


def in_question(items: Sequence[Item], decisions: Decisions) -> list[Item]:
    """The items on which the provider has been asked."""
    return [item for item in items if _outcome(item, decisions) is CheckOutcome.CLARIFY]


def may_conclude(
    viewer: Viewer,
    application: Application,
    items: Sequence[Item],
    decisions: Decisions,
    request: RequestStage | None = None,
    *,
    excluding: bool = False,
) -> Decision:
    """Everything is decided, and no question to the provider is open.

    Args:
        request: where the request to the provider stands; None while there is none.
        excluding: whether a procedure to exclude the supplier goes on.
    """
    decision = may_check(viewer, application)
    if not decision:
        return decision
    if excluding:
        return denied("Whether the supplier is excluded is not decided yet.")
    if missing := len(undecided(items, decisions)):
        return denied(
            "1 item has no decision yet."
            if missing == 1
            else f"{missing} items have no decision yet."
        )
    if asked := len(in_question(items, decisions)):
        return denied(
            "1 item waits for the provider's answer. Decide it first."
            if asked == 1
            else f"{asked} items wait for the provider's answers. Decide them first."
        )
    if request is RequestStage.SENT:
        return denied("The provider still has time to reply to your request.")
    return allowed


def failures(items: Sequence[Item], decisions: Decisions) -> dict[str, list[ComplianceItem]]:
    """The failed decisions by lot: a failure ends the lots that its item concerns, and no other."""
    found: dict[str, list[ComplianceItem]] = {}
    for item in items:
        if _outcome(item, decisions) is CheckOutcome.FAIL:
            for lot in item.lots:
                found.setdefault(lot, []).append(decisions[item.place])
    return found


def _outcome(item: Item, decisions: Decisions) -> CheckOutcome | None:
    decision = decision_on(item, decisions)
    return decision.outcome if decision else None
