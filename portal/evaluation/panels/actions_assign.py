"""Assigning answers to scorers. What was scored is kept for ever, whoever scores it afterwards."""

from collections.abc import Collection, Mapping, Set
from datetime import datetime

from sqlalchemy import delete, insert, select

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.db import db
from portal.evaluation import policy, queries
from portal.evaluation.asked import scheme_of
from portal.evaluation.models import Assignment, Score, Sheet
from portal.evaluation.moderation.actions import forget_sign_off
from portal.evaluation.panels.assignments import Sharing, hash_of, sharing
from portal.rounds.models import Round
from scoring.assignment import Place, against_interest, check_each, short
from scoring.rules import RuleBroken
from scoring.stages import SHEET, SheetStage, move
from scoring.terms import Panel

MORE_TO_SCORE = (
    "More questions of this bid were given to you. Score them, and submit the sheet again."
)


def assign(
    bid_round: Round,
    panel: Panel,
    plan: Mapping[str, Set[Place]],
    *,
    each: int,
    seen: str,
    actor: Viewer,
    now: datetime,
) -> Assignment:
    """Hand out the sheets of a panel as a plan says. Bids closed to the actor keep their scorers.

    Args:
        plan: what each scorer scores, by reference; who is not named scores nothing.
        each: how many score each answer.
        seen: the hash of what stood when the plan was made.

    Raises:
        RuleBroken: `assignment:changed`, `assignment:each`, `assignment:too-few`,
            `assignment:conflict`, `assignment:least-pairs`, `assignment:unknown`, or the policy's
            refusal.
    """
    policy.may_assign(actor, bid_round, list_is_whole=queries.list_is_whole(bid_round)).or_refuse(
        "assignment:not-allowed"
    )
    queries.hold(bid_round)
    shared = sharing(bid_round, panel, actor)
    if hash_of(shared.plan) != seen:
        raise RuleBroken(
            "assignment:changed",
            "Somebody changed the assignment, or declared an interest, since this page was made. "
            "Look at it again.",
        )
    _refuse(shared, plan, each)
    counted = _Handing(shared, plan, now).hand_out()
    kept = Assignment(
        round_id=bid_round.id,
        panel=panel,
        each=each,
        sha256=hash_of(plan),
        set_aside=counted,
        applied_by_id=actor.acting_id(),
        applied_at=now,
    )
    db.session.add(kept)
    db.session.flush()
    db.session.expire_all()
    audit.record(
        Event.WORK_ASSIGNED,
        bid_round,
        actor=actor,
        now=now,
        panel=panel.value,
        assignment=kept.ref,
        each=each,
        plan_sha256=kept.sha256,
        answers={scorer: len(places) for scorer, places in sorted(plan.items())},
        set_aside=counted,
    )
    return kept


def _refuse(shared: Sharing, plan: Mapping[str, Set[Place]], each: int) -> None:
    check_each(each, len(shared.scorers))
    least = scheme_of(shared.round).least_pairs
    if shared.panel is Panel.YOUNG and each < least:
        raise RuleBroken(
            "assignment:least-pairs",
            f"The round was published with {least} pairs or more for each question.",
            "each",
        )
    asked = {place for places in plan.values() for place in places}
    if set(plan) - set(shared.scorers) or asked - set(shared.places):
        raise RuleBroken("assignment:unknown", "A scorer or an answer is not in this round.")
    if against_interest(plan, shared.closed):
        raise RuleBroken(
            "assignment:conflict", "A declared interest closes one of these bids to its scorer."
        )
    if few := short(shared.places, plan, each):
        raise RuleBroken(
            "assignment:too-few",
            f"{len(few)} answers would have fewer than {each} scorers. Give them to more people, "
            "or ask for fewer scorers.",
            "each",
        )


class _Handing:
    """Brings the sheets in line with a plan: a few statements, however many sheets."""

    def __init__(self, shared: Sharing, plan: Mapping[str, Set[Place]], now: datetime) -> None:
        self.shared, self.now = shared, now
        self.wanted: dict[tuple[str, str], set[str]] = {}
        for scorer, places in plan.items():
            for bid, question in places:
                self.wanted.setdefault((scorer, bid), set()).add(question)
        self.scores = self._scores()
        self.set_aside = 0

    def _scores(self) -> dict[int, list[Score]]:
        found: dict[int, list[Score]] = {}
        ids = [sheet.id for sheet in self.shared.sheets.values()]
        for score in db.session.scalars(select(Score).where(Score.sheet_id.in_(ids))):
            found.setdefault(score.sheet_id, []).append(score)
        return found

    def hand_out(self) -> int:
        """Change, make and take back sheets; return how many scores were set aside."""
        empty: list[int] = []
        for place, sheet in self.shared.sheets.items():
            if place in self.shared.closed:
                continue  # an interest has set it aside already, and that is on record
            if questions := self.wanted.get(place):
                self._fit(sheet, place, questions)
            elif sheet.id in self.scores:
                self._put_aside(sheet, self.scores[sheet.id])
            else:
                empty.append(sheet.id)
        db.session.flush()
        if empty:
            db.session.execute(delete(Sheet).where(Sheet.id.in_(empty)))
        self._make(set(self.wanted) - set(self.shared.sheets))
        return self.set_aside

    def _make(self, places: Collection[tuple[str, str]]) -> None:
        rows = [
            {
                "scorer_id": self.shared.scorers[scorer].id,
                "application_id": self.shared.bids[bid].id,
                "stage": SheetStage.DRAFT,
                "asks": self._asks(bid, self.wanted[scorer, bid]),
            }
            for scorer, bid in sorted(places)
        ]
        if rows:
            db.session.execute(insert(Sheet), rows)

    def _asks(self, bid: str, questions: Set[str]) -> str:
        names = [one.name for one in self.shared.asked[bid]]
        return (
            "" if set(names) <= questions else "\n".join(one for one in names if one in questions)
        )

    def _put_aside(self, sheet: Sheet, scores: Collection[Score]) -> None:
        if sheet.set_aside_at is None:
            sheet.set_aside_at = self.now
            self.set_aside += sum(one.set_aside_at is None for one in scores)
            self._view_changed(sheet)

    def _fit(self, sheet: Sheet, place: tuple[str, str], questions: Set[str]) -> None:
        asks = self._asks(place[1], questions)
        if asks == sheet.asks and sheet.set_aside_at is None:
            return
        sheet.asks, sheet.set_aside_at = asks, None
        has: set[str] = set()
        for score in self.scores.get(sheet.id, ()):
            if score.name in questions:
                score.set_aside_at = None
                has.add(score.name)
            elif score.set_aside_at is None:
                score.set_aside_at = self.now
                self.set_aside += 1
        if sheet.stage is SheetStage.SUBMITTED and questions - has:
            sheet.stage = move(SHEET, sheet.stage, "give-back")
            sheet.returned_reason = MORE_TO_SCORE
        self._view_changed(sheet)

    def _view_changed(self, sheet: Sheet) -> None:
        if self.shared.panel is Panel.YOUNG:
            forget_sign_off(sheet.application)
