"""A bid that stands on an earlier version of the round is flagged, and judged on what it was asked."""

from datetime import timedelta

import pytest

from portal.applications.compliance import queries as queries_compliance
from portal.applications.compliance.actions import record_check
from portal.applications.models import CheckOutcome
from portal.rounds import actions
from scoring.rules import RuleBroken
from scoring.stages import ApplicationStage
from tests.factories.bids import a_bid
from tests.factories.rounds import AFTER_OPENING, a_round, an_officer, open_it
from tests.factories.versions import LATER, a_version, publish_version, reword

PASS, CLARIFY = CheckOutcome.PASS, CheckOutcome.CLARIFY
NEW = {
    "key": "named-lead",
    "kind": "yes-no",
    "label": "Is there a named lead for safeguarding?",
    "role": "pass-fail",
    "required": True,
    "pass_value": "yes",
}


@pytest.fixture
def bid_round(session):
    return a_round(lots=["1A", "2A"])


def check_of(bid):
    open_it(bid.round)
    return queries_compliance.check_of(bid.ref, an_officer(), AFTER_OPENING)


def add_question(bid_round):
    draft = a_version(bid_round)
    sections = [dict(one) for one in draft.question_set.body["sections"]]
    sections[0]["questions"] = [*sections[0]["questions"], NEW]
    body = {**draft.question_set.body, "sections": sections}
    actions.change_content(draft, "question_set", body, actor=an_officer(), now=LATER)
    publish_version(draft)


def test_a_bid_on_the_newest_version_is_not_flagged(bid_round):
    draft = a_version(bid_round)
    reword(draft, "safeguarding", hint="Other.")
    publish_version(draft)
    check = check_of(a_bid(bid_round, at=LATER + timedelta(hours=1)))
    assert check.item("version") is None


def test_a_bid_that_was_not_submitted_again_is_weighed_by_people(bid_round):
    bid = a_bid(bid_round)
    draft = a_version(bid_round)
    reword(draft, "safeguarding", hint="Other.")
    publish_version(draft)
    item = check_of(bid).item("version")
    assert item.title == "Submitted on version 1 of the round"
    assert (item.suggested, item.to_weigh) == (None, True)
    assert [name for name, _ in item.facts] == ["Question that changed"]
    act = lambda reason: record_check(  # noqa: E731
        bid, "", "version", PASS, reason, actor=an_officer(), now=AFTER_OPENING
    )
    with pytest.raises(RuleBroken, match="Say why"):
        act("")
    assert act("The hint does not change what was asked.").outcome is PASS


def test_a_question_that_came_later_is_asked_for_and_not_failed(bid_round):
    bid = a_bid(bid_round)
    add_question(bid_round)
    item = check_of(bid).item("question:named-lead")
    assert item.suggested is CLARIFY
    assert "Version 2 added it" in item.why


def test_a_document_that_came_later_is_asked_for_and_not_failed(bid_round):
    bid = a_bid(bid_round)
    draft = a_version(bid_round)
    lines = draft.checklist.body["documents"]
    copy = {**lines[0], "key": "another-policy", "title": "Another policy", "lots": []}
    body = {**draft.checklist.body, "documents": [*lines, copy | {"required": True}]}
    actions.change_content(draft, "checklist", body, actor=an_officer(), now=LATER)
    publish_version(draft)
    item = check_of(bid).item("document:another-policy")
    if copy["of"] == "organisation" and copy["stage"] == "submission":
        assert item.suggested is CLARIFY


def test_a_lot_that_was_withdrawn_is_not_assessed(bid_round):
    bid = a_bid(bid_round)
    draft = a_version(bid_round)
    actions.change_lots(draft, ["2A"], actor=an_officer(), now=LATER)
    publish_version(draft)
    check = check_of(bid)
    assert [lot.round_lot.code for lot in check.lots] == ["2A"]
    assert "Lot 1A was withdrawn" in check.item("integrity").why
    assert bid.stage is ApplicationStage.OPENED
