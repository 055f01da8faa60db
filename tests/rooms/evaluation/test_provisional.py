"""Between the lock and the opening of prices: points without price; and what then becomes of a low one."""

import pytest

from portal.applications.models import BidLot
from portal.awards import queries as awards
from portal.awards.room import due
from portal.db import db
from portal.evaluation.decisions import actions as actions_decisions
from portal.evaluation.decisions.models import DecisionKind
from portal.evaluation.decisions.open_matters import LOW_PRICE, SECOND_PERSON, open_matters
from portal.evaluation.models import ConflictDeclaration, Interest
from portal.evaluation.prices import provisional
from tests.factories.awards import LOCKED
from tests.factories.bids import administrator_of
from tests.factories.counting import counted
from tests.factories.evaluation import SCORING
from tests.factories.rounds import at
from tests.factories.tenders import LATER, WHY, a_scored_tender, answer, ask, asks

pytestmark = pytest.mark.usefixtures("session")


def three():
    return a_scored_tender(
        asks("Oak House", 60_321),
        asks("Elm House", 50_321, scores={"safeguarding": 2}),
        asks("Ash House", 60_000, score=5),
    )


def lot_of(tender, code="F1"):
    return next(lot for lot in tender.round.lots if lot.code == code)


def test_quality_alone_is_told_with_its_thresholds_and_neither_rank_nor_price(by, app):
    tender = three().locked()
    at(app, LOCKED)
    lead, _ = tender.officers
    shown = by(lead).page(f"/council/rounds/{tender.round.ref}/results").text
    assert "Provisional: all points but those of price" in shown
    shown = by(lead).page(f"/council/rounds/{tender.round.ref}/results/F1").text
    for words in ("Lot F1 without price", "51.25", "Below a threshold", "Over every threshold"):
        assert words in shown
    for words in ("603.21", "503.21", "60321", "Rank"):
        assert words not in shown


def test_a_page_of_it_costs_the_same_however_many_bids_there_are():
    tender = three().locked()
    lead, _ = tender.officers
    db.session.commit()

    def cost(size):
        provisional.of_lot(tender.round, lot_of(tender), lead, 0, size)  # content is read once
        db.session.expire_all()
        with counted() as statements:
            found = provisional.of_lot(tender.round, lot_of(tender), lead, 0, size)
        assert len(found.table.rows) == size
        return statements.number

    assert cost(1) == cost(3) <= 12


def test_a_bid_that_an_interest_closes_is_left_out_and_counted():
    tender = three().locked()
    lead, _ = tender.officers
    db.session.add(
        ConflictDeclaration(
            round_id=tender.round.id,
            person_id=lead.person_id,
            application_id=tender.bid("Ash House").id,
            interest=Interest.PERSONAL,
            detail="A friend.",
            declared_at=SCORING,
        )
    )
    db.session.commit()
    found = provisional.of_lot(tender.round, lot_of(tender), lead, 0, 20)
    assert [row["bidder"] for row in found.table.rows] == ["Elm House", "Oak House"]
    assert found.closed == 1


def a_low_price():
    return a_scored_tender(
        asks("Oak House", 60_000), asks("Elm House", 58_000), asks("Ash House", 30_000)
    ).opened()


def waits_for(viewer):
    return [(one.title, one.address.rpartition("/")[2]) for one in due(viewer, LATER)]


def test_the_home_page_asks_to_settle_a_low_price_before_it_asks_to_recommend(by, app):
    tender = a_low_price()
    first, second = tender.officers
    at(app, LATER)
    with app.test_request_context():
        assert waits_for(first) == [(LOW_PRICE, "decisions")]
    lot = f"/council/rounds/{tender.round.ref}/results/F1"
    assert "Ask the bidder to explain it." in by(first).page(lot).text
    answer(ask(tender))
    assert "Ask the bidder to explain it." not in by(first).page(lot).text
    made = actions_decisions.decide_price(
        tender.results()["Ash House"], DecisionKind.KEEP, WHY, actor=first, now=LATER
    )
    db.session.commit()
    if made.confirmed_at is None:
        assert open_matters(tender.round) == [LOW_PRICE, SECOND_PERSON]
        actions_decisions.confirm(made, actor=second, now=LATER)
        db.session.commit()
    assert open_matters(tender.round) == []
    with app.test_request_context():
        assert waits_for(first) == [("Recommend the award", "recommend")]
    shown = by(first).page(lot).text
    assert "It was explained, and the bid is kept." in shown
    assert "Ask the bidder to explain it." not in shown
    working = by(first).page(f"{lot}/{tender.bid('Ash House').ref}").text
    assert "It was explained, and the bid is kept." in working


def test_open_awards_cost_the_same_for_one_round_and_for_two(app):
    tender = a_low_price()
    first, _ = tender.officers
    with counted() as one:
        awards.open_awards(first, LATER)
    a_low_price()
    db.session.expire_all()
    with counted() as two:
        awards.open_awards(first, LATER)
    assert two.number <= one.number + 2  # what a second round loads of itself


def test_the_results_of_a_lot_name_the_councils_where_a_bid_is_not_for_all(by, app):
    tender = a_scored_tender(asks("Oak House", 60_000), asks("Elm House", 58_000))
    lot = db.session.query(BidLot).filter_by(application_id=tender.bid("Elm House").id).one()
    lot.councils = ["luton"]
    tender.opened()
    at(app, LATER)
    address = f"/council/rounds/{tender.round.ref}/results/F1"
    shown = by(tender.officers[0]).page(address).text
    assert "Offered to" in shown
    assert "Every council" in shown
    lot.councils = None
    db.session.commit()
    assert "Offered to" not in by(tender.officers[0]).page(address).text


def test_the_bidders_application_leads_to_the_question_about_its_price(by, app):
    tender = a_low_price()
    at(app, LATER)
    bid = tender.bid("Ash House")
    ada, address = administrator_of(bid.provider), f"/applications/{bid.ref}"
    assert "explain your price" not in by(ada).page(address).text
    question = ask(tender)
    shown = by(ada).page(address).text
    assert "The council asks you to explain your price." in shown
    assert f"/price-questions/{question.ref}" in shown
    answer(question)
    assert "Read what was asked and answered" in by(ada).page(address).text
    other = tender.bid("Oak House")
    shown = by(administrator_of(other.provider)).page(f"/applications/{other.ref}").text
    assert "about your price" not in shown
