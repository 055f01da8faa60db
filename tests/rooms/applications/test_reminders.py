"""Reminders at 7, 2 and 1 days, to everybody who writes, while it is not submitted."""

from datetime import timedelta

from portal import queue
from portal.applications import actions, queries
from portal.mail import Mail
from portal.rounds import signals
from scoring.stages import RoundStage
from tests.factories.applications import a_submitted, an_application, submit
from tests.factories.people import viewer
from tests.factories.rounds import DEADLINE, a_round


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


def unsent(session):
    session.expire_all()
    return session.query(Mail).filter_by(message="changes-not-submitted").all()


def test_changes_after_a_submission_are_reminded_of_until_they_are_submitted(session, town):
    sent = a_submitted(town.round, by=town.ada)
    work_until(session, DEADLINE - timedelta(days=7))
    assert unsent(session) == []
    ada, later = viewer(town.ada), DEADLINE - timedelta(days=5)
    actions.save_answer(sent, "contact", "", "Ben now", 1, actor=ada, now=later)
    work_until(session, DEADLINE - timedelta(days=2))
    assert {mail.address for mail in unsent(session)} == {town.ada.email, town.ben.email}
    assert "The changes are not submitted." in " ".join(unsent(session)[0].body.split())
    submit(sent, by=town.ada, at=DEADLINE - timedelta(hours=30))
    work_until(session, DEADLINE - timedelta(days=1))
    assert len(unsent(session)) == 2
    assert reminders(session) == []


def test_what_was_withdrawn_is_reminded_like_a_draft(session, town):
    sent = a_submitted(town.round, by=town.ada)
    actions.withdraw(sent, "Wrong rates", actor=viewer(town.ada), now=town.now)
    work_until(session, DEADLINE - timedelta(days=7))
    assert len(reminders(session)) == 2
    assert "Nothing is missing: it only has to be submitted." in reminders(session)[0].body


def test_a_reminder_says_how_much_is_missing(session, town):
    draft = an_application(town.round, by=town.ada)
    work_until(session, DEADLINE - timedelta(days=7))
    missing = queries.working_copy(draft, viewer(town.ada), town.now).missing
    assert f"{missing} things are still missing." in reminders(session)[0].body


def test_a_cancelled_round_is_not_reminded(session, town):
    an_application(town.round, by=town.ada)
    town.round.stage = type(town.round.stage).CANCELLED
    work_until(session, DEADLINE - timedelta(days=1))
    assert reminders(session) == []


def move(session, town, deadline):
    """The deadline of the published round is another one; the verb for it tells the rooms above."""
    town.round.deadline_at = deadline
    signals.tell_deadline_moved(town.round, town.now)
    session.commit()
    queue.run_all(town.now)


def subjects(session):
    return [mail.subject.partition(" left")[0] for mail in reminders(session)][::2]


def test_reminders_follow_a_later_deadline(session, town):
    an_application(town.round, by=town.ada)
    session.commit()
    later = DEADLINE + timedelta(days=10)
    move(session, town, later)
    work_until(session, DEADLINE - timedelta(days=1))
    assert reminders(session) == []
    for days in (7, 2, 1):
        work_until(session, later - timedelta(days=days))
    assert subjects(session) == ["7 days", "2 days", "1 day"]
    assert "25 February 2027" in reminders(session)[0].body


def test_reminders_follow_an_earlier_deadline(session, town):
    an_application(town.round, by=town.ada)
    session.commit()
    earlier = DEADLINE - timedelta(days=6)
    move(session, town, earlier)
    moments = sorted(
        deadline - timedelta(days=days) for deadline in (earlier, DEADLINE) for days in (7, 2, 1)
    )
    for moment in moments:
        work_until(session, moment)
    assert subjects(session) == ["7 days", "2 days", "1 day"]


def test_two_deadlines_that_fall_on_one_reminder_give_the_new_one(session, town):
    """One day before the new deadline is two days before the old one: one job, the new words."""
    an_application(town.round, by=town.ada)
    session.commit()
    move(session, town, DEADLINE - timedelta(days=1))
    for days in (7, 2, 1):
        work_until(session, DEADLINE - timedelta(days=1 + days))
    assert subjects(session) == ["7 days", "2 days", "1 day"]


def test_a_deadline_that_moves_and_comes_back_reminds_once(session, town):
    an_application(town.round, by=town.ada)
    session.commit()
    move(session, town, DEADLINE + timedelta(days=10))
    town.now += timedelta(hours=1)
    move(session, town, DEADLINE)
    work_until(session, DEADLINE - timedelta(days=1))
    assert subjects(session) == ["7 days", "2 days", "1 day"]


def test_what_is_submitted_gets_no_new_reminders(session, town):
    a_submitted(town.round, by=town.ada)
    move(session, town, DEADLINE + timedelta(days=10))
    work_until(session, DEADLINE + timedelta(days=9))
    assert reminders(session) == []


def test_a_draft_round_tells_nobody_of_its_dates(session, town):
    draft = a_round(RoundStage.DRAFT)
    signals.tell_deadline_moved(draft, town.now)
    session.commit()
    assert not session.query(queue.Job).filter_by(kind=signals.DEADLINE_MOVED).count()


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
