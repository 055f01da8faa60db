"""Reviewing packages: a period, its placements, an outcome and what follows from it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.contracts import policy_packages
from portal.contracts.actions_terms import Agreed, link, reason_of
from portal.contracts.models_packages import PackageLine, PackageReview, ReviewOutcome
from portal.days import today
from portal.db import db
from portal.followups.actions import Owner, Source, raise_followup
from portal.followups.models import FollowUpKind, OwnerSide
from portal.people.models import Council
from scoring.packages import check_weeks, read_placement, read_ratio
from scoring.rules import RuleBroken
from scoring.stages import REVIEW, move

SOURCE = "package-review"


@dataclass(frozen=True, slots=True)
class Typed:
    """What an officer types of one placement. Weeks and hours have one decimal place."""

    placement: str
    weeks: Decimal
    core_pence: int
    hour_pence: int
    agreed_hours: Decimal
    agreed_ratio: str
    delivered_hours: Decimal
    delivered_ratio: str
    paid_pence: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What the provider is to do, by when."""

    text: str
    post: str
    due_on: date


def start(
    held: Agreed, council: Council, from_on: date, until_on: date, *, actor: Viewer, now: datetime
) -> PackageReview:
    """Begin a review of a period that is over or runs.

    Raises:
        RuleBroken: `package:not-allowed`, `package:period`.
    """
    policy_packages.may_start(actor, held, council.id).or_refuse("package:not-allowed")
    if not held.starts_on <= from_on <= until_on <= min(today(now), held.ends_on):
        message = "Enter a period within the contract, until today at the latest."
        raise RuleBroken("package:period", message, "until_on")
    review = PackageReview(
        council=council,
        from_on=from_on,
        until_on=until_on,
        made_by_id=actor.person_id,
        made_at=now,
        **link(held),
    )
    db.session.add(review)
    db.session.flush()
    audit.record(Event.PACKAGE_REVIEW_STARTED, review, actor=actor, now=now, held=held.ref)
    return review


def save_line(
    review: PackageReview,
    typed: Typed,
    line: PackageLine | None = None,
    *,
    actor: Viewer,
    now: datetime,
) -> PackageLine:
    """Add a placement, or change one.

    Raises:
        RuleBroken: `package:not-allowed`, `package:placement`, `package:twice`, `package:ratio`,
            `package:weeks`, `package:hours`, `package:money`.
    """
    policy_packages.may_change(actor, review).or_refuse("package:not-allowed")
    placement = _placement(typed.placement)
    if any(one.placement == placement and one is not line for one in review.lines):
        raise RuleBroken("package:twice", "This placement is in the review already.", "placement")
    check_weeks(typed.weeks, review.from_on, review.until_on)
    _check_ratio(typed.agreed_ratio, "agreed_ratio")
    _check_ratio(typed.delivered_ratio, "delivered_ratio")
    kept = line or PackageLine()
    kept.placement, kept.note = placement, typed.note.strip()
    kept.weeks_tenths = int(typed.weeks * 10)
    kept.core_pence, kept.hour_pence = typed.core_pence, typed.hour_pence
    kept.agreed_hours_tenths = int(typed.agreed_hours * 10)
    kept.delivered_hours_tenths = int(typed.delivered_hours * 10)
    kept.agreed_ratio, kept.delivered_ratio = typed.agreed_ratio, typed.delivered_ratio
    kept.paid_pence = typed.paid_pence
    kept.package.check()
    if line is None:
        review.lines.append(kept)
    db.session.flush()
    audit.record(Event.PACKAGE_LINE_SAVED, review, actor=actor, now=now, line=kept.ref)
    return kept


def _placement(text: str) -> str:
    try:
        return read_placement(text)
    except RuleBroken as broken:
        raise RuleBroken(broken.code, broken.message, "placement") from None


def _check_ratio(text: str, field: str) -> None:
    try:
        read_ratio(text)
    except RuleBroken as broken:
        raise RuleBroken(broken.code, broken.message, field) from None


def remove_line(review: PackageReview, line: PackageLine, *, actor: Viewer, now: datetime) -> None:
    """Take a placement out of a draft.

    Raises:
        RuleBroken: `package:not-allowed`.
    """
    policy_packages.may_change(actor, review).or_refuse("package:not-allowed")
    review.lines.remove(line)
    db.session.flush()
    audit.record(Event.PACKAGE_LINE_REMOVED, review, actor=actor, now=now, line=line.ref)


def conclude(
    review: PackageReview,
    outcome: ReviewOutcome,
    words: str,
    action: Action | None = None,
    *,
    actor: Viewer,
    now: datetime,
) -> None:
    """Say what it leads to; an action becomes one of the list of actions.

    Raises:
        RuleBroken: `package:not-allowed`, `package:empty`, `contract:no-reason`, and as
            `raise_followup`.
    """
    policy_packages.may_change(actor, review).or_refuse("package:not-allowed")
    if not review.lines:
        raise RuleBroken("package:empty", "Add at least one placement first.")
    review.words = reason_of(words, "Say why, in words.", "words")
    review.stage = move(REVIEW, review.stage, "conclude")
    review.outcome = outcome
    review.concluded_by_id, review.concluded_at = actor.person_id, now
    if action is not None:
        review.follow_up_ref = _raised(review, action, actor, now)
    db.session.flush()
    audit.record(
        Event.PACKAGE_REVIEW_CONCLUDED,
        review,
        actor=actor,
        now=now,
        outcome=outcome.value,
        follow_up=review.follow_up_ref,
    )


def _raised(review: PackageReview, action: Action, actor: Viewer, now: datetime) -> str:
    raised = raise_followup(
        FollowUpKind.ACTION,
        provider=review.held.provider,
        council=review.council,
        text=action.text,
        owner=Owner(OwnerSide.PROVIDER, action.post),
        due_on=action.due_on,
        source=Source(SOURCE, review.ref, f"Package review to {review.until_on:%-d %B %Y}"),
        actor=actor,
        now=now,
    )
    return raised.ref


def reopen(review: PackageReview, reason: str, *, actor: Viewer, now: datetime) -> None:
    """Open a concluded review again; what it had come to stays in the trail.

    Raises:
        RuleBroken: `package:not-allowed`, `contract:no-reason`.
    """
    policy_packages.may_reopen(actor, review).or_refuse("package:not-allowed")
    words = reason_of(reason, "Say why you open it again.")
    before = {"outcome": review.outcome, "words": review.words, "reopened because": words}
    review.stage = move(REVIEW, review.stage, "reopen")
    review.outcome, review.concluded_by_id, review.concluded_at = None, None, None
    db.session.flush()
    audit.record(
        Event.PACKAGE_REVIEW_REOPENED, review, actor=actor, now=now, values={"before": before}
    )
