"""A ranked tender ends in contracts, with the promises of the bids copied word for word."""

from datetime import date

import pytest
from lxml import html
from sqlalchemy import select

from portal.access import Role, Viewer
from portal.applications import queries as applications
from portal.audit import AuditEntry, Event
from portal.awards import actions
from portal.contracts import queries
from portal.contracts.actions import RateOffer
from portal.contracts.actions_making import Won, make_contract
from portal.contracts.models import Contract, ListMembership, Promise, Rate
from portal.db import db
from portal.rounds.models import Regime
from scoring.rules import RuleBroken
from scoring.stages import RoundStage
from scoring.uplifts import UpliftRule
from tests.factories.awards import (
    CONCLUDED,
    STARTS_ON,
    a_released_round,
    letter_to,
    told,
)
from tests.factories.people import a_viewer
from tests.factories.providers import a_provider_admin
from tests.factories.rounds import an_officer

PROMISES = ("safeguarding", "home-and-location")
FIRST = told("Oak House", lots=["1A", "2B"], score=5)
SECOND = told("Elm House", lots=["1A"], score=4)


def a_tender(*bids):
    return a_released_round(
        *(bids or (FIRST, SECOND)),
        awards=1,
        regime=Regime.PA_2023_LIGHT_TOUCH,
        promises=PROMISES,
    )


def concluded(bid_round, months=(12, 12)):
    bid_round.extension_months, bid_round.extension_steps = sum(months), list(months)
    made = actions.conclude(bid_round, STARTS_ON, actor=an_officer(), now=CONCLUDED)
    db.session.commit()
    return made


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def test_each_lot_that_was_won_becomes_a_contract_and_nobody_joins_a_list(session):
    bid_round = a_tender()
    bid_round.uplift_rule = rule = UpliftRule("CPIH", 9, 400)
    assert concluded(bid_round) == 2
    assert bid_round.stage is RoundStage.CONCLUDED
    made = session.scalars(select(Contract).order_by(Contract.id)).all()
    assert [(one.provider.name, one.agreement_lot.code) for one in made] == [
        ("Oak House", "1A"),
        ("Oak House", "2B"),
    ]
    assert {(one.starts_on, one.ends_on, one.extension_months) for one in made} == {
        (STARTS_ON, date(2030, 3, 31), 24)
    }
    assert {one.uplift_rule for one in made} == {rule}
    assert [(one.months, one.ends_on, one.decide_by_on) for one in made[0].options] == [
        (12, date(2031, 3, 31), date(2029, 9, 30)),
        (12, date(2032, 3, 31), date(2030, 9, 30)),
    ]
    assert made[0].most_on == date(2032, 3, 31)
    assert len(made[0].councils) == 3
    assert session.scalars(select(ListMembership)).all() == []
    assert len(session.scalars(select(Rate)).all()) == 4
    entries = session.scalars(select(AuditEntry).where(AuditEntry.event == Event.CONTRACT_MADE))
    assert [len(one.detail["promises"]) for one in entries] == [2, 2]


def test_promises_are_the_answers_as_they_were_submitted(session):
    bid_round = a_tender()
    application = letter_to(bid_round, "Oak House").application
    concluded(bid_round)
    content = applications.bid_content(application, Viewer.system())
    kept = session.scalars(select(Promise).order_by(Promise.id)).all()
    assert [(one.question_key, one.lot_code) for one in kept] == [
        ("safeguarding", ""),
        ("home-and-location", "1A"),
        ("safeguarding", ""),
        ("home-and-location", "2B"),
    ]
    for one in kept:
        assert one.text == content.answers[one.question_key, one.lot_code]
        assert one.submission_sha256 == application.standing.sha256
        assert one.question


def test_a_place_on_a_list_carries_what_its_bid_promised(session):
    bid_round = a_released_round(FIRST, promises=("safeguarding", "home-and-location"))
    application = letter_to(bid_round, "Oak House").application
    concluded(bid_round)
    content = applications.bid_content(application, Viewer.system())
    places = session.scalars(select(ListMembership).order_by(ListMembership.id)).all()
    assert [len(one.promises) for one in places] == [2, 2]
    for one in places[0].promises:
        assert one.text == content.answers[one.question_key, one.lot_code]
        assert (one.held, one.submission_sha256) == (places[0], content.sha256)
    (entry, _) = session.scalars(select(AuditEntry).where(AuditEntry.event == Event.LIST_JOINED))
    assert entry.detail["promises"] == [one.ref for one in places[0].promises]


def test_a_list_is_joined_as_before(session):
    bid_round = a_released_round(FIRST)
    bid_round.uplift_rule = rule = UpliftRule(cap_bp=300)
    assert concluded(bid_round) == 2
    assert session.scalars(select(Contract)).all() == []
    places = session.scalars(select(ListMembership)).all()
    assert [one.uplift_rule for one in places] == [rule, rule]
    assert [[option.months for option in one.options] for one in places] == [[12, 12], [12, 12]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rates": []}, "contract:no-rates"),
        ({"ends_on": date(2027, 3, 31)}, "contract:dates"),
    ],
)
def test_a_contract_is_refused_that_cannot_be(session, change, code):
    bid_round = a_tender()
    application = letter_to(bid_round, "Oak House").application
    rates = change.pop("rates", [RateOffer("core-weekly-price", "week", 5, 90000)])
    said = {"starts_on": STARTS_ON, "ends_on": date(2030, 3, 31), **change}
    with pytest.raises(RuleBroken) as found:
        make_contract(
            application.provider,
            bid_round.lots[0],
            Won(application.ref, "0" * 64, rates),
            bid_round=bid_round,
            councils=[],
            actor=an_officer(),
            now=CONCLUDED,
            **said,
        )
    assert found.value.code == code


def test_the_lead_council_concludes_and_reads_the_promises(by):
    bid_round = a_tender()
    officer = by(an_officer())
    address = f"/council/rounds/{bid_round.ref}/award"
    shown = officer.page(f"{address}/conclude")
    assert "becomes a contract for 3 years" in words(shown)
    day = {"starts_on-day": "1", "starts_on-month": "4", "starts_on-year": "2027"}
    assert "The round published no extensions" in words(shown)
    empty = {**day, "starts_on-year": ""}
    assert "must include a year" in words(officer.sends(shown, empty, status=422))
    after = officer.sends(shown, day, to=address)
    assert "The contracts are made" in words(after)
    (link, _) = html.document_fromstring(after.text).xpath(
        "//a[contains(@href, '/contracts/')]/@href"
    )
    contract = words(officer.page(link))
    assert "No extension is on record" in contract
    assert "£895.00" in contract
    assert "How do you keep young people safe" in contract or "safe" in contract


@pytest.mark.parametrize(
    ("council", "role", "status"),
    [
        ("bedford-borough", Role.COMMISSIONER, 200),
        ("luton", Role.FINANCE, 200),
        ("luton", Role.AUDITOR, 200),
        ("luton", Role.EVALUATOR, 403),
        ("luton", Role.YOUNG_COMMISSIONER, 403),
        ("hertfordshire", Role.COMMISSIONER, 404),
    ],
)
def test_who_reads_a_contract(by, council, role, status):
    concluded(a_tender())
    ref = db.session.scalars(select(Contract.ref)).first()
    by(a_viewer(role, council)).page(f"/contracts/{ref}", status=status)


def test_a_provider_reads_its_own_contracts_and_nobody_elses(by):
    bid_round = a_tender()
    winner = letter_to(bid_round, "Oak House").application.provider
    loser = letter_to(bid_round, "Elm House").application.provider
    concluded(bid_round)
    ref = db.session.scalars(select(Contract.ref)).first()
    oak, elm = by(a_provider_admin(winner)), by(a_provider_admin(loser))
    assert "lot 1A" in words(oak.page("/contracts"))
    assert "What was promised" in words(oak.page(f"/contracts/{ref}"))
    assert "No contracts yet" in words(elm.page("/contracts"))
    elm.page(f"/contracts/{ref}", status=404)


def test_the_rates_of_a_contract_are_seen_by_its_councils_only(session):
    concluded(a_tender())
    lot = session.scalars(select(Contract)).first().agreement_lot_id
    assert len(queries.rates_of_lot(lot, STARTS_ON, an_officer())) == 2
    assert queries.rates_of_lot(lot, STARTS_ON, an_officer("hertfordshire")) == []
