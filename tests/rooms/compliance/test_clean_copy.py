"""A virus found after the one request: a clean copy is asked for once more, and nothing else is."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import mail
from portal.access import Viewer
from portal.applications.clarifications import actions_clean_copies as actions
from portal.applications.clarifications.actions import send_request
from portal.applications.compliance import (
    actions as actions_compliance,
    queries as queries_compliance,
)
from portal.applications.models import CheckOutcome
from portal.audit import AuditEntry
from portal.db import db
from portal.documents import actions as documents
from portal.documents.models import DocumentVersion
from portal.people.models import Person
from scoring.rules import RuleBroken
from scoring.stages import ScanStage
from tests.client import HygieneClient
from tests.factories.bids import administrator_of, an_opened_bid
from tests.factories.documents import a_document
from tests.factories.people import as_person
from tests.factories.providers import a_provider
from tests.factories.rounds import AFTER_OPENING, an_officer, at

PASS, FAIL, CLARIFY = CheckOutcome.PASS, CheckOutcome.FAIL, CheckOutcome.CLARIFY
ACCOUNTS, OTHER = "document:accounts", "document:safeguarding-policy"
REPLY = AFTER_OPENING + timedelta(days=3)
LATER = REPLY + timedelta(hours=1)
UNTIL = LATER + timedelta(days=3)
OVER = UNTIL + timedelta(hours=1)
WHY = "A virus was found after you had replied."


@pytest.fixture
def bid(session):
    return an_opened_bid(["1A", "2B"])


def check_of(bid, now=LATER):
    return queries_compliance.check_of(bid.ref, an_officer(), now)


def refusal(act):
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value.code


def infect(bid, now=LATER):
    ref = check_of(bid).item(ACCOUNTS).version_ref
    file = db.session.query(DocumentVersion).filter_by(ref=ref).one().file
    scanned(file, infected=True, now=now)


def scanned(file, *, infected, now=LATER):
    file.scan = ScanStage.WAITING
    signature = "EICAR" if infected else ""
    documents.record_scan(
        file, infected=infected, signature=signature, actor=Viewer.system(), now=now
    )
    db.session.commit()


def record(bid, outcome, reason="We looked at it.", *, key=ACCOUNTS, now=LATER):
    return actions_compliance.record_check(
        bid, "", key, outcome, reason, actor=an_officer(), now=now
    )


def asked_about_another(bid):
    """The one request is used up, on something else."""
    record(bid, CLARIFY, "Is it the newest?", key=OTHER, now=AFTER_OPENING)
    send_request(bid, REPLY, actor=an_officer(), now=AFTER_OPENING)
    db.session.commit()


@pytest.fixture
def stuck(bid):
    """A file that today could only fail."""
    asked_about_another(bid)
    infect(bid)
    return bid


def ask(bid, reason=WHY, until=UNTIL, *, by=None, key=ACCOUNTS):
    return actions.ask(bid, key, "", reason, until, actor=by or an_officer(), now=LATER)


def a_copy(provider):
    by = administrator_of(provider)
    words = f"A copy of {provider.name}."
    return a_document(provider, "accounts", by=by, words=words, scanned=False)


def given(asked, *, infected=False, at_=LATER):
    application = asked.application
    version = a_copy(application.provider)
    actions.give(
        asked, version, received_at=at_, actor=administrator_of(application.provider), now=at_
    )
    scanned(version.file, infected=infected)
    return version


def test_without_it_the_file_could_only_fail(stuck):
    assert refusal(lambda: record(stuck, PASS)) == "compliance:infected"
    assert refusal(lambda: record(stuck, CLARIFY)) == "clarification-request:once"


def test_a_clean_copy_lets_it_pass(stuck):
    asked = ask(stuck)
    assert refusal(lambda: record(stuck, PASS)) == "clean-copy:waits"
    assert refusal(lambda: record(stuck, FAIL)) == "clean-copy:waits"
    given(asked)
    assert record(stuck, PASS).outcome is PASS


def test_a_copy_that_is_infected_too_does_not(stuck):
    given(ask(stuck), infected=True)
    assert refusal(lambda: record(stuck, PASS)) == "compliance:infected"
    assert record(stuck, FAIL).outcome is FAIL


def test_when_none_comes_it_fails(stuck):
    asked = ask(stuck)
    assert refusal(lambda: given(asked, at_=UNTIL)) == "clean-copy:refused"
    assert refusal(lambda: record(stuck, PASS, now=OVER)) == "compliance:infected"
    assert record(stuck, FAIL, now=OVER).outcome is FAIL


def test_it_is_asked_once_with_a_reason_and_time(stuck):
    assert refusal(lambda: ask(stuck, " … ")) == "clean-copy:no-reason"
    assert refusal(lambda: ask(stuck, until=LATER + timedelta(hours=1))) == "clean-copy:too-soon"
    ask(stuck)
    assert refusal(lambda: ask(stuck)) == "clean-copy:not-allowed"


def test_only_for_an_infected_file_and_only_after_the_one_request(bid):
    infect(bid)
    assert refusal(lambda: ask(bid)) == "clean-copy:not-allowed"  # the one request is still there
    asked_about_another(bid)
    assert refusal(lambda: ask(bid, key=OTHER)) == "clean-copy:not-allowed"
    assert refusal(lambda: ask(bid, key="document:no-such")) == "compliance:no-item"


def test_only_the_lead_council_asks_and_only_the_bidder_gives(stuck):
    partner = an_officer("bedford-borough")
    assert refusal(lambda: ask(stuck, by=partner)) == "clean-copy:not-allowed"
    asked = ask(stuck)
    stranger = administrator_of(a_provider("Elm House"))
    version = a_copy(stuck.provider)
    act = lambda: actions.give(asked, version, received_at=LATER, actor=stranger, now=LATER)  # noqa: E731
    assert refusal(act) == "clean-copy:refused"
    foreign = a_copy(a_provider("Ash House"))
    own = administrator_of(stuck.provider)
    other = lambda: actions.give(asked, foreign, received_at=LATER, actor=own, now=LATER)  # noqa: E731
    assert refusal(other) == "clean-copy:not-own"
    given(asked)
    assert refusal(lambda: given(asked)) == "clean-copy:refused"


def test_the_trail_and_the_mail_tell_that_it_was_asked(stuck):
    ask(stuck)
    db.session.commit()
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == "clean-copy:asked")
    ).one()
    assert entry.detail["item"] == ["", ACCOUNTS]
    (told,) = db.session.scalars(select(mail.Mail).where(mail.Mail.message == "clean-copy-asked"))
    assert told.about == stuck.ref


def test_it_goes_from_page_to_page(app, stuck):
    at(app, LATER)

    def by(viewer):
        person = db.session.get(Person, viewer.person_id)
        return as_person(HygieneClient(app, app.response_class), person)

    officer, supplier = by(an_officer()), by(administrator_of(stuck.provider))
    item = f"/council/applications/{stuck.ref}/compliance/{ACCOUNTS}"
    assert "Ask for a clean copy" in officer.page(item).text
    form = officer.page(f"/council/applications/{stuck.ref}/clean-copy/{ACCOUNTS}")
    day = {
        "until_at-day": str(UNTIL.day),
        "until_at-month": str(UNTIL.month),
        "until_at-year": str(UNTIL.year),
        "until_at-time": "15:00",
    }
    shown = officer.sends(form, {"reason": WHY, **day}, to=item)
    assert "A clean copy was asked for" in shown.text
    home = supplier.page(f"/applications/{stuck.ref}")
    assert "Give a clean copy" in home.text
    (asked,) = check_of(stuck).clean_copies
    own = f"/applications/{stuck.ref}/clean-copies/{asked.ref}"
    assert WHY in supplier.page(own).text
    by(administrator_of(a_provider("Elm House"))).page(own, status=404)
