"""Who excludes a supplier, and why not.

| who                                        | may                                                   |
| ------------------------------------------ | ----------------------------------------------------- |
| commissioners of the lead council          | open, decide, and confirm what another has decided;   |
|                                            | tell the authority, whatever becomes of the round     |
| commissioners of the partners, auditors    | read                                                  |
| administrators of the supplier             | read what is said of it, and answer until the date    |
| everybody else, those who score too        | nothing                                               |
"""

from datetime import datetime

from portal.access import Decision, Permission, Viewer, allowed, denied
from portal.applications import policy
from portal.applications.exclusions.models import Exclusion
from portal.applications.models import Application
from portal.rounds import policy as rounds
from scoring.exclusion import ExclusionStage
from scoring.stages import ApplicationStage, RoundStage, words

BEFORE_AWARD = frozenset(
    {
        RoundStage.OPENED,
        RoundStage.EVALUATION,
        RoundStage.MODERATED,
        RoundStage.RECOMMENDED,
        RoundStage.APPROVED,
    }
)
"""Until bidders have their letters. After the lock the results of the others are computed anew."""
IN = frozenset({ApplicationStage.OPENED, ApplicationStage.COMPLIANT, ApplicationStage.EVALUATED})


def may_act(viewer: Viewer, application: Application) -> Decision:
    """Open, decide, confirm and lift, from the opening until the award."""
    return may_look_up(viewer, application)


def may_look_up(viewer: Viewer, application: Application) -> Decision:
    """The debarment list is looked up from the opening until the award (and again before it)."""
    if not viewer.may(Permission.BID_CHECK) or not rounds.leads(viewer, application.round):
        return denied("Only a commissioner of the lead council decides about a supplier.")
    if application.round.stage not in BEFORE_AWARD:
        return denied(f"The round is {words(application.round.stage)}. Nothing is looked up now.")
    return allowed


def may_open(viewer: Viewer, application: Application, standing: Exclusion | None) -> Decision:
    """Begin a procedure; one at a time."""
    decision = may_act(viewer, application)
    if decision and standing is not None:
        return denied("There is a procedure about this supplier already.")
    if decision and application.stage not in IN:
        return denied(f"This application is {words(application.stage)}.")
    return decision


def may_answer(viewer: Viewer, exclusion: Exclusion, received_at: datetime) -> Decision:
    """The supplier is heard until the date, once; an administrator speaks for it."""
    application = exclusion.application
    if not policy.is_own(viewer, application) or not viewer.administers(application.provider_id):
        return denied("Only an administrator of the supplier can answer.")
    if exclusion.stage is not ExclusionStage.HEARING or exclusion.answered_at is not None:
        return denied("Your answer is with the council.")
    if received_at >= exclusion.answer_until_at:
        return denied("The date to answer has passed.")
    return allowed


def may_notify(viewer: Viewer, exclusion: Exclusion) -> Decision:
    """Tell the appropriate authority: that is owed when the round is over, too."""
    if not viewer.may(Permission.BID_CHECK) or not rounds.leads(
        viewer, exclusion.application.round
    ):
        return denied("Only a commissioner of the lead council tells the authority.")
    return allowed


def may_propose(viewer: Viewer, exclusion: Exclusion, now: datetime) -> Decision:
    """Decide, once the supplier was heard or its date has passed."""
    decision = may_act(viewer, exclusion.application)
    if not decision:
        return decision
    if exclusion.stage is not ExclusionStage.HEARING:
        return denied(f"This is {words(exclusion.stage)}.")
    if exclusion.answered_at is None and now < exclusion.answer_until_at:
        return denied("The supplier still has time to answer. It is heard first.")
    return allowed


def may_confirm(viewer: Viewer, exclusion: Exclusion) -> Decision:
    """Another person than the one who decided."""
    decision = may_act(viewer, exclusion.application)
    if not decision:
        return decision
    if exclusion.stage is ExclusionStage.PROPOSED:
        mine = exclusion.first_id == viewer.person_id
    elif exclusion.stage is ExclusionStage.LIFT_PROPOSED:
        mine = exclusion.lift_first_id == viewer.person_id
    else:
        return denied("Nothing waits for a second person.")
    return denied("You decided this, so somebody else must confirm it.") if mine else allowed


def may_lift(viewer: Viewer, exclusion: Exclusion) -> Decision:
    """Take an exclusion back, in the stage of the round in which it came: the bid returns to it."""
    decision = may_act(viewer, exclusion.application)
    if not decision:
        return decision
    if exclusion.stage is not ExclusionStage.EXCLUDED:
        return denied(f"This is {words(exclusion.stage)}.")
    left_at = (exclusion.before or {}).get("round")
    if left_at != exclusion.application.round.stage.value:
        return denied("Scoring has begun without this bid, so it cannot return to this round.")
    return allowed
