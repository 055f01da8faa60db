"""After the approvals: letters go out, and a round is concluded; what waits for whom."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import audit, mail
from portal.access import Role
from portal.applications.models import Application, BidLot
from portal.audit import AuditEntry, Event
from portal.awards import actions, queries
from portal.awards.actions import end_of_list
from portal.contracts.models import ListMembership, Rate
from portal.db import db
from portal.providers.models import Provider
from portal.rounds.models import Regime
from scoring.stages import ApplicationLotStage, ApplicationStage, RoundStage
from tests.factories.awards import (
    CONCLUDED,
    DECIDED,
    NO_ACCOUNTS,
    RELEASED,
    STARTS_ON,
    a_concluded_round,
    a_locked_round,
    a_recommendation,
    a_recommended_round,
    a_released_round,
    an_approved_round,
    an_approver,
    approve_for,
    make_pdfs,
    told,
)
from tests.factories.counting import counted
from tests.factories.people import a_person, viewer
from tests.factories.rounds import an_officer
from tests.rooms.awards.deciding import ELM, OAK, also, entries, refused, titles

# --- Releasing and concluding ---------------------------------------------------------------------


def test_only_an_approver_releases(session):
    bid_round = an_approved_round(OAK)
    make_pdfs(bid_round)
    for someone in (an_officer(), an_approver("hertfordshire"), an_officer(role=Role.AUDITOR)):
        assert refused(
            lambda someone=someone: actions.release_letters(bid_round, actor=someone, now=RELEASED)
        )


def test_each_bidder_is_told_that_its_letter_is_there_and_no_more(session):
    a_released_round(OAK, ELM)
    sent = db.session.scalars(
        select(mail.Mail).where(mail.Mail.message == mail.Message.LETTER_READY)
    ).all()
    assert len(sent) == 2
    assert all("admitted" not in one.body.lower() for one in sent)
    (entry,) = entries(Event.LETTERS_RELEASED)
    assert len(entry.detail["letters"]) == 2


def test_a_round_is_concluded_after_its_letters(session):
    bid_round = an_approved_round(OAK)
    make_pdfs(bid_round)
    act = actions.conclude
    broken = refused(lambda: act(bid_round, STARTS_ON, actor=an_officer(), now=CONCLUDED))
    assert broken.message == "Release the letters first."


@pytest.mark.parametrize(
    ("council", "role"),
    [("bedford-borough", Role.COMMISSIONER), ("luton", Role.APPROVER), ("luton", Role.MODERATOR)],
)
def test_nobody_else_concludes(session, council, role):
    bid_round = a_released_round(OAK)
    someone = an_officer(council, role=role)
    assert refused(lambda: actions.conclude(bid_round, STARTS_ON, actor=someone, now=CONCLUDED))


def test_a_regime_with_a_standstill_is_not_concluded_without(session):
    bid_round = a_released_round(OAK)
    bid_round.regime = Regime.PA_2023
    broken = refused(
        lambda: actions.conclude(bid_round, STARTS_ON, actor=an_officer(), now=CONCLUDED)
    )
    assert "standstill" in broken.message


def test_concluding_puts_the_admitted_on_the_list_lot_by_lot(session):
    oak = replace(OAK, prices={"core-weekly-price": 91234, "extra-support-hour": 2222})
    bid_round = a_concluded_round(oak, ELM)
    places = db.session.scalars(select(ListMembership).order_by(ListMembership.id)).all()
    assert [(one.provider.name, one.agreement_lot.code) for one in places] == [
        ("Oak House", "1A"),
        ("Oak House", "2B"),
    ]
    for one in places:
        assert (one.starts_on, one.ends_on) == (date(2027, 4, 1), date(2030, 3, 31))
        assert {part.council.slug for part in one.councils} == {
            "luton",
            "central-bedfordshire",
            "bedford-borough",
        }
    rates = db.session.scalars(select(Rate)).all()
    assert {(one.agreement_lot.code, one.item_key, one.amount_pence) for one in rates} == {
        (code, item, pence)
        for code in ("1A", "2B")
        for item, pence in (("core-weekly-price", 91234), ("extra-support-hour", 2222))
    }
    assert {(one.item_key, one.unit, one.included_hours) for one in rates} == {
        ("core-weekly-price", "week", 5),
        ("extra-support-hour", "hour", 0),
    }
    assert {(one.from_on, one.until_on, one.council_id) for one in rates} == {
        (date(2027, 4, 1), date(2030, 3, 31), None)
    }
    assert (bid_round.stage, bid_round.concluded_at) == (RoundStage.CONCLUDED, CONCLUDED)


def test_every_bid_and_every_lot_comes_to_its_end(session):
    cedar = told("Cedar House", failing={("", "document:accounts"): NO_ACCOUNTS})
    a_concluded_round(OAK, ELM, cedar)
    bids = {one.provider.name: one.stage for one in db.session.scalars(select(Application))}
    assert bids == {
        "Oak House": ApplicationStage.ADMITTED,
        "Elm House": ApplicationStage.NOT_ADMITTED,
        "Cedar House": ApplicationStage.NOT_COMPLIANT,
    }
    lots = {
        (one.application.provider.name, one.round_lot.code): one.stage
        for one in db.session.scalars(select(BidLot))
    }
    assert lots == {
        ("Oak House", "1A"): ApplicationLotStage.ADMITTED,
        ("Oak House", "2B"): ApplicationLotStage.ADMITTED,
        ("Elm House", "1A"): ApplicationLotStage.NOT_ADMITTED,
        ("Cedar House", "1A"): ApplicationLotStage.FAILED,
    }


def test_one_lot_admitted_admits_the_bid(session):
    failing = {("1A", "ofsted"): "Not registered."}
    a_concluded_round(replace(OAK, failing=failing))
    (bid,) = db.session.scalars(select(Application)).all()
    assert bid.stage is ApplicationStage.ADMITTED
    assert [one.agreement_lot.code for one in db.session.scalars(select(ListMembership))] == ["2B"]


def test_a_round_where_nobody_is_admitted_can_be_concluded_too(session):
    bid_round = a_concluded_round(ELM)
    assert bid_round.stage is RoundStage.CONCLUDED
    assert db.session.scalars(select(ListMembership)).all() == []


def test_everything_of_an_award_stands_in_the_chain_of_its_round_and_the_trail_holds(session):
    bid_round = a_concluded_round(OAK, ELM)
    db.session.commit()
    events = db.session.scalars(
        select(AuditEntry.event)
        .where(AuditEntry.chain == bid_round.audit_chain)
        .order_by(AuditEntry.number)
    ).all()
    own = [one for one in events if one.startswith(("award", "letter"))]
    assert own == [
        "award:recommended",
        "award:approved",
        "award:approved",
        "award:approved",
        "letter:made",
        "letter:made",
        "letters:released",
        "award:concluded",
    ]
    assert list(audit.verify()) == []


@pytest.mark.parametrize(
    ("starts_on", "years", "last"),
    [
        (date(2027, 4, 1), 3, date(2030, 3, 31)),
        (date(2028, 2, 29), 3, date(2031, 2, 28)),
        (date(2028, 2, 29), 4, date(2032, 2, 28)),
        (date(2027, 1, 1), 1, date(2027, 12, 31)),
    ],
)
def test_a_place_ends_the_day_before_its_anniversary(starts_on, years, last):
    assert end_of_list(starts_on, years) == last


# --- What waits -----------------------------------------------------------------------------------


@pytest.fixture
def addresses(app, session):
    with app.test_request_context():
        yield


def test_each_step_waits_for_the_right_person(addresses):
    bid_round = a_locked_round(OAK)
    officer, approver = an_officer(), an_approver()
    partner = an_approver("bedford-borough")
    assert (titles(officer), titles(approver)) == (["Recommend the award"], [])
    recommendation = a_recommendation(bid_round)
    assert titles(officer) == []
    assert titles(approver) == ["Decide on an award for Luton Council"]
    approve_for(recommendation, "luton")
    assert (titles(approver), len(titles(partner))) == ([], 1)
    approve_for(recommendation, "bedford-borough")
    approve_for(recommendation, "central-bedfordshire")
    assert titles(approver) == []  # the letters are being made
    make_pdfs(bid_round)
    assert titles(approver) == ["Release the letters"]
    actions.release_letters(bid_round, actor=approver, now=RELEASED)
    assert (titles(approver), titles(officer)) == (
        [],
        ["Enter the award notice", "Conclude the round"],
    )
    assert titles(an_officer("bedford-borough")) == []
    assert titles(an_officer("hertfordshire")) == []


def test_nothing_waits_for_who_may_not_decide(addresses):
    a_recommended_round(OAK)
    both = also(an_officer(role=Role.MODERATOR), Role.APPROVER)
    assert titles(both) == []


def test_a_letter_is_news_for_a_fortnight(addresses):
    a_released_round(OAK)
    oak = db.session.scalars(select(Provider).where(Provider.name == "Oak House")).one()
    admin = viewer(a_person(Role.PROVIDER_ADMIN, provider=oak))
    assert titles(admin, RELEASED) == ["Your assessment summary is here"]
    assert titles(admin, RELEASED + timedelta(days=15)) == []


def test_looking_for_what_waits_costs_the_same_for_one_round_and_for_three(addresses):
    someone = also(an_officer(), Role.APPROVER)
    numbers = []
    for _ in range(2):
        a_recommended_round(told("Oak House"))
        db.session.commit()
        db.session.expire_all()
        with counted() as statements:
            queries.open_awards(someone, DECIDED)
        numbers.append(statements.number)
        a_locked_round(told("Elm House"))
    assert numbers[0] == numbers[1]
