"""After a submission one works on a copy: what stands is kept, and what was changed is shown beside it."""

import pytest

from portal.applications import actions, queries
from portal.applications.submitting.since_submission import changes
from tests.factories.applications import a_submitted, submit
from tests.factories.people import viewer

CORE = "core-weekly-price"


@pytest.fixture
def sent(session, town):
    application = a_submitted(town.round, by=town.ada, lots=["1A", "2A"])
    session.commit()
    return application


def found(sent, town):
    ada = viewer(town.ada)
    return {one.title: one for one in changes(queries.working_copy(sent, ada, town.now), ada)}


def test_nothing_is_told_while_nothing_was_changed(session, town, sent):
    assert found(sent, town) == {}
    page = town.by(town.ada).page(f"/applications/{sent.ref}/since-submission")
    assert "What is written now is what you submitted" in page.text


def test_each_part_is_shown_as_it_was_and_as_it_is(session, town, sent):
    ada, now = viewer(town.ada), town.now
    actions.save_answer(sent, "contact", "", "Ben Birch", 1, actor=ada, now=now)
    actions.offer_rate(sent, "1A", CORE, 91_000, 1, actor=ada, now=now)
    actions.detach_document(sent, "safeguarding-policy", actor=ada, now=now)
    actions.choose_councils(sent, {"1A": ["luton"]}, actor=ada, now=now)
    session.commit()
    told = found(sent, town)
    assert told["Whom should we contact about this application?"].after == "Ben Birch"
    rate = next(one for title, one in told.items() if title.endswith("lot 1A") and "£" in one.after)
    assert (rate.before, rate.after) == ("£895.00", "£910.00")
    assert told["Councils of lot 1A"].after == "luton"
    assert len(told) == 4
    client = town.by(town.ben)
    assert "See what you changed" in client.page(f"/applications/{sent.ref}").text
    assert "Ben Birch" in client.page(f"/applications/{sent.ref}/since-submission").text


def test_a_lot_that_was_left_out_is_told(session, town, sent):
    actions.choose_lots(sent, ["1A"], actor=viewer(town.ada), now=town.now)
    told = found(sent, town)
    assert (told["Lots"].before, told["Lots"].after) == ("1A, 2A", "1A")


def test_both_receipts_stay_readable_after_it_is_submitted_again(session, town, sent):
    first = sent.standing.ref
    actions.save_answer(sent, "contact", "", "Ben Birch", 1, actor=viewer(town.ada), now=town.now)
    second = submit(sent, by=town.ada).ref
    session.commit()
    client = town.by(town.ada)
    assert "Ben Birch" not in client.page(f"/applications/receipts/{first}/answers").text
    assert "Ben Birch" in client.page(f"/applications/receipts/{second}/answers").text
    assert found(sent, town) == {}


def test_what_was_withdrawn_can_still_be_read_and_is_compared_with_nothing(session, town, sent):
    first = sent.standing.ref
    actions.withdraw(sent, "Wrong rates", actor=viewer(town.ada), now=town.now)
    session.commit()
    assert found(sent, town) == {}
    client = town.by(town.ada)
    assert "Nothing is submitted" in client.page(f"/applications/{sent.ref}/since-submission").text
    assert client.get(f"/applications/receipts/{first}/answers").status_code == 200


def test_strangers_find_nothing(town, sent):
    address = f"/applications/{sent.ref}/since-submission"
    assert town.by(town.cyd).get(address).status_code == 404
    assert town.by(town.dev).get(address).status_code == 403
