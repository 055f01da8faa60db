"""Who may do what to KPIs, and why not: asked by the verb, by the page and by its buttons.

A council of the contract checks: one for which the provider holds one of the plan's lots. Councils
that take part in the agreement without it read.
"""

from collections.abc import Set as AbstractSet
from datetime import date

from portal.access import Decision, Permission, Viewer, allowed, denied
from portal.kpis.models_assessments import KpiAssessment
from portal.kpis.models_returns import KpiReturn
from scoring.stages import (
    ASSESSMENT,
    KPI_RETURN,
    AssessmentStage,
    KpiReturnStage as Stage,
    verbs_from,
)

CHANGEABLE = frozenset({Stage.EXPECTED, Stage.DRAFT, Stage.QUERIED})


def may_check(viewer: Viewer, council_ids: AbstractSet[int]) -> Decision:
    """Whether somebody attaches KPIs, checks returns and assesses.

    Args:
        council_ids: the councils of the contract.
    """
    if not viewer.may(Permission.KPI_CHECK):
        return denied("Only a commissioner checks KPI returns.")
    if not viewer.councils_where(Permission.KPI_CHECK) & council_ids:
        return denied("Only the councils of this contract check its KPI returns.")
    return allowed


def may_enter(viewer: Viewer, one: KpiReturn, on: date) -> Decision:
    """Whether somebody writes into a return."""
    if not _is_own(viewer, one, Permission.KPI_ENTER):
        return denied("Only people of this provider fill in its KPI returns.")
    if one.period_starts_on > on:
        return denied("This period has not begun.")
    if one.stage not in CHANGEABLE:
        return denied(f"This return is {one.stage.value}, so it cannot be changed.")
    return allowed


def may_submit(viewer: Viewer, one: KpiReturn, on: date) -> Decision:
    """Whether somebody sends a return: an administrator, and only when its period is over."""
    if not _is_own(viewer, one, Permission.KPI_SUBMIT) or not viewer.administers(
        one.plan.provider_id
    ):
        return denied("Only an administrator of your organisation can submit a KPI return.")
    if one.period_ends_on >= on:
        return denied("You can submit this return when its period is over.")
    if "submit" not in verbs_from(KPI_RETURN, one.stage):
        return denied(
            "Nothing is filled in yet."
            if one.stage is Stage.EXPECTED
            else f"This return is {one.stage.value} already."
        )
    return allowed


def may_withdraw(viewer: Viewer, one: KpiReturn) -> Decision:
    """Whether somebody takes a return back: until the council has begun to check it."""
    if not _is_own(viewer, one, Permission.KPI_SUBMIT) or not viewer.administers(
        one.plan.provider_id
    ):
        return denied("Only an administrator of your organisation can take a KPI return back.")
    if one.stage is not Stage.SUBMITTED:
        return denied("Only a submitted return that nobody has checked can be taken back.")
    if any(figure.correction for figure in one.figures):
        return denied("The council has begun to check this return. Ask them to send it back.")
    return allowed


def may_decide(
    viewer: Viewer, one: KpiReturn, verb: str, council_ids: AbstractSet[int]
) -> Decision:
    """Whether somebody accepts, queries or corrects a return."""
    decision = may_check(viewer, council_ids)
    if decision and verb not in verbs_from(KPI_RETURN, one.stage):
        return denied(f"This return is {one.stage.value}, so you cannot {verb} it.")
    return decision


def may_comment(viewer: Viewer, one: KpiAssessment) -> Decision:
    """Whether somebody comments on an assessment: an administrator, before it is final."""
    provider_id = one.plan.provider_id
    if not viewer.may(Permission.KPI_SUBMIT) or not viewer.administers(provider_id):
        return denied("Only an administrator of the provider can comment on its assessment.")
    if one.stage is not AssessmentStage.SHARED:
        return denied(f"This assessment is {one.stage.value}, so you cannot comment on it.")
    return allowed


def may_assess(
    viewer: Viewer, one: KpiAssessment, verb: str, council_ids: AbstractSet[int], on: date
) -> Decision:
    """Whether somebody decides, shares, takes back or concludes an assessment."""
    decision = may_check(viewer, council_ids)
    if decision and verb not in verbs_from(ASSESSMENT, one.stage):
        return denied(f"This assessment is {one.stage.value}, so this cannot be done.")
    heard = one.commented_at is not None or (one.comment_until_on or on) < on
    if decision and verb == "conclude" and not heard:
        return denied("The provider can still comment. Conclude it when that time is over.")
    return decision


def is_late(one: KpiReturn, on: date) -> bool:
    """Whether a return should be here and is not."""
    return one.stage in {Stage.EXPECTED, Stage.DRAFT} and one.due_on < on


def _is_own(viewer: Viewer, one: KpiReturn, permission: Permission) -> bool:
    return viewer.may(permission) and one.plan.provider_id in viewer.provider_ids
