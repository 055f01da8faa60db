"""What the page of a panel shows: people by part, pairs, declarations, workload and progress."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from portal.access import Decision, Role, Viewer
from portal.evaluation import policy, queries
from portal.evaluation.actions_start import start_findings
from portal.evaluation.models import ConflictDeclaration, Interest, PanelMember, Part, Scorer
from portal.evaluation.tally import BidTally, tallies
from portal.rounds.models import Round
from scoring.rules import Finding
from scoring.stages import RoundStage
from scoring.terms import Panel

TITLES = {
    Part.EVALUATOR: "Evaluators",
    Part.MODERATOR: "Moderators",
    Part.YOUNG_COMMISSIONER: "Young Commissioners",
    Part.SUPPORTER: "Participation Officers",
    Part.APPROVER: "Approvers",
}
HINTS = {
    Part.EVALUATOR: "Each scores every bid alone. Three for each question are the published ideal.",
    Part.MODERATOR: "Leads the meeting, records what the panel agreed, and locks quality.",
    Part.YOUNG_COMMISSIONER: "They score in pairs, and agree their scores among themselves.",
    Part.SUPPORTER: "Looks after the Young Commissioners, and signs off that it was their own view.",
    Part.APPROVER: "Decides on the award. Nobody who scores or moderates can approve.",
}


@dataclass(frozen=True, slots=True)
class MemberLine:
    """Somebody on the panel."""

    member: PanelMember
    pair: str  # the pair that they score in
    declared: int  # bidders that they declared on
    interests: tuple[tuple[str, Interest, str], ...]  # bidder, kind, what it is
    bidders: int


@dataclass(frozen=True, slots=True)
class PanelPage:
    """Everything on the page."""

    parts: dict[Part, list[MemberLine]]
    pairs: tuple[Scorer, ...]
    bids: tuple[BidTally, ...]
    names: dict[int, str]  # of the bids, as the viewer may call them
    workload: int  # questions that one evaluator scores
    young_workload: int
    found: tuple[Finding, ...]
    may_manage: Decision
    may_start: Decision
    titles: dict[Part, str]
    hints: dict[Part, str]

    @property
    def is_empty(self) -> bool:
        return not any(self.parts.values())


def of(bid_round: Round, viewer: Viewer) -> PanelPage:
    """The page of a round's panel. Before the opening there is nothing of bids in it."""
    members, scorers = queries.members(bid_round), queries.scorers(bid_round)
    declared = queries.declarations(bid_round)
    opened = bid_round.opened_at is not None  # before, not even whether there are any
    names = queries.names_for(viewer, bid_round, queries.bids(bid_round)) if opened else {}
    bids = _bids(bid_round, viewer, names)
    setting_up = bid_round.stage in {RoundStage.PUBLISHED, RoundStage.OPENED}
    found = start_findings(bid_round) if setting_up else []
    if not opened:
        found = [one for one in found if not one.code.endswith(("no-bids", "compliance-open"))]
    return PanelPage(
        parts=_by_part(members, scorers, declared, _open(names, bids), viewer),
        pairs=tuple(scorer for scorer in scorers if scorer.panel is Panel.YOUNG),
        bids=tuple(bids),
        names=names,
        workload=sum(bid.officers.asked for bid in bids),
        young_workload=sum(bid.young.asked for bid in bids),
        found=tuple(found),
        may_manage=policy.may_manage_panel(viewer, bid_round),
        may_start=policy.may_start(viewer, bid_round),
        titles=TITLES,
        hints=HINTS,
    )


def _bids(bid_round: Round, viewer: Viewer, names: dict[int, str]) -> list[BidTally]:
    """How far each bid is, in the order of the names that the viewer may know."""
    if not names:
        return []
    closed = queries.standing(viewer, bid_round).closed
    found = {bid.application.id: bid for bid in tallies([bid_round], hidden=closed)[bid_round.id]}
    return [found[key] for key in names if key in found]


def _open(names: dict[int, str], bids: Sequence[BidTally]) -> dict[int, str]:
    return {bid.application.id: names[bid.application.id] for bid in bids}


def _by_part(
    members: Sequence[PanelMember],
    scorers: Sequence[Scorer],
    declared: Sequence[ConflictDeclaration],
    names: dict[int, str],
    viewer: Viewer,
) -> dict[Part, list[MemberLine]]:
    pair_of = {
        one.person_id: scorer.label
        for scorer in scorers
        if scorer.panel is Panel.YOUNG
        for one in scorer.people
    }
    number = Counter(one.person_id for one in declared if one.application_id in names)
    parts: dict[Part, list[MemberLine]] = {part: [] for part in Part}
    for member in members:
        parts[member.part].append(
            MemberLine(
                member=member,
                pair=pair_of.get(member.person_id, ""),
                declared=number[member.person_id],
                interests=tuple(_interests(member, declared, names, viewer)),
                bidders=len(names),
            )
        )
    return parts


def _interests(
    member: PanelMember,
    declared: Sequence[ConflictDeclaration],
    names: dict[int, str],
    viewer: Viewer,
) -> list[tuple[str, Interest, str]]:
    """What somebody declared. What a young person said of themselves is for their own officer."""
    hidden = member.part is Part.YOUNG_COMMISSIONER and not viewer.holds(Role.PARTICIPATION_OFFICER)
    return [
        (names[one.application_id], one.interest, "" if hidden else one.detail)
        for one in declared
        if one.person_id == member.person_id
        and one.interest is not Interest.NONE
        and one.application_id in names
    ]
