"""Who may see a follow-up and do something to it: asked by the verb, the query and the page.

| verb                                   | its provider's people | commissioner of a sharing council |
|----------------------------------------|-----------------------|-----------------------------------|
| read                                   | when shown to them    | yes (and its auditors)            |
| note                                   | when theirs           | yes                               |
| answer                                 | when theirs           | when the council's                |
| raise, close, send back, reopen,       | no                    | yes                               |
| withdraw, change the date              |                       |                                   |

An auditor changes nothing; people of another council or provider find nothing.
"""

from portal.access import Decision, Permission, Viewer, allowed, denied
from portal.followups.models import FollowUp, OwnerSide
from scoring.rules import RuleBroken
from scoring.stages import FOLLOW_UP, verbs_from

OF_COUNCILS = frozenset({"close", "send-back", "reopen", "withdraw", "change-due"})


def may_read(viewer: Viewer, follow_up: FollowUp) -> Decision:
    """Its provider's people where it is shown to them, and people of a council that shares it."""
    if viewer.is_system:
        return allowed
    if not viewer.may(Permission.FOLLOW_UP_READ):
        return denied("You cannot see this.")
    if follow_up.council_ids & viewer.councils_where(Permission.FOLLOW_UP_READ):
        return allowed
    if follow_up.shown_to_provider and follow_up.provider_id in viewer.provider_ids:
        return allowed
    return denied("You cannot see this.")


RAISED_BY = {
    "plan": Permission.FOLLOW_UP_RAISE,
    "forum": Permission.FOLLOW_UP_RAISE,
    "visit": Permission.VISIT_PLAN,
    "kpi-return": Permission.KPI_CHECK,
    "contract": Permission.CONTRACT_EDIT,
    "package-review": Permission.CONTRACT_EDIT,
    "ofsted": Permission.OFSTED_IMPORT,
}
"""What a follow-up comes from, and what one needs there to ask for it."""


def may_raise(viewer: Viewer, council_id: int, source_kind: str) -> Decision:
    """Who may act, at this very council, in the room from which it comes."""
    needed = RAISED_BY.get(source_kind)
    if viewer.is_system or (needed and council_id in viewer.councils_where(needed)):
        return allowed
    return denied("Only a commissioner of this council can ask for this.")


def may_decide(viewer: Viewer, follow_up: FollowUp) -> Decision:
    """A commissioner of a council that shares it."""
    if viewer.is_system or follow_up.council_ids & viewer.councils_where(
        Permission.FOLLOW_UP_RAISE
    ):
        return allowed
    return denied("Only a commissioner of a council that shares this can decide on it.")


def may_answer(viewer: Viewer, follow_up: FollowUp) -> Decision:
    """Its owner's side: the provider's people, or the council's commissioners."""
    if viewer.is_system:
        return allowed
    if not viewer.may(Permission.FOLLOW_UP_ANSWER):
        return denied("You can read this, and change nothing.")
    if follow_up.owner_side is OwnerSide.COUNCIL:
        ours = follow_up.council_id in viewer.councils_where(Permission.FOLLOW_UP_ANSWER)
        return allowed if ours else denied("The council that asked for this answers it.")
    if follow_up.provider_id in viewer.provider_ids:
        return allowed
    return denied("The provider answers this.")


def may_note(viewer: Viewer, follow_up: FollowUp) -> Decision:
    """Whoever may answer it or decide on it."""
    return may_answer(viewer, follow_up) or may_decide(viewer, follow_up)


def may(viewer: Viewer, verb: str, follow_up: FollowUp) -> Decision:
    """Whether this person may take this step now: by who they are, and by its stage."""
    if verb not in verbs_from(FOLLOW_UP, follow_up.stage):
        return denied("This is not possible at this stage.")
    if verb in OF_COUNCILS:
        return may_decide(viewer, follow_up)
    return may_note(viewer, follow_up) if verb == "note" else may_answer(viewer, follow_up)


def side_of(viewer: Viewer, follow_up: FollowUp) -> OwnerSide:
    """For whom somebody acts on it."""
    of_provider = follow_up.provider_id in viewer.provider_ids
    return OwnerSide.PROVIDER if of_provider else OwnerSide.COUNCIL


def check_seen(follow_up: FollowUp, seen: int | None) -> None:
    """Nobody decides on what they have not read: a step may have come in since the page was shown.

    Args:
        seen: how many steps the page showed; None for a job or another room's verb.

    Raises:
        RuleBroken: `follow-up:unseen`.
    """
    if seen is not None and seen != len(follow_up.steps):
        raise RuleBroken(
            "follow-up:unseen",
            "Somebody wrote something here in the meantime. Read it, then decide.",
        )
