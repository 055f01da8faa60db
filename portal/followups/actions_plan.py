"""The verbs of action plans: make one, review each action, finish the review for the meeting."""

from datetime import date, datetime, time

from sqlalchemy import select

from portal import audit, mail, queue
from portal.access import Viewer
from portal.audit import Event
from portal.days import LONDON, today
from portal.db import db
from portal.followups import policy_forums as policy, queries_plan as plans, telling
from portal.followups.models import FollowUp
from portal.followups.models_plan import ActionPlan, PlanReview, PlanReviewLine, Progress
from portal.mail import Message
from portal.people.models import Council
from portal.providers.models import ServiceKind
from scoring import followups as rules
from scoring.rules import RuleBroken
from scoring.stages import PLAN_REVIEW, FollowUpStage, PlanReviewStage, move

REVIEW_JOB = "action-plan:review"


def make_plan(
    council: Council,
    service: ServiceKind,
    title: str,
    first_review_on: date,
    *,
    actor: Viewer,
    now: datetime,
) -> ActionPlan:
    """Make the plan of a council for one kind of service. It falls due for review by its day.

    Raises:
        RuleBroken: the actor may not; `plan:there-already`, `follow-up:no-reason`,
            `follow-up:due-past`.
    """
    policy.may_call(actor, council.id).or_refuse("plan:refused")
    there = select(ActionPlan.id).where(
        ActionPlan.council_id == council.id, ActionPlan.service == service
    )
    if db.session.scalar(there) is not None:
        raise RuleBroken("plan:there-already", "There is a plan for this already.", "service")
    tidy = rules.check_reason(title, "Give the plan a name.", "title")
    rules.check_due(first_review_on, today(now))
    plan = ActionPlan(
        council=council,
        service=service,
        title=tidy[:200],
        next_review_on=first_review_on,
        made_at=now,
    )
    db.session.add(plan)
    db.session.flush()
    audit.record(Event.PLAN_MADE, plan, actor=actor, now=now, service=service)
    _remind(plan, now)
    return plan


def start_review(plan: ActionPlan, *, actor: Viewer, now: datetime) -> PlanReview:
    """Begin the review of a quarter. One at a time; a second click finds the first one.

    Raises:
        RuleBroken: the actor may not.
    """
    policy.may_review(actor, plan).or_refuse("plan:refused")
    db.wait_for(select(ActionPlan.id).where(ActionPlan.id == plan.id))
    db.session.refresh(plan, ["reviews"])
    if plan.open_review is not None:
        return plan.open_review
    review = PlanReview(
        plan=plan,
        stage=PlanReviewStage.UNDER_WAY,
        quarter_on=rules.quarter_of(today(now))[0],
        started_by_id=actor.person_id,
        started_at=now,
    )
    db.session.add(review)
    db.session.flush()
    audit.record(Event.PLAN_REVIEW_STARTED, review, actor=actor, now=now, plan=plan.ref)
    return review


def look_at(
    review: PlanReview,
    follow_up: FollowUp,
    progress: Progress,
    note: str,
    *,
    actor: Viewer,
    now: datetime,
) -> PlanReviewLine:
    """Say how an action stands. Said again, the later word counts until the review is finished.

    Raises:
        RuleBroken: the actor may not; `plan-review:look-at:not-allowed`,
            `plan-review:not-in-it`, `plan-review:no-note`.
    """
    policy.may_review(actor, review.plan).or_refuse("plan:refused")
    review.stage = move(PLAN_REVIEW, review.stage, "look-at")
    if follow_up.id not in {one.id for one in plans.to_review(review)}:
        raise RuleBroken("plan-review:not-in-it", "This action is not in this review.")
    if progress in {Progress.AT_RISK, Progress.OFF_TRACK} and not note.strip():
        message = "Say what is wrong and what is done about it."
        raise RuleBroken("plan-review:no-note", message, "note")
    line = next((one for one in review.lines if one.follow_up_id == follow_up.id), None)
    if line is None:
        line = PlanReviewLine(review=review, follow_up=follow_up)
        db.session.add(line)
    line.stage, line.due_on, line.progress = follow_up.stage, follow_up.due_on, progress
    line.note, line.by_id, line.at = note.strip(), actor.person_id, now
    db.session.flush()
    audit.record(
        Event.PLAN_ACTION_REVIEWED,
        review,
        actor=actor,
        now=now,
        follow_up=follow_up.ref,
        progress=progress,
    )
    return line


def finish(review: PlanReview, summary: str, *, actor: Viewer, now: datetime) -> None:
    """Finish the review: its report stands as it is, and the next one falls due in three months.

    What was closed since the review before it comes into the report by itself.

    Raises:
        RuleBroken: the actor may not; `plan-review:finish:not-allowed`, `plan-review:not-all`,
            `follow-up:no-reason`.
    """
    policy.may_review(actor, review.plan).or_refuse("plan:refused")
    stage = move(PLAN_REVIEW, review.stage, "finish")
    looked_at = {one.follow_up_id for one in review.lines}
    missing = [one for one in plans.to_review(review) if one.id not in looked_at]
    if missing:
        number = "1 action is" if len(missing) == 1 else f"{len(missing)} actions are"
        raise RuleBroken("plan-review:not-all", f"{number} not looked at yet.")
    review.summary = rules.check_reason(summary, "Write a summary for the meeting.", "summary")
    for one in plans.closed_since(review):
        if one.id not in looked_at:
            db.session.add(_as_done(review, one, actor, now))
    review.stage, review.finished_at = stage, now
    review.next_review_on = rules.next_review_on(today(now))
    review.plan.next_review_on = review.next_review_on
    db.session.flush()
    audit.record(Event.PLAN_REVIEW_FINISHED, review, actor=actor, now=now, lines=len(looked_at))
    _remind(review.plan, now)


def _as_done(review: PlanReview, one: FollowUp, actor: Viewer, now: datetime) -> PlanReviewLine:
    decided = one.decision
    return PlanReviewLine(
        review=review,
        follow_up=one,
        stage=FollowUpStage.CLOSED,
        due_on=one.due_on,
        progress=Progress.DONE,
        note=decided.text if decided else "",
        by_id=actor.person_id,
        at=now,
    )


def _remind(plan: ActionPlan, now: datetime) -> None:
    due_at = datetime.combine(plan.next_review_on, time(8), tzinfo=LONDON)
    if due_at > now:
        told = {"due_on": plan.next_review_on.isoformat()}
        queue.put(REVIEW_JOB, plan.ref, now=now, due_at=due_at, **told)


@queue.handler(REVIEW_JOB)
def remind_of_review(job: queue.Job, now: datetime) -> None:
    """Tell the commissioners that a review is due, once; not when it was done early."""
    plan = db.session.scalars(select(ActionPlan).where(ActionPlan.ref == job.subject)).one()
    if plan.next_review_on.isoformat() == job.payload["due_on"]:
        mail.write(
            Message.PLAN_REVIEW_DUE,
            to=telling.commissioners(plan.council_id),
            now=now,
            about=plan.ref,
            title=plan.title,
        )
