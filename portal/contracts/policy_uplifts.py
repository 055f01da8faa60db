"""Who asks for an uplift, who recommends, who decides, and why not."""

from datetime import date

from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.contracts import policy
from portal.contracts.models_uplifts import UpliftRequest
from portal.contracts.policy import Agreed
from scoring.stages import UPLIFT, UpliftStage, ends, words


def may_ask(viewer: Viewer, held: Agreed, today: date) -> Decision:
    """An administrator of the provider, while the contract or place runs."""
    if not viewer.may(Permission.UPLIFT_ASK) or not viewer.administers(held.provider_id):
        return denied("Only an administrator of this provider asks for an uplift.")
    if not held.starts_on <= today <= held.ends_on:
        return denied("It does not run today.")
    return allowed


def may_read(viewer: Viewer, request: UpliftRequest) -> bool:
    """The provider's own people, and the councils that buy."""
    held = request.held
    if held.provider_id in viewer.provider_ids:
        return viewer.may(Permission.CONTRACT_READ)
    return viewer.may(Permission.CONTRACT_READ) and bool(viewer.council_ids & held.council_ids)


def may_recommend(viewer: Viewer, request: UpliftRequest) -> Decision:
    """A commissioner of a council that buys."""
    if request.stage is not UpliftStage.ASKED:
        return denied(f"This request is {words(request.stage)}.")
    return policy.may_edit(viewer, request.held)


def may_decide(viewer: Viewer, request: UpliftRequest) -> Decision:
    """Somebody of finance of a council that buys: another person than the one who recommended."""
    own = viewer.councils_as(Role.FINANCE) & request.held.council_ids
    if not viewer.may(Permission.UPLIFT_DECIDE) or not own:
        return denied("Only finance of a council of this contract decides.")
    if request.stage is not UpliftStage.RECOMMENDED:
        return denied(
            f"This request is {words(request.stage)}. Finance decides what is recommended."
        )
    recommended = request.newest("recommend")
    if recommended is not None and recommended.by_id == viewer.person_id:
        return denied("You recommended this, so somebody else must decide.")
    return allowed


def may_withdraw(viewer: Viewer, request: UpliftRequest) -> Decision:
    """The provider takes its request back until it is decided."""
    if not viewer.may(Permission.UPLIFT_ASK) or not viewer.administers(request.held.provider_id):
        return denied("Only an administrator of this provider takes it back.")
    if ends(UPLIFT, request.stage):
        return denied(f"This request is {words(request.stage)}.")
    return allowed


def may_add_document(viewer: Viewer, request: UpliftRequest) -> Decision:
    """Evidence is added until an officer has recommended."""
    if request.stage is not UpliftStage.ASKED:
        return denied("Documents are added until the commissioner has recommended.")
    return may_withdraw(viewer, request)
