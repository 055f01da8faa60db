"""Who may see and do what in an evaluation: pure, over what the queries loaded."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from portal.access import Decision, Permission, Role, Viewer, allowed, denied
from portal.applications.models import Application
from portal.evaluation.models import Interest, Part, Sheet
from portal.rounds.models import Round
from scoring.stages import RoundStage, SheetStage
from scoring.terms import Panel

AFTER_LOCK = frozenset(
    {
        RoundStage.MODERATED,
        RoundStage.RECOMMENDED,
        RoundStage.APPROVED,
        RoundStage.STANDSTILL,
        RoundStage.CONCLUDED,
    }
)
PERMISSION_FOR = {
    Part.EVALUATOR: Permission.BID_SCORE,
    Part.YOUNG_COMMISSIONER: Permission.YOUNG_SCORE,
    Part.MODERATOR: Permission.BID_MODERATE,
    Part.SUPPORTER: Permission.YOUNG_SIGN_OFF,
    Part.APPROVER: Permission.AWARD_APPROVE,
}
SCORING_PARTS = frozenset({Part.EVALUATOR, Part.YOUNG_COMMISSIONER})
MEETING = {
    Panel.OFFICERS: frozenset({Part.EVALUATOR, Part.MODERATOR}),
    Panel.YOUNG: frozenset({Part.YOUNG_COMMISSIONER}),
}
"""Who meets to agree a panel's scores. Young Commissioners meet by themselves."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is in one round, and what they declared.

    `closed` holds the bids that a conflict closes to them: their own, and for Young Commissioners
    the one of the other half of their pair.
    """

    parts: frozenset[Part] = frozenset()
    declared: Mapping[int, Interest] = field(default_factory=dict)
    closed: frozenset[int] = frozenset()
    scorer_ids: frozenset[int] = frozenset()

    def declared_on(self, application_ids: Collection[int]) -> bool:
        """Whether every bid of the list has been declared on."""
        return all(one in self.declared for one in application_ids)

    def __bool__(self) -> bool:
        return bool(self.parts)


def may_declare(standing: Standing, bid_round: Round, *, list_is_whole: bool) -> Decision:
    """Interests are declared on the whole list of bidders, once it is known.

    Args:
        list_is_whole: whether the compliance check has decided on every application.
    """
    if not standing:
        return denied("You are not on the panel of this round.")
    if bid_round.stage is RoundStage.EVALUATION or bid_round.stage in AFTER_LOCK:
        return allowed
    if bid_round.stage is RoundStage.OPENED and list_is_whole:
        return allowed
    return denied("The list of bidders is not ready yet. It is made by the compliance check.")


def may_see_bids(standing: Standing, application_ids: Collection[int]) -> Decision:
    """Bids open to a panel member who has declared on all of them."""
    if not standing:
        return denied("You are not on the panel of this round.")
    if not standing.declared_on(application_ids):
        return denied("Declare first whether you have an interest in any of the bidders.")
    return allowed


def may_score(standing: Standing, sheet: Sheet, bid_ids: Collection[int]) -> Decision:
    """A sheet is filled by its own scorer, alone, while the evaluation runs."""
    if sheet.scorer_id not in standing.scorer_ids:
        return denied("This is not your sheet.")
    if not (seen := may_see_bids(standing, bid_ids)):
        return seen
    if sheet.application_id in standing.closed:
        return denied("A declared interest closes this bid to you.")
    if sheet.application.round.stage is not RoundStage.EVALUATION:
        return denied("Scoring of this round is closed.")
    if sheet.stage is not SheetStage.DRAFT:
        return denied("This sheet is submitted. Ask the moderator to give it back to change it.")
    return allowed


def may_moderate(standing: Standing, bid_round: Round, bid_ids: Collection[int]) -> Decision:
    """The moderator leads the officers' panel once interests are declared."""
    if Part.MODERATOR not in standing.parts:
        return denied("Only the moderator of this round records what the panel agreed.")
    if bid_round.stage is not RoundStage.EVALUATION:
        return denied("Moderation of this round is closed.")
    return may_see_bids(standing, bid_ids)


def may_read_board(standing: Standing, bid_round: Round, bid_ids: Collection[int]) -> Decision:
    """The moderator reads the board while it is open, and afterwards."""
    if Part.MODERATOR not in standing.parts:
        return denied("Only the moderator of this round sees its moderation.")
    if bid_round.stage is not RoundStage.EVALUATION and bid_round.stage not in AFTER_LOCK:
        return denied("The evaluation of this round has not started.")
    return may_see_bids(standing, bid_ids)


def may_agree_young(standing: Standing, bid_round: Round, bid_ids: Collection[int]) -> Decision:
    """The young people's panel agrees its own scores; no adult records them."""
    if Part.YOUNG_COMMISSIONER not in standing.parts:
        return denied("Only the Young Commissioners' panel agrees its scores.")
    if bid_round.stage is not RoundStage.EVALUATION:
        return denied("This round is closed.")
    return may_see_bids(standing, bid_ids)


def may_support(standing: Standing, bid_round: Round) -> Decision:
    """The Participation Officer on the panel looks after its Young Commissioners."""
    if Part.SUPPORTER not in standing.parts:
        return denied("Only the Participation Officer of this round signs off.")
    if bid_round.stage is not RoundStage.EVALUATION and bid_round.stage not in AFTER_LOCK:
        return denied("The evaluation of this round has not started.")
    return allowed


def may_sign_off(standing: Standing, bid_round: Round, bid_ids: Collection[int]) -> Decision:
    """The Participation Officer signs that it was the young people's own view."""
    if not (supports := may_support(standing, bid_round)):
        return supports
    if bid_round.stage is not RoundStage.EVALUATION:
        return denied("This round is closed.")
    return may_see_bids(standing, bid_ids)


def may_keep_meetings(
    panel: Panel, standing: Standing, bid_round: Round, bid_ids: Collection[int]
) -> Decision:
    """Who notes who came: the moderator, and for Young Commissioners their Participation Officer.

    The officer keeps the list alone; what young people agree they record themselves.
    """
    may = may_moderate if panel is Panel.OFFICERS else may_sign_off
    return may(standing, bid_round, bid_ids)


def may_read_meetings(
    panel: Panel, standing: Standing, bid_round: Round, bid_ids: Collection[int]
) -> Decision:
    """The same people read them, while they are kept and afterwards."""
    if panel is Panel.OFFICERS:
        return may_read_board(standing, bid_round, bid_ids)
    supports = may_support(standing, bid_round)
    return may_see_bids(standing, bid_ids) if supports else supports


def may_give_back(standing: Standing, sheet: Sheet, bid_ids: Collection[int]) -> Decision:
    """The moderator gives officers their sheets back; a pair's comes from their own officer."""
    bid_round = sheet.application.round
    if sheet.scorer.panel is Panel.YOUNG:
        may = may_sign_off(standing, bid_round, bid_ids)
    else:
        may = may_moderate(standing, bid_round, bid_ids)
    if may and sheet.application_id in standing.closed:
        return denied("A declared interest closes this bid to you.")
    return may


def leads_panel(viewer: Viewer, bid_round: Round) -> bool:
    """Whether this is a commissioner or moderator of the council that leads the round."""
    posts = viewer.councils_as(Role.COMMISSIONER) | viewer.councils_as(Role.MODERATOR)
    return viewer.may(Permission.PANEL_MANAGE) and bid_round.lead_council_id in posts


def may_manage_panel(viewer: Viewer, bid_round: Round) -> Decision:
    """The lead council sets the panel until quality is locked."""
    if bid_round.stage not in {RoundStage.PUBLISHED, RoundStage.OPENED, RoundStage.EVALUATION}:
        return denied("The panel of this round cannot be changed any more.")
    if not leads_panel(viewer, bid_round):
        return denied("Only the lead council of this round sets its panel.")
    return allowed


def may_assign(viewer: Viewer, bid_round: Round, *, list_is_whole: bool) -> Decision:
    """Answers are assigned once the list of bids stands, and until quality is locked."""
    if not (managed := may_manage_panel(viewer, bid_round)):
        return managed
    if bid_round.stage not in {RoundStage.OPENED, RoundStage.EVALUATION} or not list_is_whole:
        return denied("Answers are assigned when the compliance check is over.")
    return allowed


def may_start(viewer: Viewer, bid_round: Round) -> Decision:
    """Evaluation starts when the compliance check is over."""
    if not (managed := may_manage_panel(viewer, bid_round)):
        return managed
    if bid_round.stage is not RoundStage.OPENED:
        return denied("Evaluation starts after the opening and the compliance check.")
    return allowed


def may_read_results(viewer: Viewer, bid_round: Round) -> Decision:
    """Results are there for the councils of the round once quality is locked."""
    if bid_round.stage not in AFTER_LOCK:
        return denied("Results are computed when quality is locked.")
    if not viewer.may(Permission.RESULT_READ):
        return denied("Your account does not read results.")
    if not viewer.council_ids & bid_round.council_ids:
        return denied("Your council does not take part in this round.")
    return allowed


def hides_names(viewer: Viewer, bid_round: Round) -> bool:
    """Whether the viewer scores in a blind round that is not locked yet."""
    scores = viewer.may(Permission.BID_SCORE) or viewer.may(Permission.YOUNG_SCORE)
    return bid_round.blind and bid_round.stage not in AFTER_LOCK and scores


def bidder_name(viewer: Viewer, application: Application, labels: Mapping[int, str]) -> str:
    """The bidder's name; in a blind round the label that hides it from those who score.

    Args:
        labels: "Bid A" … by application, shuffled for each round.
    """
    if hides_names(viewer, application.round):
        return labels.get(application.id, "Bid")
    return application.provider.name
