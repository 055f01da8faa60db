"""The exclusion of a supplier: it is heard, two people decide, its bid leaves every lot, and may return."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from portal import mail
from portal.access import Role
from portal.applications.compliance import queries as queries_compliance
from portal.applications.compliance.actions import conclude_compliance, record_check
from portal.applications.exclusions import actions, queries as queries_exclusions
from portal.applications.exclusions.actions import Charge
from portal.applications.models import BidLot, CheckOutcome
from portal.audit import AuditEntry
from portal.db import db
from portal.people.models import Person
from portal.rounds.models import Regime
from scoring.exclusion import About, Debarment, ExclusionStage
from scoring.stages import ApplicationLotStage, ApplicationStage, RoundStage
from tests.client import HygieneClient
from tests.factories.bids import a_bid, administrator_of, an_opened_bid
from tests.factories.documents import a_file
from tests.factories.people import as_person
from tests.factories.rounds import AFTER_OPENING, a_round, an_officer, at, open_it
from tests.rooms.compliance.excluding import (
    AFTER,
    TAX,
    UNTIL,
    excluded,
    first,
    looked_up,
    opened,
    proposed,
    refusal,
    second,
)


@pytest.fixture
def bid(session):
    return an_opened_bid(["1A", "2A"], regime=Regime.PA_2023_LIGHT_TOUCH)


def lots_of(bid):
    return db.session.scalars(select(BidLot).where(BidLot.application_id == bid.id)).all()


# --- Heard first ----------------------------------------------------------------------------------


def test_the_supplier_is_told_and_heard_before_anybody_decides(bid):
    exclusion = opened(bid)
    looked_up(bid)
    assert refusal(lambda: proposed(exclusion, now=AFTER_OPENING)) == "exclusion:not-allowed"
    ada = administrator_of(bid.provider)
    actions.answer(
        exclusion, "We paid it.", received_at=AFTER_OPENING, actor=ada, now=AFTER_OPENING
    )
    proposed(exclusion, now=AFTER_OPENING)
    assert exclusion.stage is ExclusionStage.PROPOSED
    told = db.session.scalars(
        select(mail.Mail).where(mail.Mail.message == "exclusion-notice")
    ).all()
    assert [one.about for one in told] == [bid.ref]
    assert not any("penalty" in one.body or "tax" in one.body.lower() for one in told)


def test_it_answers_once_and_in_time(bid):
    exclusion, ada = opened(bid), administrator_of(bid.provider)

    def say(words="We paid it.", when=AFTER_OPENING, by=ada):
        actions.answer(exclusion, words, received_at=when, actor=by, now=when)

    assert refusal(lambda: say(when=UNTIL)) == "exclusion:answer-refused"
    assert refusal(lambda: say(by=first())) == "exclusion:answer-refused"
    assert refusal(lambda: say(" … ")) == "exclusion:no-answer"
    say(when=UNTIL - timedelta(microseconds=1))
    assert refusal(say) == "exclusion:answer-refused"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            {"charges": (Charge("tax", About.CONNECTED, " ", date(2026, 5, 4), "Declared."),)},
            "exclusion:no-person",
        ),
        (
            {"charges": (Charge("tax", About.SUPPLIER, "", date(2026, 5, 4), " "),)},
            "exclusion:no-evidence",
        ),
        (
            {"charges": (Charge("tax", About.SUPPLIER, "", date(2020, 5, 4), "Declared."),)},
            "exclusion:too-old",
        ),
        (
            {"charges": (Charge("conflict", About.SUPPLIER, "", date(2026, 5, 4), "Told."),)},
            "exclusion:no-ground",
        ),
        ({"until": AFTER_OPENING + timedelta(days=2)}, "exclusion:too-short"),
    ],
)
def test_what_is_stated_must_hold(bid, change, code):
    given = {"charges": (TAX,), "until": UNTIL} | change
    assert refusal(lambda: opened(bid, *given["charges"], until=given["until"])) == code


def test_there_is_one_procedure_at_a_time(bid):
    opened(bid)
    assert refusal(lambda: opened(bid)) == "exclusion:not-allowed"


# --- Two people, and the law ----------------------------------------------------------------------


def test_only_the_lead_council_decides_and_never_one_alone(bid):
    partner = an_officer("bedford-borough")
    assert refusal(lambda: opened(bid, by=partner)) == "exclusion:not-allowed"
    scorer = an_officer(role=Role.EVALUATOR)
    assert refusal(lambda: opened(bid, by=scorer)) == "exclusion:not-allowed"
    exclusion = opened(bid)
    looked_up(bid)
    proposed(exclusion)
    alone = lambda: actions.confirm(exclusion, actor=first(), now=AFTER)  # noqa: E731
    assert refusal(alone) == "exclusion:not-allowed"
    assert bid.stage is ApplicationStage.OPENED


def test_the_debarment_list_is_looked_up_first(bid):
    exclusion = opened(bid)
    assert refusal(lambda: proposed(exclusion)) == "exclusion:no-look-up"
    listed = lambda: looked_up(bid, Debarment.MANDATORY)  # noqa: E731
    assert refusal(listed) == "debarment:no-note"
    looked_up(bid, Debarment.MANDATORY, "Listed since May for fraud.")
    keep = lambda: proposed(exclusion, exclude=False, may_recur=False)  # noqa: E731
    assert refusal(keep) == "exclusion:must-exclude"


def test_the_law_of_2015_knows_no_list(session):
    bid = a_bid(a_round(lots=["1A"], regime=Regime.PCR_2015_LIGHT_TOUCH))
    open_it(bid.round)
    exclusion = opened(bid)
    proposed(exclusion)
    assert exclusion.stage is ExclusionStage.PROPOSED


def test_what_is_over_does_not_exclude(bid):
    exclusion = opened(bid)
    looked_up(bid)
    assert refusal(lambda: proposed(exclusion, may_recur=False)) == "exclusion:may-not-exclude"
    proposed(exclusion, exclude=False, may_recur=False)
    actions.confirm(exclusion, actor=second(), now=AFTER)
    assert exclusion.stage is ExclusionStage.NOT_EXCLUDED
    assert bid.stage is ApplicationStage.OPENED


def test_a_mandatory_ground_that_may_recur_leaves_no_choice(bid):
    exclusion = opened(bid)
    looked_up(bid)
    assert refusal(lambda: proposed(exclusion, exclude=False)) == "exclusion:must-exclude"


def test_who_is_not_relied_on_any_more_excludes_nobody(bid):
    other = Charge("tax", About.SUBCONTRACTOR, "Elm Cleaning", date(2026, 5, 4), "Published.")
    exclusion = opened(bid, other)
    looked_up(bid)
    gone = {exclusion.grounds[0].id}
    assert refusal(lambda: proposed(exclusion, replaced=gone)) == "exclusion:may-not-exclude"
    proposed(exclusion, exclude=False, replaced=gone)
    assert exclusion.grounds[0].replaced


def test_what_was_weighed_and_why_is_said(bid):
    exclusion = opened(bid)
    looked_up(bid)
    assert refusal(lambda: proposed(exclusion, weighed=[])) == "exclusion:nothing-weighed"
    assert refusal(lambda: proposed(exclusion, reason=" … ")) == "exclusion:no-reason"


def test_the_second_person_can_send_it_back(bid):
    exclusion = opened(bid)
    looked_up(bid)
    proposed(exclusion)
    empty = lambda: actions.send_back(exclusion, "", actor=second(), now=AFTER)  # noqa: E731
    assert refusal(empty) == "exclusion:no-reason"
    actions.send_back(exclusion, "The evidence was not weighed.", actor=second(), now=AFTER)
    assert exclusion.stage is ExclusionStage.HEARING
    proposed(exclusion, by=second())
    actions.confirm(exclusion, actor=first(), now=AFTER)
    assert exclusion.stage is ExclusionStage.EXCLUDED


# --- What follows ---------------------------------------------------------------------------------


def test_an_excluded_supplier_leaves_every_lot_with_the_reason(bid):
    excluded(bid)
    assert bid.stage is ApplicationStage.NOT_COMPLIANT
    assert {lot.stage for lot in lots_of(bid)} == {ApplicationLotStage.FAILED}
    assert all(lot.reason.startswith("The supplier is excluded.") for lot in lots_of(bid))
    again = lambda: opened(bid)  # noqa: E731
    assert refusal(again) == "exclusion:not-allowed"


def test_a_lifted_exclusion_brings_the_bid_back(bid):
    exclusion = excluded(bid)
    actions.propose_lifting(exclusion, "The court quashed it.", actor=second(), now=AFTER)
    assert bid.stage is ApplicationStage.NOT_COMPLIANT
    alone = lambda: actions.confirm(exclusion, actor=second(), now=AFTER)  # noqa: E731
    assert refusal(alone) == "exclusion:not-allowed"
    actions.confirm(exclusion, actor=first(), now=AFTER)
    assert exclusion.stage is ExclusionStage.LIFTED
    assert bid.stage is ApplicationStage.OPENED
    assert {lot.stage for lot in lots_of(bid)} == {ApplicationLotStage.APPLIED}
    assert {lot.reason for lot in lots_of(bid)} == {""}


def test_a_bid_does_not_return_once_scoring_has_begun_without_it(bid):
    exclusion = excluded(bid)
    bid.round.stage = RoundStage.EVALUATION
    lift = lambda: actions.propose_lifting(exclusion, "New facts.", actor=first(), now=AFTER)  # noqa: E731
    assert refusal(lift) == "exclusion:not-allowed"


def test_a_supplier_is_looked_up_and_may_leave_until_the_standstill(bid):
    bid.round.stage = RoundStage.STANDSTILL
    assert refusal(lambda: opened(bid)) == "exclusion:not-allowed"
    assert refusal(lambda: looked_up(bid)) == "exclusion:not-allowed"
    bid.round.stage = RoundStage.MODERATED
    looked_up(bid)
    opened(bid)


def test_the_check_is_not_concluded_while_a_procedure_goes_on(bid):
    opened(bid)
    check = queries_compliance.check_of(bid.ref, first(), AFTER_OPENING)
    assert check.excluding
    end = lambda: conclude_compliance(bid, actor=first(), now=AFTER_OPENING)  # noqa: E731
    assert refusal(end) == "compliance:not-concluded"


def test_a_declared_ground_is_decided_for_the_supplier_and_not_as_an_item(session):
    bid = a_bid(a_round(lots=["1A"]), answers={"debarment": "yes"})
    open_it(bid.round)

    def record(outcome):
        return record_check(
            bid, "", "ground:debarment", outcome, "It is.", actor=first(), now=AFTER_OPENING
        )

    assert refusal(lambda: record(CheckOutcome.FAIL)) == "compliance:exclusion"
    assert record(CheckOutcome.PASS).outcome is CheckOutcome.PASS


# --- Who sees it ----------------------------------------------------------------------------------


def test_the_councils_of_the_round_read_it_and_nobody_else(bid):
    opened(bid)
    partner = an_officer("bedford-borough")
    assert len(queries_exclusions.exclusions_of(bid, partner)) == 1
    assert len(queries_exclusions.exclusions_of(bid, administrator_of(bid.provider))) == 1
    other = administrator_of(a_bid(a_round(title="Another")).provider)
    for stranger in (an_officer("hertfordshire"), an_officer(role=Role.EVALUATOR), other):
        with pytest.raises(NotFound):
            queries_exclusions.exclusions_of(bid, stranger)


def test_the_trail_names_no_ground(bid):
    excluded(bid)
    db.session.commit()
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event.like("exclusion:%")).order_by(AuditEntry.id)
    ).all()
    assert [one.event for one in entries] == [
        "exclusion:opened",
        "exclusion:proposed",
        "exclusion:confirmed",
        "exclusion:notice-owed",
    ]
    assert not any("tax" in str(one.detail) for one in entries)
    assert {one.chain for one in entries} == {f"round:{bid.round.ref}"}


def test_it_is_decided_page_by_page(app, bid):
    db.session.commit()
    ada = administrator_of(bid.provider)

    def by(viewer):
        person = db.session.get(Person, viewer.person_id)
        return as_person(HygieneClient(app, app.response_class), person)

    at(app, AFTER_OPENING)
    home = f"/council/applications/{bid.ref}/exclusion"
    officer = by(first())
    form = officer.page(f"{home}/new")
    officer.sends(
        form,
        {
            "keys": ["tax"],
            "about": "supplier",
            "happened_on-day": "4",
            "happened_on-month": "5",
            "happened_on-year": "2026",
            "evidence": "Declared.",
            "notice": "What happened?",
            "answer_until_at-day": "10",
            "answer_until_at-month": "3",
            "answer_until_at-year": "2027",
            "answer_until_at-time": "12:00",
        },
        to=home,
    )
    officer.sends(
        officer.page(f"{home}/debarment"),
        {"found": "not-listed", "names": bid.provider.name},
        to=home,
    )
    own = f"/applications/{bid.ref}/exclusion"
    supplier = by(ada)
    assert "answer" in supplier.page(f"/applications/{bid.ref}").text
    given = {"file": a_file("receipt.pdf")}
    supplier.sends(supplier.page(f"{own}/files"), given, to=own)
    assert "receipt.pdf" not in officer.page(home).text
    supplier.sends(
        supplier.page(own), {"answer": "We paid the penalty."}, button="Send the answer", to=own
    )
    shown = officer.page(home)
    assert "receipt.pdf" in shown.text
    assert "We paid the penalty." in shown.text
    officer.sends(
        officer.page(f"{home}/decision"),
        {
            "may_recur": "yes",
            "weighed": ["seriousness", "time"],
            "exclude": "yes",
            "reason": "It goes on.",
        },
        to=home,
    )
    assert "It goes on." not in supplier.page(own).text  # one officer alone decides nothing
    other = by(second())
    other.sends(other.page(f"{home}/confirmation"), {"decision": "confirm"}, to=home)
    assert "It goes on." in supplier.page(own).text
    at(app, AFTER_OPENING + timedelta(days=40))
    officer, supplier = by(first()), by(ada)
    decided = officer.page(home)
    (link,) = re.findall(r'href="([^"]*/notices/excluded)"', decided.text)
    told = {"given_on-day": "1", "given_on-month": "3", "given_on-year": "2027"}
    officer.sends(
        officer.page(link), {"outcome": "given", "told": "The Cabinet Office", **told}, to=home
    )
    assert "The Cabinet Office" in officer.page(home).text
    assert "section 59" not in supplier.page(own).text
    supplier.page(link, status=403)
    by(an_officer("hertfordshire")).page(home, status=404)
    assert by(an_officer(role=Role.EVALUATOR)).get(home).status_code in {403, 404}
