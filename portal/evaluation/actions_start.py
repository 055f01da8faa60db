"""Starting the evaluation: what stands in its way, and the sheets that it hands out."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select

from portal import audit
from portal.access import Viewer
from portal.applications.models import Application
from portal.audit import Event
from portal.db import db
from portal.evaluation import policy, queries
from portal.evaluation.asked import quorum_of, scheme_of
from portal.evaluation.models import PanelMember, Part, Scorer, Sheet
from portal.evaluation.panels.assignments import applied, sharing
from portal.rounds.models import Round
from scoring.rules import Finding, refuse_errors
from scoring.stages import ROUND, ApplicationStage, SheetStage, move
from scoring.terms import Panel

IDEAL_EVALUATORS = 3


def start_findings(bid_round: Round) -> list[Finding]:
    """What stands in the way of the evaluation, and what the panel should know."""
    found = []
    undecided = db.session.scalars(
        select(Application.id).where(
            Application.round_id == bid_round.id, Application.stage == ApplicationStage.OPENED
        )
    ).all()
    if undecided:
        found.append(
            Finding(
                "evaluation:compliance-open",
                f"The compliance check of {_applications(len(undecided))} is not finished.",
            )
        )
    if not queries.bids(bid_round):
        found.append(Finding("evaluation:no-bids", "No application passed the compliance check."))
    return [*found, *_panel_findings(bid_round), *_assignment_findings(bid_round)]


def _assignment_findings(bid_round: Round) -> Iterator[Finding]:
    """Work that was assigned before a bid, a scorer or an interest came in is assigned again."""
    for panel in Panel:
        if applied(bid_round, panel) is None:
            continue
        shared = sharing(bid_round, panel, Viewer.system())
        if few := shared.short:
            words = f"{len(few)} answers have fewer than {shared.each} scorers. Assign them again."
            yield Finding("evaluation:answers-short", words)
        idle = [one.label for ref, one in shared.scorers.items() if not shared.plan[ref]]
        if idle:
            words = f"Nothing is assigned to {', '.join(idle)}."
            yield Finding("evaluation:nothing-assigned", words, level="warning")


def _panel_findings(bid_round: Round) -> Iterator[Finding]:
    members, everybody = queries.members(bid_round), queries.scorers(bid_round)
    parts = [member.part for member in members]
    scheme = scheme_of(bid_round)
    if scheme.questions_for(Panel.OFFICERS):
        yield from _officers_findings(parts, quorum_of(bid_round))
    if scheme.questions_for(Panel.YOUNG):
        yield from _young_findings(members, everybody, scheme.least_pairs, quorum_of(bid_round))


def _officers_findings(parts: Sequence[Part], quorum: int) -> Iterator[Finding]:
    evaluators = parts.count(Part.EVALUATOR)
    if Part.MODERATOR not in parts:
        yield Finding("evaluation:no-moderator", "The panel has no moderator.")
    if not evaluators:
        yield Finding("evaluation:no-evaluators", "The panel has no evaluators.")
    elif evaluators < IDEAL_EVALUATORS:
        words = "Three evaluators for each question are the published ideal."
        yield Finding("evaluation:few-evaluators", words, level="warning")
    meeting = sum(part in policy.MEETING[Panel.OFFICERS] for part in parts)
    yield from _quorum_finding("the officers", meeting, quorum)


def _young_findings(
    members: Sequence[PanelMember], everybody: Sequence[Scorer], least_pairs: int, quorum: int
) -> Iterator[Finding]:
    pairs = [scorer for scorer in everybody if scorer.panel is Panel.YOUNG]
    young = [member for member in members if member.part is Part.YOUNG_COMMISSIONER]
    if len(pairs) < least_pairs:
        needed = "1 pair" if least_pairs == 1 else f"{least_pairs} pairs"
        yield Finding(
            "evaluation:no-pairs",
            f"The round asks for {needed} of Young Commissioners or more. There are {len(pairs)}.",
        )
    paired = {one.person_id for pair in pairs for one in pair.people}
    alone = [member.person.name for member in young if member.person_id not in paired]
    if alone:
        words = f"Not in a pair yet, so not scoring: {', '.join(alone)}."
        yield Finding("evaluation:not-paired", words, level="warning")
    if Part.SUPPORTER not in {member.part for member in members}:
        yield Finding("evaluation:no-supporter", "The panel has no Participation Officer.")
    yield from _quorum_finding("the Young Commissioners", len(young), quorum)


def _quorum_finding(who: str, there: int, quorum: int) -> Iterator[Finding]:
    """A panel that is smaller than the quorum could never agree a score."""
    if 0 < there < quorum:
        words = f"Agreeing a score needs {quorum} people, and {who} are {there}."
        yield Finding("evaluation:no-quorum", words)


def _applications(number: int) -> str:
    return "1 application" if number == 1 else f"{number} applications"


def start_evaluation(bid_round: Round, *, actor: Viewer, now: datetime) -> None:
    """Hand out the sheets: one for each scorer and bid.

    Raises:
        RuleBroken: the first of `start_findings`, or the policy's refusal.
    """
    queries.hold(bid_round)
    policy.may_start(actor, bid_round).or_refuse("evaluation:not-allowed")
    refuse_errors(start_findings(bid_round))
    bid_round.stage = move(ROUND, bid_round.stage, "evaluate")
    give_sheets(bid_round, queries.scorers(bid_round))
    audit.record(Event.EVALUATION_STARTED, bid_round, actor=actor, now=now)


def give_sheets(bid_round: Round, scorers: Sequence[Scorer]) -> None:
    """A sheet for each of these scorers and each bid, in a panel whose work was not assigned."""
    whole = [panel for panel in Panel if applied(bid_round, panel) is None]
    for bid in queries.bids(bid_round):
        for scorer in (one for one in scorers if one.panel in whole):
            sheet = Sheet(scorer_id=scorer.id, application_id=bid.id, stage=SheetStage.DRAFT)
            db.session.add(sheet)
    db.session.flush()
