"""Who asks a bidder, and who replies, and why not: for the verbs and the pages alike.

| who                                            | may                                                |
| ---------------------------------------------- | -------------------------------------------------- |
| commissioners of the lead council              | list fields, write what is asked, send, once       |
| commissioners of the partners, auditors        | read the request, and the reply once it is sent    |
| anybody of the bidder                          | read the request, write the reply until its date   |
| administrators of the bidder                   | send the reply, once, before its date              |
| everybody else                                 | nothing                                            |

Until a reply is sent it is the bidder's alone.
"""

from datetime import datetime

from portal.access import Decision, Permission, Viewer, allowed, denied
from portal.applications import policy
from portal.applications.clarifications.models import ClarificationRequest
from portal.applications.compliance import policy as policy_compliance
from portal.applications.models import Application
from scoring.clarifications import reply_refusal
from scoring.stages import RequestStage


def may_request(viewer: Viewer, application: Application, stage: RequestStage | None) -> Decision:
    """Whoever may check the bid asks the bidder, until that was done once.

    Args:
        stage: of the request; None while there is none.
    """
    decision = policy_compliance.may_check(viewer, application)
    if decision and stage not in {None, RequestStage.DRAFT}:
        return denied("This bidder was asked already. A bidder is asked once only.")
    return decision


def is_of_bidder(viewer: Viewer, request: ClarificationRequest) -> bool:
    """Whether this is somebody of the organisation that is asked."""
    return policy.is_own(viewer, request.application)


def may_reply(viewer: Viewer, request: ClarificationRequest, received_at: datetime) -> Decision:
    """Anybody of the bidder who writes applications, before the date, until the reply is sent."""
    if not viewer.may(Permission.APPLICATION_EDIT) or not is_of_bidder(viewer, request):
        return denied("Only people of the bidder can reply.")
    refusal = reply_refusal(request.stage, request.reply_until_at, received_at)
    return denied(refusal.message) if refusal else allowed


def may_send_reply(
    viewer: Viewer, request: ClarificationRequest, received_at: datetime
) -> Decision:
    """An administrator of the bidder sends it."""
    decision = may_reply(viewer, request, received_at)
    if decision and not (
        viewer.may(Permission.APPLICATION_SUBMIT)
        and viewer.administers(request.application.provider_id)
    ):
        return denied("Only an administrator of your organisation can send the reply.")
    return decision
