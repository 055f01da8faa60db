"""The pages on which a bidder is asked, replies, and the check goes on."""

import io
import re
from datetime import timedelta

import pytest

from portal.access import Role
from portal.applications.clarifications.models import ClarificationRequest
from portal.applications.compliance import actions as actions_compliance
from portal.applications.models import CheckOutcome
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.people.models import Person, SensitiveRead
from scoring.stages import RequestStage, ScanStage
from tests.client import HygieneClient
from tests.factories.bids import a_bid, administrator_of, an_opened_bid
from tests.factories.clarifications import REPLY_UNTIL, a_reply, a_request
from tests.factories.counting import counted
from tests.factories.documents import a_pdf, an_infected_pdf
from tests.factories.people import a_person, as_person
from tests.factories.providers import a_contributor, a_provider, a_provider_admin
from tests.factories.rounds import AFTER_OPENING, a_round, an_officer, at, open_it

ACCOUNTS, NAME = "document:accounts", "answer:legal-name"
LATER = AFTER_OPENING + timedelta(days=1)


@pytest.fixture
def bid(app, session):
    bid = an_opened_bid(["1A", "2B"])
    at(app, AFTER_OPENING)
    return bid


@pytest.fixture
def asked(bid):
    """Sent to the bidder: about a document and about an answer that informs."""
    return a_request(bid, {ACCOUNTS: "Which year is this?", NAME: "Is it a charity?"})


def by(app, somebody):
    person = somebody
    if not isinstance(somebody, Person):
        person = db.session.get_one(Person, somebody.person_id)
    return as_person(HygieneClient(app, app.response_class), person)


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def council(bid, more=""):
    return f"/council/applications/{bid.ref}{more}"


def own(bid, more=""):
    return f"/applications/{bid.ref}/clarification{more}"


def field_of(asked, key):
    return next(one for one in asked.fields if one.key == key)


def days(moment):
    return {
        "reply_until_at-day": str(moment.day),
        "reply_until_at-month": str(moment.month),
        "reply_until_at-year": str(moment.year),
        "reply_until_at-time": "noon",
    }


# --- The council asks -------------------------------------------------------------------------


def test_a_commissioner_lists_fields_and_sends_the_request(app, bid):
    client = by(app, an_officer())
    item = client.page(council(bid, f"/compliance/{ACCOUNTS}"))
    sent = client.sends(item, {"outcome": "clarify", "reason": "Which year is this?"}, status=302)
    assert "To be clarified" in text_of(client.page(council(bid, "/compliance")))
    assert sent.location.startswith(council(bid, "/compliance/"))
    shown = client.page(council(bid, "/clarification"))
    assert "Which year is this?" in shown.text
    add = client.page(council(bid, "/clarification/add"))
    assert "Safeguarding" not in text_of(add), "scored answers are not offered"
    typed = {"field": f"{NAME}/", "asked": "Is it a charity?"}
    shown = client.sends(add, typed, to=council(bid, "/clarification"))
    assert "Is it a charity?" in shown.text
    refused = client.sends(
        shown, {**days(AFTER_OPENING), "confirmed": None}, button="Send", status=422
    )
    assert "Tick the box" in refused.text
    refused = client.sends(
        shown,
        {**days(AFTER_OPENING + timedelta(days=1)), "confirmed": "yes"},
        button="Send",
        status=422,
    )
    assert "Give the bidder at least 2 days to reply." in refused.text
    done = client.sends(
        shown,
        {**days(REPLY_UNTIL), "confirmed": "yes"},
        button="Send",
        to=council(bid, "/clarification"),
    )
    assert "Oak House is asked." in text_of(done)
    assert "Send the request" not in done.text
    shown = text_of(client.page(council(bid, "/compliance")))
    assert "Bidder asked" in shown
    assert "Ask the bidder to clarify" not in shown
    item = client.page(council(bid, f"/compliance/{ACCOUNTS}"))
    assert "Decide this when the reply is there" in item.text
    assert "Save and go on" not in item.text


def test_a_field_is_taken_out_again(app, bid):
    client = by(app, an_officer())
    typed = {"field": f"{NAME}/", "asked": "Is it a charity?"}
    shown = client.sends(
        client.page(council(bid, "/clarification/add")), typed, to=council(bid, "/clarification")
    )
    shown = client.sends(shown, button="Take out", to=council(bid, "/clarification"))
    assert "Nothing is listed yet" in shown.text


def test_prices_are_decided_without_asking(app, bid):
    item = by(app, an_officer()).page(council(bid, "/compliance/prices"))
    assert "Ask the provider" not in item.text


def test_once_asked_no_other_item_offers_to_ask(app, bid, asked):
    client = by(app, an_officer())
    item = client.page(council(bid, "/compliance/document:safeguarding-policy"))
    assert "Ask the provider" not in item.text
    client.page(council(bid, "/clarification/add"), status=409)


def test_what_was_replied_stands_beside_what_was_submitted(app, bid, asked):
    at(app, LATER)
    a_reply(asked, "The year to March 2026.")
    client = by(app, an_officer())
    shown = text_of(client.page(council(bid, "/clarification")))
    for words in ("accounts.pdf", "Which year is this?", "The year to March 2026.", "Words"):
        assert words in shown
    item = client.page(council(bid, f"/compliance/{ACCOUNTS}"))
    assert "The year to March 2026." in item.text
    client.sends(item, {"outcome": "pass", "reason": ""}, status=302)
    assert "Bidder has replied" in text_of(client.page(council(bid, "/compliance")))


def test_no_reply_is_said_and_a_pass_asks_for_a_reason(app, bid, asked):
    at(app, REPLY_UNTIL)
    client = by(app, an_officer())
    assert "No reply came before the date" in client.page(council(bid, "/clarification")).text
    item = client.page(council(bid, f"/compliance/{ACCOUNTS}"))
    refused = client.sends(item, {"outcome": "pass", "reason": ""}, status=422)
    assert "Say why this passes." in refused.text


# --- The bidder replies -----------------------------------------------------------------------


def test_the_bidder_replies_to_the_listed_fields_and_sends(app, bid, asked):
    at(app, LATER)
    admin = administrator_of(bid.provider)
    client = by(app, admin)
    assert "Clarify your application to" in client.page("/").text
    assert "Read what the council asks" in text_of(client.page(f"/applications/{bid.ref}"))
    assert "Requests to clarify" in client.page("/letters").text
    shown = client.page(own(bid))
    for words in ("Which year is this?", "Is it a charity?", "accounts.pdf", "Nothing written yet"):
        assert words in shown.text
    accounts, name = field_of(asked, ACCOUNTS), field_of(asked, NAME)
    form = client.page(own(bid, f"/{accounts.ref}"))
    file = (io.BytesIO(a_pdf("The right year")), "accounts-2026.pdf")
    saved = client.sends(form, {"text": "", "file": file}, button="Save", to=own(bid))
    assert "accounts-2026.pdf" in saved.text
    form = client.page(own(bid, f"/{name.ref}"))
    assert "A document" not in text_of(form)
    client.sends(form, {"text": "It is a company."}, button="Save", to=own(bid))
    check = client.page(own(bid, "/send"))
    assert "It is a company." in check.text
    refused = client.sends(check, {"certified": None}, button="Send", status=422)
    assert "Tick the box to confirm the reply" in refused.text
    done = client.sends(check, {"certified": "yes"}, button="Send", to=own(bid))
    assert "Your reply is sent." in done.text
    assert "SHA-256 of the reply" in done.text
    assert "Change" not in text_of(done)
    client.page(own(bid, f"/{name.ref}"), status=409)
    client.page(own(bid, "/send"), status=409)

    version = db.session.query(DocumentVersion).order_by(DocumentVersion.id.desc()).first()
    officer = by(app, an_officer())
    link = council(bid, f"/clarification/documents/{version.ref}")
    assert "accounts-2026.pdf" in officer.page(council(bid, "/clarification")).text
    officer.page(link, status=409)  # not scanned yet
    version.file.scan = ScanStage.CLEAN
    assert officer.page(link).data.startswith(b"%PDF")
    for stranger in (an_officer("hertfordshire"), a_provider_admin(a_provider("Elm House"))):
        assert by(app, stranger).get(link).status_code in {403, 404}


def test_a_document_can_be_taken_out_again(app, bid, asked):
    at(app, LATER)
    client = by(app, administrator_of(bid.provider))
    accounts = field_of(asked, ACCOUNTS)
    form = client.page(own(bid, f"/{accounts.ref}"))
    file = (io.BytesIO(a_pdf("The wrong year")), "wrong.pdf")
    client.sends(form, {"text": "", "file": file}, button="Save", to=own(bid))
    shown = client.page(own(bid, f"/{accounts.ref}"))
    assert "wrong.pdf" in shown.text
    shown = client.sends(shown, button="Take the document out", to=own(bid, f"/{accounts.ref}"))
    assert "wrong.pdf" not in text_of(shown).replace("Taken out of the reply", "")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ((an_infected_pdf(), "accounts.pdf"), "virus"),
        ((b"MZ\x90\x00", "accounts.exe"), "PDF"),
        ((b"", "accounts.pdf"), "empty"),
    ],
)
def test_a_file_that_is_refused_says_so_and_the_words_are_kept(app, bid, asked, file, words):
    at(app, LATER)
    client = by(app, administrator_of(bid.provider))
    form = client.page(own(bid, f"/{field_of(asked, ACCOUNTS).ref}"))
    typed = {"text": "What I wrote.", "file": (io.BytesIO(file[0]), file[1])}
    refused = client.sends(form, typed, button="Save", status=422)
    assert words in refused.text
    assert "What I wrote." in refused.text


def test_the_second_colleague_to_save_sees_both(app, bid, asked):
    at(app, LATER)
    name = field_of(asked, NAME)
    ben = a_contributor(bid.provider, name="Ben Birch")
    his, hers = by(app, ben), by(app, administrator_of(bid.provider))
    old = hers.page(own(bid, f"/{name.ref}"))
    his.sends(
        his.page(own(bid, f"/{name.ref}")), {"text": "His words."}, button="Save", to=own(bid)
    )
    both = hers.sends(old, {"text": "Her words."}, button="Save", status=422)
    assert "Ben Birch saved another version" in both.text
    assert "His words." in both.text
    assert "Her words." in both.text
    hers.sends(both, button="Keep theirs", to=own(bid))
    db.session.refresh(name)
    assert name.reply == "His words."
    hers.sends(both, button="Keep mine", to=own(bid))
    db.session.refresh(name)
    assert name.reply == "Her words."


def test_a_contributor_is_told_who_sends(app, bid, asked):
    at(app, LATER)
    administrator_of(bid.provider)
    client = by(app, a_contributor(bid.provider))
    assert "Sending is for an administrator:" in client.page(own(bid)).text
    client.page(own(bid, "/send"), status=403)


def test_a_late_reply_is_refused_whatever_the_page_showed(app, bid, asked):
    at(app, REPLY_UNTIL - timedelta(minutes=1))
    client = by(app, administrator_of(bid.provider))
    for field in asked.fields:
        form = client.page(own(bid, f"/{field.ref}"))
        client.sends(form, {"text": "In time."}, button="Save", to=own(bid))
    send = client.page(own(bid, "/send"))
    edit = client.page(own(bid, f"/{asked.fields[0].ref}"))
    app.config["CLOCK"] = lambda: REPLY_UNTIL
    late = client.sends(send, {"certified": "yes"}, button="Send", status=409)
    assert "The date for the reply has passed" in late.text
    late = client.sends(edit, {"text": "Too late."}, button="Save", status=422)
    assert "The date for the reply has passed" in late.text
    assert "No reply was sent" in client.page(own(bid)).text
    db.session.expire_all()
    assert db.session.query(ClarificationRequest).one().stage is RequestStage.SENT


# --- Who comes in -----------------------------------------------------------------------------


def test_strangers_find_nothing(app, bid, asked):
    field = asked.fields[0]
    pages = [own(bid), own(bid, f"/{field.ref}"), own(bid, "/send")]
    other = by(app, a_provider_admin(a_provider("Elm House")))
    for address in pages:
        other.page(address, status=404)
        assert by(app, an_officer()).get(address).status_code == 403
    mine = by(app, administrator_of(bid.provider))
    for more in ("/clarification", "/clarification/add"):
        mine.page(council(bid, more), status=403)
        by(app, an_officer("hertfordshire")).page(council(bid, more), status=404)
        for role in (Role.FINANCE, Role.ADMINISTRATOR, Role.YOUNG_COMMISSIONER):
            assert by(app, a_person(role)).get(council(bid, more)).status_code in {403, 404}
        assert by(app, a_person(Role.EVALUATOR)).get(council(bid, more)).status_code in {403, 404}


def test_partners_and_auditors_read_and_send_nothing(app, bid):
    actions_compliance.record_check(
        bid,
        "",
        ACCOUNTS,
        CheckOutcome.CLARIFY,
        "Which year?",
        actor=an_officer(),
        now=AFTER_OPENING,
    )
    for someone in (an_officer("bedford-borough"), an_officer(role=Role.AUDITOR)):
        client = by(app, someone)
        shown = client.page(council(bid, "/clarification"))
        assert "Which year?" in shown.text
        assert "Send the request" not in shown.text
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)[1]
        typed = {**days(REPLY_UNTIL), "confirmed": "yes", "csrf_token": token}
        answer = client.post(council(bid, "/clarification"), data=typed)
        assert answer.status_code in {403, 409, 422}
    assert db.session.query(ClarificationRequest).count() == 0


def test_before_it_is_sent_the_bidder_sees_no_request(app, bid):
    actions_compliance.record_check(
        bid,
        "",
        ACCOUNTS,
        CheckOutcome.CLARIFY,
        "Quillfeather?",
        actor=an_officer(),
        now=AFTER_OPENING,
    )
    client = by(app, administrator_of(bid.provider))
    client.page(own(bid), status=404)
    for address in ("/", "/letters", f"/applications/{bid.ref}"):
        assert "Quillfeather" not in client.page(address).text
        assert "Clarify your application" not in client.page(address).text


def test_looking_at_the_request_is_remembered(app, bid, asked):
    by(app, an_officer()).page(council(bid, "/clarification"))
    read = {(one.subject_kind, one.subject_ref) for one in db.session.query(SensitiveRead)}
    assert ("application", bid.ref) in read


# --- What a page costs ------------------------------------------------------------------------


def test_statements_do_not_grow_with_the_fields(app, session):
    bid_round = a_round(lots=["1A", "2B"])
    small, large = a_bid(bid_round, a_provider("Oak")), a_bid(bid_round, a_provider("Elm"))
    open_it(bid_round)
    a_request(small, {NAME: "Who?"})
    keys = ["document:accounts", "document:safeguarding-policy", "document:statement-of-purpose"]
    a_request(large, dict.fromkeys([*keys, NAME, "answer:trading-name"], "Which?"))
    at(app, LATER)
    officer = by(app, an_officer())
    pages = {
        council: officer,
        own: None,
    }
    for address, client in pages.items():
        more = "/clarification" if address is council else ""
        numbers = []
        for bid in (small, large):
            who = client or by(app, administrator_of(bid.provider))
            who.get(address(bid, more))
            with counted() as statements:
                who.get(address(bid, more))
            numbers.append(statements.number)
        assert numbers[0] == numbers[1] <= 30, statements.statements
