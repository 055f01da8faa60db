"""Who may do what to an application, and why not: asked by the verbs and by the pages alike.

Until a round is opened an application is known to its provider only. Afterwards councils read what
was submitted, and never the working copy.
"""

from datetime import datetime

from portal.access import GRANTS, Decision, Permission, Role, Viewer, allowed, denied
from portal.applications.models import Application
from portal.rounds.models import Round
from scoring.stages import ApplicationStage, RoundStage

OPEN_STAGES = frozenset({RoundStage.OPEN_FOR_QUESTIONS, RoundStage.QUESTIONS_CLOSED})
OPENED_BIDS = frozenset(
    {
        ApplicationStage.OPENED,
        ApplicationStage.COMPLIANT,
        ApplicationStage.NOT_COMPLIANT,
        ApplicationStage.EVALUATED,
        ApplicationStage.ADMITTED,
        ApplicationStage.NOT_ADMITTED,
    }
)


def is_open(bid_round: Round, now: datetime) -> Decision:
    """Whether providers may work on applications to a round."""
    stage = bid_round.stage_at(now)
    if stage in OPEN_STAGES:
        return allowed
    if stage is RoundStage.CANCELLED:
        return denied("This round was cancelled.")
    if stage in {RoundStage.DRAFT, RoundStage.PUBLISHED}:
        return denied("This round is not open yet.")
    return denied("The deadline has passed, so nothing can be changed.")


def is_own(viewer: Viewer, application: Application) -> bool:
    """Whether this is somebody of the provider that applies."""
    return application.provider_id in viewer.provider_ids and viewer.may(
        Permission.APPLICATION_READ
    )


def may_start(viewer: Viewer, bid_round: Round, provider_id: int, now: datetime) -> Decision:
    if not viewer.may(Permission.APPLICATION_EDIT) or provider_id not in viewer.provider_ids:
        return denied("Only people of a provider can start an application for it.")
    return is_open(bid_round, now)


def may_edit(viewer: Viewer, application: Application, now: datetime) -> Decision:
    """The working copy is written by the provider's people, until the deadline."""
    if not viewer.may(Permission.APPLICATION_EDIT) or not is_own(viewer, application):
        return denied("Only people of the provider can change its application.")
    return is_open(application.round, now)


def may_submit(viewer: Viewer, application: Application, received_at: datetime) -> Decision:
    """An administrator submits, strictly before the deadline, whenever the answer is written."""
    if not viewer.may(Permission.APPLICATION_SUBMIT) or not viewer.administers(
        application.provider_id
    ):
        return denied("Only an administrator of your organisation can submit this application.")
    return is_open(application.round, received_at)


def may_withdraw(viewer: Viewer, application: Application, now: datetime) -> Decision:
    if not viewer.may(Permission.APPLICATION_WITHDRAW) or not viewer.administers(
        application.provider_id
    ):
        return denied("Only an administrator of your organisation can withdraw this application.")
    if application.stage in {ApplicationStage.DRAFT, ApplicationStage.LAPSED}:
        return denied("There is no submitted application to withdraw.")
    bid_round = application.round
    is_late = bid_round.deadline_at is not None and now >= bid_round.deadline_at
    if bid_round.cancelled_at is None and (
        is_late or application.stage is not ApplicationStage.SUBMITTED
    ):
        return denied(
            "The deadline has passed. The submitted application stands. If you do not want to go "
            f"on, write to {bid_round.contact_email}."
        )
    return is_open(bid_round, now)


def may_read_bid(viewer: Viewer, application: Application) -> bool:
    """Whether somebody at a council may read what was submitted: only once it is opened."""
    if application.let_go_at is not None:
        return False  # there is nothing left to read
    if application.round.opened_at is None or application.stage not in OPENED_BIDS:
        return False
    return may_read_bids(viewer, application.round)


def may_read_bids(viewer: Viewer, bid_round: Round) -> bool:
    """Whether somebody reads the opened bids of a round: at a council that takes part in it."""
    if bid_round.opened_at is None:
        return False
    return viewer.is_system or _may_at(viewer, Permission.BID_READ, bid_round)


def may_read_young_answers(viewer: Viewer, application: Application) -> bool:
    """Young Commissioners, and those who look after them, read what was written to them."""
    if application.round.opened_at is None or application.stage not in OPENED_BIDS:
        return False
    return any(
        _may_at(viewer, permission, application.round)
        for permission in (Permission.YOUNG_SCORE, Permission.YOUNG_SIGN_OFF)
    )


def may_read_prices(viewer: Viewer, application: Application) -> bool:
    """Providers read their own. A council reads none before prices are opened, whoever asks."""
    if is_own(viewer, application):
        return True
    if application.round.prices_opened_at is None or application.stage not in OPENED_BIDS:
        return False
    if viewer.holds(Role.FINANCE) and application.round.concluded_at is None:
        return False  # finance meets rates when they are agreed, whatever else its people do
    return viewer.is_system or _may_at(viewer, Permission.RESULT_READ, application.round)


def _may_at(viewer: Viewer, permission: Permission, bid_round: Round) -> bool:
    """Whether a post at one of the round's councils gives the permission, and no post denies it."""
    return viewer.may(permission) and any(
        permission in GRANTS[post.role] and post.organisation_id in bid_round.council_ids
        for post in viewer.posts
    )
