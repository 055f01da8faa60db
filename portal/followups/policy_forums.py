"""Who may see and run a forum or an action plan: asked by the verb, the query and the page.

| verb                          | invited provider  | commissioner of a holding council | its auditor |
|-------------------------------|-------------------|-----------------------------------|-------------|
| read a forum                  | once invited      | yes                               | yes         |
| call, change, invite, record, | no                | yes                               | no          |
| cancel                        |                   |                                   |             |
| reply                         | yes               | no                                | no          |
| read a plan and its reviews   | no                | yes                               | yes         |
| make, review, finish          | no                | yes                               | no          |
"""

from portal.access import Decision, Permission, Viewer, allowed, denied
from portal.followups.models_forums import Forum, ForumInvitation
from portal.followups.models_plan import ActionPlan


def may_call(viewer: Viewer, council_id: int) -> Decision:
    """A commissioner, for their own council: a forum or a plan."""
    if viewer.is_system or council_id in viewer.councils_where(Permission.FOLLOW_UP_RAISE):
        return allowed
    return denied("Only a commissioner of this council can do this.")


def may_run(viewer: Viewer, forum: Forum) -> Decision:
    """A commissioner of a council that holds it."""
    ours = bool(forum.council_ids & viewer.councils_where(Permission.FOLLOW_UP_RAISE))
    if viewer.is_system or ours:
        return allowed
    return denied("Only a commissioner of a council that holds this can do this.")


def may_reply(viewer: Viewer, invitation: ForumInvitation) -> Decision:
    """Anybody who writes for the invited provider."""
    if invitation.provider_id in viewer.provider_ids and viewer.may(Permission.FOLLOW_UP_ANSWER):
        return allowed
    return denied("Only the provider that is invited can reply.")


def may_review(viewer: Viewer, plan: ActionPlan) -> Decision:
    """A commissioner of the plan's council."""
    return may_call(viewer, plan.council_id)
