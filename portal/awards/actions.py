"""From locked results to members of a list: recommend, approve, write, conclude."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from portal import audit, mail, queue
from portal.access import Viewer
from portal.applications import queries as applications
from portal.applications.lots.councils import councils_offered
from portal.applications.models import Application
from portal.audit import Event
from portal.awards import letters, policy, queries
from portal.awards.actions_contracts import (
    Offers,
    Period,
    by_contract,
    make_contracts,
    promised_questions,
    promises,
)
from portal.awards.grounds import least_yearly_pence
from portal.awards.models import Approval, ApprovalDecision, Letter, Recommendation
from portal.awards.policy import Progress
from portal.contracts.actions import RateOffer, join_list
from portal.days import today
from portal.db import db
from portal.evaluation import queries as evaluation
from portal.evaluation.asked import scheme_of
from portal.evaluation.decisions.open_matters import open_matters
from portal.evaluation.models import Result
from portal.mail import Message
from portal.people.models import Council
from portal.rounds.models import Round, RoundLot
from scoring.canonical import canonical_json, sha256_of
from scoring.digests import approval_digest
from scoring.money import pounds
from scoring.rules import RuleBroken
from scoring.stages import (
    APPLICATION,
    APPLICATION_LOT,
    RECOMMENDATION,
    ROUND,
    RecommendationStage,
    move,
)
from scoring.text import cleaned, meaningful_words

FEWEST_WORDS = 3  # of a reason for an award, or for returning one


def recommend(bid_round: Round, reason: str, *, actor: Viewer, now: datetime) -> Recommendation:
    """Put the results before the approvers of every council of the round.

    Raises:
        RuleBroken: `award:reason-missing`, `award:reason-too-short`, `award:no-results`, or the
            policy's refusal.
    """
    evaluation.hold(bid_round)
    policy.may_recommend(actor, bid_round, open_matters(bid_round)).or_refuse("award:not-allowed")
    reason = _reason(reason, "Say why this award is recommended.")
    results = evaluation.results(bid_round, Viewer.system())
    if not results:
        raise RuleBroken("award:no-results", "There are no results to recommend from.")
    content = _content(results)
    recommendation = Recommendation(
        round_id=bid_round.id,
        stage=move(RECOMMENDATION, RecommendationStage.DRAFT, "recommend"),
        reason=reason,
        content=content,
        sha256=sha256_of(canonical_json(content)),
        made_by_id=actor.acting_id(),
        made_at=now,
    )
    recommendation.round = bid_round
    db.session.add(recommendation)
    bid_round.stage = move(ROUND, bid_round.stage, "recommend")
    db.session.flush()
    audit.record(
        Event.AWARD_RECOMMENDED,
        recommendation,
        actor=actor,
        now=now,
        sha256=recommendation.sha256,
        reason_sha256=sha256_of(reason),
    )
    mail.write(
        Message.APPROVAL_WAITS,
        queries.approvers_of(bid_round),
        now=now,
        about=bid_round.ref,
        title=bid_round.title,
    )
    return recommendation


def _reason(text: str, ask: str) -> str:
    """A reason that others decide by: a word like "ok" tells them nothing."""
    reason = cleaned(text, "reason")
    if not reason:
        raise RuleBroken("award:reason-missing", ask, "reason")
    if meaningful_words(reason) < FEWEST_WORDS:
        words = f"{ask} Use {FEWEST_WORDS} words or more."
        raise RuleBroken("award:reason-too-short", words, "reason")
    return reason


def _content(results: Sequence[Result]) -> dict[str, Any]:
    return {
        "results": [
            {
                "application": one.application.ref,
                "lot": one.round_lot.code,
                **({"council": one.council} if one.council else {}),
                "admitted": one.admitted,
                "total": one.total,
                "sha256": one.sha256,
            }
            for one in results
        ]
    }


def approve(
    recommendation: Recommendation,
    council: Council,
    decision_reference: str,
    *,
    declared_no_interest: bool = False,
    delegation_limit_pence: int | None = None,
    call_in_until_on: date | None = None,
    actor: Viewer,
    now: datetime,
) -> Approval:
    """Approve a council's part. With the last one the award stands and the letters are written.

    Args:
        delegation_limit_pence: up to which yearly cost this person may decide for the council.
        call_in_until_on: the last day on which councillors may call the decision in.

    Raises:
        RuleBroken: `award:reference-missing`, `award:interest-not-declared`, `award:limit`,
            `award:limit-too-low`, or the policy's refusal.

    Source: Procurement Act 2023, sections 81 to 83 (everybody who influences a decision declares).
    """
    _refuse(recommendation, council, actor)
    if not decision_reference.strip():
        raise RuleBroken(
            "award:reference-missing",
            "Enter the reference of your council's decision.",
            "decision_reference",
        )
    if not declared_no_interest:
        raise RuleBroken(
            "award:interest-not-declared",
            "Confirm that you have no interest in any bidder. If you have one, somebody else approves.",
            "declared_no_interest",
        )
    _refuse_limit(recommendation.round, delegation_limit_pence, actor)
    approval = _decide(recommendation, council, ApprovalDecision.APPROVE, actor, now)
    approval.delegation_limit_pence = delegation_limit_pence
    approval.call_in_until_on = call_in_until_on
    approval.decision_reference = decision_reference.strip()
    approval.declared_no_interest = True
    db.session.flush()
    bid_round = recommendation.round
    audit.record(
        Event.AWARD_APPROVED,
        recommendation,
        actor=actor,
        now=now,
        council=council.slug,
        reference=approval.decision_reference,
        sha256=_digest(approval, council),
    )
    if {one.council_id for one in recommendation.approvals} >= bid_round.council_ids:
        recommendation.stage = move(RECOMMENDATION, recommendation.stage, "approve")
        bid_round.stage = move(ROUND, bid_round.stage, "approve")
        _write_letters(bid_round, actor, now)
    return approval


def _refuse_limit(bid_round: Round, limit_pence: int | None, actor: Viewer) -> None:
    """Who may decide less than one place costs in a year may not decide an award."""
    if limit_pence is None:
        return
    if limit_pence <= 0:
        raise RuleBroken("award:limit", "A limit is above £0.", "delegation_limit")
    least = least_yearly_pence(bid_round, actor)
    if least is not None and limit_pence < least:
        raise RuleBroken(
            "award:limit-too-low",
            f"One place costs at least {pounds(least)} a year at the prices of this award. Enter a"
            " limit above that, or leave it empty if somebody else made the decision, and give its"
            " reference.",
            "delegation_limit",
        )


def return_to_panel(
    recommendation: Recommendation, council: Council, reason: str, *, actor: Viewer, now: datetime
) -> Approval:
    """Send a recommendation back, with the reason; what was decided stays on record.

    Raises:
        RuleBroken: `award:reason-missing`, `award:reason-too-short`, or the policy's refusal.
    """
    _refuse(recommendation, council, actor)
    reason = _reason(reason, "Say why you return it.")
    approval = _decide(recommendation, council, ApprovalDecision.RETURN, actor, now)
    approval.reason = reason
    recommendation.stage = move(RECOMMENDATION, recommendation.stage, "return")
    bid_round = recommendation.round
    bid_round.stage = move(ROUND, bid_round.stage, "return")
    db.session.flush()
    audit.record(
        Event.AWARD_RETURNED,
        recommendation,
        actor=actor,
        now=now,
        council=council.slug,
        sha256=_digest(approval, council),
    )
    mail.write(
        Message.AWARD_RETURNED,
        [recommendation.made_by],
        now=now,
        about=bid_round.ref,
        title=bid_round.title,
    )
    return approval


def _refuse(recommendation: Recommendation, council: Council, actor: Viewer) -> None:
    """The round is held meanwhile: two councils may decide at the same moment."""
    bid_round = recommendation.round
    evaluation.hold(bid_round)
    db.session.refresh(recommendation, ["stage", "approvals"])
    if council.id not in bid_round.council_ids:
        raise RuleBroken("award:other-council", "This council does not take part in the round.")
    policy.may_decide(
        actor,
        recommendation,
        council.id,
        took_part=queries.took_part_in(bid_round),
        interested=queries.interested_in(bid_round),
    ).or_refuse("award:not-allowed")


def _decide(
    recommendation: Recommendation,
    council: Council,
    decision: ApprovalDecision,
    actor: Viewer,
    now: datetime,
) -> Approval:
    approval = Approval(
        recommendation=recommendation,
        council_id=council.id,
        decision=decision,
        decided_by_id=actor.acting_id(),
        decided_at=now,
    )
    db.session.add(approval)
    return approval


def _digest(approval: Approval, council: Council) -> str:
    return approval_digest(
        council=council.slug,
        decision=approval.decision.value,
        reference=approval.decision_reference,
        reason=approval.reason,
        delegation_limit_pence=approval.delegation_limit_pence,
        call_in_until_on=approval.call_in_until_on,
    )


def _write_letters(bid_round: Round, actor: Viewer, now: datetime) -> None:
    results = evaluation.results(bid_round, Viewer.system())
    _, head = audit.head()
    for application_id, written in letters.contents(bid_round, results, now).items():
        content = audit.plain(written)
        letter = Letter(
            application_id=application_id,
            content=content,
            sha256=sha256_of(canonical_json(content)),
            outcome=letters.outcome_of(content),
            trail_head=head,
            made_at=now,
        )
        db.session.add(letter)
        db.session.flush()
        audit.record(Event.LETTER_MADE, letter, actor=actor, now=now, sha256=letter.sha256)
        queue.put("letter:pdf", letter.ref, now=now)


def release_letters(bid_round: Round, *, actor: Viewer, now: datetime) -> Sequence[Letter]:
    """Let every bidder read its letter, all at the same moment, and tell them so.

    Raises:
        RuleBroken: the policy's refusal.
    """
    evaluation.hold(bid_round)
    written = queries.letters_of(bid_round)
    policy.may_release(actor, bid_round, Progress.of(written)).or_refuse("letters:not-allowed")
    for letter in written:
        letter.released_at, letter.released_by_id = now, actor.acting_id()
        mail.write(
            Message.LETTER_READY,
            queries.administrators_of(letter.application.provider_id),
            now=now,
            about=letter.ref,
            title=bid_round.title,
        )
    db.session.flush()
    audit.record(
        Event.LETTERS_RELEASED,
        bid_round,
        actor=actor,
        now=now,
        letters={letter.ref: letter.sha256 for letter in written},
    )
    return written


def conclude(
    bid_round: Round,
    starts_on: date,
    *,
    actor: Viewer,
    now: datetime,
) -> int:
    """Put the admitted bidders on the list, lot by lot, with the rates that they offered.

    A ranked tender ends in contracts instead, each with the promises of its bid. Either way what
    the round published about extensions becomes options, each with the day by which to decide.

    Returns:
        How many places on the list, or contracts, came into being.

    Raises:
        RuleBroken: `award:starts-in-the-past`, or the policy's refusal.
    """
    evaluation.hold(bid_round)
    waiting = queries.waiting_of(bid_round, now)
    policy.may_conclude(actor, bid_round, waiting).or_refuse("award:not-allowed")
    if starts_on < today(now):
        raise RuleBroken("award:starts-in-the-past", "Choose today or a later day.", "starts_on")
    results = evaluation.results(bid_round, Viewer.system())
    ends_on = end_of_list(starts_on, bid_round.list_years)
    won = [one for one in results if one.admitted]
    offers = _offers(bid_round, won)
    when = Period(starts_on, ends_on)
    if scheme_of(bid_round).ranked:
        make_contracts(bid_round, won, offers, when, actor=actor, now=now)
    else:
        _join_list(bid_round, won, offers, when, actor=actor, now=now)
    _tell_outcomes(results)
    bid_round.stage = move(ROUND, bid_round.stage, "conclude")
    bid_round.concluded_at = now
    db.session.flush()
    admitted = len(by_contract(won))
    audit.record(Event.AWARD_CONCLUDED, bid_round, actor=actor, now=now, places=admitted)
    return admitted


def _join_list(
    bid_round: Round,
    won: Sequence[Result],
    offers: Offers,
    when: Period,
    *,
    actor: Viewer,
    now: datetime,
) -> None:
    lots = applications.bid_lots({one.application_id for one in won})
    bids = list({one.application_id: one.application for one in won}.values())
    contents = applications.bid_contents(bids, Viewer.system())
    asked = promised_questions(bid_round)
    for result in won:
        content = contents[result.application_id]
        offered_to = lots[result.application_id, result.round_lot_id].councils
        join_list(
            result.application.provider,
            result.round_lot.agreement_lot,
            councils=councils_offered(offered_to, bid_round),
            starts_on=when.starts_on,
            ends_on=when.ends_on,
            rates=offers[result.application_id, result.round_lot.code],
            application_ref=result.application.ref,
            uplift_rule=bid_round.uplift_rule,
            extensions=bid_round.extension_terms,
            promises=list(promises(asked, content.answers, result.round_lot.code)),
            submission_sha256=content.sha256,
            actor=actor,
            now=now,
        )


def end_of_list(starts_on: date, years: int) -> date:
    """The last day of a place on a list: the day before the anniversary."""
    try:
        anniversary = starts_on.replace(year=starts_on.year + years)
    except ValueError:  # from 29 February
        anniversary = date(starts_on.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def _tell_outcomes(results: Sequence[Result]) -> None:
    """Each lot of each bid, and each bid, comes to its end."""
    by_bid: dict[int, list[Result]] = {}
    for result in results:
        by_bid.setdefault(result.application_id, []).append(result)
    bid_lots = applications.bid_lots(list(by_bid))
    for application_id, own in by_bid.items():
        bid: Application = own[0].application
        admitted = {result.round_lot_id for result in own if result.admitted}
        for lot_id in {result.round_lot_id for result in own}:
            lot = bid_lots[application_id, lot_id]
            lot.stage = move(
                APPLICATION_LOT, lot.stage, "admit" if lot_id in admitted else "refuse"
            )
        verb = "admit" if any(result.admitted for result in own) else "refuse"
        bid.stage = move(APPLICATION, bid.stage, verb)


def _offers(bid_round: Round, results: Sequence[Result]) -> Offers:
    items = {item["key"]: item for item in bid_round.rate_card.body["items"]}
    ids = sorted({result.application_id for result in results})
    prices = applications.prices(ids, Viewer.system())
    return {
        (result.application_id, result.round_lot.code): [
            RateOffer(
                item_key=key,
                unit=items[key]["unit"],
                included_hours=items[key].get("included_hours") or 0,
                amount_pence=pence,
            )
            for key, pence in _of_lot(prices[result.application_id], result.round_lot)
        ]
        for result in results
    }


def _of_lot(prices: dict[tuple[str, str], int], lot: RoundLot) -> list[tuple[str, int]]:
    return [(item, pence) for (code, item), pence in sorted(prices.items()) if code == lot.code]
