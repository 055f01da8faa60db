"""Awards for tests: rounds whose scores are agreed and locked, and from there on the real verbs.

    bid_round = a_locked_round(told("Oak House"), told("Elm House", score=2))
    bid_round = an_approved_round(told("Oak House"))            # letters written, PDFs not yet made
    bid_round = a_concluded_round(told("Oak House", lots=["1A"], prices={"core-weekly-price": 90000}))

The agreed scores are put down as rows (the evaluation has factories of its own); the results are
computed from them by the portal. All of them need an application context (`session`).
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch

from sqlalchemy import func, select

from portal import queue
from portal.access import Role, Viewer
from portal.applications.compliance import (
    actions as actions_compliance,
    queries as queries_compliance,
)
from portal.applications.compliance.items import Item
from portal.applications.models import Application, BidLot, CheckOutcome
from portal.awards import actions, queries
from portal.awards.models import Letter, Recommendation
from portal.content.models import ContentVersion
from portal.db import db
from portal.evaluation.asked import Asked, asked_for
from portal.evaluation.models import Consensus, PanelMember, Part
from portal.evaluation.results.entries import entries_of
from portal.evaluation.results.outcome import compute
from portal.people.models import Person
from portal.rounds.models import Regime, Round
from scoring.canonical import canonical_json, sha256_of
from scoring.stages import ApplicationLotStage, ApplicationStage, RoundStage
from scoring.terms import Panel
from tests.factories.applications import a_submitted
from tests.factories.documents import a_pdf
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.replay import replayed
from tests.factories.rounds import AFTER_OPENING, PAN_BEDFORDSHIRE, a_round, an_officer, open_it

LOCKED = AFTER_OPENING + timedelta(days=20)
RECOMMENDED = LOCKED + timedelta(days=1)
DECIDED = LOCKED + timedelta(days=5)
RELEASED = LOCKED + timedelta(days=6)
CONCLUDED = LOCKED + timedelta(days=7)
STARTS_ON = date(2027, 4, 1)
WHY = "Every provider over the published thresholds is admitted."
NO_ACCOUNTS = "The accounts are for one year only."


@dataclass(frozen=True)
class Told:
    """What is told of one bid."""

    name: str
    lots: Sequence[str] = ("1A",)
    score: int = 4
    young: int = 3
    scores: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[str, int] = field(default_factory=dict)
    failing: Mapping[tuple[str, str], str] = field(default_factory=dict)


def told(name: str, **more: object) -> Told:
    """One bid of a story.

    Args:
        score, young: the agreed score of every question of the officers and of the young people.
        scores, reasons: what differs, by question key.
        prices: pence by item of the rate card, for every lot.
        failing: what fails at the compliance check: reasons by lot code (or "") and the start of
            an item's key.
    """
    return Told(name, **more)  # type: ignore[arg-type]


@replayed
def a_locked_round(
    *bids: Told,
    lots: Sequence[str] = ("1A", "2A", "2B"),
    councils: Iterable[str] = PAN_BEDFORDSHIRE,
    awards: int | None = None,
    regime: Regime | None = None,
    promises: Sequence[str] = (),
) -> Round:
    """A round whose quality is locked: checked, scored and computed.

    Args:
        awards: how many bids of each lot win, which makes it a ranked tender; none for a list.
        promises: the questions whose answers are promises.
    """
    bid_round = a_round(lots=lots, councils=councils, regime=regime)
    if awards is not None:
        _rank(bid_round, awards)
    if promises:
        _promise(bid_round, promises)
    made = [
        (one, a_submitted(bid_round, by=_admin(one.name), lots=one.lots, prices=one.prices))
        for one in bids
    ]
    open_it(bid_round)
    for one, bid in made:
        _check(bid, one)
        if bid.stage is ApplicationStage.COMPLIANT:
            _agree(bid, one)
    _seat(bid_round)
    db.session.flush()
    # Scores were put down as agreed, so there are no pairs to count.
    db.session.add_all(compute(bid_round, LOCKED, entries_of(bid_round).without_pairs()))
    for _, bid in made:
        if bid.stage is ApplicationStage.COMPLIANT:
            bid.stage = ApplicationStage.EVALUATED
    bid_round.stage, bid_round.quality_locked_at = RoundStage.MODERATED, LOCKED
    bid_round.prices_opened_at = LOCKED
    db.session.commit()
    return bid_round


def _rank(bid_round: Round, awards: int) -> None:
    """Put a ranking into the scheme that the round was published with."""
    rule = {"mechanism": "ranked-top", "ranked": True, "cap": awards, "tie_at_cap": "admit-all"}
    body = {**bid_round.scheme.body, "award": rule}
    bid_round.scheme = _version_of(bid_round.scheme, body)


def _promise(bid_round: Round, keys: Sequence[str]) -> None:
    """Flag questions of the set that the round was published with."""
    body = copy.deepcopy(bid_round.question_set.body)
    for section in body["sections"]:
        for question in section["questions"]:
            question["promise"] = question["key"] in keys
    bid_round.question_set = _version_of(bid_round.question_set, body)


def _version_of(content: ContentVersion, body: dict[str, Any]) -> ContentVersion:
    number = (
        1
        + db.session.scalars(
            select(func.max(ContentVersion.version)).where(
                ContentVersion.kind == content.kind, ContentVersion.key == content.key
            )
        ).one()
    )
    made = ContentVersion(
        kind=content.kind,
        key=content.key,
        version=number,
        title=content.title,
        body=body,
        sha256=sha256_of(canonical_json(body)),
        source="LBC",
        published_at=content.published_at,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _admin(name: str) -> Person:
    return a_provider_admin(a_provider(name))


def _check(bid: Application, one: Told) -> None:
    if one.failing:
        _check_by_hand(bid, one.failing)
        return
    bid.stage = ApplicationStage.COMPLIANT
    for lot in db.session.scalars(select(BidLot).where(BidLot.application_id == bid.id)):
        lot.stage = ApplicationLotStage.PASSED


def _check_by_hand(bid: Application, failing: Mapping[tuple[str, str], str]) -> None:
    """Decide every item as an officer does, so that the reasons are the real ones."""
    who = {"actor": an_officer(), "now": AFTER_OPENING}
    check = queries_compliance.check_of(bid.ref, an_officer(), AFTER_OPENING)
    for item in check.items:
        reason = _why_failing(item, failing)
        outcome = CheckOutcome.FAIL if reason else CheckOutcome.PASS
        actions_compliance.record_check(
            bid, item.lot_code, item.key, outcome, reason or "Looked at and in order.", **who
        )
    actions_compliance.conclude_compliance(bid, **who)


def _why_failing(item: Item, failing: Mapping[tuple[str, str], str]) -> str:
    told_of = (
        reason
        for (lot, start), reason in failing.items()
        if item.lot_code == lot and item.key.startswith(start)
    )
    return next(told_of, "")


def _agree(bid: Application, one: Told) -> None:
    passed = db.session.scalars(
        select(BidLot).where(
            BidLot.application_id == bid.id, BidLot.stage == ApplicationLotStage.PASSED
        )
    )
    codes = [lot.round_lot.code for lot in passed]
    moderator_id = _id(an_officer(role=Role.MODERATOR))
    for asked in asked_for(bid.round, codes):
        db.session.add(
            Consensus(
                application_id=bid.id,
                panel=asked.panel,
                question_key=asked.question,
                lot_code=asked.lot_code,
                value=_value(asked, one),
                reason=one.reasons.get(asked.question, why(asked)),
                present=[],
                recorded_by_id=moderator_id,
                recorded_at=LOCKED,
            )
        )


def _value(asked: Asked, one: Told) -> int:
    usual = one.young if asked.panel is Panel.YOUNG else one.score
    return one.scores.get(asked.question, usual)


def why(asked: Asked) -> str:
    """The reason that the panels agreed for a question, where the story tells no other."""
    return f"Clear on {asked.question.replace('-', ' ')}{', lot ' if asked.lot_code else ''}{asked.lot_code}."


def _seat(bid_round: Round) -> None:
    seats = ((Role.MODERATOR, Part.MODERATOR), (Role.EVALUATOR, Part.EVALUATOR))
    for role, part in seats:
        person_id = _id(an_officer(role=role))
        db.session.add(
            PanelMember(round_id=bid_round.id, person_id=person_id, part=part, joined_at=LOCKED)
        )


def _id(someone: Viewer) -> int:
    assert someone.person_id is not None
    return someone.person_id


# --- From the lock to the list, by the real verbs ------------------------------------------


def an_approver(council: str = "luton") -> Viewer:
    """The approver of a council, as a viewer."""
    return an_officer(council, role=Role.APPROVER)


def a_recommendation(bid_round: Round, *, now: datetime = RECOMMENDED) -> Recommendation:
    """The lead council recommends what was computed."""
    return actions.recommend(bid_round, WHY, actor=an_officer(), now=now)


def approve_all(recommendation: Recommendation, *, now: datetime = DECIDED) -> None:
    """Every council approves its part."""
    for part in sorted(recommendation.round.councils, key=lambda one: one.council.slug):
        approve_for(recommendation, part.council.slug, now=now)


def approve_for(recommendation: Recommendation, slug: str, *, now: datetime = DECIDED) -> None:
    """One council approves its part."""
    parts = {part.council.slug: part.council for part in recommendation.round.councils}
    actions.approve(
        recommendation,
        parts[slug],
        f"ODR {slug}",
        declared_no_interest=True,
        actor=an_approver(slug),
        now=now,
    )


@replayed
def a_recommended_round(*bids: Told, **more: object) -> Round:
    """A round that waits for its approvers."""
    bid_round = a_locked_round(*bids, **more)  # type: ignore[arg-type]
    a_recommendation(bid_round)
    db.session.commit()
    return bid_round


@replayed
def an_approved_round(*bids: Told, **more: object) -> Round:
    """A round that every council approved: its letters are written."""
    bid_round = a_locked_round(*bids, **more)  # type: ignore[arg-type]
    approve_all(a_recommendation(bid_round))
    db.session.commit()
    return bid_round


def make_pdfs(bid_round: Round, *, now: datetime = DECIDED, to_read: bool = False) -> list[Letter]:
    """The worker makes the letters' PDFs.

    Args:
        to_read: set them as they are set for people, which takes a second for each. Without it the
            template is filled in, and a small PDF kept in the place of what it would look like.
    """
    db.session.commit()
    with nullcontext() if to_read else patch("portal.pdf.pdf_of", a_pdf):
        queue.run_all(now)
    db.session.expire_all()
    return list(queries.letters_of(bid_round))


@replayed
def a_released_round(*bids: Told, **more: object) -> Round:
    """A round whose bidders have their letters."""
    bid_round = an_approved_round(*bids, **more)
    make_pdfs(bid_round)
    actions.release_letters(bid_round, actor=an_approver(), now=RELEASED)
    db.session.commit()
    return bid_round


@replayed
def a_concluded_round(*bids: Told, starts_on: date = STARTS_ON, **more: object) -> Round:
    """A round whose admitted bidders are on the list."""
    bid_round = a_released_round(*bids, **more)
    actions.conclude(bid_round, starts_on, actor=an_officer(), now=CONCLUDED)
    db.session.commit()
    return bid_round


def letter_to(bid_round: Round, name: str) -> Letter:
    """The letter to a provider."""
    return next(
        one for one in queries.letters_of(bid_round) if one.application.provider.name == name
    )
