"""A virus that is found after the submission: the file counts as missing, and the provider is asked once."""

from datetime import timedelta

import pytest

from portal.access import Viewer
from portal.applications.compliance import (
    actions as actions_compliance,
    queries as queries_compliance,
)
from portal.applications.models import Answer, CheckOutcome
from portal.db import db
from portal.documents import actions as documents
from portal.documents.models import DocumentVersion
from portal.people.models import Person
from scoring.rules import RuleBroken
from scoring.stages import ScanStage
from tests.factories.bids import an_opened_bid
from tests.factories.people import as_person
from tests.factories.rounds import AFTER_OPENING, an_officer, at
from tests.factories.sending import send
from tests.hygiene import words_of
from tests.reading import beside, page_of

PASS, FAIL, CLARIFY = CheckOutcome.PASS, CheckOutcome.FAIL, CheckOutcome.CLARIFY
ACCOUNTS = "document:accounts"
LATER = AFTER_OPENING + timedelta(hours=1)


@pytest.fixture
def bid(session):
    return an_opened_bid(["1A", "2B"])


def check_of(bid):
    return queries_compliance.check_of(bid.ref, an_officer(), LATER)


def infect(bid, key="accounts", now=AFTER_OPENING):
    """A later scan finds what the first did not."""
    check = check_of(bid)
    ref = check.item(f"document:{key}").version_ref
    file = db.session.query(DocumentVersion).filter_by(ref=ref).one().file
    file.scan = ScanStage.WAITING
    documents.record_scan(file, infected=True, signature="EICAR", actor=Viewer.system(), now=now)
    db.session.commit()


def record(bid, outcome, reason="", now=AFTER_OPENING):
    actions_compliance.record_check(bid, "", ACCOUNTS, outcome, reason, actor=an_officer(), now=now)
    db.session.commit()


def decide_the_rest(bid):
    for item in check_of(bid).undecided:
        if item.infected_at is None:
            actions_compliance.record_check(
                bid, item.lot_code, item.key, PASS, "Seen.", actor=an_officer(), now=LATER
            )
    db.session.commit()


def test_it_counts_as_missing_and_the_rules_suggest_to_ask(bid):
    infect(bid)
    item = check_of(bid).item(ACCOUNTS)
    assert item.suggested is CLARIFY
    assert "counts as missing" in item.why
    assert dict(item.facts)["Virus check"] == "Virus found, so it counts as missing"
    assert item.version_ref == ""  # nobody is led to it


def test_it_does_not_pass_with_the_others(bid):
    infect(bid)
    actions_compliance.record_suggested_passes(bid, actor=an_officer(), now=LATER)
    assert ACCOUNTS in {item.key for item in check_of(bid).undecided}


def test_what_was_passed_before_the_virus_was_found_does_not_stand(bid):
    record(bid, PASS)
    infect(bid, now=AFTER_OPENING + timedelta(minutes=1))
    decide_the_rest(bid)
    check = check_of(bid)
    assert [item.key for item in check.undecided] == [ACCOUNTS]
    with pytest.raises(RuleBroken) as refused:
        actions_compliance.conclude_compliance(bid, actor=an_officer(), now=LATER)
    assert refused.value.code == "compliance:not-concluded"


def test_it_passes_only_after_the_provider_was_asked_once(bid):
    infect(bid)
    with pytest.raises(RuleBroken) as refused:
        record(bid, PASS, "It looks fine to me.", now=LATER)
    assert (refused.value.code, refused.value.field) == ("compliance:infected", "outcome")
    record(bid, CLARIFY, "Please send a clean file.", now=LATER)
    record(bid, PASS, "The clean file came by mail.", now=LATER + timedelta(days=1))
    assert check_of(bid).decision_on(check_of(bid).item(ACCOUNTS)).outcome is PASS


def test_without_a_clean_file_it_fails(bid):
    infect(bid)
    record(bid, FAIL, "No clean file came.", now=LATER)
    assert check_of(bid).failed[0].key == ACCOUNTS


def test_a_failure_from_before_stands(bid):
    record(bid, FAIL, "Not signed.")
    infect(bid, now=LATER)
    assert check_of(bid).decision_on(check_of(bid).item(ACCOUNTS)).outcome is FAIL


def test_the_pages_show_it_as_found_and_never_as_passed(app, bid):
    record(bid, PASS)
    infect(bid, now=LATER)
    at(app, LATER)
    officer = as_person(app.test_client(), db.session.get(Person, an_officer().person_id))
    address = f"/council/applications/{bid.ref}/compliance"
    page = page_of(officer.get(address))
    (line,) = page.xpath(f"//li[.//a[@href='{address}/{ACCOUNTS}']]")
    assert words_of(line).endswith("Virus found")
    assert "Passed" not in words_of(line)
    assert "A virus was found in a file of this application" in words_of(page)
    shown = officer.get(f"{address}/{ACCOUNTS}")
    assert "The virus was found after that, so it has to be decided anew." in shown.text
    assert "Download the file" not in shown.text
    refused = send(officer, f"{address}/{ACCOUNTS}", {"outcome": "pass", "reason": "Fine."})
    assert refused.status_code == 422
    assert "Ask the provider once for a clean file, or fail it." in beside(refused, "outcome")


def test_a_file_that_answers_a_question_is_looked_at_when_it_is_infected(bid, monkeypatch):
    from portal.applications.compliance import items as compliance_items
    from portal.applications.submitting.sealing import SealedDocument

    check = check_of(bid)
    ref = check.item(ACCOUNTS).version_ref
    version = db.session.query(DocumentVersion).filter_by(ref=ref).one()
    sealed = SealedDocument(
        "Floor plan", question_key="floor-plan", lot="2B", version_ref=ref, name="plan.pdf",
        sha256=version.file.sha256,
    )  # fmt: skip
    evidence = compliance_items.Evidence(
        application=bid,
        content=type("Content", (), {"documents": (sealed,), "lots": ("1A", "2B")})(),
        versions={ref: version},
        registrations=(),
        prices_complete=True,
        problems=(),
        on=AFTER_OPENING.date(),
    )
    assert list(compliance_items.answer_files(evidence)) == []
    version.file.scan, version.file.scanned_at = ScanStage.INFECTED, LATER
    (item,) = compliance_items.answer_files(evidence)
    assert (item.place, item.lots) == (("2B", "file:floor-plan"), ("2B",))
    assert (item.suggested, item.infected_at) == (CLARIFY, LATER)
    assert db.session.query(Answer).count() > 0
