"""Reminders at 7, 2 and 1 days, to everybody who writes, while it is not submitted."""

from datetime import timedelta

from portal import queue
from portal.applications import queries
from portal.mail import Mail
from tests.factories.applications import a_submitted, an_application
from tests.factories.people import viewer
from tests.factories.rounds import DEADLINE


def reminders(session):
    session.expire_all()
    return session.query(Mail).filter_by(message="deadline-reminder").order_by(Mail.id).all()


def work_until(session, moment):
    session.commit()
    queue.run_all(moment)


def test_a_draft_is_reminded_three_times(session, town):
    an_application(town.round, by=town.ada)
    for days, number in ((8, 0), (7, 1), (2, 2), (1, 3)):
        work_until(session, DEADLINE - timedelta(days=days))
        assert len(reminders(session)) == number * 2, days  # Ada and Ben
    assert {mail.address for mail in reminders(session)} == {town.ada.email, town.ben.email}
    first = reminders(session)[0]
    assert first.subject == f"7 days left: {town.round.title}"
    assert "before\n12 noon on 15 February 2027" in first.body
    assert reminders(session)[-1].subject.startswith("1 day left")


def test_what_is_submitted_is_not_reminded(session, town):
    a_submitted(town.round, by=town.ada)
    work_until(session, DEADLINE - timedelta(days=1))
    assert reminders(session) == []


def test_a_cancelled_round_is_not_reminded(session, town):
    an_application(town.round, by=town.ada)
    town.round.stage = type(town.round.stage).CANCELLED
    work_until(session, DEADLINE - timedelta(days=1))
    assert reminders(session) == []


def test_nobody_is_reminded_after_the_deadline(session, town):
    an_application(town.round, by=town.ada)
    work_until(session, DEADLINE)
    assert reminders(session) == []


def test_the_home_page_names_what_is_not_submitted(app, session, town):
    draft = an_application(town.round, by=town.ada)
    with app.test_request_context():
        [line] = queries.due(viewer(town.ben), town.now)
        assert line.address == f"/applications/{draft.ref}"
        assert line.due_at == DEADLINE
        assert queries.due(viewer(town.cyd), town.now) == []
        assert queries.due(viewer(town.dev), town.now) == []
        assert queries.due(viewer(town.ben), DEADLINE) == []
