"""Releases of open contracting data hold to the official schema; drafts say what is missing."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest
from lxml import html
from sqlalchemy import select

from portal.access import Role
from portal.awards import actions, notices
from portal.awards.actions_standstill import enter_notice
from portal.awards.facts import facts_of
from portal.awards.notices import NoticeKind
from portal.awards.releases import Kind, release
from portal.db import db
from portal.people.models import Person
from portal.rounds import actions as rounds
from portal.rounds.models import Regime
from scoring.stages import RoundStage
from tests.factories.awards import (
    CONCLUDED,
    STARTS_ON,
    a_concluded_round,
    a_locked_round,
    a_released_round,
    told,
)
from tests.factories.counting import counted
from tests.factories.people import a_viewer
from tests.factories.rounds import WHILE_OPEN, a_round, an_officer

SCHEMA = json.loads((Path(__file__).parent / "data" / "ocds-release-schema-1.1.5.json").read_text())
FIRST = told("Oak House", lots=["1A", "2B"], score=5)
SECOND = told("Elm House", score=4)
NOW = datetime(2027, 3, 20, 9, tzinfo=UTC)


def faults(told_release):
    checker = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    # the schema as it is published: what it says of versions and addresses is for other tools
    return [f"{list(one.path)}: {one.message}" for one in checker.iter_errors(told_release)]


def facts(bid_round):
    return facts_of(bid_round, an_officer(), NOW)


def a_tender(regime=Regime.PA_2023_LIGHT_TOUCH):
    bid_round = a_released_round(FIRST, SECOND, awards=1, regime=regime)
    bid_round.extension_months = 24
    actions.conclude(bid_round, STARTS_ON, actor=an_officer(), now=CONCLUDED)
    db.session.commit()
    return bid_round


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


# --- Releases ------------------------------------------------------------------------------


def test_every_release_of_a_tender_holds_to_the_schema(session):
    bid_round = a_tender()
    for kind in Kind:
        assert faults(release(kind, facts(bid_round))) == []


def test_every_release_of_a_list_holds_to_the_schema(session):
    bid_round = a_concluded_round(FIRST, SECOND)
    for kind in Kind:
        assert faults(release(kind, facts(bid_round))) == []


@pytest.mark.parametrize("stage", [RoundStage.DRAFT, RoundStage.PUBLISHED, RoundStage.OPENED])
def test_a_tender_release_holds_at_every_stage(session, stage):
    told_release = release(Kind.TENDER, facts(a_round(stage)))
    assert faults(told_release) == []
    status = "planned" if stage is RoundStage.DRAFT else "active"
    assert told_release["tender"]["status"] == status
    assert ("numberOfTenderers" in told_release["tender"]) is (stage is RoundStage.OPENED)


def test_the_schema_is_asked_in_earnest(session):
    broken = release(Kind.TENDER, facts(a_round()))
    broken["tag"] = ["nonsense"]
    del broken["ocid"]
    assert len(faults(broken)) == 2


def test_a_release_says_what_is_so(session):
    bid_round = a_tender()
    told_release = release(Kind.CONTRACT, facts(bid_round))
    awards, contracts = told_release["awards"], told_release["contracts"]
    assert [one["suppliers"][0]["name"] for one in awards] == ["Oak House", "Oak House"]
    assert [one["awardID"] for one in contracts] == [one["id"] for one in awards]
    assert contracts[0]["period"] == {
        "startDate": "2027-04-01T00:00:00+01:00",
        "endDate": "2030-03-31T23:59:59+01:00",
        "maxExtentDate": "2032-03-31T23:59:59+01:00",
    }
    assert told_release["tender"]["awardCriteriaDetails"] == "Quality 70%, Young Commissioners 30%"
    roles = {one["name"]: one["roles"] for one in told_release["parties"]}
    assert roles["Luton Council"] == ["buyer", "procuringEntity"]
    assert roles["Oak House"] == ["supplier"]
    assert "Elm House" not in roles


def test_a_release_names_no_person_no_score_and_no_price(session):
    bid_round = a_tender()
    text = json.dumps([release(kind, facts(bid_round)) for kind in Kind])
    for person in session.scalars(select(Person)):
        assert person.name not in text
        assert not person.email or person.email not in text
    assert "895" not in text
    assert "92.5" not in text


def test_a_contact_that_is_somebodys_own_address_stays_out(session):
    bid_round = a_round()
    assert "placements@council.example" in json.dumps(release(Kind.TENDER, facts(bid_round)))
    somebody = session.get_one(Person, an_officer().person_id)
    bid_round.contact_email = somebody.email.upper()
    assert "contactPoint" not in json.dumps(release(Kind.TENDER, facts(bid_round)))


def test_nothing_of_the_award_is_told_before_every_council_has_approved(session):
    bid_round = a_locked_round(FIRST, SECOND)
    found = facts(bid_round)
    assert (found.awarded, found.running, found.tenders) == ((), (), 2)
    assert notices.offered(found) == [NoticeKind.UK4]


# --- Drafts --------------------------------------------------------------------------------


def values(kind, bid_round):
    return {field.label: field.value for field in notices.draft(kind, facts(bid_round)).fields}


def test_a_tender_notice_says_what_is_known_and_what_is_missing(session):
    found = values(NoticeKind.UK4, a_round())
    assert found["Contracting authority"] == "Luton Council"
    assert found["Award criteria"] == "Quality 70%, Young Commissioners 30%"
    assert found["Tender submission deadline"] == "12 noon on 15 February 2027"
    assert found["Special regime"] == "Light touch"
    assert found["Total value, with and without VAT"] == ""
    drafted = notices.draft(NoticeKind.UK4, facts(a_round()))
    assert drafted.missing == sum(not field.value for field in drafted.fields) > 0
    assert all(field.value or field.missing for field in drafted.fields)


def test_an_award_notice_names_suppliers_and_the_standstill(session):
    bid_round = a_released_round(FIRST, SECOND, awards=1, regime=Regime.PA_2023)
    before = values(NoticeKind.UK6, bid_round)
    assert before["Suppliers"] == "Oak House (lots 1A, 2B)"
    assert (before["Tenders received"], before["Tenders assessed"]) == ("2", "2")
    assert before["Standstill"] == "8 working days from the day of publication"
    published = datetime(2027, 3, 19, 12, tzinfo=UTC)
    enter_notice(bid_round, "2027/S 000-9", published, actor=an_officer(), now=NOW)
    assert "to midnight on 1 April 2027" in values(NoticeKind.UK6, bid_round)["Standstill"]
    fields = {one.label: one for one in notices.draft(NoticeKind.UK6, facts(bid_round)).fields}
    signing = fields["Signing expected on"].missing
    assert signing == "2 April 2027 or later: the standstill is over then."


def test_a_notice_states_the_options_to_extend_that_the_round_published(session):
    bid_round = a_round()
    bid_round.extension_months, bid_round.extension_steps = 24, [12, 12]
    for kind in (NoticeKind.UK4, NoticeKind.UK6):
        drafted = values(kind, bid_round)
        assert drafted["Options to extend"].startswith("1 year, then 1 year; each is decided on")
    bid_round.extension_months, bid_round.extension_steps = 0, []
    assert values(NoticeKind.UK4, bid_round)["Options to extend"] == "No extensions"


def test_a_supplier_of_one_lot_has_a_lot_and_not_lots(session):
    one_lot = told("Oak House", lots=["1A"], score=5)
    bid_round = a_released_round(one_lot, SECOND, awards=1, regime=Regime.PA_2023)
    assert values(NoticeKind.UK6, bid_round)["Suppliers"] == "Oak House (lot 1A)"


def test_contract_details_are_due_after_120_days_for_light_touch(session):
    bid_round = a_tender()
    assert notices.details_due_on(facts(bid_round)) == date(2027, 7, 13)
    contracts = [one for one in values(NoticeKind.UK7, bid_round) if one.startswith("Contract CON")]
    assert len(contracts) == 2


def test_a_cancelled_round_calls_for_a_termination_notice(session):
    bid_round = a_round()
    rounds.cancel(bid_round, "The need has changed.", actor=an_officer(), now=WHILE_OPEN)
    assert notices.offered(facts(bid_round)) == [NoticeKind.UK4, NoticeKind.UK12]
    assert values(NoticeKind.UK12, bid_round)["Date of the decision"]


def test_a_lot_that_a_version_withdrew_is_in_no_notice_and_no_release(session):
    bid_round = a_tender()
    gone = next(lot for lot in bid_round.lots if lot.code == "2B")
    gone.cancelled_at = WHILE_OPEN
    session.commit()
    drafted = str(notices.draft(NoticeKind.UK4, facts(bid_round)))
    assert "1A" in drafted
    assert "2B" not in drafted
    items = release(Kind.TENDER, facts(bid_round))["tender"]["items"]
    assert "2B" not in {one["id"] for one in items}


def test_under_the_regulations_there_are_no_numbered_notices(session):
    assert notices.offered(facts(a_round(regime=Regime.PCR_2015_LIGHT_TOUCH))) == []


# --- Pages ---------------------------------------------------------------------------------


def test_the_page_leads_to_drafts_and_files(by):
    bid_round = a_tender()
    officer = by(an_officer())
    address = f"/council/rounds/{bid_round.ref}/notices"
    shown = words(officer.page(address))
    for said in ("UK4: tender notice", "UK6", "UK7", "due by 13 July 2027", "contract release"):
        assert said in shown
    page = words(officer.page(f"{address}/uk6"))
    text = " ".join(officer.get(f"{address}/uk6.txt").text.split())
    for field in notices.draft(NoticeKind.UK6, facts(bid_round)).fields:
        assert field.label in page
        assert (field.value or field.missing) in page
        assert (field.value or field.missing) in text
    told_release = officer.get(f"/council/rounds/{bid_round.ref}/releases/contract.json")
    assert faults(json.loads(told_release.text)) == []
    officer.page(f"{address}/uk12", status=404)
    officer.page(f"/council/rounds/{bid_round.ref}/releases/nonsense.json", status=404)


def test_before_the_award_there_is_neither_its_notice_nor_its_release(by):
    bid_round = a_locked_round(FIRST)
    officer = by(an_officer())
    officer.page(f"/council/rounds/{bid_round.ref}/notices/uk6", status=404)
    officer.page(f"/council/rounds/{bid_round.ref}/releases/award.json", status=404)


@pytest.mark.parametrize(
    ("council", "role", "status"),
    [
        ("bedford-borough", Role.AUDITOR, 200),
        ("luton", Role.EVALUATOR, 403),
        ("luton", Role.FINANCE, 403),
        ("hertfordshire", Role.COMMISSIONER, 404),
    ],
)
def test_who_drafts_notices(by, council, role, status):
    bid_round = a_round()
    by(a_viewer(role, council)).page(f"/council/rounds/{bid_round.ref}/notices", status=status)


def test_the_notices_cost_the_same_however_many_suppliers(session):
    numbers = []
    for bids in ((told("Ash House"),), tuple(told(f"Home {number}") for number in range(4))):
        bid_round = a_concluded_round(*bids)
        db.session.expire_all()
        with counted() as statements:
            notices.drafts(facts_of(bid_round, an_officer(), NOW))
        numbers.append(statements.number)
    assert numbers[0] == numbers[1]
