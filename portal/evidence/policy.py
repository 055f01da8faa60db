"""Who may have which pack, and why not.

| form | who | from when |
| --- | --- | --- |
| full | commissioners, approvers, auditors of its councils, without an interest | quality (and price) locked |
| redacted | the same people | letters released |
| bidder's own | the people of that provider | their letter released |
"""

from portal.access import Decision, Permission, Viewer, allowed, denied
from portal.awards import policy as awards
from portal.awards.models import Letter
from portal.awards.policy import Progress
from portal.rounds.models import Round
from scoring.pack import Form

LET_GO = (
    "Records of this round were deleted when their time was over, so no pack can be made. The hashes "
    "of the packs that were made stand here."
)


def may_read(viewer: Viewer, bid_round: Round, *, interested: bool) -> Decision:
    """A pack holds every bid, so an interest in one closes it (Procurement Act 2023, section 82)."""
    if not viewer.may(Permission.EVIDENCE_READ):
        return denied("Evidence packs are for commissioners, approvers and auditors.")
    decision = awards.may_read(viewer, bid_round)
    if not decision:
        return decision
    if interested:
        return denied("You declared an interest in a bidder of this round.")
    return allowed


def may_ask(
    viewer: Viewer, bid_round: Round, form: Form, letters: Progress, *, interested: bool
) -> Decision:
    """The redacted form is for the public, so it waits until every bidder knows its result."""
    decision = may_read(viewer, bid_round, interested=interested)
    if not decision:
        return decision
    if form is Form.BIDDER:
        return denied("A bidder asks for its own pack itself.")
    if form is Form.REDACTED and not letters.all_released:
        return denied("The redacted form can be made when every bidder has its letter.")
    return allowed


def may_have_own(viewer: Viewer, letter: Letter) -> Decision:
    """A bidder has its own form when it has its letter."""
    if letter.application.provider_id not in viewer.provider_ids:
        return denied("This is another bidder's letter.")
    if not awards.may_read_letter(viewer, letter):
        return denied("Your letter has not been released.")
    return allowed
