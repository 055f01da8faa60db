"""The round changes while a provider writes: nothing is lost, and only what was touched is asked again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import mail, queue
from portal.applications import actions, actions_versions, jobs, queries
from portal.applications.actions_versions import confirm
from portal.applications.editing import version_shown
from portal.applications.models import Answer
from portal.applications.submitting.sealing import read_content
from portal.autosave_pages import page_name
from portal.db import db
from portal.rounds import actions as rounds, parts_edit, signals
from scoring.rules import RuleBroken, errors
from tests.factories.applications import a_submitted, an_application, complete, submit
from tests.factories.documents import a_document
from tests.factories.rounds import DEADLINE, WHILE_OPEN, an_officer
from tests.factories.versions import LATER, a_version, publish_version, reword

AFTER = LATER + timedelta(hours=1)
SCORED = "safeguarding"


@pytest.fixture
def ready(town):
    return complete(an_application(town.round, by=town.ada))


def change(bid_round, key=SCORED, **words):
    draft = a_version(bid_round)
    reword(draft, key, **(words or {"hint": "Name the person who leads."}))
    return publish_version(draft)


def waiting(application, viewer, now=AFTER):
    return queries.working_copy(application, viewer, now).unconfirmed


def names(found):
    return [one.name for one in found]


def refusal(act):
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value.code


def test_only_what_the_version_touched_is_asked_again(town, ready):
    ada = town.viewer(town.ada)
    assert waiting(ready, ada) == ()
    change(town.round)
    found = waiting(ready, ada)
    assert {(one.key, one.number) for one in found} == {(SCORED, 2)}
    assert all(one.given for one in found)
    copy = queries.working_copy(ready, ada, AFTER)
    codes = [one.code for lot in copy.findings.values() for one in errors(lot)]
    assert codes == ["version:not-confirmed"] * len(found)
    assert not copy.is_complete


def test_nothing_that_was_written_changes(town, ready):
    before = queries.working_copy(ready, town.viewer(town.ada), AFTER).values
    change(town.round)
    assert queries.working_copy(ready, town.viewer(town.ada), AFTER).values == before


def test_it_cannot_be_submitted_before_it_is_confirmed(town, ready):
    ada = town.viewer(town.ada)
    change(town.round)
    assert refusal(lambda: submit(ready, by=town.ada, at=AFTER)) == "version:not-confirmed"
    left = confirm(ready, names(waiting(ready, ada)), actor=ada, now=AFTER)
    assert left == []
    assert ready.confirmed_version == 2
    sent = submit(ready, by=town.ada, at=AFTER)
    assert read_content(sent.content).round_version == 2


def test_an_answer_that_is_written_afresh_needs_no_confirming(town, ready):
    ada = town.viewer(town.ada)
    change(town.round)
    for one in waiting(ready, ada):
        actions.save_answer(
            ready, one.key, one.lot_code, "Our lead is the manager.", 1, actor=ada, now=AFTER
        )
    assert waiting(ready, ada) == ()
    assert submit(ready, by=town.ada, at=AFTER).number == 1


def test_a_page_that_was_left_open_does_not_confirm_the_old_text(town, ready):
    ada = town.viewer(town.ada)
    (asked, *_) = [one for one in _answers(ready) if one.question_key == SCORED]
    change(town.round)
    written = {"actor": ada, "now": AFTER}
    before = page_name(1)  # opened before the version came; it saves itself afterwards
    place = (ready, SCORED, asked.lot_code)
    actions.save_answer(*place, "Old.", asked.revision, page=before, leaving=False, **written)
    assert names(waiting(ready, ada))
    kept = queries.working_copy(ready, ada, AFTER).values[SCORED, asked.lot_code]
    assert kept == "Old."  # and is not lost
    actions.save_answer(*place, "New.", asked.revision, page=page_name(2), **written)
    assert waiting(ready, ada) == ()


def test_a_page_cannot_say_that_it_showed_what_is_not_there_yet(town, ready):
    assert version_shown("9-abc", town.round) == 1
    assert version_shown("", town.round) == 1
    assert version_shown("abc", town.round) == 1


def _answers(application):
    return db.session.scalars(select(Answer).where(Answer.application_id == application.id)).all()


def test_prices_and_documents_are_touched_too(town, ready):
    ada, officer = town.viewer(town.ada), an_officer()
    draft = a_version(town.round)
    card = parts_edit.priced(draft.rate_card.body, "core-weekly-price", hint="Leave out travel.")
    rounds.change_content(draft, "rate_card", card, actor=officer, now=LATER)
    lines = [dict(line) for line in draft.checklist.body["documents"]]
    attached = next(line for line in lines if line["key"] == "safeguarding-policy")
    attached["hint"] = "Signed by the board."
    checklist = {**draft.checklist.body, "documents": lines}
    rounds.change_content(draft, "checklist", checklist, actor=officer, now=LATER)
    publish_version(draft)
    found = {(one.part.value, one.key, one.lot_code) for one in waiting(ready, ada)}
    assert found == {
        ("rates", "core-weekly-price", "1A"),
        ("rates", "core-weekly-price", "2A"),
        ("documents", "safeguarding-policy", ""),
    }


POLICY = "safeguarding-policy"


def change_line(bid_round, key=POLICY, hint="Signed by the board."):
    draft = a_version(bid_round)
    lines = [dict(line) for line in draft.checklist.body["documents"]]
    next(line for line in lines if line["key"] == key)["hint"] = hint
    checklist = {**draft.checklist.body, "documents": lines}
    rounds.change_content(draft, "checklist", checklist, actor=an_officer(), now=LATER)
    return publish_version(draft)


def test_a_document_that_comes_late_from_an_old_page_is_still_to_be_confirmed(town, ready):
    ada = town.viewer(town.ada)
    other = a_document(town.oak, POLICY, by=town.ada)
    change_line(town.round)
    given = (ready, POLICY, other)
    actions.attach_document(*given, page=page_name(1), actor=ada, now=AFTER)
    (found,) = waiting(ready, ada)
    assert (found.key, found.given) == (POLICY, other.file.name)  # what came is not lost
    actions.attach_document(*given, page=page_name(2), actor=ada, now=AFTER)
    assert waiting(ready, ada) == ()  # the same one, given again to the newer text
    assert submit(ready, by=town.ada, at=AFTER).number == 1


def test_what_comes_from_an_old_page_takes_back_what_a_colleague_confirmed(town, ready):
    ada, ben = town.viewer(town.ada), town.viewer(town.ben)
    other = a_document(town.oak, POLICY, by=town.ada)
    change_line(town.round)
    change(town.round)
    confirm(ready, names(waiting(ready, ada)), actor=ada, now=AFTER)
    assert ready.confirmed_version == 3
    actions.attach_document(ready, POLICY, other, page=page_name(1), actor=ben, now=AFTER)
    assert [one.key for one in waiting(ready, ada)] == [POLICY]  # and nothing else again
    assert refusal(lambda: submit(ready, by=town.ada, at=AFTER)) == "version:not-confirmed"


def test_a_line_that_no_version_touched_asks_nothing_of_its_document(town, ready):
    ada = town.viewer(town.ada)
    change_line(town.round, "accounts")
    assert [one.key for one in waiting(ready, ada)] == ["accounts"]


def test_the_page_of_a_document_says_on_which_version_it_was_opened(town, ready):
    town.at(AFTER)
    change_line(town.round)
    db.session.commit()
    shown = town.by(town.ben).page(f"/applications/{ready.ref}/documents/{POLICY}")
    assert 'name="_page" value="2-' in shown.text


def test_a_version_of_dates_alone_asks_nothing(town, ready):
    draft = a_version(town.round)
    later = DEADLINE + timedelta(days=3)
    rounds.change_timetable(
        draft, draft.opens_at, draft.questions_until_at, later, actor=an_officer(), now=LATER
    )
    publish_version(draft)
    assert waiting(ready, town.viewer(town.ada)) == ()
    assert submit(ready, by=town.ada, at=AFTER).number == 1
    assert ready.confirmed_version == 2


def test_a_second_version_is_asked_once_and_newest(town, ready):
    ada = town.viewer(town.ada)
    change(town.round)
    old = names(waiting(ready, ada))
    change(town.round, hint="Name the person and the deputy.")
    found = waiting(ready, ada)
    assert {one.number for one in found} == {3}
    assert refusal(lambda: confirm(ready, old, actor=ada, now=AFTER)) == "version:changed-meanwhile"


def test_nothing_is_confirmed_without_choosing(town, ready):
    change(town.round)
    ada = town.viewer(town.ada)
    assert refusal(lambda: confirm(ready, [], actor=ada, now=AFTER)) == "version:nothing-chosen"


def test_strangers_confirm_nothing(town, ready):
    change(town.round)
    found = names(waiting(ready, town.viewer(town.ada)))
    cyd = town.viewer(town.cyd)
    assert refusal(lambda: confirm(ready, found, actor=cyd, now=AFTER)) == (
        "application:edit-refused"
    )


def test_nothing_is_confirmed_after_the_deadline(town, ready):
    change(town.round)
    ada = town.viewer(town.ada)
    found = names(waiting(ready, ada))
    assert refusal(lambda: confirm(ready, found, actor=ada, now=DEADLINE)) == (
        "application:edit-refused"
    )


def test_who_begins_later_has_nothing_to_confirm(town):
    change(town.round)
    fresh = complete(an_application(town.round, by=town.cyd, now=AFTER), now=AFTER)
    assert (fresh.confirmed_version, waiting(fresh, town.viewer(town.cyd))) == (2, ())


def test_what_was_submitted_stands_until_it_is_submitted_again(town):
    sent = a_submitted(town.round, by=town.ada)
    first, ada = sent.standing, town.viewer(town.ada)
    change(town.round)
    assert sent.standing is first
    assert read_content(first.content).round_version == 1
    assert refusal(lambda: submit(sent, by=town.ada, at=AFTER)) == "version:not-confirmed"
    assert sent.standing is first
    actions_versions.confirm(sent, names(waiting(sent, ada)), actor=ada, now=AFTER)
    again = submit(sent, by=town.ada, at=AFTER)
    assert (again.number, read_content(again.content).round_version) == (2, 2)


def test_the_home_page_says_that_what_was_submitted_is_to_be_confirmed_and_sent_again(app, town):
    sent = a_submitted(town.round, by=town.ada)
    with app.test_request_context():
        ada, ben, cyd = (town.viewer(one) for one in (town.ada, town.ben, town.cyd))
        assert queries.due(ada, AFTER) == []
        change(town.round)
        [told] = queries.due(ben, AFTER)
        assert told.title == f"Confirm 1 answer for {town.round.title}"
        assert told.address == f"/applications/{sent.ref}"
        assert told.due_at == town.round.deadline_at
        assert queries.due(cyd, AFTER) == []
        assert queries.due(ada, town.round.deadline_at) == []
        actions_versions.confirm(sent, names(waiting(sent, ada)), actor=ada, now=AFTER)
        assert [one.title for one in queries.due(ada, AFTER)] == [
            f"Submit again: {town.round.title}"
        ]
        submit(sent, by=town.ada, at=AFTER)
        assert queries.due(ada, AFTER) == []


def test_a_bid_that_nobody_changed_is_not_said_to_be_changed(town):
    """The round changed, not the bid: the page says so, and offers no differences of one's own."""
    sent = a_submitted(town.round, by=town.ada)
    change(town.round)
    db.session.commit()
    town.at(AFTER)
    shown = town.by(town.ada).page(f"/applications/{sent.ref}")
    assert "Submitted, and the round has changed since" in shown.text
    assert "See what you changed" not in shown.text


def test_everybody_who_has_started_is_told_and_nobody_else(town, ready):
    a_submitted(town.round, by=town.cyd)
    db.session.commit()
    db.session.query(mail.Mail).delete()
    change(town.round)
    db.session.commit()
    (job,) = db.session.scalars(
        select(queue.Job).where(queue.Job.kind == signals.VERSION_PUBLISHED)
    )
    jobs.tell_of_a_version(job, AFTER)
    told = db.session.scalars(
        select(mail.Mail).where(mail.Mail.message == mail.Message.ROUND_CHANGED.value)
    ).all()
    assert {one.address for one in told} == {one.email for one in (town.ada, town.ben, town.cyd)}
    by_address = {one.address: one.body for one in told}
    assert "stands as you sent it" in by_address[town.cyd.email]
    assert "Nothing that you wrote is lost" in by_address[town.ben.email]
    assert not any("What we say" in one.body for one in told)


def test_the_pages_lead_from_the_change_to_the_confirmation(town, ready):
    town.at(AFTER)
    change(town.round)
    db.session.commit()
    ben = town.by(town.ben)
    shown = ben.page(f"/applications/{ready.ref}")
    assert "The round has changed since you answered" in shown.text
    changes = ben.page(f"/applications/{ready.ref}/changes")
    assert "Name the person who leads." in changes.text
    assert "What we say to" in changes.text
    chosen = names(waiting(ready, town.viewer(town.ben)))
    ben.sends(changes, {"confirmed": chosen}, to=f"/applications/{ready.ref}")
    check = town.by(town.ada).page(f"/applications/{ready.ref}/check")
    assert "Nothing is missing" in check.text
    town.by(town.cyd).page(f"/applications/{ready.ref}/changes", status=404)


def test_the_check_page_says_what_is_to_be_confirmed(town, ready):
    town.at(AFTER)
    change(town.round)
    db.session.commit()
    check = town.by(town.ada).page(f"/applications/{ready.ref}/check")
    assert "Answer to confirm" in check.text
    assert f'href="/applications/{ready.ref}/changes"' in check.text


def test_a_round_without_a_newer_version_costs_no_statement(town, ready, count_statements):
    ada = town.viewer(town.ada)
    db.session.commit()
    with count_statements() as before:
        queries.working_copy_of(ready, WHILE_OPEN.date())
    assert not any("round_version" in one for one in before.statements)
    assert ada.provider_ids
