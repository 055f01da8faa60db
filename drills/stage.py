"""Who acts in a drill, and what they find prepared: the demonstration, and providers ready to submit."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from portal.applications.models import Application
from portal.db import db
from portal.evaluation import queries as evaluation
from portal.evaluation.models import Scorer, ScorerPerson, Sheet
from portal.people.models import Person
from portal.rounds.models import Round, RoundLot
from scoring.stages import RoundStage, SheetStage
from scoring.terms import Panel
from tests.factories.applications import an_application, complete
from tests.factories.people import as_person
from tests.factories.providers import a_provider, a_provider_admin

LIBRARY = ("safeguarding-policy", "complaints-policy")


@dataclass(frozen=True)
class Actor:
    """Somebody signed in, and the address at which they work.

    Args:
        cookies: of a session that began just now.
        key: what the work is about, as the ledger names it: an application, a sheet, a provider.
        questions: of a sheet or an application.
        about: the provider, where the key is an application.
    """

    cookies: dict[str, str]
    key: str
    questions: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True)
class Stage:
    """Everybody who acts."""

    writers: list[Actor]
    senders: list[Actor]
    scorers: list[Actor]
    submitters: list[Actor]


def prepare(app: Flask, *, writers: int, senders: int, scorers: int, submitters: int) -> Stage:
    """Put providers with applications beside the demonstration's own people.

    Args:
        submitters: how many applications are complete and wait to be submitted, each once.
    """
    now = datetime.now(UTC)
    with app.app_context():
        bid_round = _open_round(now)
        stage = Stage(
            [_writer(app, bid_round, now) for _ in range(writers)],
            [_sender(app) for _ in range(senders)],
            list(itertools.islice(_scorers(app), scorers)),
            [_submitter(app, bid_round, now) for _ in range(submitters)],
        )
        db.session.commit()
        db.session.close()
        db.engine.dispose()
    return stage


def prepare_rush(app: Flask, providers: int) -> list[Actor]:
    """So many providers with an application each that lacks nothing but the pressing of a button."""
    now = datetime.now(UTC)
    with app.app_context():
        bid_round = _open_round(now)
        actors = [_submitter(app, bid_round, now) for _ in range(providers)]
        db.session.commit()
        db.session.close()
    return actors


def end_soon(app: Flask, deadline: datetime) -> None:
    """Bring the deadline of the round near; no verb may do so once a round is published."""
    with app.app_context():
        bid_round = _open_round(datetime.now(UTC))
        bid_round.questions_until_at = datetime.now(UTC) - timedelta(minutes=1)
        bid_round.deadline_at = deadline
        db.session.commit()
        db.session.close()
        db.engine.dispose()


def _open_round(now: datetime) -> Round:
    published = select(Round).where(Round.stage == RoundStage.PUBLISHED, Round.opens_at < now)
    far_enough = published.where(Round.deadline_at > now + timedelta(days=1))
    ours = far_enough.join(Round.lots).where(RoundLot.code == "1A")
    found = db.session.scalars(ours.order_by(Round.deadline_at.desc())).first()
    assert found is not None, "the story has no open round"
    return found


def _cookies(app: Flask, person: Person) -> dict[str, str]:
    client = as_person(app.test_client(), person)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    return {cookie.key: cookie.value}


def _application(bid_round: Round, now: datetime) -> tuple[Person, Application]:
    admin = a_provider_admin(a_provider(f"Drill {next(_numbers)} Homes"))
    return admin, an_application(bid_round, by=admin, lots=("1A",), now=now)


_numbers = itertools.count(1)


def _writer(app: Flask, bid_round: Round, now: datetime) -> Actor:
    admin, draft = _application(bid_round, now)
    questions = tuple(
        question["key"]
        for section in bid_round.question_set.body["sections"]
        if section["key"] == "quality"
        for question in section["questions"]
        if question["kind"] == "long-text" and not question.get("per_lot")
    )
    return Actor(_cookies(app, admin), draft.ref, questions)


def _submitter(app: Flask, bid_round: Round, now: datetime) -> Actor:
    admin, draft = _application(bid_round, now)
    complete(draft, by=admin, now=now)
    return Actor(_cookies(app, admin), draft.ref, about=draft.provider.ref)


def _sender(app: Flask) -> Actor:
    provider = a_provider(f"Drill {next(_numbers)} Homes")
    return Actor(_cookies(app, a_provider_admin(provider)), provider.ref)


def _scorers(app: Flask) -> "itertools.chain[Actor]":
    sheets = (
        select(Sheet, ScorerPerson.person_id)
        .join(Sheet.scorer)
        .join(ScorerPerson, ScorerPerson.scorer_id == Scorer.id)
        .where(Sheet.stage == SheetStage.DRAFT, Scorer.panel == Panel.OFFICERS)
        .order_by(Sheet.id)
    )
    found = []
    for sheet, person_id in db.session.execute(sheets).all():
        asked = tuple(
            f"{one.question}/{one.lot_code}".rstrip("/") for one in evaluation.asked_on(sheet)
        )
        person = db.session.get_one(Person, person_id)
        found.append(Actor(_cookies(app, person), sheet.ref, asked))
    return itertools.chain(found)
