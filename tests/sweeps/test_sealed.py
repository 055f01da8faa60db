"""Nobody sees what is sealed: not before the opening, no price before the lock, no score of others.

Texts that stand nowhere else are planted in the demonstration, and everybody looks everywhere.
"""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.applications.models import Application
from portal.db import db
from portal.demo.judging import EVALUATORS, PAIRS
from portal.evaluation import actions as evaluation
from portal.evaluation import queries
from portal.evaluation.models import Scorer, Sheet
from portal.people.models import Person
from portal.people.queries import viewer_of
from portal.rounds.models import Round
from tests.sweeps import hunting
from tests.sweeps.demonstration import NOBODY, NOW, copy_of
from tests.sweeps.hunting import ANSWER, BIDDER, FILE, PEOPLE, PRICES, YOUNG, look_around
from tests.sweeps.matrix import COLUMNS
from tests.sweeps.records import ROUNDS

SEALED_TEXTS = (ANSWER, YOUNG, FILE, *PRICES)
NAMES = (BIDDER, hunting.DRAFTER, *PEOPLE.values())
MAY_NAME_PROVIDERS = ("/documents", "/register", "/administration", "/accredited-providers")
GENERAL = (
    "/trail",
    "/trail?chain=general",
)  # that somebody came in and keeps a library is no secret
DEMONSTRATION = "/sign-in"  # names everybody who can be tried out, there and only there
LOOKERS = [name for short, (name, _) in COLUMNS.items() if short not in {"adm", "con"}]
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


@pytest.fixture(scope="module")
def scoring(told_story, tmp_path_factory):
    """Some days later: opened, checked, and everybody of the panel may score."""
    with a_town(told_story, tmp_path_factory.mktemp("scoring")) as town:
        now = town.at(town.deadline + timedelta(days=3))
        with town.open() as session:
            hunting.open_and_start(_round(session, "open"), now)
            session.commit()
            town.refs |= {one.ref for one in _sheets(session, town)}
        town.at(now + timedelta(hours=1))
        yield town


def _round(session, name):
    return session.scalars(select(Round).where(Round.title.contains(ROUNDS[name]))).one()


def _hunt(town, lookers, canaries, *, names=()):
    """What was found, by whom and where."""
    aims = hunting.aimed_at(town, town.refs)
    trails = [f"/trail?chain={town.chain}", *(f"/trail?subject={ref}" for ref in town.refs)]
    found = []
    with hunting.logged() as lines:
        for looker in lookers:
            for step in look_around(town, looker, aims, (*hunting.SEARCHES, *trails)):
                found += [
                    f"{looker}: {one} on {step.address}" for one in hunting.leaks(step, canaries)
                ]
                open_to_names = step.address.startswith((*MAY_NAME_PROVIDERS, DEMONSTRATION))
                if not open_to_names and step.address not in GENERAL:
                    seen = hunting.leaks(step, names)
                    found += [f"{looker}: {one} on {step.address}" for one in seen]
    found += [f"the log: {one}" for line in lines for one in (*canaries, *names) if one in line]
    with town.open():
        own = hunting.providers_people()
        found += hunting.written_beside((*canaries, *names), to_providers=own)
    return sorted(set(found))


def test_while_a_round_is_open_nobody_sees_who_applies_nor_what_they_say(town):
    town.at(NOW + timedelta(hours=1))
    found = _hunt(town, ["Amina Hussain", "Ruth Castle", "Neil Forbes"], SEALED_TEXTS, names=NAMES)
    assert not found, "\n".join(["", *found])


def test_after_the_deadline_and_before_the_opening_nobody_does_either(town):
    town.at(town.deadline + timedelta(hours=1))
    found = _hunt(town, LOOKERS, SEALED_TEXTS, names=NAMES)
    assert not found, "\n".join(["", *found])


def test_before_the_lock_nobody_sees_a_price(scoring):
    found = _hunt(scoring, LOOKERS, PRICES)
    assert not found, "\n".join(["", *found])


def test_young_commissioners_read_what_was_written_to_them_and_nothing_else(scoring):
    young = [one for pair in PAIRS.values() for one in pair][:3]
    texts = (ANSWER, FILE, *PRICES, *PEOPLE.values())
    found = _hunt_pages(scoring, young, texts)
    assert not found, "\n".join(["", *found])
    read = _hunt_pages(scoring, young, (YOUNG,))
    assert read, "and they can read that"


def test_who_looks_from_outside_still_sees_nothing(scoring):
    found = _hunt_pages(scoring, sorted(OUTSIDE), (*SEALED_TEXTS, BIDDER))
    names = tuple(f"{BIDDER} on {place}" for place in (*MAY_NAME_PROVIDERS, DEMONSTRATION))
    found = [one for one in found if not one.partition(": ")[2].startswith(names)]
    assert not found, "\n".join(["", *found])


def test_nobody_sees_the_score_of_another_before_the_moderation(scoring):
    said = "Heronsbill thinks that this is clear and well told"
    with scoring.open() as session:
        daniel = viewer_of(
            session.scalars(select(Person).where(Person.name == EVALUATORS[0])).one().id
        )
        sheet = _sheets(session, scoring, EVALUATORS[0])[0]
        for one in queries.asked_on(sheet):
            evaluation.save_score(
                sheet,
                one.question,
                one.lot_code,
                value=4,
                abstained=False,
                reason=said,
                seen_revision=None,
                actor=daniel,
                now=scoring.app.config["CLOCK"](),
            )
        evaluation.submit_sheet(sheet, actor=daniel, now=scoring.app.config["CLOCK"]())
        session.commit()
    others = [one for one in LOOKERS if one not in {EVALUATORS[0], "Grace Okafor"}]
    found = _hunt_pages(scoring, others, ("Heronsbill",))
    assert not found, "\n".join(["", *found])
    assert _hunt_pages(scoring, [EVALUATORS[0]], ("Heronsbill",)), "he sees his own"


def _hunt_pages(town, lookers, canaries):
    aims = hunting.aimed_at(town, town.refs)
    return [
        f"{looker}: {one} on {step.address}"
        for looker in lookers
        for step in look_around(town, looker, aims)
        for one in hunting.leaks(step, canaries)
    ]


def _sheets(session, town, *labels):
    """The sheets on the planted bid, of everybody or of these scorers."""
    wanted = select(Sheet).join(Sheet.application).join(Sheet.scorer)
    wanted = wanted.where(Application.ref == town.canary.bid.ref)
    return session.scalars(wanted.where(Scorer.label.in_(labels)) if labels else wanted).all()
