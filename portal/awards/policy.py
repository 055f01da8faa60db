"""Who recommends, approves, releases and concludes, and why not."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.awards.models import AwardNotice, LegalHold, Letter, Recommendation
from portal.rounds.models import Round
from scoring.stages import RecommendationStage, RoundStage
from scoring.standstill import duty_of

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


def may_recommend(viewer: Viewer, bid_round: Round, open_matters: Iterable[str] = ()) -> Decision:
    """The lead council recommends, from locked results.

    Args:
        open_matters: what must be settled first, in sentences.
    """
    if not viewer.may(Permission.AWARD_RECOMMEND) or not _leads(viewer, bid_round):
        return denied("Only the lead council of this round recommends an award.")
    if bid_round.stage is not RoundStage.MODERATED:
        return denied("An award is recommended once, when quality is locked.")
    if bid_round.prices_opened_at is None:
        return denied("Two officers open the prices first. Results are computed with them.")
    for words in open_matters:
        return denied(words)
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
        took_part: the people who had a hand in the result of the round.
        interested: the people who declared an interest in any of its bidders.
    """
    if not viewer.may(Permission.AWARD_APPROVE) or not viewer.holds(Role.APPROVER, council_id):
        return denied("Only an approver of this council decides its part.")
    if viewer.person_id in took_part:
        return denied(
            "You scored, moderated, mended, decided or recommended here, so somebody else must approve."
        )
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a round waits for before it is concluded.

    Args:
        today: the day in London.
        notice: the award notice with its standstill, once it is entered.
        call_in_until_on: the last day on which councillors of any council may call it in.
    """

    today: date
    letters: Progress = Progress()
    notice: AwardNotice | None = None
    call_in_until_on: date | None = None

    @property
    def standstill_is_over(self) -> bool:
        """Whether the period that was begun is over; the clock says so, no job."""
        last = None if self.notice is None else self.notice.last_on
        return last is not None and self.today > last


def may_enter_notice(viewer: Viewer, bid_round: Round, waiting: Waiting) -> Decision:
    """The lead council enters the award notice, once every bidder has its letter.

    Source: Procurement Act 2023, section 50(1): assessment summaries go before the notice.
    """
    if not viewer.may(Permission.AWARD_CONCLUDE) or not _leads(viewer, bid_round):
        return denied("Only the lead council of this round enters the award notice.")
    if bid_round.stage is not RoundStage.APPROVED:
        return denied("An award notice is entered once, after the approval.")
    if waiting.notice is not None:
        return denied("The award notice is entered already.")
    if not waiting.letters.all_released:
        return denied("Release the letters first. They go out before the notice.")
    return allowed


def may_conclude(viewer: Viewer, bid_round: Round, waiting: Waiting) -> Decision:
    """The lead council concludes when nothing stands in the way."""
    if not viewer.may(Permission.AWARD_CONCLUDE) or not _leads(viewer, bid_round):
        return denied("Only the lead council of this round concludes it.")
    if bid_round.stage not in (RoundStage.APPROVED, RoundStage.STANDSTILL):
        return denied("A round is concluded after its approval.")
    in_the_way = next(_in_the_way(bid_round, waiting), "")
    return denied(in_the_way) if in_the_way else allowed


def _in_the_way(bid_round: Round, waiting: Waiting) -> Iterator[str]:
    """What keeps an approved round from its conclusion, the heaviest first."""
    if bid_round.held_at is not None:
        yield "The round is on hold: a legal challenge is on record."
    if not waiting.letters.all_released:
        yield "Release the letters first."
    if bid_round.stage is RoundStage.APPROVED and duty_of(bid_round.regime).mandatory:
        yield "This regime has a mandatory standstill period, which has not been started."
    if bid_round.stage is RoundStage.STANDSTILL and not waiting.standstill_is_over:
        yield "The standstill period is not over."
    if waiting.call_in_until_on is not None and waiting.today <= waiting.call_in_until_on:
        yield "Councillors can still call in the decision of a council."


HOLDABLE = READABLE - {RoundStage.CONCLUDED}


def _may_hold(viewer: Viewer, bid_round: Round) -> bool:
    approves = viewer.councils_as(Role.APPROVER) & bid_round.council_ids
    return viewer.may(Permission.AWARD_HOLD) and (bool(approves) or _leads(viewer, bid_round))


def may_hold(viewer: Viewer, bid_round: Round) -> Decision:
    """A legal challenge is recorded by the lead council or an approver, until the conclusion."""
    if not _may_hold(viewer, bid_round):
        return denied("Only the lead council or an approver puts this round on hold.")
    if bid_round.stage not in HOLDABLE:
        return denied("A round is put on hold between the lock of quality and its conclusion.")
    return allowed


def may_lift(viewer: Viewer, hold: LegalHold) -> Decision:
    """A second person lifts a hold: not the one who placed it."""
    if not _may_hold(viewer, hold.round):
        return denied("Only the lead council or an approver lifts a hold.")
    if hold.lifted_at is not None:
        return denied("This hold is lifted already.")
    if viewer.person_id == hold.placed_by_id:
        return denied("You placed this hold, so somebody else must lift it.")
    return allowed


def may_look(viewer: Viewer, letter: Letter) -> Decision:
    """An approver of a council of the round looks letters through, until they are released."""
    councils = letter.application.round.council_ids
    if not viewer.may(Permission.AWARD_APPROVE) or not viewer.councils_as(Role.APPROVER) & councils:
        return denied("Only an approver of a council of this round marks letters as looked at.")
    if letter.released_at is not None:
        return denied("This letter is released already.")
    return allowed


def may_read_letter(viewer: Viewer, letter: Letter) -> bool:
    """A bidder reads its own letter once released; the round's councils read all of them."""
    application = letter.application
    if application.provider_id in viewer.provider_ids:
        return letter.released_at is not None and viewer.may(Permission.LETTER_READ)
    return viewer.may(Permission.LETTER_READ) and bool(
        viewer.council_ids & application.round.council_ids
    )
