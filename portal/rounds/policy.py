"""Who may do what with a round, and why not: asked by the verbs and by the pages alike."""

from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.rounds.models import Round
from scoring.stages import ROUND, RoundStage, verbs_from, words


def leads(viewer: Viewer, bid_round: Round) -> bool:
    """Whether this is a commissioner of the council that leads the round."""
    return viewer.holds(Role.COMMISSIONER, bid_round.lead_council_id)


def takes_part(viewer: Viewer, bid_round: Round) -> bool:
    """Whether somebody has any post at a council of the round."""
    return bool(viewer.council_ids & bid_round.council_ids)


def commissions(viewer: Viewer, bid_round: Round) -> bool:
    """Whether this is a commissioner of a council of the round."""
    return bool(viewer.councils_as(Role.COMMISSIONER) & bid_round.council_ids)


def may_create(viewer: Viewer, agreement_council_ids: frozenset[int] | None = None) -> Decision:
    """Ask for a new list, or with the councils of an agreement for a further round of it."""
    if not viewer.may(Permission.ROUND_EDIT) or not viewer.councils_as(Role.COMMISSIONER):
        return denied("Only a commissioner can create a round.")
    if agreement_council_ids is not None and not (
        viewer.councils_as(Role.COMMISSIONER) & agreement_council_ids
    ):
        return denied("Your council does not take part in this agreement.")
    return allowed


def may_lead(viewer: Viewer, council_id: int) -> Decision:
    if viewer.holds(Role.COMMISSIONER, council_id):
        return allowed
    return denied("A round is led by a council of which you are a commissioner.")


def may_edit(viewer: Viewer, bid_round: Round) -> Decision:
    """A draft is edited by the lead's commissioners; publishing freezes it."""
    if not viewer.may(Permission.ROUND_EDIT) or not leads(viewer, bid_round):
        return denied("Only a commissioner of the lead council can change this round.")
    if bid_round.stage is not RoundStage.DRAFT:
        return denied(
            f"This round is {words(bid_round.stage)}. Publishing froze it, so it cannot be changed."
        )
    if bid_round.is_version and bid_round.root.stage is not RoundStage.PUBLISHED:
        return denied(f"The round is {words(bid_round.root.stage)}, so no version of it can come.")
    return allowed


def may_change_councils(viewer: Viewer, bid_round: Round) -> Decision:
    """The councils of a round stay from its publishing on."""
    if bid_round.is_version:
        return denied("The councils of a published round stay as they are.")
    return may_edit(viewer, bid_round)


def may_change_uplifts(viewer: Viewer, bid_round: Round) -> Decision:
    """How rates may rise stays as it was published: bidders priced with it."""
    if bid_round.is_version:
        return denied("How rates may rise stays as it was published.")
    return may_edit(viewer, bid_round)


def may_publish(viewer: Viewer, bid_round: Round) -> Decision:
    if not viewer.may(Permission.ROUND_PUBLISH) or not leads(viewer, bid_round):
        return denied("Only a commissioner of the lead council can publish this round.")
    if bid_round.is_version:
        return denied("This is a version of a published round. Publish it as a version.")
    if bid_round.stage is not RoundStage.DRAFT:
        return denied(f"This round is {words(bid_round.stage)} already.")
    return allowed


def may_cancel(viewer: Viewer, bid_round: Round) -> Decision:
    if not viewer.may(Permission.ROUND_PUBLISH) or not leads(viewer, bid_round):
        return denied("Only a commissioner of the lead council can cancel this round.")
    if bid_round.is_version:
        return denied("This is a version of a published round. Discard it instead.")
    if "cancel" not in verbs_from(ROUND, bid_round.stage):
        return denied(f"This round is {words(bid_round.stage)}. It cannot be cancelled any more.")
    return allowed


def is_public(bid_round: Round) -> bool:
    """What was published once stays to be read, cancelled rounds too."""
    return bid_round.published_at is not None


def may_read_draft(viewer: Viewer, bid_round: Round) -> bool:
    """Drafts are for the commissioners of the councils that take part."""
    return viewer.may(Permission.ROUND_EDIT) and commissions(viewer, bid_round)


def may_read_board(viewer: Viewer, bid_round: Round) -> bool:
    """The council's own page of a round is for everybody at its councils who may read rounds."""
    if bid_round.published_at is None:
        return may_read_draft(viewer, bid_round)
    return viewer.may(Permission.ROUND_READ) and takes_part(viewer, bid_round)
