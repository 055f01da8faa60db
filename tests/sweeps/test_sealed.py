"""Nobody sees what is sealed: not before the opening, no price before the lock, no score of others.

Texts that stand nowhere else are planted in the demonstration, and everybody looks everywhere.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.applications.models import Application
from portal.db import db
from portal.demo.judging import EVALUATORS, PAIRS
from portal.evaluation import actions as evaluation, queries
from portal.evaluation.models import Scorer, Sheet
from portal.people.models import Person
from portal.people.queries import viewer_of
from portal.rounds.models import Round
from tests.sweeps import hunting
from tests.sweeps.demonstration import NOBODY, NOW, copy_of, papers_unset
from tests.sweeps.hunting import ANSWER, BIDDER, FILE, PEOPLE, PRICES, YOUNG, look_around
from tests.sweeps.matrix import COLUMNS
from tests.sweeps.records import ROUNDS

SEALED_TEXTS = (ANSWER, YOUNG, FILE, *PRICES)
NAMES = (BIDDER, hunting.DRAFTER, *PEOPLE.values())
MAY_NAME_PROVIDERS = (
    "/api/v1/providers",
    "/api/v1/register",
    "/api/v1/homes",
    "/documents",
    "/register",
    "/administration",
    "/accredited-providers",
    # whom one may choose from: everybody who keeps an organisation here, applying or not
    "/contracts/enter",
    "/costs/blocks/new",
    "/follow-ups/new",
    "/forums/",
    "/search",
)
GENERAL = (
    "/trail",
    "/trail?chain=general",
)  # that somebody came in and keeps a library is no secret
DEMONSTRATION = "/sign-in"  # names everybody who can be tried out, there and only there
LOOKERS = [name for short, (name, _) in COLUMNS.items() if short not in {"adm", "con"}]
SCORED = "Heronsbill"  # in the reason of one evaluator, and nowhere else
OUTSIDE = {NOBODY, "Luke Mensah", "Iris Stone"}


@contextmanager
def a_town(told_story, folder):
    """The demonstration with a canary in the round that is open."""
    town = copy_of(told_story, folder / "data")
    with town.open() as session:
        bid_round = _round(session, "open")
        town.canary = hunting.plant(bid_round, NOW)
        town.refs = {bid_round.ref, *town.canary.refs}
        town.deadline, town.chain = bid_round.deadline_at, bid_round.audit_chain
    yield town
    with town.app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def town(told_story, tmp_path_factory):
    """While the round is open, and then after its deadline."""
    with a_town(told_story, tmp_path_factory.mktemp("sealed")) as town:
        yield town


@contextmanager
def a_scoring_town(told_story, folder):
    """Some days later: opened, checked, and one evaluator of the panel has scored."""
    with a_town(told_story, folder) as town:
        now = town.at(town.deadline + timedelta(days=3))
        with town.open() as session:
            hunting.open_and_start(_round(session, "open"), now)
            session.commit()
            town.refs |= {one.ref for one in _sheets(session, town)}
            _score(session, town, now)
            session.commit()
        town.at(now + timedelta(hours=1))
        yield town


def _round(session, name):
    return session.scalars(select(Round).where(Round.title.contains(ROUNDS[name]))).one()


@dataclass(frozen=True)
class Sight:
    """A planted text that somebody came to see."""

    looker: str
    address: str
    text: str

    def __str__(self):
        return f"{self.looker}: {self.text} on {self.address}"


def _hunt(town, lookers, canaries):
    """What was seen by whom and where; in the log and beside the pages by nobody in particular."""
    aims = hunting.aimed_at(town, town.refs) + hunting.lists_for_programs(town)
    trails = [f"/trail?chain={town.chain}", *(f"/trail?subject={ref}" for ref in town.refs)]
    with hunting.logged() as lines, papers_unset():
        seen = {
            Sight(looker, step.address, one)
            for looker in lookers
            for step in look_around(town, looker, aims, (*hunting.SEARCHES, *trails))
            for one in hunting.leaks(step, canaries)
        }
    seen |= {Sight("the log", line, one) for line in lines for one in canaries if one in line}
    with town.open():
        own = hunting.providers_people()
        beside = hunting.written_beside(canaries, to_providers=own)
    return seen | {Sight("the database", what, text) for text, what in beside}


def _names_may_stand(sight):
    places = (*MAY_NAME_PROVIDERS, DEMONSTRATION)
    return sight.address.startswith(places) or sight.address in GENERAL


def _refuse(seen):
    assert not seen, "\n".join(["", *sorted(map(str, seen))])


def test_while_a_round_is_open_nobody_sees_who_applies_nor_what_they_say(town):
    town.at(NOW + timedelta(hours=1))
    seen = _hunt(town, ["Amina Hussain", "Ruth Castle", "Neil Forbes"], (*SEALED_TEXTS, *NAMES))
    _refuse({one for one in seen if one.text not in NAMES or not _names_may_stand(one)})


def test_after_the_deadline_and_before_the_opening_nobody_does_either(town):
    town.at(town.deadline + timedelta(hours=1))
    seen = _hunt(town, LOOKERS, (*SEALED_TEXTS, *NAMES))
    _refuse({one for one in seen if one.text not in NAMES or not _names_may_stand(one)})


def test_between_the_opening_and_the_lock_each_sees_only_what_is_theirs(told_story, tmp_path):
    """One long look at everything by everybody, held against four promises."""
    young = [one for pair in PAIRS.values() for one in pair][:3]
    texts = (*SEALED_TEXTS, BIDDER, *PEOPLE.values(), SCORED)
    with a_scoring_town(told_story, tmp_path) as town:
        seen = _hunt(town, sorted({*LOOKERS, *young}), texts)
    at_work = {one for one in seen if one.looker not in {"the log", "the database"}}

    _refuse({one for one in seen if one.text in PRICES})

    theirs = (ANSWER, FILE, *PEOPLE.values())
    _refuse({one for one in at_work if one.looker in young and one.text in theirs})
    assert {one.looker for one in at_work if one.text == YOUNG} >= set(young), "they can read that"

    outside = {one for one in at_work if one.looker in OUTSIDE}
    _refuse({one for one in outside if one.text in SEALED_TEXTS})
    _refuse({one for one in outside if one.text == BIDDER and not _names_may_stand(one)})

    scores = {one for one in at_work if one.text == SCORED}
    _refuse({one for one in scores if one.looker not in {EVALUATORS[0], "Grace Okafor"}})
    assert any(one.looker == EVALUATORS[0] for one in scores), "he sees his own"


def _score(session, town, now):
    """The first evaluator of the panel gives a reason that stands nowhere else."""
    daniel = session.scalars(select(Person).where(Person.name == EVALUATORS[0])).one()
    actor = viewer_of(daniel.id)
    sheet = _sheets(session, town, EVALUATORS[0])[0]
    for one in queries.asked_on(sheet):
        evaluation.save_score(
            sheet,
            one.question,
            one.lot_code,
            value=4,
            abstained=False,
            reason=f"{SCORED} thinks that this is clear and well told",
            seen_revision=None,
            actor=actor,
            now=now,
        )
    evaluation.submit_sheet(sheet, actor=actor, now=now)


def _sheets(session, town, *labels):
    """The sheets on the planted bid, of everybody or of these scorers."""
    wanted = select(Sheet).join(Sheet.application).join(Sheet.scorer)
    wanted = wanted.where(Application.ref == town.canary.bid.ref)
    return session.scalars(wanted.where(Scorer.label.in_(labels)) if labels else wanted).all()
