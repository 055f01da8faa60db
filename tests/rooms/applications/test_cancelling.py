"""A round is cancelled: everybody who writes an application to it is told, each of their own alone."""

import pytest

from portal import queue
from portal.mail import Mail
from portal.rounds import actions as rounds
from scoring.stages import RoundStage
from tests.factories.applications import a_submitted, an_application
from tests.factories.people import a_person, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import DEADLINE, a_round, an_officer, open_it
from tests.hygiene import words_of
from tests.reading import page_of

WHY = "The need has changed."


@pytest.fixture
def two(session, town):
    """Oak House has submitted, Elm House has only begun; a third has looked on."""
    sent, begun = a_submitted(town.round, by=town.ada), an_application(town.round, by=town.cyd)
    town.fay = a_provider_admin(a_provider("Fir House"), name="Fay Fir")
    session.commit()
    queue.run_all(town.now)
    return sent, begun


def cancel(session, town, now=None):
    now = now or town.now
    rounds.cancel(town.round, WHY, actor=an_officer(), now=now)
    session.commit()
    queue.run_all(now)
    session.expire_all()


def told(session):
    mails = session.query(Mail).filter_by(message="round-cancelled").order_by(Mail.id)
    return {mail.address: mail for mail in mails}


def test_all_who_have_started_or_submitted_are_told(session, town, two):
    sent, _begun = two
    cancel(session, town)
    found = told(session)
    assert set(found) == {town.ada.email, town.ben.email, town.cyd.email}
    assert all(mail.sent_at for mail in found.values())
    mine, theirs = found[town.ada.email], found[town.cyd.email]
    assert mine.subject == f"Cancelled: {town.round.title}"
    assert WHY in mine.body
    assert "The application that you submitted will not be assessed." in mine.body
    assert f"/applications/{sent.ref}" in mine.body
    assert "The application that you started cannot be submitted any more." in theirs.body


def test_nobody_learns_who_else_applied(session, town, two):
    sent, begun = two
    cancel(session, town)
    for address, mail in told(session).items():
        own, other = (begun, sent) if address == town.cyd.email else (sent, begun)
        assert mail.about == own.ref
        for word in (other.ref, other.provider.name, other.provider.ref):
            assert word not in mail.subject + mail.body
    jobs = session.query(queue.Job).filter_by(kind="round:cancelled").all()
    assert [(job.subject, job.payload) for job in jobs] == [(town.round.ref, {})]


def test_it_is_told_after_the_opening_too_and_once(session, town, two):
    open_it(town.round)
    cancel(session, town, now=DEADLINE.replace(day=20))
    queue.run_all(DEADLINE.replace(day=21))
    assert session.query(Mail).filter_by(message="round-cancelled").count() == 3


def test_a_draft_that_is_cancelled_is_nobody_else_s_matter(session, town):
    draft = a_round(RoundStage.DRAFT)
    rounds.cancel(draft, "Made by mistake.", actor=an_officer(), now=town.now)
    session.commit()
    queue.run_all(town.now)
    assert told(session) == {}
    assert not session.query(queue.Job).filter_by(kind="round:cancelled").count()


def test_the_provider_s_pages_say_it(session, town, two):
    sent, begun = two
    cancel(session, town)
    for person, application, then in (
        (town.ada, sent, "What you submitted will not be assessed."),
        (town.cyd, begun, "It cannot be submitted any more."),
    ):
        client = town.by(person)
        shown = words_of(page_of(client.page(f"/applications/{application.ref}")))
        assert "This round was cancelled" in shown
        assert then in shown
        assert WHY in shown
        assert "days left" not in shown
        check = words_of(page_of(client.page(f"/applications/{application.ref}/check")))
        assert "This round was cancelled on 20 January 2027" in check
        assert "Submit before" not in check
        listed = words_of(page_of(client.page("/applications/")))
        assert "Round cancelled" in listed
        assert "Cancelled on 20 January 2027" in listed
    receipt = town.by(town.ada).page(f"/applications/receipts/{sent.standing.ref}")
    assert "What you submitted will not be assessed." in receipt.text
    assert "change it and submit it again" not in receipt.text


def test_somebody_without_an_account_any_more_is_not_written_to(session, town, two):
    town.ben.active = False
    session.commit()
    cancel(session, town)
    assert town.ben.email not in told(session)
    assert viewer(a_person()).person_id
