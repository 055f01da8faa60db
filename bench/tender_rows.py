"""The rows of a large lot, as the verbs would leave them."""

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from portal.access import Viewer
from portal.applications.models import Application, BidLot, PriceEnvelope, Submission
from portal.content.models import ContentVersion
from portal.db import db, new_ref
from portal.evaluation.models import (
    ConflictDeclaration,
    Consensus,
    Interest,
    PanelMember,
    Part,
    Score,
    Scorer,
    ScorerPerson,
    Sheet,
)
from portal.people.models import Person
from portal.people.queries import viewer_of
from portal.providers.models import Provider
from portal.rounds import actions as rounds
from portal.rounds.models import Round
from scoring.canonical import canonical_json, sha256_of
from scoring.stages import ApplicationLotStage, ApplicationStage, RoundStage, SheetStage
from scoring.terms import Panel

OFFICER = "Amina Hussain"
EVALUATORS = ("Daniel Reyes", "Hannah Bright", "Owen Marsh", "Martin Ashby", "Joan Fielding")
EVALUATORS += ("Tom Whitlock",)
MODERATOR = "Grace Okafor"
REASON = "The answer meets what was asked for, with an example of last year and how it is checked."
AGES = ("age-0-4", "age-5-9", "age-10-15", "age-16-17")
CHUNK = 5_000


@dataclass(frozen=True)
class Lot:
    """What was made: the round, a bid and a sheet to look at, and how many scores."""

    round: Round
    bid: str
    sheet: str
    scores: int


def a_large_lot(at: datetime, bids: int, questions: int, scorers: int) -> Lot:
    """A tender with one lot whose every score is in and agreed, and whose prices are open."""
    chance = random.Random(30)
    bid_round = _round(at, questions)
    made = _bids(bid_round, bids, chance, at)
    keys = [f"q-{number:02}" for number in range(1, questions + 1)]
    sheets = _sheets(bid_round, made, scorers, at)
    _put(Score, _scores(sheets, keys, chance, at))
    _put(Consensus, _agreed(made, keys, chance, at))
    bid_round.stage = RoundStage.MODERATED
    bid_round.published_at = bid_round.deadline_at = bid_round.opened_at = at
    bid_round.quality_locked_at = bid_round.prices_opened_at = at
    db.session.flush()
    first = db.session.get_one(Application, made[0])
    mine = select(Sheet.ref).join(Sheet.scorer).where(Scorer.label == EVALUATORS[0])
    sheet = db.session.scalars(mine.where(Sheet.application_id == first.id)).one()
    # One sheet is open, so that a score can be saved on it.
    db.session.scalars(select(Sheet).where(Sheet.ref == sheet)).one().stage = SheetStage.DRAFT
    db.session.flush()
    return Lot(bid_round, first.ref, sheet, len(sheets) * len(keys))


def _person(name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.name == name)).one()


def _round(at: datetime, questions: int) -> Round:
    officer: Viewer = viewer_of(_person(OFFICER).id)
    made = rounds.create_from_template(
        "fostering-tender", title="A large tender", lot_codes=["F1"], actor=officer, now=at
    )
    body = copy.deepcopy(made.question_set.body)
    body["sections"] = [
        {
            "key": "quality",
            "title": "Quality",
            "intro": "",
            "audience": "officers",
            "questions": [
                {
                    "key": f"q-{number:02}",
                    "kind": "long-text",
                    "label": f"Question {number}: how do you do it, who does it, and how often?",
                    "title": f"Question {number}",
                    "role": "scored",
                    "required": True,
                    "words": 500,
                }
                for number in range(1, questions + 1)
            ],
        }
    ]
    made.question_set = _version(made.question_set, body)
    made.scheme = _version(made.scheme, _scheme(made.scheme.body, questions))
    return made


def _scheme(shipped: dict[str, Any], questions: int) -> dict[str, Any]:
    body = copy.deepcopy(shipped)
    weights = [10_000 // questions] * questions
    weights[0] += 10_000 - sum(weights)
    quality, price = body["criteria"][0], body["criteria"][-1]
    quality |= {"weight_bp": 6_500, "minimum_share_bp": 3_000}
    quality["questions"] = [
        {"question": f"q-{number:02}", "weight_bp": weight, "minimum_score": None}
        for number, weight in enumerate(weights, start=1)
    ]
    body["criteria"] = [quality, price]
    body["thresholds"] = {"total_share_bp": 3_000}
    body["award"]["tie_breaks"] = [{"by": "quality"}, {"by": "price"}]
    body["award"] |= {"cap": 50, "tie_at_cap": "admit-all"}
    return body


def _version(content: ContentVersion, body: dict[str, Any]) -> ContentVersion:
    newest = select(func.max(ContentVersion.version)).where(
        ContentVersion.kind == content.kind, ContentVersion.key == content.key
    )
    made = ContentVersion(
        kind=content.kind,
        key=content.key,
        version=1 + (db.session.scalar(newest) or 0),
        title=content.title,
        body=body,
        sha256=sha256_of(canonical_json(body)),
        source="bench",
        published_at=content.published_at,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _bids(bid_round: Round, number: int, chance: random.Random, at: datetime) -> list[int]:
    lot = bid_round.lots[0]
    by = _person(OFFICER).id
    made = []
    for place in range(1, number + 1):
        provider = Provider(
            name=f"Agency {place:03} Fostering",
            created_at=at,
        )
        bid = Application(
            round=bid_round,
            provider=provider,
            stage=ApplicationStage.EVALUATED,
            started_by_id=by,
            started_at=at,
            standing_number=1,
        )
        db.session.add(bid)
        db.session.flush()
        _submit(bid, chance, by, at)
        db.session.add(
            BidLot(application=bid, round_lot=lot, stage=ApplicationLotStage.PASSED, reason="")
        )
        made.append(bid.id)
    db.session.flush()
    return made


def _submit(bid: Application, chance: random.Random, by: int, at: datetime) -> None:
    rates = [{"lot": "F1", "item": age, "pence": chance.randrange(60_000, 110_000)} for age in AGES]
    prices = canonical_json({"application": bid.ref, "rates": rates, "secret": "bench"})
    content = canonical_json(
        {
            "format": "application-submission/1",
            "application": bid.ref,
            "round": {"ref": bid.round.ref, "title": bid.round.title, "version": 1},
            "lots": ["F1"],
            "answers": [
                {"question": f"q-{number:02}", "lot": "", "kind": "long-text", "value": REASON * 5}
                for number in range(1, 31)
            ],
            "documents": [],
            "prices_sha256": sha256_of(prices),
        }
    )
    submission = Submission(
        application_id=bid.id,
        number=1,
        content=content,
        sha256=sha256_of(content),
        received_at=at,
        submitted_by_id=by,
        trail_head="0" * 64,
    )
    db.session.add(submission)
    db.session.flush()
    db.session.add(
        PriceEnvelope(submission_id=submission.id, content=prices, sha256=sha256_of(prices))
    )


def _sheets(bid_round: Round, bids: list[int], scorers: int, at: datetime) -> list[tuple[int, int]]:
    """(sheet, person) of each scorer and bid; everybody has declared on every bid."""
    seats = [(MODERATOR, Part.MODERATOR), *((name, Part.EVALUATOR) for name in EVALUATORS)]
    found = []
    for name, part in seats[: scorers + 1]:
        person = _person(name)
        db.session.add(PanelMember(round=bid_round, person=person, part=part, joined_at=at))
        _put(ConflictDeclaration, _declared(bid_round.id, person.id, bids, at))
        if part is Part.EVALUATOR:
            scorer = Scorer(round=bid_round, panel=Panel.OFFICERS, label=name)
            scorer.people = [ScorerPerson(person=person)]
            db.session.add(scorer)
            db.session.flush()
            rows = [
                {
                    "ref": new_ref("SHT"),
                    "scorer_id": scorer.id,
                    "application_id": bid,
                    "stage": SheetStage.SUBMITTED,
                    "submitted_at": at,
                    "submitted_by_id": person.id,
                }
                for bid in bids
            ]
            _put(Sheet, iter(rows))
            ids = db.session.scalars(select(Sheet.id).where(Sheet.scorer_id == scorer.id))
            found += [(sheet, person.id) for sheet in ids]
    return found


def _declared(
    round_id: int, person_id: int, bids: list[int], at: datetime
) -> Iterator[dict[str, Any]]:
    for bid in bids:
        yield {
            "round_id": round_id,
            "person_id": person_id,
            "application_id": bid,
            "interest": Interest.NONE,
            "declared_at": at,
        }


def _scores(
    sheets: list[tuple[int, int]], keys: list[str], chance: random.Random, at: datetime
) -> Iterator[dict[str, Any]]:
    for sheet, person in sheets:
        for key in keys:
            yield {
                "sheet_id": sheet,
                "question_key": key,
                "lot_code": "",
                "value": chance.randrange(2, 6),
                "reason": REASON,
                "saved_by_id": person,
                "saved_at": at,
            }


def _agreed(
    bids: list[int], keys: list[str], chance: random.Random, at: datetime
) -> Iterator[dict[str, Any]]:
    by = _person(MODERATOR)
    for bid in bids:
        for key in keys:
            yield {
                "application_id": bid,
                "panel": Panel.OFFICERS,
                "question_key": key,
                "lot_code": "",
                "value": chance.randrange(2, 6),
                "reason": REASON,
                "present": [by.ref],
                "recorded_by_id": by.id,
                "recorded_at": at,
            }


def _put(kind: Any, rows: Iterator[dict[str, Any]]) -> None:
    """Insert rows, some thousands at a time."""
    waiting: list[dict[str, Any]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == CHUNK:
            db.session.execute(insert(kind), waiting)
            waiting = []
    if waiting:
        db.session.execute(insert(kind), waiting)
    db.session.flush()
