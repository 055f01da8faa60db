"""Until the round is opened nobody at a council learns who asked: by no page, file, mail, log, trail."""

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import pytest
from flask import current_app
from sqlalchemy import select

from portal import queue
from portal.access import Role
from portal.applications.models import Application
from portal.audit import AuditEntry
from portal.db import db
from portal.mail import Mail
from portal.people.models import Person
from portal.providers.models import Provider
from portal.queue import Job
from portal.rounds import actions as rounds, actions_clarifications as actions, queries_questions
from portal.rounds.models import Round
from portal.rounds.models_clarifications import Clarification, ClarificationQuestion
from tests.client import HygieneClient
from tests.factories.applications import an_application
from tests.factories.clarifications import a_draft_answer, a_question, an_answer
from tests.factories.people import as_person, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.replay import replayed
from tests.factories.rounds import DEADLINE, WHILE_OPEN, a_round, an_officer, at, open_it
from tests.sweeps.demonstration import papers_unset
from tests.sweeps.hunting import logged, text_of
from tests.sweeps.walking import Step

LOOKERS = {
    "commissioner": an_officer,
    "partner": lambda: an_officer("bedford-borough"),
    "auditor": lambda: an_officer(role=Role.AUDITOR),
    "outside": lambda: an_officer("hertfordshire"),
    "evaluator": lambda: an_officer(role=Role.EVALUATOR),
    "administrator": lambda: an_officer(role=Role.ADMINISTRATOR),
    "another bidder": lambda: viewer(a_provider_admin(a_provider("Fir House"))),
    "nobody": lambda: None,
}


@dataclass
class Town:
    """A round with questions in every state, all of one provider that is named nowhere else."""

    round: Round
    provider: Provider
    person: Person
    application: Application
    questions: list[ClarificationQuestion]
    draft: Clarification
    published: Clarification

    @property
    def actor(self):
        return viewer(self.person)

    @cached_property
    def canaries(self):
        """Whatever tells who asked."""
        return (
            "Quillfeather",
            "Homes 7731",
            self.provider.ref,
            self.person.ref,
            self.person.email,
            self.application.ref,
        )

    @cached_property
    def addresses(self):
        """Everything that shows, or might show, a question."""
        public, council = f"/rounds/{self.round.ref}", f"/council/rounds/{self.round.ref}"
        kinds = ("csv", "xlsx", "pdf")
        questions = [
            f"{council}/clarifications/questions/{one.ref}{part}"
            for one in self.questions
            for part in ("", "/answer", "/decline", "/answered-already")
        ]
        answers = [
            f"{council}/clarifications/answers/{one.ref}/{part}"
            for one in (self.draft, self.published)
            for part in ("publish", "correct")
        ]
        trail = [
            "/trail",
            f"/trail?chain={self.round.audit_chain}",
            "/trail?event=question:asked",
            "/trail?event=clarification:published",
            *(f"/trail?subject={one.ref}" for one in (*self.questions, self.draft)),
        ]
        return [
            "/",
            public,
            council,
            f"{public}/clarifications",
            f"{council}/clarifications",
            f"{council}/clarifications?words=Quillfea&state=waiting",
            f"{council}/clarifications?words=Waiting",
            *(f"{public}/clarifications.{kind}" for kind in kinds),
            *(f"{council}/clarifications.{kind}" for kind in kinds),
            f"{public}/your-questions",
            *(f"{public}/your-questions/{one.ref}/withdraw" for one in self.questions),
            *questions,
            *answers,
            *trail,
        ]

    def seen_by(self, someone):
        """What somebody finds of the canaries, and where."""
        app = current_app._get_current_object()
        client = HygieneClient(app, app.response_class)
        client.checks = False
        if someone is not None:
            as_person(client, db.session.get_one(Person, someone.person_id))
        found = []
        with papers_unset():
            for address in self.addresses:
                text = text_of(Step(address, client.get(address)))
                found += [f"{one} on {address}" for one in self.canaries if one in text]
        return found


@replayed
def a_town():
    """One provider asks six questions, and each goes its own way."""
    bid_round, provider = a_round(lots=["1A", "2A"]), a_provider("Quillfeather Homes 7731")
    person = a_provider_admin(provider, name="Quillfeather Zelda")
    application = an_application(bid_round, by=person)
    words = ("Waiting?", "Drafted?", "Published?", "Declined?", "Withdrawn?", "Asked again?")
    questions = [a_question(bid_round, by=person, text=one) for one in words]
    _, drafted, published, declined, withdrawn, again = questions
    draft, answer, officer = a_draft_answer(drafted), an_answer(published), an_officer()
    actions.decline(declined, "It is no question.", actor=officer, now=WHILE_OPEN)
    actions.withdraw(withdrawn, actor=viewer(person), now=WHILE_OPEN)
    actions.join_answer(again, answer, actor=officer, now=WHILE_OPEN)
    db.session.commit()
    return Town(bid_round, provider, person, application, questions, draft, answer)


@pytest.fixture
def town(app, session):
    at(app, WHILE_OPEN)
    return a_town()


@pytest.mark.parametrize("looker", LOOKERS)
def test_while_the_round_is_open_nobody_learns_who_asked(town, looker):
    assert town.seen_by(LOOKERS[looker]()) == []


@pytest.mark.parametrize("looker", ["commissioner", "partner", "auditor"])
def test_after_the_deadline_and_before_the_opening_nobody_does(app, town, looker):
    at(app, DEADLINE + timedelta(minutes=1))
    assert town.seen_by(LOOKERS[looker]()) == []


@pytest.mark.parametrize("looker", ["commissioner", "auditor"])
def test_of_a_round_that_was_cancelled_nobody_ever_does(app, town, looker):
    rounds.cancel(town.round, "Not needed.", actor=an_officer(), now=WHILE_OPEN)
    at(app, DEADLINE + timedelta(days=400))
    assert town.seen_by(LOOKERS[looker]()) == []


def test_those_who_asked_see_their_own_and_the_hunt_finds_it(town):
    found = town.seen_by(town.actor)
    assert any("/your-questions" in one for one in found)


def test_once_it_is_opened_those_who_read_bids_learn_it_and_others_do_not(app, town):
    open_it(town.round)
    at(app, DEADLINE + timedelta(days=1))
    for looker in ("commissioner", "partner", "auditor"):
        found = town.seen_by(LOOKERS[looker]())
        assert any("Quillfeather on /council/" in one for one in found), looker
    for looker in ("outside", "evaluator", "another bidder", "nobody"):
        assert town.seen_by(LOOKERS[looker]()) == [], looker
    trail = [one for one in town.seen_by(LOOKERS["auditor"]()) if "/trail" in one]
    assert trail, "the trail shows the acts of bidders from then on"


def test_what_is_written_beside_the_pages_tells_nothing(town):
    import portal.jobs  # noqa: F401  registers the handlers

    with logged() as lines:
        queue.run_all(WHILE_OPEN + timedelta(hours=1))
        db.session.commit()
    own = {town.person.email}
    kept = [f"{job.kind} {job.subject} {json.dumps(job.payload)}" for job in all_of(Job)]
    kept += [f"{one.subject} {one.body}" for one in all_of(Mail) if one.address not in own]
    kept += lines
    clarifications = [one for one in kept if any(word in one for word in town.canaries)]
    application = {town.application.ref}  # its own reminders name it; no page of a council does
    assert [one for one in clarifications if not any(ref in one for ref in application)] == []


def test_no_link_of_the_chain_names_who_asked(town):
    wanted = select(AuditEntry).where(
        AuditEntry.event.startswith("question:") | AuditEntry.event.startswith("clarification:")
    )
    entries = db.session.scalars(wanted).all()
    assert len(entries) > 8
    for entry in entries:
        text = json.dumps(entry.detail) + entry.subject_ref
        assert not [one for one in town.canaries if one in text], entry.event
        by_council = "provider" not in entry.actor_roles
        assert by_council or entry.event in {"question:asked", "question:withdrawn"}


def test_the_value_that_pages_are_given_holds_no_asker(town):
    found = queries_questions.whole_queue(town.round, an_officer(), WHILE_OPEN)
    assert len(found) == 5
    for one in found:
        assert one.asked_by == ""
        assert "Quillfeather" not in repr(one)


def all_of(kind):
    return db.session.scalars(select(kind)).all()
