"""Fostering tenders for tests: submitted with prices, scored and agreed, then locked and opened.

    tender = a_scored_tender(asks("Oak House", 60_000), asks("Elm House", 50_000, score=3))
    tender.locked()                       # quality is locked; the prices are sealed
    tender.opened()                       # two officers opened the prices; results are computed

Bids, panel, lock and opening go through the real verbs; sheets and agreed scores are put down as
rows, as the verbs would leave them. Everything needs an application context (`session`).
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal.access import Viewer
from portal.applications.models import Application, BidLot
from portal.db import db
from portal.evaluation import actions, queries
from portal.evaluation.asked import Asked
from portal.evaluation.decisions import actions as actions_decisions
from portal.evaluation.decisions.models import PriceQuestion
from portal.evaluation.models import (
    ConflictDeclaration,
    Consensus,
    Interest,
    Result,
    Score,
    Sheet,
    SheetSubmission,
    YoungSignOff,
)
from portal.evaluation.prices import actions as actions_prices
from portal.people.models import Person
from portal.rounds.models import Round
from scoring.canonical import canonical_json, sha256_of
from scoring.stages import ApplicationLotStage, ApplicationStage, SheetStage
from scoring.terms import Panel
from tests.factories.applications import a_submitted
from tests.factories.awards import LOCKED, _admin, _version_of
from tests.factories.bids import administrator_of
from tests.factories.evaluation import AGREED, REASON, SCORING, YOUNG_REASON, Evaluation, a_panel
from tests.factories.people import viewer
from tests.factories.replay import replayed
from tests.factories.rounds import a_tender, an_officer, open_it

OPENED = LOCKED + timedelta(hours=2)
LATER = OPENED + timedelta(hours=1)
UNTIL = OPENED + timedelta(days=7)
WHY = "The bidder shows how it keeps its costs down."
WRONG = "The panel read the answer of another question when it agreed this score."
ASKED = "Please explain how you can look after a child at this weekly fee."
NO_DISCOUNT = {"discount-volume": None, "discount-siblings": None, "discount-long-term": None}
AGES = ("age-0-4", "age-5-9", "age-10-15", "age-16-17")


@dataclass(frozen=True)
class Asks:
    """What is told of one bid: its lots, its scores, and what it asks for."""

    name: str
    prices: Mapping[str, int | None]
    lots: Sequence[str] = ("F1",)
    score: int = 4
    young: int = 3
    scores: Mapping[str, int] = field(default_factory=dict)
    order: Sequence[str] = ()


def asks(name: str, pence: int, **more: Any) -> Asks:
    """One bid that asks the same weekly fee for every age, and offers no discount.

    Args:
        prices: what differs, by item of the rate card (a discount in basis points).
        score, young, scores: agreed scores, as for `told`.
    """
    prices = {**NO_DISCOUNT, **dict.fromkeys(AGES, pence), **more.pop("prices", {})}
    return Asks(name, prices, **more)


@dataclass
class Tender:
    """A tender with its panel."""

    round: Round
    story: Evaluation

    @property
    def officers(self) -> tuple[Viewer, Viewer]:
        """Two commissioners of the lead council."""
        return an_officer(), an_officer(name="Second Officer")

    @property
    def moderator(self) -> Viewer:
        return viewer(self.story.moderator)

    def bid(self, name: str) -> Application:
        return next(one for one in self.story.bids if one.provider.name == name)

    @replayed
    def locked(self) -> "Tender":
        """The moderator locks quality; the prices stay sealed."""
        actions.lock_quality(self.round, actor=self.moderator, now=LOCKED)
        db.session.commit()
        return self

    @replayed
    def opened(self) -> "Tender":
        """Two officers open the prices."""
        if self.round.quality_locked_at is None:
            self.locked()
        first, second = self.officers
        actions_prices.begin(self.round, actor=first, now=OPENED)
        actions_prices.confirm(self.round, actor=second, now=OPENED)
        db.session.commit()
        return self

    def results(self, lot: str = "F1", council: str = "") -> dict[str, Result]:
        """The results that stand, by name of the bidder."""
        return {
            one.application.provider.name: one
            for one in queries.results(self.round, Viewer.system(), lot)
            if one.council == council
        }


def ask(tender: Tender, name: str = "Ash House") -> PriceQuestion:
    """The lead council asks a bidder about its price."""
    made = actions_decisions.ask(
        tender.results()[name], ASKED, UNTIL, actor=tender.officers[0], now=LATER
    )
    db.session.commit()
    return made


def answer(question: PriceQuestion, now: datetime = LATER) -> None:
    """The bidder explains its price."""
    by = administrator_of(question.application.provider)
    actions_decisions.answer(question, "Our carers live close by.", actor=by, now=now)
    db.session.commit()


@replayed
def a_scored_tender(
    *bids: Asks,
    lots: Sequence[str] = ("F1", "F2", "F4"),
    scheme: Mapping[str, Any] | None = None,
    pairs: int = 2,
) -> Tender:
    """A tender whose scores are agreed and signed off, ready to be locked.

    Args:
        scheme: what differs from the shipped scheme, merged into it part by part.
    """
    bid_round = a_tender(lots=lots)
    if scheme is not None:
        body = _merged(copy.deepcopy(bid_round.scheme.body), scheme)
        bid_round.scheme = _version_of(bid_round.scheme, body)
    made = [
        a_submitted(
            bid_round, by=_admin(one.name), lots=one.lots, prices=one.prices, order=one.order
        )
        for one in bids
    ]
    open_it(bid_round)
    for bid in made:
        bid.stage = ApplicationStage.COMPLIANT
    for lot in db.session.scalars(select(BidLot)):
        lot.stage = ApplicationLotStage.PASSED
    story = a_panel(bid_round, evaluators=1, pairs=pairs)
    story.bids = made
    actions.start_evaluation(bid_round, actor=story.lead, now=SCORING)
    _declare(story)
    for one, bid in zip(bids, made, strict=True):
        _score(story, bid, one)
    db.session.commit()
    return Tender(bid_round, story)


def _merged(body: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in more.items():
        there = body.get(key)
        merges = isinstance(value, Mapping) and isinstance(there, dict)
        body[key] = _merged(there, value) if merges else copy.deepcopy(value)
    return body


def _declare(story: Evaluation) -> None:
    db.session.add_all(
        ConflictDeclaration(
            round_id=story.round.id,
            person_id=person.id,
            application_id=bid.id,
            interest=Interest.NONE,
            declared_at=SCORING,
        )
        for person in story.panel
        for bid in story.bids
    )
    db.session.flush()


def _score(story: Evaluation, bid: Application, one: Asks) -> None:
    """Everybody gave what was agreed in the end."""
    for sheet in db.session.scalars(select(Sheet).where(Sheet.application_id == bid.id)):
        young = sheet.scorer.panel is Panel.YOUNG
        by: Person = sheet.scorer.people[0].person
        asked = queries.asked_on(sheet)
        reason = YOUNG_REASON if young else REASON
        sheet.scores = [
            Score(
                question_key=each.question,
                lot_code=each.lot_code,
                value=_value(each, one),
                reason=reason,
                saved_by_id=by.id,
                saved_at=SCORING,
            )
            for each in asked
        ]
        sheet.stage, sheet.submitted_at, sheet.submitted_by_id = (
            SheetStage.SUBMITTED,
            SCORING,
            by.id,
        )
        _hand_in(sheet, by)
    panels = {Panel.YOUNG: story.young, Panel.OFFICERS: story.officers}
    for each in queries.asked_of(bid):
        if each.needs_agreement:
            there = panels[each.panel]
            db.session.add(_agreed(bid, each, _value(each, one), there))
    db.session.add(
        YoungSignOff(application_id=bid.id, signed_by_id=story.supporter.id, signed_at=SCORING)
    )
    db.session.flush()


def _hand_in(sheet: Sheet, by: Person) -> None:
    content = {
        "application": sheet.application.ref,
        "scorer": sheet.scorer.ref,
        "scores": [
            {
                "question": one.question_key,
                "lot": one.lot_code,
                "score": one.value,
                "abstained": False,
                "reason": one.reason,
            }
            for one in sorted(sheet.scores, key=lambda one: (one.question_key, one.lot_code))
        ],
    }
    db.session.add(
        SheetSubmission(
            sheet_id=sheet.id,
            number=1,
            content=content,
            sha256=sha256_of(canonical_json(content)),
            submitted_by_id=by.id,
            submitted_at=SCORING,
        )
    )


def _agreed(bid: Application, asked: Asked, value: int, there: Sequence[Person]) -> Consensus:
    return Consensus(
        application_id=bid.id,
        panel=asked.panel,
        question_key=asked.question,
        lot_code=asked.lot_code,
        value=value,
        reason=AGREED,
        present=sorted(person.ref for person in there),
        recorded_by_id=there[0].id,
        recorded_at=SCORING,
    )


def _value(asked: Asked, one: Asks) -> int:
    usual = one.young if asked.panel is Panel.YOUNG else one.score
    return one.scores.get(asked.question, usual)
