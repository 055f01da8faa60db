"""What people may see of action plans: councils their own, providers none."""

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.access import Permission, Viewer
from portal.days import LONDON
from portal.db import db
from portal.followups.models import FollowUp, FollowUpCouncil, FollowUpStep
from portal.followups.models_plan import ActionPlan, PlanReview, PlanReviewLine
from portal.providers.models import Registration
from scoring.stages import FollowUpStage


def plans(viewer: Viewer) -> Sequence[ActionPlan]:
    """The plans of the viewer's councils with their reviews, the next due first."""
    if not viewer.may(Permission.FOLLOW_UP_READ):
        return []
    return db.session.scalars(
        select(ActionPlan)
        .where(ActionPlan.council_id.in_(viewer.councils_where(Permission.FOLLOW_UP_READ)))
        .options(joinedload(ActionPlan.council), selectinload(ActionPlan.reviews))
        .order_by(ActionPlan.next_review_on, ActionPlan.id)
    ).all()


def plan(ref: str, viewer: Viewer) -> ActionPlan | None:
    """One of them; None for a stranger, and for every provider."""
    return next((one for one in plans(viewer) if one.ref == ref), None)


def review(ref: str, plan: ActionPlan) -> PlanReview | None:
    """A review of this plan, with its lines. Three statements."""
    return db.session.scalar(
        select(PlanReview)
        .where(PlanReview.ref == ref, PlanReview.plan_id == plan.id)
        .options(
            joinedload(PlanReview.plan).joinedload(ActionPlan.council),
            selectinload(PlanReview.lines).joinedload(PlanReviewLine.by),
            selectinload(PlanReview.lines)
            .joinedload(PlanReviewLine.follow_up)
            .options(
                joinedload(FollowUp.provider),
                joinedload(FollowUp.setting),
                joinedload(FollowUp.council),
                joinedload(FollowUp.owner_person),
            ),
        )
    )


def in_plan(plan: ActionPlan) -> ColumnElement[bool]:
    """The condition on `FollowUp`: shared by the plan's council, and of its kind of service."""
    shared = select(FollowUpCouncil.follow_up_id).where(
        FollowUpCouncil.council_id == plan.council_id
    )
    of_service = select(Registration.provider_id).where(Registration.service == plan.service)
    return FollowUp.id.in_(shared) & or_(
        FollowUp.provider_id.is_(None), FollowUp.provider_id.in_(of_service)
    )


def to_review(review: PlanReview) -> Sequence[FollowUp]:
    """What is open or answered in the plan: each of them is looked at. Two statements."""
    running = FollowUp.stage.in_((FollowUpStage.OPEN, FollowUpStage.ANSWERED))
    return _found(in_plan(review.plan), running)


def closed_since(review: PlanReview) -> Sequence[FollowUp]:
    """What was closed since the review before this one was finished. Two statements.

    Of a first review: since the beginning of its quarter.
    """
    before = [
        one.finished_at for one in review.plan.reviews if one.finished_at and one is not review
    ]
    closed = select(FollowUpStep.follow_up_id).where(FollowUpStep.verb == "close")
    if before:
        closed = closed.where(FollowUpStep.at > max(before))
    else:
        closed = closed.where(FollowUpStep.at >= _midnight(review.quarter_on))
    return _found(
        in_plan(review.plan), FollowUp.stage == FollowUpStage.CLOSED, FollowUp.id.in_(closed)
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=LONDON)


def _found(*conditions: ColumnElement[bool]) -> Sequence[FollowUp]:
    return db.session.scalars(
        select(FollowUp)
        .where(*conditions)
        .options(
            joinedload(FollowUp.provider),
            joinedload(FollowUp.setting),
            joinedload(FollowUp.council),
            joinedload(FollowUp.owner_person),
            selectinload(FollowUp.steps),
        )
        .order_by(FollowUp.due_on, FollowUp.id)
    ).all()
