"""Starting an application: while the round is open, by the provider's people, and once."""

from datetime import timedelta

import pytest

from portal.applications import actions
from portal.applications.models import Application
from portal.mail import Mail
from portal.queue import Job
from scoring.rules import RuleBroken
from scoring.stages import ApplicationStage, RoundStage
from tests.factories.applications import an_application
from tests.factories.people import viewer
from tests.factories.rounds import DEADLINE, OPENS, a_round
from tests.factories.sending import form_on, send


def test_a_contributor_starts_one(session, town):
    client = town.by(town.ben)
    address = f"/applications/start/{town.round.ref}"
    answer = send(client, address, {}, action=address)
    application = session.query(Application).one()
    assert answer.location == f"/applications/{application.ref}"
    assert (application.stage, application.provider_id) == (ApplicationStage.DRAFT, town.oak.id)
    page = client.get(answer.location)
    assert "Not submitted yet" in page.text
    assert "Submit before 12 noon on 15 February 2027 – <strong>26 days left</strong>" in page.text


def test_the_administrators_are_told(session, town):
    an_application(town.round, by=town.ben)
    mail = session.query(Mail).one()
    assert mail.address == town.ada.email
    assert "before 12 noon on 15 February 2027" in mail.body


def test_a_second_click_finds_the_first(session, town):
    client = town.by(town.ben)
    address = f"/applications/start/{town.round.ref}"
    form = form_on(client, address, action=address)
    first = send(client, address, {}, form=form)
    second = send(client, address, {}, form=form)
    assert first.location == second.location
    assert session.query(Application).count() == 1
    assert town.by(town.ada).get(address).location == first.location


def test_each_provider_has_its_own(session, town):
    oak = an_application(town.round, by=town.ada)
    elm = an_application(town.round, by=town.cyd)
    assert oak is not elm


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (OPENS - timedelta(microseconds=1), False),
        (OPENS, True),
        (DEADLINE - timedelta(microseconds=1), True),
        (DEADLINE, False),
    ],
)
def test_only_while_the_round_is_open(session, town, moment, allowed):
    def start():
        return actions.start(town.round, town.oak, actor=viewer(town.ada), now=moment)

    if allowed:
        assert start().started_at == moment
        return
    with pytest.raises(RuleBroken) as refused:
        start()
    assert refused.value.code == "application:start-refused"


@pytest.mark.parametrize("stage", [RoundStage.DRAFT, RoundStage.CANCELLED])
def test_not_to_a_round_that_is_not_published(session, town, stage):
    town.round.stage = stage
    with pytest.raises(RuleBroken):
        actions.start(town.round, town.oak, actor=viewer(town.ada), now=town.now)


def test_only_for_one_s_own_provider(session, town):
    for stranger in (town.cyd, town.dev):
        with pytest.raises(RuleBroken) as refused:
            actions.start(town.round, town.oak, actor=viewer(stranger), now=town.now)
        assert refused.value.code == "application:start-refused"


def test_after_the_deadline_the_page_says_so(session, town):
    town.at(DEADLINE)
    page = town.by(town.ada).get(f"/applications/start/{town.round.ref}")
    assert "The deadline has passed" in page.text
    assert "Start now" not in page.text


def test_a_draft_round_is_not_found(session, town):
    secret = a_round(RoundStage.DRAFT)
    session.commit()
    assert town.by(town.ada).get(f"/applications/start/{secret.ref}").status_code == 404


def test_a_council_cannot_start_one(session, town):
    page = town.by(town.dev).get(f"/applications/start/{town.round.ref}")
    assert page.status_code == 403


def test_reminders_are_asked_for(session, town):
    application = an_application(town.round, by=town.ada)
    session.commit()
    jobs = session.query(Job).filter_by(kind="application:remind").order_by(Job.due_at).all()
    assert [job.payload["days"] for job in jobs] == [7, 2, 1]
    assert {job.subject for job in jobs} == {application.ref}
    assert jobs[0].due_at == DEADLINE - timedelta(days=7)


def test_reminders_that_lie_behind_are_not_asked_for(session, town):
    an_application(town.round, by=town.ada, now=DEADLINE - timedelta(hours=30))
    session.commit()
    days = [job.payload["days"] for job in session.query(Job).filter_by(kind="application:remind")]
    assert days == [1]


def test_the_list_offers_what_is_open(session, town):
    client = town.by(town.ada)
    assert f"/applications/start/{town.round.ref}" in client.get("/applications/").text
    application = an_application(town.round, by=town.ada)
    page = client.get("/applications/")
    assert f"/applications/{application.ref}" in page.text
    assert f"/applications/start/{town.round.ref}" not in page.text
    assert application.ref not in town.by(town.cyd).get("/applications/").text
