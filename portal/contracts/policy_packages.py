"""Who reviews packages, and why not. What a council pays for its placements is its own matter."""

from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.contracts.models_packages import PackageReview
from portal.contracts.policy import Agreed
from scoring.stages import ReviewStage


def may_start(viewer: Viewer, held: Agreed, council_id: int) -> Decision:
    """A commissioner of the council that pays."""
    own = viewer.may(Permission.CONTRACT_EDIT) and viewer.holds(Role.COMMISSIONER, council_id)
    if not own or council_id not in held.council_ids:
        return denied("Only a commissioner of a council that buys reviews its packages.")
    return allowed


def may_read(viewer: Viewer, review: PackageReview) -> bool:
    """People of the council that pays, who read contracts."""
    return viewer.may(Permission.CONTRACT_READ) and review.council_id in viewer.council_ids


def may_change(viewer: Viewer, review: PackageReview) -> Decision:
    if review.stage is not ReviewStage.DRAFT:
        return denied("This review is concluded.")
    return may_start(viewer, review.held, review.council_id)


def may_reopen(viewer: Viewer, review: PackageReview) -> Decision:
    if review.stage is not ReviewStage.CONCLUDED:
        return denied("This review is still open.")
    return may_start(viewer, review.held, review.council_id)
