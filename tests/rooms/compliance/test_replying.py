"""A bidder replies to what it was asked, in time and once; the check goes on."""

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from portal import queue
from portal.access import Role
from portal.applications.clarifications import (
    actions as requests,
    actions_replies,
    queries as queries_clarifications,
)
from portal.db import db
from portal.documents import actions as documents
from portal.edits import EditConflict
from portal.mail import Mail
from portal.people.models import Person
from portal.providers.models import Provider
from scoring.canonical import sha256_of
from scoring.stages import ApplicationStage, RequestStage, RoundStage
from tests.factories.bids import administrator_of, an_opened_bid
from tests.factories.clarifications import REPLY_UNTIL, a_reply, a_request
from tests.factories.documents import a_pdf
from tests.factories.people import viewer
from tests.factories.providers import a_contributor, a_provider, a_provider_admin
from tests.factories.rounds import AFTER_OPENING, an_officer
from tests.rooms.compliance.asking import (
    ACCOUNTS,
    CLARIFY,
    FAIL,
    INSTANT,
    LATER,
    NAME,
    PASS,
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


def reply(field, text="We mean the year to March.", *, by=None, now=LATER, seen=None, version=None):
    return actions_replies.save_reply(
        field,
        text,
        version=version,
        seen_revision=field.revision if seen is None else seen,
        received_at=now,
        actor=by or administrator_of(field.request.application.provider),
        now=now,
    )


def send_reply(request, *, by=None, at=LATER, certified=True):
    actions_replies.send_reply(
        request,
        certified=certified,
        received_at=at,
        actor=by or administrator_of(request.application.provider),
        now=at,
    )


# --- Replying -------------------------------------------------------------------------------------


@pytest.fixture
def request_(bid):
    return a_request(bid, {ACCOUNTS: "Which year is this?", NAME: "Is it a charity?"})


def a_version(bid, by, words="The right year"):
    field = next(iter(bid))
    staged = documents.stage_file(io.BytesIO(a_pdf(words)), "accounts-2026.pdf")
    application = field.request.application
    return documents.add_version(
        application.provider,
        field.document_type,
        field.title,
        staged,
        None,
        bound_to=application.ref,
        chain=application.audit_chain,
        actor=by,
        now=LATER,
    )


def test_each_field_is_replied_to_and_sent_by_an_administrator(bid, request_):
    accounts, name = request_.fields
    by = administrator_of(bid.provider)
    reply(accounts, "", version=a_version([accounts], by))
    reply(name, "It is a company.")
    send_reply(request_)
    assert (request_.stage, request_.replied_at) == (RequestStage.REPLIED, LATER)
    body = json.loads(actions_replies.canonical_reply(request_))
    assert [one["key"] for one in body["fields"]] == [ACCOUNTS, NAME]
    assert body["fields"][0]["document"]["name"] == "accounts-2026.pdf"
    assert request_.reply_sha256 == sha256_of(actions_replies.canonical_reply(request_))
    (entry,) = entries("clarification-reply:sent")
    assert entry.detail["sha256"] == request_.reply_sha256
    assert entry.chain == bid.round.audit_chain


def test_the_submission_stays_as_it_was(bid, request_):
    before = (bid.standing.content, bid.standing.sha256, bid.stage)
    accounts, name = request_.fields
    reply(accounts, "", version=a_version([accounts], administrator_of(bid.provider)))
    reply(name, "Another name.")
    send_reply(request_)
    db.session.commit()
    db.session.expire_all()
    assert (bid.standing.content, bid.standing.sha256, bid.stage) == before
    assert sha256_of(bid.standing.content) == bid.standing.sha256
    item = check_of(bid).item(ACCOUNTS)
    assert ("File", "accounts.pdf") in item.facts


def test_the_officers_of_the_lead_are_told_when_it_is_sent(bid, request_):
    an_officer(name="Second Officer")
    an_officer("bedford-borough")
    a_reply(request_, "The charity number is 1.")
    told = db.session.scalars(select(Mail).where(Mail.message == "clarification-replied")).all()
    people = {one.email: one.name for one in db.session.scalars(select(Person))}
    assert {people[mail.address] for mail in told} == {"Luton Commissioner", "Second Officer"}
    assert "charity number" not in told[0].body


@pytest.mark.parametrize(
    ("at", "code"),
    [(REPLY_UNTIL - INSTANT, ""), (REPLY_UNTIL, "late"), (REPLY_UNTIL + INSTANT, "late")],
)
def test_a_reply_exactly_at_its_date_is_late(request_, at, code):
    for field in request_.fields:
        reply(field)
    if not code:
        send_reply(request_, at=at)
        return
    assert refusal(lambda: send_reply(request_, at=at)).code == "clarification-reply:late"
    assert (
        "date for the reply has passed"
        in refusal(lambda: reply(request_.fields[0], now=at)).message
    )
    assert request_.stage is RequestStage.SENT


def test_every_field_is_replied_to_before_it_is_sent(request_):
    reply(request_.fields[0])
    refused = refusal(lambda: send_reply(request_))
    assert refused.code == "clarification-reply:missing"
    reply(request_.fields[1], " … ")
    assert refusal(lambda: send_reply(request_)).code == "clarification-reply:missing"


def test_a_reply_is_certified_and_sent_once(request_):
    for field in request_.fields:
        reply(field)
    refused = refusal(lambda: send_reply(request_, certified=False))
    assert (refused.code, refused.field) == ("clarification-reply:not-certified", "certified")
    send_reply(request_)
    assert refusal(lambda: send_reply(request_)).code == "clarification-reply:sent"
    assert refusal(lambda: reply(request_.fields[0], "Other words")).code == (
        "clarification-reply:refused"
    )


def test_a_contributor_writes_and_an_administrator_sends(bid, request_):
    ben = viewer(a_contributor(bid.provider))
    for field in request_.fields:
        reply(field, by=ben)
    refused = refusal(lambda: send_reply(request_, by=ben))
    assert "Only an administrator" in refused.message
    send_reply(request_)


@pytest.mark.parametrize(
    "someone", [an_officer, lambda: viewer(a_provider_admin(a_provider("Elm House")))]
)
def test_nobody_else_replies(request_, someone):
    actor = someone()
    for attempt in (
        lambda: reply(request_.fields[0], by=actor),
        lambda: send_reply(request_, by=actor),
        lambda: actions_replies.take_document_out(
            request_.fields[0], received_at=LATER, actor=actor, now=LATER
        ),
    ):
        assert refusal(attempt).code == "clarification-reply:refused"


def test_two_colleagues_do_not_overwrite_each_other(bid, request_):
    field = request_.fields[1]
    ben = viewer(a_contributor(bid.provider, name="Ben Birch"))
    reply(field, "His words.", by=ben)
    with pytest.raises(EditConflict) as conflict:
        reply(field, "Her words.", seen=0)
    assert (conflict.value.theirs.value, conflict.value.theirs.by) == ("His words.", "Ben Birch")
    assert reply(field, "Her words.", seen=1).reply == "Her words."


def test_a_document_answers_a_document_only_and_is_one_s_own(bid, request_):
    accounts, name = request_.fields
    by = administrator_of(bid.provider)
    version = a_version([accounts], by)
    refused = refusal(lambda: reply(name, version=version))
    assert (refused.code, refused.field) == ("clarification-reply:no-document", "file")
    elm = a_provider("Elm House")
    other = administrator_of(elm)
    from tests.factories.documents import a_document

    theirs = a_document(elm, "accounts", by=other)
    assert (
        refusal(lambda: reply(accounts, version=theirs)).code == "clarification-reply:no-document"
    )
    reply(accounts, version=version)
    actions_replies.take_document_out(accounts, received_at=LATER, actor=by, now=LATER)
    assert accounts.version is None


def test_who_has_not_replied_is_reminded_a_day_before(bid, request_):
    import portal.jobs  # noqa: F401  registers the handlers

    ben = a_contributor(bid.provider)
    db.session.commit()

    def reminded():
        wanted = select(Mail.address).where(Mail.message == "clarification-reminder")
        return set(db.session.scalars(wanted))

    queue.run_all(REPLY_UNTIL - timedelta(days=1) - INSTANT)
    assert reminded() == set()
    queue.run_all(REPLY_UNTIL - timedelta(days=1))
    assert ben.email in reminded()


def test_who_has_replied_is_not_reminded(bid, request_):
    import portal.jobs  # noqa: F401  registers the handlers

    a_reply(request_)
    db.session.commit()
    queue.run_all(REPLY_UNTIL)
    wanted = select(Mail).where(Mail.message == "clarification-reminder")
    assert not db.session.scalars(wanted).all()


# --- The check goes on ----------------------------------------------------------------------------


def test_while_the_bidder_may_reply_what_was_asked_is_not_decided(bid, request_):
    for outcome in (PASS, FAIL):
        refused = refusal(lambda outcome=outcome: record(bid, ACCOUNTS, outcome, "Now.", now=LATER))
        assert refused.code == "clarification-request:waits"
    assert record(bid, "document:safeguarding-policy", PASS, now=LATER)


def test_it_is_not_concluded_while_the_bidder_may_reply(bid):
    a_request(bid, {NAME: "Is it a charity?"})  # no item of the check: nothing else would stop it
    refused = refusal(lambda: conclude(bid))
    assert (refused.code, refused.message) == (
        "compliance:not-concluded",
        "The provider still has time to reply to your request.",
    )
    conclude(bid, REPLY_UNTIL)
    assert bid.stage is ApplicationStage.COMPLIANT


def test_a_reply_lets_the_item_be_decided_and_the_check_concluded(bid, request_):
    a_reply(request_)
    field = check_of(bid).request.field(ACCOUNTS, "")
    assert field.reply == "Here is what we mean."
    record(bid, ACCOUNTS, PASS, now=LATER)
    conclude(bid)
    assert bid.stage is ApplicationStage.COMPLIANT


def test_without_a_reply_a_pass_after_the_date_needs_a_reason(bid, request_):
    refused = refusal(lambda: record(bid, ACCOUNTS, PASS, now=REPLY_UNTIL))
    assert refused.code == "compliance:no-reason"
    record(bid, ACCOUNTS, PASS, "The second year is on page 9.", now=REPLY_UNTIL)
    conclude(bid, REPLY_UNTIL)
    assert bid.stage is ApplicationStage.COMPLIANT


def test_a_reply_is_not_seen_by_a_council_before_it_is_sent(bid, request_):
    reply(
        request_.fields[0],
        "Quillfeather",
        version=a_version(request_.fields, administrator_of(bid.provider)),
    )
    for actor in (an_officer(), an_officer("bedford-borough"), an_officer(role=Role.AUDITOR)):
        check = check_of(bid, actor=actor)
        assert "Quillfeather" not in repr(check.request)
        assert check.request.fields[0].version is None
        with pytest.raises(NotFound):
            queries_clarifications.reply_document(bid, request_.fields[0].version.ref, actor)
    for field in request_.fields[1:]:
        reply(field)
    send_reply(request_)
    assert check_of(bid).request.fields[0].reply == "Quillfeather"
    assert queries_clarifications.reply_document(bid, request_.fields[0].version.ref, an_officer())


@pytest.mark.parametrize(
    "someone",
    [
        lambda: an_officer("hertfordshire"),
        lambda: an_officer(role=Role.EVALUATOR),
        lambda: an_officer(role=Role.FINANCE),
        lambda: viewer(a_provider_admin(a_provider("Elm House"))),
    ],
)
def test_strangers_find_no_request_and_no_document(bid, request_, someone):
    actor = someone()
    reply(request_.fields[0], version=a_version(request_.fields, administrator_of(bid.provider)))
    reply(request_.fields[1])
    send_reply(request_)
    for look in (
        lambda: queries_clarifications.own_request(bid.ref, actor),
        lambda: queries_clarifications.reply_document(bid, request_.fields[0].version.ref, actor),
        lambda: queries_clarifications.council_field(bid, request_.fields[0].ref, actor),
    ):
        with pytest.raises(NotFound):
            look()
    assert queries_clarifications.own_requests(actor) == []


def test_a_draft_of_the_council_s_is_not_the_bidder_s_to_read(bid):
    requests.add_field(bid, NAME, "", "Who?", actor=an_officer(), now=AFTER_OPENING)
    own = administrator_of(bid.provider)
    with pytest.raises(NotFound):
        queries_clarifications.own_request(bid.ref, own)
    assert queries_clarifications.own_requests(own) == []


def test_once_the_scoring_has_begun_nobody_asks(bid):
    record(bid, ACCOUNTS, CLARIFY, "Which year?")
    bid.round.stage = RoundStage.EVALUATION
    assert "evaluation" in refusal(lambda: send(bid)).message


# --- Due ------------------------------------------------------------------------------------------


def test_a_request_is_due_for_everybody_of_the_bidder_until_its_date(app, bid, request_):
    own = administrator_of(bid.provider)
    ben = viewer(a_contributor(db.session.get_one(Provider, bid.provider_id)))

    def dues(someone, now=LATER):
        db.session.commit()
        with app.test_request_context():
            return [(one.title, one.due_at) for one in queries_clarifications.due(someone, now)]

    title = f"Clarify your application to {bid.round.title}"
    assert dues(own) == dues(ben) == [(title, REPLY_UNTIL)]
    assert dues(own, REPLY_UNTIL) == []
    assert dues(an_officer()) == []
    assert dues(viewer(a_provider_admin())) == []
    a_reply(request_)
    assert dues(own) == []
