"""The pages of the compliance check."""

import re

import pytest

from portal.access import Role
from portal.applications.compliance import (
    actions as actions_compliance,
    queries as queries_compliance,
)
from portal.applications.models import CheckOutcome, ComplianceItem
from portal.db import db
from portal.people.models import Person, SensitiveRead
from scoring.stages import ApplicationStage, ScanStage
from tests.factories.bids import a_bid, an_opened_bid
from tests.factories.counting import counted
from tests.factories.people import a_person, as_person
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import AFTER_OPENING, a_round, an_officer, at, open_it
from tests.factories.sending import send


@pytest.fixture
def bid_round(session):
    return a_round(lots=["1A", "2B"])


@pytest.fixture
def bid(app, session):
    bid = an_opened_bid(["1A", "2B"], pence=45_678)
    at(app, AFTER_OPENING)
    return bid


@pytest.fixture
def officer(app, bid):
    return signed_in(app, an_officer())


def signed_in(app, someone):
    return as_person(app.test_client(), db.session.get(Person, someone.person_id))


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def queue_of(bid):
    return f"/council/rounds/{bid.round.ref}/compliance"


def page_of(bid, part=""):
    return f"/council/applications/{bid.ref}/compliance{part}"


def file_of(bid):
    version = bid.standing.content.partition('"version":"')[2].partition('"')[0]
    return f"/council/applications/{bid.ref}/documents/{version}"


def test_the_list_shows_the_answer_beside_what_the_round_asks_for(app, bid_round):
    bid = a_bid(bid_round, a_provider("Elm House"), answers={"open-now/1A": "no"})
    open_it(bid_round)
    at(app, AFTER_OPENING)
    officer = signed_in(app, an_officer())
    words = "The provider answered “No”. The round asks for “Yes”."
    assert words in text_of(officer.get(page_of(bid)))
    address = page_of(bid, "/question:open-now/1A")
    typed = {"outcome": "fail", "reason": "It opens in June."}
    assert send(officer, address, typed).status_code == 302
    assert f"{words} Decided: It opens in June." in text_of(officer.get(page_of(bid)))


def test_a_commissioner_checks_a_bid_by_hand(officer, bid):
    queue = text_of(officer.get(queue_of(bid)))
    assert "Oak House" in queue
    assert "0 of 31" in queue
    assert "0 of 1 applications checked" in queue

    assert send(officer, page_of(bid), {}, action=page_of(bid)).status_code == 302
    shown = text_of(officer.get(page_of(bid)))
    assert "24 of 31 items decided" in shown
    assert "7 items have no decision yet" in shown

    address = page_of(bid, "/document:ofsted-registration-certificate")
    for _ in range(7):
        answer = send(officer, address, {"outcome": "pass", "reason": ""})
        assert answer.status_code == 302
        address = answer.headers["Location"]
    assert address == page_of(bid)
    assert send(officer, page_of(bid, "-conclusion"), {}).status_code == 302
    queue = text_of(officer.get(queue_of(bid)))
    assert "Every application is checked" in queue
    assert "1A passed, 2B passed" in queue
    db.session.refresh(bid)
    assert bid.stage is ApplicationStage.COMPLIANT


def test_a_failure_without_a_reason_keeps_what_was_chosen(officer, bid):
    answer = send(officer, page_of(bid, "/document:accounts"), {"outcome": "fail", "reason": " "})
    assert answer.status_code == 422
    assert "Say why this fails" in answer.text
    assert 'href="#reason"' in answer.text
    assert re.search(r'value="fail"[^>]* checked', answer.text)
    assert not db.session.query(ComplianceItem).all()


def test_a_decision_must_be_chosen(officer, bid):
    answer = send(officer, page_of(bid, "/document:accounts"), {"outcome": None, "reason": "Hm"})
    assert answer.status_code == 422
    assert "Choose pass, fail or ask the provider" in answer.text


def test_asking_the_provider_keeps_the_question_in_sight(officer, bid):
    typed = {"outcome": "clarify", "reason": "Please send the second year."}
    send(officer, page_of(bid, "/document:accounts"), typed)
    assert "Please send the second year." in officer.get(page_of(bid)).text
    assert "1 asked" in text_of(officer.get(queue_of(bid)))


def test_it_cannot_be_concluded_before_its_time_even_by_its_address(officer, bid):
    answer = officer.get(page_of(bid, "-conclusion"))
    assert answer.status_code == 409
    assert "items have no decision yet" in answer.text


def test_no_price_stands_on_any_page(officer, bid):
    for address in (queue_of(bid), page_of(bid), page_of(bid, "/prices")):
        shown = officer.get(address).text
        assert "456.78" not in shown
        assert "45678" not in shown


def test_what_was_declared_stands_beside_the_decision(app, bid_round):
    bid = a_bid(bid_round, answers={"debarment": "yes", "debarment-detail": "A namesake of ours."})
    open_it(bid_round)
    at(app, AFTER_OPENING)
    shown = text_of(signed_in(app, an_officer()).get(page_of(bid, "/ground:debarment")))
    assert "A namesake of ours." in shown
    assert "This is for you to judge." in shown


def test_an_item_that_there_is_not_is_not_found(officer, bid):
    for part in ("/document:nothing", "/prices/1A", "/question:open-now"):
        assert officer.get(page_of(bid, part)).status_code == 404
    assert officer.get("/council/applications/APP-AAAAA-AAAAA/compliance").status_code == 404


def test_looking_is_remembered(officer, bid):
    officer.get(queue_of(bid))
    officer.get(page_of(bid))
    read = {(one.subject_kind, one.subject_ref) for one in db.session.query(SensitiveRead)}
    assert read == {("round", bid.round.ref), ("application", bid.ref)}


# --- Files ------------------------------------------------------------------------------------


def test_a_file_of_the_bid_can_be_opened_once_it_is_clean(officer, bid):
    answer = officer.get(file_of(bid))
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    from portal.documents.models import DocumentVersion

    ref = file_of(bid).rsplit("/", 1)[1]
    version = db.session.query(DocumentVersion).filter_by(ref=ref).one()
    version.file.scan = ScanStage.INFECTED
    assert officer.get(file_of(bid)).status_code == 409


def test_a_file_of_the_bid_is_read_beside_its_decision(officer, bid):
    item = officer.get(page_of(bid, "/document:accounts"))
    (shown,) = re.findall(r'<iframe [^>]*src="([^"]+)"', item.text)
    assert "frame-src 'self'" in item.headers["Content-Security-Policy"]
    answer = officer.get(shown)
    assert answer.data.startswith(b"%PDF")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert not answer.headers["Content-Disposition"].startswith("attachment")
    from portal.documents.models import DocumentVersion

    ref = shown.split("/")[-2]
    db.session.query(DocumentVersion).filter_by(ref=ref).one().file.scan = ScanStage.INFECTED
    assert officer.get(shown).status_code == 409
    assert "<iframe" not in officer.get(page_of(bid, "/document:accounts")).text


def test_a_file_of_another_bid_is_not_found(app, bid_round):
    one, other = a_bid(bid_round), a_bid(bid_round)
    open_it(bid_round)
    at(app, AFTER_OPENING)
    ref = file_of(other).rsplit("/", 1)[1]
    client = signed_in(app, an_officer())
    address = f"/council/applications/{one.ref}/documents/{ref}"
    assert client.get(address).status_code == 404
    assert client.get(f"{address}/view").status_code == 404


# --- Who comes in -----------------------------------------------------------------------------


def every_page(bid):
    return [
        queue_of(bid),
        page_of(bid),
        page_of(bid, "/prices"),
        page_of(bid, "/question:open-now/1A"),
        page_of(bid, "-conclusion"),
        file_of(bid),
    ]


@pytest.mark.parametrize(
    "role",
    [
        Role.EVALUATOR,
        Role.MODERATOR,
        Role.APPROVER,
        Role.FINANCE,
        Role.ADMINISTRATOR,
        Role.PARTICIPATION_OFFICER,
        Role.YOUNG_COMMISSIONER,
    ],
)
def test_other_posts_find_nothing(app, bid, role):
    client = as_person(app.test_client(), a_person(role))
    for address in every_page(bid):
        answer = client.get(address)
        assert answer.status_code in {403, 404}, address
        assert "Oak House" not in answer.text


def test_providers_find_nothing_not_even_of_their_own(app, bid):
    own = as_person(app.test_client(), a_provider_admin(bid.provider))
    other = as_person(app.test_client(), a_provider_admin())
    for address in every_page(bid):
        assert app.test_client().get(address).status_code == 302
        for client in (own, other):
            assert client.get(address).status_code in {403, 404}


def test_another_council_finds_nothing(app, bid):
    client = signed_in(app, an_officer("hertfordshire"))
    for address in every_page(bid):
        assert client.get(address).status_code == 404, address


@pytest.mark.parametrize(
    "someone", [lambda: an_officer("bedford-borough"), lambda: an_officer(role=Role.AUDITOR)]
)
def test_partners_and_auditors_read_and_do_not_decide(app, bid, someone):
    client = signed_in(app, someone())
    for address in (queue_of(bid), page_of(bid), page_of(bid, "/prices")):
        shown = client.get(address)
        assert shown.status_code == 200
        assert "Save and go on" not in shown.text
        assert "Pass what meets the rules" not in shown.text
    with client.session_transaction():
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page_of(bid)).text)[1]
    typed = {"outcome": "fail", "reason": "Because I can.", "csrf_token": token}
    assert client.post(page_of(bid, "/prices"), data=typed).status_code in {403, 409, 422}
    assert client.post(page_of(bid), data=typed).status_code in {403, 409}
    assert client.post(page_of(bid, "-conclusion"), data=typed).status_code in {403, 409}
    assert not db.session.query(ComplianceItem).all()


# --- Home page and cost -----------------------------------------------------------------------


def dues(app, someone):
    db.session.commit()
    with app.test_request_context():
        return [(due.title, due.count) for due in queries_compliance.due(someone, AFTER_OPENING)]


def test_a_check_that_waits_is_due_for_the_lead(app, bid):
    title = f"Check applications to {bid.round.title}"
    assert dues(app, an_officer()) == [(title, 1)]
    assert dues(app, an_officer("bedford-borough")) == []
    assert dues(app, an_officer(role=Role.AUDITOR)) == []
    bid.stage = ApplicationStage.COMPLIANT
    assert dues(app, an_officer()) == []


@pytest.mark.parametrize("part", ["queue", "bid"])
def test_statements_do_not_grow(app, session, part):
    small, large = a_round(lots=["2B"], title="Small"), a_round(title="Large")
    of_small = [a_bid(small)]
    of_large = [a_bid(large) for _ in range(3)]
    open_it(small)
    open_it(large)
    at(app, AFTER_OPENING)
    for number, one in enumerate(of_large):
        if number:
            actions_compliance.record_check(
                one, "", "prices", CheckOutcome.PASS, "", actor=an_officer(), now=AFTER_OPENING
            )
    client = signed_in(app, an_officer())
    address = queue_of if part == "queue" else page_of
    client.get(address(of_small[0]))
    with counted() as few:
        client.get(address(of_small[0]))
    with counted() as many:
        client.get(address(of_large[1]))
    assert many.number == few.number <= 28, "\n".join(many.statements)
