"""Deciding item by item, and concluding lot by lot."""

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from portal import audit
from portal.access import Role
from portal.applications.compliance import (
    actions as actions_compliance,
    queries as queries_compliance,
)
from portal.applications.models import CheckOutcome, ComplianceItem
from portal.audit import AuditEntry, AuditValues
from portal.db import db
from scoring.rules import RuleBroken
from scoring.stages import ApplicationLotStage, ApplicationStage, RoundStage
from tests.factories.bids import a_bid, an_opened_bid
from tests.factories.people import a_viewer
from tests.factories.rounds import AFTER_OPENING, OPENING, a_round, an_officer, open_it

PASS, FAIL, CLARIFY = CheckOutcome.PASS, CheckOutcome.FAIL, CheckOutcome.CLARIFY
ACCOUNTS = "document:accounts"


@pytest.fixture
def bid(session):
    return an_opened_bid(["1A", "2B"])


@pytest.fixture
def bid_round(session):
    """A round that nobody has opened."""
    return a_round(lots=["1A", "2B"])


def record(bid, key=ACCOUNTS, outcome=PASS, reason="", *, lot="", actor=None, now=AFTER_OPENING):
    return actions_compliance.record_check(
        bid, lot, key, outcome, reason, actor=actor or an_officer(), now=now
    )


def decide_all(bid, *, but=()):
    """Pass everything, as an officer does who has opened every document."""
    actions_compliance.record_suggested_passes(bid, actor=an_officer(), now=AFTER_OPENING)
    check = queries_compliance.check_of(bid.ref, an_officer(), AFTER_OPENING)
    for item in check.undecided:
        if item.key not in but:
            record(bid, item.key, PASS, "Looked at it.", lot=item.lot_code)


def conclude(bid, *, actor=None):
    actions_compliance.conclude_compliance(bid, actor=actor or an_officer(), now=AFTER_OPENING)


def refusal(act):
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value


def lots_of(bid):
    check = queries_compliance.check_of(bid.ref, an_officer(), AFTER_OPENING)
    return {lot.round_lot.code: (lot.stage, lot.reason) for lot in check.lots}


# --- Deciding ---------------------------------------------------------------------------------


def test_a_decision_stands_with_who_and_when_and_in_the_trail(bid):
    decision = record(bid, outcome=FAIL, reason="They are of another company.")
    db.session.commit()
    assert (decision.outcome, decision.decided_at) == (FAIL, AFTER_OPENING)
    assert decision.decided_by_id == an_officer().person_id
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == "compliance:recorded")
    ).one()
    assert (entry.subject_ref, entry.chain) == (bid.ref, bid.round.audit_chain)
    assert entry.detail == {"item": ACCOUNTS, "lot": "", "outcome": "fail", "suggested": ""}
    assert "another company" in str(db.session.get(AuditValues, entry.id).values)
    assert list(audit.verify()) == []


def test_a_decision_can_be_changed_until_the_conclusion_and_the_trail_keeps_both(bid):
    record(bid, outcome=FAIL, reason="Not signed.")
    record(bid, outcome=PASS)
    db.session.commit()
    (kept,) = db.session.scalars(select(ComplianceItem)).all()
    assert (kept.outcome, kept.reason) == (PASS, "")
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == "compliance:recorded").order_by(AuditEntry.id)
    ).all()
    assert [entry.detail["outcome"] for entry in entries] == ["fail", "pass"]
    assert db.session.get(AuditValues, entries[1].id).values["before"] == {
        "outcome": "fail",
        "reason": "Not signed.",
    }


@pytest.mark.parametrize("outcome", [FAIL, CLARIFY])
@pytest.mark.parametrize("reason", ["", "   ", "\n…\n", "- . -"])
def test_a_failure_and_a_question_need_words(bid, outcome, reason):
    refused = refusal(lambda: record(bid, outcome=outcome, reason=reason))
    assert (refused.code, refused.field) == ("compliance:no-reason", "reason")
    assert not db.session.scalars(select(ComplianceItem)).all()


def test_a_pass_against_the_rules_needs_words_too(bid_round):
    bid = a_bid(bid_round, answers={"open-now/1A": "no"})
    open_it(bid_round)
    refused = refusal(lambda: record(bid, "question:open-now", PASS, lot="1A"))
    assert refused.code == "compliance:no-reason"
    record(bid, "question:open-now", PASS, "It opened on Monday.", lot="1A")
    record(bid, "question:open-now", PASS, lot="2B")


def test_a_declared_ground_is_not_passed_without_words(bid_round):
    bid = a_bid(bid_round, answers={"debarment": "yes"})
    open_it(bid_round)
    assert refusal(lambda: record(bid, "ground:debarment")).code == "compliance:no-reason"
    record(bid, "ground:debarment", PASS, "The entry is of another company of the same name.")


def test_a_reason_has_a_limit(bid):
    refused = refusal(lambda: record(bid, outcome=FAIL, reason="x" * 2_001))
    assert refused.code == "compliance:reason-too-long"


@pytest.mark.parametrize(
    ("key", "lot"),
    [("document:nothing", ""), (ACCOUNTS, "1A"), ("question:open-now", ""), ("prices", "9Z")],
)
def test_an_item_that_there_is_not_cannot_be_decided(bid, key, lot):
    assert refusal(lambda: record(bid, key, lot=lot)).code == "compliance:no-item"


def test_one_press_passes_what_meets_the_rules_and_leaves_the_rest(bid):
    number = actions_compliance.record_suggested_passes(bid, actor=an_officer(), now=AFTER_OPENING)
    db.session.commit()
    check = queries_compliance.check_of(bid.ref, an_officer(), AFTER_OPENING)
    assert number == check.decided > 10
    assert {item.suggested for item in check.undecided} == {None}
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == "compliance:recorded")
    ).all()
    assert len(entries) == number


def test_one_press_does_not_undo_what_was_decided(bid):
    record(bid, "prices", FAIL, "Something is wrong.")
    actions_compliance.record_suggested_passes(bid, actor=an_officer(), now=AFTER_OPENING)
    check = queries_compliance.check_of(bid.ref, an_officer(), AFTER_OPENING)
    assert [item.key for item in check.failed] == ["prices"]


# --- Concluding -------------------------------------------------------------------------------


def test_a_bid_that_passes_is_compliant_in_every_lot(bid):
    decide_all(bid)
    conclude(bid)
    db.session.commit()
    assert bid.stage is ApplicationStage.COMPLIANT
    assert lots_of(bid) == {
        "1A": (ApplicationLotStage.PASSED, ""),
        "2B": (ApplicationLotStage.PASSED, ""),
    }
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == "compliance:concluded")
    ).one()
    assert entry.detail == {"outcome": "compliant", "passed": ["1A", "2B"], "failed": []}


def test_failing_a_lots_item_ends_that_lot_alone(bid):
    decide_all(bid, but=["question:open-now"])
    record(bid, "question:open-now", FAIL, "Not open yet.", lot="1A")
    record(bid, "question:open-now", PASS, lot="2B")
    conclude(bid)
    lots = lots_of(bid)
    assert lots["1A"][0] is ApplicationLotStage.FAILED
    assert lots["1A"][1].endswith("Not open yet.")
    assert lots["2B"] == (ApplicationLotStage.PASSED, "")
    assert bid.stage is ApplicationStage.COMPLIANT


def test_a_certificate_that_some_lots_ask_for_ends_those(bid):
    decide_all(bid, but=["document:ofsted-registration-certificate"])
    record(bid, "document:ofsted-registration-certificate", FAIL, "Of another provider.")
    conclude(bid)
    assert {code: stage for code, (stage, _) in lots_of(bid).items()} == {
        "1A": ApplicationLotStage.FAILED,
        "2B": ApplicationLotStage.PASSED,
    }


def test_failing_an_item_of_the_whole_ends_every_lot(bid):
    decide_all(bid, but=[ACCOUNTS])
    record(bid, outcome=FAIL, reason="They are of another company.")
    conclude(bid)
    assert bid.stage is ApplicationStage.NOT_COMPLIANT
    assert {stage for stage, _ in lots_of(bid).values()} == {ApplicationLotStage.FAILED}


def test_it_is_not_concluded_while_an_item_is_undecided(bid):
    assert "31 items have no decision yet" in refusal(lambda: conclude(bid)).message
    decide_all(bid, but=[ACCOUNTS])
    refused = refusal(lambda: conclude(bid))
    assert refused.code == "compliance:not-concluded"
    assert refused.message == "1 item has no decision yet."
    assert bid.stage is ApplicationStage.OPENED


def test_it_is_not_concluded_while_a_question_is_open(bid):
    decide_all(bid, but=[ACCOUNTS])
    record(bid, outcome=CLARIFY, reason="Please send the second year.")
    refused = refusal(lambda: conclude(bid))
    assert refused.code == "compliance:not-concluded"
    assert "waits for the provider's answer" in refused.message
    record(bid, outcome=PASS, reason="They came on 17 February.")
    conclude(bid)


def test_nothing_is_decided_after_the_conclusion(bid):
    decide_all(bid)
    conclude(bid)
    for attempt in (
        lambda: record(bid, outcome=FAIL, reason="Too late."),
        lambda: conclude(bid),
        lambda: actions_compliance.record_suggested_passes(
            bid, actor=an_officer(), now=AFTER_OPENING
        ),
    ):
        assert "concluded" in refusal(attempt).message


# --- Who --------------------------------------------------------------------------------------


def test_nothing_is_decided_before_the_opening(bid_round):
    sealed = a_bid(bid_round)
    refused = refusal(lambda: record(sealed, now=OPENING))
    assert refused.code == "compliance:not-allowed"
    assert "published" in refused.message


def test_nothing_is_decided_once_the_scoring_has_begun(bid):
    bid.round.stage = RoundStage.EVALUATION
    assert "evaluation" in refusal(lambda: record(bid)).message


@pytest.mark.parametrize(
    "stranger",
    [
        lambda: an_officer("bedford-borough"),  # a partner reads and does not decide
        lambda: an_officer("hertfordshire"),
        lambda: a_viewer(Role.EVALUATOR),
        lambda: a_viewer(Role.MODERATOR),
        lambda: a_viewer(Role.FINANCE),
        lambda: a_viewer(Role.ADMINISTRATOR),
        lambda: a_viewer(Role.YOUNG_COMMISSIONER),
        lambda: a_viewer([Role.COMMISSIONER, Role.FINANCE]),
        lambda: a_viewer([Role.COMMISSIONER, Role.AUDITOR]),
        lambda: a_viewer([Role.COMMISSIONER, Role.ADMINISTRATOR]),
    ],
)
def test_only_the_leads_commissioners_decide(bid, stranger):
    actor = stranger()
    for attempt in (
        lambda: record(bid, actor=actor),
        lambda: conclude(bid, actor=actor),
        lambda: actions_compliance.record_suggested_passes(bid, actor=actor, now=AFTER_OPENING),
    ):
        refused = refusal(attempt)
        assert refused.code in {"compliance:not-allowed", "compliance:not-concluded"}
        assert "Only a commissioner of the lead" in refused.message
    assert not db.session.scalars(select(ComplianceItem)).all()


@pytest.mark.parametrize(
    "stranger",
    [
        lambda: an_officer("hertfordshire"),
        lambda: a_viewer(Role.FINANCE),
        lambda: a_viewer(Role.ADMINISTRATOR),
        lambda: a_viewer(Role.EVALUATOR),
        lambda: a_viewer(Role.YOUNG_COMMISSIONER),
        lambda: a_viewer(Role.APPROVER),
    ],
)
def test_others_do_not_read_the_check(bid, stranger):
    actor = stranger()
    with pytest.raises(NotFound):
        queries_compliance.check_of(bid.ref, actor, AFTER_OPENING)
    with pytest.raises(NotFound):
        queries_compliance.checks_of(bid.round, actor, AFTER_OPENING)


def test_partners_and_auditors_read_it(bid):
    for actor in (an_officer("bedford-borough"), an_officer(role=Role.AUDITOR)):
        assert queries_compliance.check_of(bid.ref, actor, AFTER_OPENING).items
        assert len(queries_compliance.checks_of(bid.round, actor, AFTER_OPENING)) == 1
