"""Who scores which answers of a round: as it stands, and how a change of it would look.

Nothing of a bid is in here but its name and the length of its answers. A bid that an interest closes to
the reader is left out, and a change by that reader leaves its scorers as they are.
"""

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from portal.access import Viewer
from portal.applications.models import Application
from portal.db import db
from portal.evaluation.answers import answers_to
from portal.evaluation.asked import Asked, asked_for, scheme_of
from portal.evaluation.bids import bids, lots_of, names_for
from portal.evaluation.models import Assignment, Score, Scorer, Sheet
from portal.evaluation.panels.queries import closed_sheets, interests_in, scorers, standing
from portal.rounds.models import Round
from scoring.assignment import Place, Plan, Workload, short, workload
from scoring.canonical import sha256_of
from scoring.terms import Panel

IDEAL = {Panel.OFFICERS: 3}


@dataclass(frozen=True)
class Sharing:
    """What a panel scores and who scores it now. References stand for bids and scorers."""

    round: Round
    panel: Panel
    bids: Mapping[str, Application]
    names: Mapping[str, str]  # of the bids, as the viewer may call them
    asked: Mapping[str, tuple[Asked, ...]]  # of each bid
    lots: Mapping[str, tuple[str, ...]]  # codes, of each bid
    scorers: Mapping[str, Scorer]
    closed: frozenset[tuple[str, str]]  # (scorer, bid)
    sheets: Mapping[tuple[str, str], Sheet]  # (scorer, bid), also those that were set aside
    applied: Assignment | None

    @cached_property
    def places(self) -> list[Place]:
        """Every answer to be scored."""
        return [(bid, one.name) for bid, asked in self.asked.items() for one in asked]

    @cached_property
    def plan(self) -> dict[str, set[Place]]:
        """Who scores what as it stands. Before anything was assigned everybody scores everything."""
        plan: dict[str, set[Place]] = {scorer: set() for scorer in self.scorers}
        everything = {
            bid: frozenset((bid, one.name) for one in asked) for bid, asked in self.asked.items()
        }
        for scorer in self.scorers:
            for bid, places in everything.items():
                if (scorer, bid) not in self.closed:
                    plan[scorer] |= self._held(scorer, bid, places)
        return plan

    def _held(self, scorer: str, bid: str, places: frozenset[Place]) -> Set[Place]:
        """What a scorer has of a bid. Most sheets ask for all of it, and share one set."""
        sheet = self.sheets.get((scorer, bid))
        if sheet is None:
            return frozenset() if self.is_shared else places
        if sheet.set_aside_at is not None:
            return frozenset()
        return {one for one in places if sheet.asks_for(one[1])} if sheet.asks else places

    @property
    def is_shared(self) -> bool:
        """Whether answers were assigned, or sheets handed out; else everybody scores everything."""
        return self.applied is not None or bool(self.sheets)

    @property
    def each(self) -> int:
        """How many score each answer: as it was last stated, or the ideal as far as people are there."""
        if self.applied is not None:
            return self.applied.each
        least = scheme_of(self.round).least_pairs
        return max(1, min(IDEAL.get(self.panel, least), len(self.scorers)))

    @property
    def short(self) -> dict[Place, int]:
        """Answers with too few scorers, with how many they have."""
        return short(self.places, self.plan, self.each)

    @property
    def label(self) -> dict[str, str]:
        """The words of each question, by its name."""
        return {one.name: one.short_title for asked in self.asked.values() for one in asked}


def sharing(bid_round: Round, panel: Panel, viewer: Viewer) -> Sharing:
    """Who scores what, without the bids that are closed to the viewer: eight statements."""
    hidden = standing(viewer, bid_round).closed
    found = [bid for bid in bids(bid_round) if bid.id not in hidden]
    names, lots = names_for(viewer, bid_round, found), lots_of([bid.id for bid in found])
    ref = {bid.id: bid.ref for bid in found}
    by_ref = {bid.ref: bid for bid in found}
    everybody, declared = scorers(bid_round), interests_in(bid_round)
    mine = {one.id: one for one in everybody if one.panel is panel}
    codes = {ref[key]: tuple(lot.code for lot in lots[key]) for key in names}
    return Sharing(
        round=bid_round,
        panel=panel,
        bids={ref[key]: by_ref[ref[key]] for key in names},
        names={ref[key]: name for key, name in names.items()},
        asked={bid: asked_for(bid_round, held, panel) for bid, held in codes.items()},
        lots=codes,
        scorers={one.ref: one for one in mine.values()},
        closed=frozenset(
            (mine[scorer].ref, ref[bid])
            for scorer, bid in closed_sheets(everybody, declared)
            if scorer in mine and bid in ref
        ),
        sheets={
            (mine[one.scorer_id].ref, ref[one.application_id]): one for one in _sheets(mine, ref)
        },
        applied=applied(bid_round, panel),
    )


def _sheets(scorers_: Mapping[int, Scorer], ref: Mapping[int, str]) -> Sequence[Sheet]:
    return db.session.scalars(
        select(Sheet).where(Sheet.scorer_id.in_(scorers_), Sheet.application_id.in_(ref))
    ).all()


def applied(bid_round: Round, panel: Panel) -> Assignment | None:
    """The newest assignment of a panel; none while everybody scores everything."""
    return db.session.scalar(
        select(Assignment)
        .where(Assignment.round_id == bid_round.id, Assignment.panel == panel)
        .order_by(Assignment.id.desc())
        .limit(1)
    )


def words_of(shared: Sharing, viewer: Viewer) -> dict[Place, int]:
    """The length of every answer in words: one statement."""
    wanted = [(shared.bids[bid], one) for bid, asked in shared.asked.items() for one in asked]
    texts = answers_to(wanted, viewer)
    return {(bid.ref, one.name): len(texts[bid.id, one.key].split()) for bid, one in wanted}


def hash_of(plan: Plan) -> str:
    """One word for a whole plan: two pages that show the same plan have the same.

    It is the hash of the plan's canonical JSON. Of tens of thousands of plain texts that is what
    the encoder writes by itself, ten times as fast.
    """
    return sha256_of(
        json.dumps(
            {scorer: sorted(places) for scorer, places in plan.items()},
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
        )
    )


@dataclass(frozen=True)
class Line:
    """One scorer's work, as it stands and as it would be."""

    name: str
    now: Workload
    then: Workload
    closed: int  # bids that an interest closes


@dataclass(frozen=True)
class Preview:
    """What a plan would change."""

    lines: tuple[Line, ...]
    short: Mapping[Place, int]
    set_aside: int  # answers that were scored, and would be somebody else's
    plan: Mapping[str, Set[Place]]

    @cached_property
    def hash(self) -> str:
        """Of the plan; only a page that asks for a second press needs it."""
        return hash_of(self.plan)

    @property
    def most(self) -> int:
        """The longest reading, for a bar."""
        return max((line.then.words for line in self.lines), default=0)


def preview(
    shared: Sharing, plan: Mapping[str, Set[Place]], words: Mapping[Place, int], each: int
) -> Preview:
    """A plan beside what stands, with what it would set aside."""
    return Preview(
        lines=tuple(
            Line(
                name=scorer.label,
                now=workload(shared.plan[ref], words),
                then=workload(plan.get(ref, set()), words),
                closed=sum(one == ref for one, _ in shared.closed),
            )
            for ref, scorer in shared.scorers.items()
        ),
        short=short(shared.places, plan, each),
        set_aside=_scored_and_taken(shared, plan),
        plan=plan,
    )


def _scored_and_taken(shared: Sharing, plan: Mapping[str, Set[Place]]) -> int:
    taken = {
        (shared.sheets[scorer, bid].id, question)
        for scorer, held in shared.plan.items()
        for bid, question in held - plan.get(scorer, set())
        if (scorer, bid) in shared.sheets
    }
    rows = db.session.execute(
        select(Score.sheet_id, Score.question_key, Score.lot_code).where(
            Score.sheet_id.in_({sheet for sheet, _ in taken})
        )
    )
    return sum((row.sheet_id, f"{row.question_key}|{row.lot_code}") in taken for row in rows)
