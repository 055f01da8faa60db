"""The interests of a round for those who lead its panel: what was declared, when, and what it set aside."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.access import Role, Viewer
from portal.db import db
from portal.evaluation.bids import bids, names_for
from portal.evaluation.models import (
    ConflictDeclaration,
    PanelMember,
    Part,
    Score,
    ScorerPerson,
    Sheet,
)
from portal.evaluation.panels.queries import closed_sheets, declarations, members, scorers, standing
from portal.rounds.models import Round


@dataclass(frozen=True, slots=True)
class InterestLine:
    """One interest in one bidder."""

    declaration: ConflictDeclaration
    bid_ref: str
    bidder: str
    detail: str  # empty where it is not the viewer's to read
    is_late: bool  # no interest was declared first, and this came up afterwards
    set_aside: int  # scores that were given before, kept, and count no more
    left: int  # scorers of the same panel that the bid still has
    may_note: bool


def interests(bid_round: Round, viewer: Viewer) -> list[InterestLine]:
    """Every interest that was declared, newest first: eight statements.

    A bid that is closed to the viewer is left out. What a young person said of themselves is for their
    own officer.
    """
    closed_to_me = standing(viewer, bid_round).closed
    open_to_me = [one for one in bids(bid_round) if one.id not in closed_to_me]
    names = names_for(viewer, bid_round, open_to_me)
    refs = {one.id: one.ref for one in open_to_me}
    everybody, declared = scorers(bid_round), declarations(bid_round)
    closed = closed_sheets(everybody, declared)
    young = _young(members(bid_round))
    given, left = _scores_of(closed), _left(names, closed)
    scorers_of = {who.person_id: (one.id, one.panel) for one in everybody for who in one.people}
    found = []
    for one in declared:
        if one.interest == "none" or one.application_id not in names:
            continue
        scorer_id, panel = scorers_of.get(one.person_id, (0, ""))
        hidden = one.person_id in young and not viewer.holds(Role.PARTICIPATION_OFFICER)
        found.append(
            InterestLine(
                declaration=one,
                bid_ref=refs[one.application_id],
                bidder=names[one.application_id],
                detail="" if hidden else one.detail,
                is_late=bool(one.earlier),
                set_aside=given.get((scorer_id, one.application_id), 0),
                left=left[one.application_id, panel],
                may_note=one.person_id != viewer.person_id,
            )
        )
    return sorted(found, key=lambda line: line.declaration.declared_at, reverse=True)


def _young(everybody: Sequence[PanelMember]) -> set[int]:
    return {one.person_id for one in everybody if one.part is Part.YOUNG_COMMISSIONER}


def _scores_of(closed: set[tuple[int, int]]) -> Mapping[tuple[int, int], int]:
    """How many scores were given on each of these sheets, by (scorer, bid)."""
    rows = db.session.execute(
        select(Sheet.scorer_id, Sheet.application_id, func.count())
        .join(Score, Score.sheet_id == Sheet.id)
        .where(
            Sheet.scorer_id.in_({scorer for scorer, _ in closed}),
            Sheet.application_id.in_({bid for _, bid in closed}),
        )
        .group_by(Sheet.scorer_id, Sheet.application_id)
    )
    return {(scorer, bid): number for scorer, bid, number in rows}


def _left(names: Mapping[int, str], closed: set[tuple[int, int]]) -> Counter[tuple[int, str]]:
    """How many sheets of each panel still count for each bid."""
    rows = db.session.execute(
        select(Sheet)
        .where(Sheet.application_id.in_(names), Sheet.set_aside_at.is_(None))
        .options(joinedload(Sheet.scorer))
    ).scalars()
    return Counter(
        (one.application_id, one.scorer.panel)
        for one in rows
        if (one.scorer_id, one.application_id) not in closed
    )


def scores_set_aside(person_id: int, application_id: int) -> int:
    """How many scores somebody, or their pair, has given for one bid."""
    mine = select(ScorerPerson.scorer_id).where(ScorerPerson.person_id == person_id)
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Score)
            .join(Score.sheet)
            .where(Sheet.scorer_id.in_(mine), Sheet.application_id == application_id)
        )
        or 0
    )
