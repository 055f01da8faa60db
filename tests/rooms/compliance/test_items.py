"""What is looked at in a compliance check, and what the rules suggest."""

from datetime import date, timedelta

import pytest

from portal.applications.compliance import queries as queries_compliance
from portal.applications.models import CheckOutcome
from portal.db import db
from portal.providers.models import Registration
from scoring.stages import CheckStage, ScanStage
from tests.factories.bids import a_bid, administrator_of
from tests.factories.documents import a_document
from tests.factories.people import LONG_AGO
from tests.factories.providers import a_provider
from tests.factories.rounds import AFTER_OPENING, DEADLINE, a_round, an_officer, open_it

PASS, FAIL, CLARIFY = CheckOutcome.PASS, CheckOutcome.FAIL, CheckOutcome.CLARIFY


@pytest.fixture
def bid_round(session):
    return a_round(lots=["1A", "2A", "2B"])


def check_of(bid, now=AFTER_OPENING):
    if bid.round.opened_at is None:
        open_it(bid.round)
    return queries_compliance.check_of(bid.ref, an_officer(), now)


def suggested(check, key, lot=""):
    item = check.item(key, lot)
    assert item is not None, (key, lot, [one.place for one in check.items])
    return item.suggested


# --- Which items there are --------------------------------------------------------------------


def test_a_sound_bid_has_nothing_to_fail(bid_round):
    check = check_of(a_bid(bid_round))
    assert {item.suggested for item in check.items} == {PASS, None}
    assert next(name for name, _ in check.groups) == "Documents"
    assert [lot.round_lot.code for lot in check.lots] == ["1A", "2A", "2B"]


def test_every_place_is_unique(bid_round):
    places = [item.place for item in check_of(a_bid(bid_round)).items]
    assert len(places) == len(set(places))


def test_items_of_lots_that_are_not_applied_for_do_not_appear(bid_round):
    check = check_of(a_bid(bid_round, lots=["2B"]))
    assert {lot for item in check.items for lot in item.lots} == {"2B"}
    assert check.item("document:ofsted-registration-certificate") is None
    assert check.item("question:ofsted-registered") is None
    assert not [item for item in check.items if item.key.startswith("ofsted:")]


def test_scored_and_informing_questions_are_not_checked(bid_round):
    keys = {item.key for item in check_of(a_bid(bid_round)).items}
    assert not keys & {"question:safeguarding", "question:legal-name", "question:young-home"}


# --- Documents --------------------------------------------------------------------------------


def document(bid_round, **facts):
    """A bid with one document that is otherwise than sound, and the key of its item."""
    oak = a_provider()
    by = administrator_of(oak)
    version = a_document(oak, "statement-of-purpose", by=by, **facts)
    bid = a_bid(bid_round, oak, documents={"statement-of-purpose": version})
    return bid, version, "document:statement-of-purpose"


@pytest.mark.parametrize(
    ("checked", "expected"),
    [(CheckStage.WAITING, None), (CheckStage.ACCEPTED, PASS), (CheckStage.REJECTED, FAIL)],
)
def test_a_document_is_judged_by_its_check(bid_round, checked, expected):
    bid, version, key = document(bid_round)
    version.check, version.check_reason = checked, "because"
    assert suggested(check_of(bid), key) is expected


@pytest.mark.parametrize(
    ("scan", "expected"), [(ScanStage.WAITING, None), (ScanStage.INFECTED, CLARIFY)]
)
def test_a_document_is_judged_by_its_scan(bid_round, scan, expected):
    bid, version, key = document(bid_round)
    version.file.scan = scan
    assert suggested(check_of(bid), key) is expected


@pytest.mark.parametrize(
    ("days", "now", "expected"),
    [
        (0, AFTER_OPENING - timedelta(hours=4), PASS),  # to the end of that day
        (0, AFTER_OPENING, CLARIFY),
        (30, AFTER_OPENING, PASS),
    ],
)
def test_a_document_is_judged_by_the_day(bid_round, days, now, expected):
    until = DEADLINE.date() + timedelta(days=days)
    now = now if days else now.replace(day=15 if expected is PASS else 16)
    bid, version, key = document(bid_round, valid_until_on=until)
    version.check = CheckStage.ACCEPTED
    assert suggested(check_of(bid, now), key) is expected


def test_a_document_that_had_run_out_before_the_deadline_fails(bid_round):
    bid, _, key = document(bid_round, valid_until_on=DEADLINE.date())
    open_it(bid_round)
    bid_round.deadline_at = DEADLINE + timedelta(days=1)
    assert suggested(check_of(bid, AFTER_OPENING), key) is FAIL


def test_a_file_that_was_exchanged_is_noticed(bid_round):
    bid, version, key = document(bid_round)
    version.file.sha256 = "0" * 64
    check = check_of(bid)
    assert suggested(check, key) is FAIL
    assert "not the one that was submitted" in check.item(key).why


def test_a_promise_is_an_answer_to_what_the_award_asks_for(bid_round):
    check = check_of(a_bid(bid_round, promises=["public-liability-insurance"]))
    item = check.item("document:public-liability-insurance")
    assert item.suggested is PASS
    assert "section 22" in item.why
    assert check.item("document:abuse-cover") is None


def test_a_certificate_concerns_only_the_lots_that_ask_for_it(bid_round):
    check = check_of(a_bid(bid_round))
    assert check.item("document:ofsted-registration-certificate").lots == ("1A", "2A")
    assert check.item("document:accounts").lots == ("1A", "2A", "2B")


# --- Answers ----------------------------------------------------------------------------------


def test_a_declared_ground_is_weighed_and_never_refused_by_the_rules(bid_round):
    bid = a_bid(
        bid_round,
        answers={
            "mandatory-organisation": "yes",
            "mandatory-organisation-explanation": "A fine in 2024.",
            "mandatory-organisation-put-right": "New directors.",
        },
    )
    item = check_of(bid).item("ground:mandatory-organisation")
    assert item.suggested is None
    assert item.to_weigh
    assert item.why == (
        "The provider answered “Yes”. The round asks for “No”. Weigh what the provider says."
    )
    assert "A fine in 2024." in dict(item.facts).values()
    assert "New directors." in dict(item.facts).values()


def test_another_answer_than_the_round_asks_for_suggests_failure(bid_round):
    check = check_of(a_bid(bid_round, answers={"open-now/2A": "no"}))
    assert suggested(check, "question:open-now", "2A") is FAIL
    assert suggested(check, "question:open-now", "1A") is PASS
    assert check.item("question:open-now", "2A").lots == ("2A",)
    assert check.item("question:open-now", "2A").why == (
        "The provider answered “No”. The round asks for “Yes”."
    )


def test_a_question_for_some_lots_concerns_those(bid_round):
    check = check_of(a_bid(bid_round, answers={"ofsted-registered": "no"}))
    item = check.item("question:ofsted-registered")
    assert (item.suggested, item.lots) == (FAIL, ("1A", "2A"))


# --- Ofsted -----------------------------------------------------------------------------------


def at_the_gate(bid_round, **changes):
    oak = a_provider()
    bid = a_bid(bid_round, oak)
    (registration,) = oak.registrations
    for name, value in changes.items():
        setattr(registration, name, value)
    db.session.flush()
    return check_of(bid), f"ofsted:{registration.urn}"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"outcome": "registered"}, PASS),
        ({"outcome": "1", "inspected_on": date(2026, 5, 1)}, PASS),
        ({"outcome": "2"}, PASS),
        ({"outcome": "3"}, FAIL),
        ({"outcome": ""}, FAIL),
        ({"registered_on": None}, None),  # nobody has said: an officer looks it up
        ({"registered_on": AFTER_OPENING.date() + timedelta(days=1)}, FAIL),
        ({"outcome": "good"}, None),  # a word of another scale
    ],
)
def test_the_gate_is_tested_on_the_registration(bid_round, changes, expected):
    check, key = at_the_gate(bid_round, **changes)
    assert suggested(check, key, "1A") is expected
    assert suggested(check, key, "2A") is expected
    assert check.item(key, "2B") is None  # for people of 18 and over


def test_a_provider_without_a_registration_fails_the_gated_lots(bid_round):
    bid = a_bid(bid_round, a_provider(registered=False))
    check = check_of(bid)
    assert suggested(check, "ofsted:none", "1A") is FAIL
    assert check.item("ofsted:none", "2B") is None


def test_each_branch_is_tested_by_itself(bid_round):
    oak = a_provider()
    bid = a_bid(bid_round, oak)
    db.session.add(
        Registration(
            provider=oak,
            urn="SC999001",
            branch="North",
            service=oak.registrations[0].service,
            registered_on=date(2026, 1, 1),
            outcome="3",
            recorded_at=LONG_AGO,
        )
    )
    db.session.flush()
    check = check_of(bid)
    assert suggested(check, "ofsted:SC999001", "1A") is FAIL
    assert suggested(check, f"ofsted:{oak.registrations[0].urn}", "1A") is PASS


def test_a_fostering_registration_is_no_key_to_this_gate(bid_round):
    from portal.providers.models import ServiceKind

    check = check_of(a_bid(bid_round, a_provider(service=ServiceKind.FOSTERING)))
    assert suggested(check, "ofsted:none", "1A") is FAIL


# --- Prices and integrity -----------------------------------------------------------------------


def test_of_the_prices_one_learns_whether_they_are_complete(bid_round):
    bid = a_bid(bid_round, pence=123_456)
    check = check_of(bid)
    assert suggested(check, "prices") is PASS
    assert "123456" not in repr(check.items)
    assert "1,234.56" not in repr(check.items)


def test_an_envelope_that_lost_a_price_is_incomplete(bid_round):
    from portal.applications.models import PriceEnvelope

    bid = a_bid(bid_round, pence=123_456)
    db.session.commit()
    envelope = db.session.get(PriceEnvelope, bid.standing.id)
    envelope.content = envelope.content.replace('"core-weekly-price"', '"another-price"', 1)
    check = check_of(bid)
    assert suggested(check, "prices") is FAIL
    assert check.item("integrity").to_weigh


def test_only_a_bid_that_has_changed_is_asked_about_its_integrity(bid_round):
    assert check_of(a_bid(bid_round)).item("integrity") is None
