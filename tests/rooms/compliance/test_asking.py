"""The council asks a bidder once, about listed fields, with a date; the bidder replies beside its bid."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import audit
from portal.access import Role
from portal.applications.clarifications import actions as requests
from portal.applications.clarifications.models import ClarificationField, ClarificationRequest
from portal.db import db
from portal.mail import Mail
from portal.people.models import Person
from scoring.rules import RuleBroken
from scoring.stages import RequestStage
from tests.factories.bids import a_bid, administrator_of, an_opened_bid
from tests.factories.clarifications import a_request
from tests.factories.people import a_viewer, viewer
from tests.factories.providers import a_contributor, a_provider_admin
from tests.factories.rounds import AFTER_OPENING, a_round, an_officer, open_it
from tests.rooms.compliance.asking import (
    ACCOUNTS,
    CLARIFY,
    FAIL,
    INSTANT,
    LATER,
    NAME,
    check_of,
    conclude,
    entries,
    record,
    refusal,
    send,
)


@pytest.fixture
def bid(session):
    return an_opened_bid(["1A", "2B"])


@pytest.fixture
def bid_round(session):
    """A round that nobody has opened."""
    return a_round(lots=["1A", "2B"])


# --- Asking ---------------------------------------------------------------------------------------


def test_a_request_lists_what_was_marked_and_what_was_added(bid):
    requests.add_field(bid, NAME, "", "Is it a charity?", actor=an_officer(), now=AFTER_OPENING)
    record(bid, ACCOUNTS, CLARIFY, "Which year is this?")
    record(bid, "question:open-now", CLARIFY, "Since when?", lot="1A")
    request = send(bid)
    assert [(one.lot_code, one.key, one.asked) for one in request.fields] == [
        ("", ACCOUNTS, "Which year is this?"),
        ("1A", "question:open-now", "Since when?"),
        ("", NAME, "Is it a charity?"),
    ]
    assert [one.takes_document for one in request.fields] == [True, False, False]
    assert (request.stage, request.sent_at) == (RequestStage.SENT, AFTER_OPENING)
    (entry,) = entries("clarification-request:sent")
    assert (entry.chain, entry.subject_ref) == (bid.round.audit_chain, request.ref)
    assert entry.detail["application"] == bid.ref
    assert ["", ACCOUNTS] in entry.detail["fields"]
    assert "Which year" not in json.dumps(entry.detail)
    assert list(audit.verify()) == []


def test_the_administrators_of_the_bidder_are_told_and_nothing_of_what_is_asked(bid):
    ben = a_contributor(bid.provider)
    a_request(bid, {ACCOUNTS: "Which year is this?"})
    told = db.session.scalars(select(Mail).where(Mail.message == "clarification-requested")).all()
    admin = db.session.get_one(Person, administrator_of(bid.provider).person_id)
    assert [mail.address for mail in told] == [admin.email]
    assert ben.email not in {mail.address for mail in told}
    assert f"/applications/{bid.ref}/clarification" in told[0].body
    assert "Which year" not in told[0].body


def test_a_bidder_is_asked_once(bid):
    a_request(bid, {ACCOUNTS: "Which year is this?"})
    for attempt in (
        lambda: send(bid),
        lambda: requests.add_field(bid, NAME, "", "More?", actor=an_officer(), now=LATER),
        lambda: record(bid, "document:safeguarding-policy", CLARIFY, "And this?"),
        lambda: record(bid, ACCOUNTS, CLARIFY, "In other words?"),
    ):
        assert refusal(attempt).code == "clarification-request:once"
    assert len(db.session.scalars(select(ClarificationRequest)).all()) == 1


def test_another_bidder_is_asked_for_itself(bid_round):
    one, other = a_bid(bid_round), a_bid(bid_round)
    open_it(bid_round)
    assert a_request(one, {ACCOUNTS: "Which year?"}).id != a_request(other, {NAME: "Who?"}).id


@pytest.mark.parametrize("key", ["prices", "integrity"])
def test_nothing_is_asked_about_prices(bid, key):
    code = refusal(lambda: record(bid, key, CLARIFY, "Why so dear?")).code
    assert code in {"clarification-request:not-askable", "compliance:no-item"}
    with pytest.raises(RuleBroken) as refused:
        requests.add_field(bid, key, "", "Why so dear?", actor=an_officer(), now=AFTER_OPENING)
    assert refused.value.code == "clarification-request:not-askable"


def test_a_price_that_was_marked_before_stops_the_request(bid):
    """However such a mark came into the check: it does not leave it."""
    record(bid, "prices", FAIL, "Something is missing.")
    (kept,) = check_of(bid).decisions.values()
    kept.outcome = CLARIFY
    assert refusal(lambda: send(bid)).code == "clarification-request:not-askable"


@pytest.mark.parametrize(
    ("key", "lot", "code"),
    [
        ("answer:safeguarding", "", "clarification-request:not-askable"),  # scored
        ("answer:young-home", "", "clarification-request:not-askable"),  # scored by young people
        ("answer:open-now", "1A", "clarification-request:not-askable"),  # an item of the check
        (NAME, "1A", "clarification-request:no-field"),
        ("answer:nothing", "", "clarification-request:no-field"),
        ("answer:homes-list", "3A", "clarification-request:no-field"),  # not applied for
    ],
)
def test_only_answers_that_inform_can_be_added(bid, key, lot, code):
    refused = refusal(
        lambda: requests.add_field(bid, key, lot, "What?", actor=an_officer(), now=AFTER_OPENING)
    )
    assert refused.code == code
    assert not db.session.scalars(select(ClarificationField)).all()


def test_what_is_asked_can_be_changed_and_taken_out_before_it_is_sent(bid):
    field = requests.add_field(bid, NAME, "", "Who?", actor=an_officer(), now=AFTER_OPENING)
    again = requests.add_field(bid, NAME, "", "Who are you?", actor=an_officer(), now=AFTER_OPENING)
    assert (again.id, again.asked) == (field.id, "Who are you?")
    requests.remove_field(field, actor=an_officer(), now=AFTER_OPENING)
    assert refusal(lambda: send(bid)).code == "clarification-request:nothing-asked"


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (None, "clarification-request:no-date"),
        (AFTER_OPENING + timedelta(days=2) - INSTANT, "clarification-request:too-soon"),
    ],
)
def test_a_request_has_a_date_that_leaves_time(bid, until, code):
    record(bid, ACCOUNTS, CLARIFY, "Which year?")
    refused = refusal(lambda: send(bid, until))
    assert (refused.code, refused.field) == (code, "reply_until_at")


@pytest.mark.parametrize(
    "someone",
    [
        lambda: an_officer("bedford-borough"),
        lambda: an_officer(role=Role.AUDITOR),
        lambda: an_officer(role=Role.MODERATOR),
        lambda: a_viewer([Role.COMMISSIONER, Role.FINANCE]),
        lambda: an_officer("hertfordshire"),
        lambda: viewer(a_provider_admin()),
    ],
)
def test_only_the_leads_commissioners_ask(bid, someone):
    actor = someone()
    record(bid, ACCOUNTS, CLARIFY, "Which year?")
    for attempt in (
        lambda: send(bid, actor=actor),
        lambda: requests.add_field(bid, NAME, "", "Who?", actor=actor, now=AFTER_OPENING),
    ):
        assert refusal(attempt).code == "clarification-request:not-allowed"


def test_nothing_is_asked_before_the_opening_nor_after_the_conclusion(bid_round):
    sealed = a_bid(bid_round)
    refused = refusal(lambda: send(sealed, now=bid_round.deadline_at))
    assert refused.code == "clarification-request:not-allowed"
    open_it(bid_round)
    conclude(sealed)
    refused = refusal(lambda: send(sealed, now=LATER))
    assert "concluded" in refused.message
