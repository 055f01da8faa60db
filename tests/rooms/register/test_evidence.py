"""The line of evidence: what rooms know of a provider, by day, for those who may read it."""

from datetime import UTC, date, datetime, time

import pytest

from portal.access import Role
from portal.contracts.actions_entering import RateEntered
from portal.db import db
from portal.evaluation.models import ConflictDeclaration, Interest
from portal.providers.models import Provider
from portal.register import line
from scoring.stages import CheckStage
from tests.factories.awards import (
    RELEASED,
    a_released_round,
    an_approved_round,
    letter_to,
    told as told_of,
)
from tests.factories.contracts import STARTS_ON, a_list, a_place, a_spot_rate, an_old_contract
from tests.factories.counting import counted
from tests.factories.documents import a_document
from tests.factories.people import a_viewer
from tests.factories.providers import a_provider, a_provider_admin, an_administering_viewer
from tests.factories.rounds import an_officer, at


def an_inspected_provider() -> Provider:
    oak = a_provider("Oak House")
    oak.registrations[0].outcome = "2"
    oak.registrations[0].inspected_on = date(2026, 9, 8)
    return oak


def told(provider, viewer):
    return [(one.on, one.kind, one.title) for one in line.evidence(provider, viewer)]


def test_what_is_known_is_told_newest_first(session):
    assert told(an_inspected_provider(), a_viewer()) == [
        (date(2026, 9, 8), "Ofsted", "Inspected: Outcome 2"),
        (date(2025, 4, 1), "Ofsted", "Registered with Ofsted"),
    ]


def test_another_provider_is_told_nothing(session):
    assert told(an_inspected_provider(), an_administering_viewer()) == []


# --- Scores --------------------------------------------------------------------------------


def scores(provider, viewer):
    return [one for one in line.evidence(provider, viewer) if one.kind == "Score"]


def bid_of(bid_round, name="Oak House"):
    return letter_to(bid_round, name).application


def test_points_and_outcome_of_each_lot_stand_on_the_day_of_the_letter(session, app):
    bid_round = a_released_round(
        told_of("Oak House", lots=["1A", "2A"], scores={"young-home": 1}),
        told_of("Elm House", score=2),
    )
    bid = bid_of(bid_round)
    with app.test_request_context():
        first, second = scores(bid.provider, an_officer())
        (other,) = scores(bid_of(bid_round, "Elm House").provider, an_officer())
    assert {first.on, second.on} == {RELEASED.date()}
    assert [first.title, second.title] == [
        "Lot 1A: 74.75 of 100 points. Admitted",
        "Lot 2A: 74.75 of 100 points. Admitted",
    ]
    assert (first.tone, other.tone) == ("good", "")
    assert other.title.endswith("Not admitted")
    assert bid_round.title in first.text
    assert first.address.endswith(f"/results/1A/{bid.ref}")


def test_no_score_is_told_before_the_letter_is_out(session, app):
    bid_round = an_approved_round(told_of("Oak House"))
    with app.test_request_context():
        assert scores(bid_of(bid_round).provider, an_officer()) == []


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.PARTICIPATION_OFFICER, Role.ADMINISTRATOR])
def test_a_score_is_for_those_who_read_results(session, app, role):
    bid_round = a_released_round(told_of("Oak House"))
    with app.test_request_context():
        assert scores(bid_of(bid_round).provider, an_officer(role=role)) == []


def test_a_council_outside_the_round_is_told_no_score(session, app):
    bid_round = a_released_round(told_of("Oak House"))
    with app.test_request_context():
        assert scores(bid_of(bid_round).provider, an_officer("hertfordshire")) == []
        assert len(scores(bid_of(bid_round).provider, an_officer("bedford-borough"))) == 1


def test_who_declared_an_interest_in_a_bid_is_told_nothing_of_it(session, app):
    bid_round = a_released_round(told_of("Oak House"))
    bid, officer = bid_of(bid_round), an_officer(name="A Friend")
    db.session.add(
        ConflictDeclaration(
            round_id=bid_round.id,
            person_id=officer.person_id,
            application_id=bid.id,
            interest=Interest.PERSONAL,
            detail="A friend.",
            declared_at=RELEASED,
        )
    )
    db.session.commit()
    with app.test_request_context():
        assert scores(bid.provider, officer) == []
        assert len(scores(bid.provider, an_officer())) == 1


# --- Rates ---------------------------------------------------------------------------------


def rates(provider, viewer):
    return [one for one in line.evidence(provider, viewer) if one.kind == "Rate"]


def test_from_which_day_which_rates_hold_is_told_by_lot(session, app):
    agreement, oak = a_list(), a_provider("Oak House")
    place = a_place(oak, agreement, "1A", core=90000, hour=2400)
    a_spot_rate(oak, agreement, "2A", council="luton", core=95000, hour=None)
    with app.test_request_context():
        found = {one.title: one for one in rates(oak, an_officer())}
    assert set(found) == {"Lot 1A: rates of the award", "Lot 2A: spot rates"}
    listed = found["Lot 1A: rates of the award"]
    assert listed.on == STARTS_ON
    assert listed.text == (
        "Core weekly price, 5 hours included: £900.00 a week; Extra support hour: £24.00 an hour."
    )
    assert listed.address == f"/contracts/{place.ref}"
    assert found["Lot 2A: spot rates"].address == ""


def test_rates_are_told_to_those_for_whom_they_hold(session, app):
    agreement, oak = a_list(), a_provider("Oak House")
    a_place(oak, agreement, "1A")
    a_spot_rate(oak, agreement, "2A", council="luton")
    with app.test_request_context():
        assert rates(oak, an_officer("hertfordshire")) == []
        assert [one.title for one in rates(oak, an_officer("bedford-borough"))] == [
            "Lot 1A: rates of the award"
        ]


BANDS = ("0 to 4", "10 to 15", "16 to 17", "5 to 9")


def test_bands_of_age_stand_as_people_count(session, app):
    oak = a_provider("Oak Fostering")
    entered = [RateEntered(f"Weekly fee, age {band}", "week", 80000) for band in BANDS]
    an_old_contract(oak, rates=entered)
    with app.test_request_context():
        (told_now,) = rates(oak, an_officer())
    places = [told_now.text.index(band) for band in ("0 to 4", "5 to 9", "10 to 15", "16 to 17")]
    assert places == sorted(places)


def test_the_line_costs_the_same_with_one_lot_and_with_four(session, app):
    agreement, oak = a_list(), a_provider("Oak House")
    numbers = []
    for lots in (("1A",), ("2A", "1B", "2B")):
        for lot in lots:
            a_place(oak, agreement, lot)
        with app.test_request_context(), counted() as statements:
            rates(oak, an_officer())
        numbers.append(statements.number)
    assert numbers[0] == numbers[1]


# --- Documents -----------------------------------------------------------------------------

GAS, TODAY = "gas-safety-record", datetime(2027, 5, 3, 9, tzinfo=UTC)


def papers(app, provider, viewer):
    at(app, TODAY)
    db.session.commit()
    db.session.expire_all()
    with app.test_request_context():
        found = [one for one in line.evidence(provider, viewer) if one.kind == "Document"]
    return [(one.on, one.title) for one in found]


def a_paper(provider, until, uploaded, checked=CheckStage.ACCEPTED):
    return a_document(
        provider,
        GAS,
        by=a_provider_admin(provider),
        valid_until_on=until,
        checked=checked,
        at=datetime.combine(uploaded, time(9), UTC),
        title="Mill Lane",
    )


def test_a_paper_that_ran_out_stands_on_the_day_from_which_none_held(session, app):
    oak = a_provider("Oak House")
    a_paper(oak, date(2027, 3, 31), date(2026, 4, 1))
    ran_out = [(date(2027, 4, 1), "Ran out: Gas safety record, Mill Lane")]
    assert papers(app, oak, an_officer()) == ran_out
    a_paper(oak, date(2028, 4, 9), date(2027, 4, 10))
    assert papers(app, oak, an_officer()) == ran_out  # the days between stay on record


def test_a_paper_holds_to_the_end_of_its_last_day(session, app):
    oak = a_provider("Oak House")
    a_paper(oak, TODAY.date(), date(2026, 5, 4))
    assert papers(app, oak, an_officer()) == []


def test_a_paper_that_was_replaced_in_time_did_not_run_out(session, app):
    oak = a_provider("Oak House")
    a_paper(oak, date(2027, 3, 31), date(2026, 4, 1))
    a_paper(oak, date(2028, 3, 31), date(2027, 3, 20))
    assert papers(app, oak, an_officer()) == []


def test_papers_are_for_those_who_check_them(session, app):
    oak = a_provider("Oak House")
    a_paper(oak, date(2027, 3, 31), date(2026, 4, 1))
    assert papers(app, oak, an_officer(role=Role.FINANCE)) == []
