"""Who recommends, approves, releases and concludes, and why not."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.awards.models import Letter, Recommendation
from portal.rounds.models import Regime, Round
from scoring.stages import RecommendationStage, RoundStage

READABLE = frozenset(
    {
        RoundStage.MODERATED,
        RoundStage.RECOMMENDED,
        RoundStage.APPROVED,
        RoundStage.STANDSTILL,
        RoundStage.CONCLUDED,
    }
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many letters of a round there are, how many PDFs are made, how many are released."""

    total: int = 0
    made: int = 0
    released: int = 0

    @classmethod
    def of(cls, letters: Iterable[Letter]) -> "Progress":
        """Count letters."""
        every = list(letters)
        return cls(
            total=len(every),
            made=sum(one.file_id is not None for one in every),
            released=sum(one.released_at is not None for one in every),
        )

    @property
    def all_made(self) -> bool:
        return 0 < self.total == self.made

    @property
    def all_released(self) -> bool:
        return 0 < self.total == self.released

    @property
    def words(self) -> str:
        return f"{self.made} of {self.total} letters made"


def may_read(viewer: Viewer, bid_round: Round) -> Decision:
    """The award of a round is for its own councils, once quality is locked."""
    if not viewer.may(Permission.RESULT_READ) or not viewer.council_ids & bid_round.council_ids:
        return denied("This award is for the councils of its round.")
    if bid_round.stage not in READABLE:
        return denied("There is nothing to award before quality is locked.")
    return allowed


def _leads(viewer: Viewer, bid_round: Round) -> bool:
    """Whether this is a commissioner or moderator of the council that leads the round."""
    posts = viewer.councils_as(Role.COMMISSIONER) | viewer.councils_as(Role.MODERATOR)
    return bid_round.lead_council_id in posts


def may_recommend(viewer: Viewer, bid_round: Round) -> Decision:
    """The lead council recommends, from locked results."""
    if not viewer.may(Permission.AWARD_RECOMMEND) or not _leads(viewer, bid_round):
        return denied("Only the lead council of this round recommends an award.")
    if bid_round.stage is not RoundStage.MODERATED:
        return denied("An award is recommended once, when quality is locked.")
    return allowed


def may_decide(
    viewer: Viewer,
    recommendation: Recommendation,
    council_id: int,
    *,
    took_part: Collection[int],
    interested: Collection[int] = (),
) -> Decision:
    """A council's part is decided by its own approver, who took no part in what is approved.

    Args:
        took_part: the people who scored, moderated or recommended in the round.
        interested: the people who declared an interest in any of its bidders.
    """
    if not viewer.may(Permission.AWARD_APPROVE) or not viewer.holds(Role.APPROVER, council_id):
        return denied("Only an approver of this council decides its part.")
    if viewer.person_id in took_part:
        return denied("You scored, moderated or recommended here, so somebody else must approve.")
    if viewer.person_id in interested:
        return denied("You declared an interest in a bidder, so somebody else must approve.")
    if recommendation.stage is not RecommendationStage.RECOMMENDED:
        return denied("This recommendation is decided already.")
    if any(one.council_id == council_id for one in recommendation.approvals):
        return denied("Your council has decided its part.")
    return allowed


def may_release(viewer: Viewer, bid_round: Round, letters: Progress) -> Decision:
    """Letters go out together, after every approval and when every PDF is made."""
    if not viewer.may(Permission.AWARD_APPROVE) or not (
        viewer.councils_as(Role.APPROVER) & bid_round.council_ids
    ):
        return denied("Only an approver of a council of this round releases the letters.")
    if bid_round.stage is not RoundStage.APPROVED:
        return denied("Letters are released once every council has approved.")
    if not letters.all_made:
        return denied("The letters are still being made. Try again in a minute.")
    if letters.all_released:
        return denied("The letters are released already.")
    return allowed


def may_conclude(viewer: Viewer, bid_round: Round, letters: Progress) -> Decision:
    """The lead council concludes when every bidder has its letter."""
    if not viewer.may(Permission.AWARD_CONCLUDE) or not _leads(viewer, bid_round):
        return denied("Only the lead council of this round concludes it.")
    if bid_round.stage is not RoundStage.APPROVED:
        return denied("A round is concluded after its approval.")
    if bid_round.regime is not Regime.PA_2023_LIGHT_TOUCH:
        return denied("This regime has a mandatory standstill period, which has not been started.")
    if not letters.all_released:
        return denied("Release the letters first.")
    return allowed


def may_read_letter(viewer: Viewer, letter: Letter) -> bool:
    """A bidder reads its own letter once released; the round's councils read all of them."""
    application = letter.application
    if application.provider_id in viewer.provider_ids:
        return letter.released_at is not None and viewer.may(Permission.LETTER_READ)
    return viewer.may(Permission.LETTER_READ) and bool(
        viewer.council_ids & application.round.council_ids
    )
