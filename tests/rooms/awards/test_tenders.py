"""A tender from the lock to its contracts: several lots and councils, ranked results with prices."""

import pytest

from portal.awards import actions, letters, presentation, queries
from portal.awards.models import Letter
from portal.contracts.models import Contract
from portal.db import db
from portal.evaluation import queries as evaluation
from portal.rounds.models import RoundCouncil
from scoring.rules import RuleBroken
from scoring.stages import ApplicationLotStage, RoundStage
from tests.factories.awards import (
    CONCLUDED,
    RELEASED,
    STARTS_ON,
    a_recommendation,
    an_approver,
    approve_all,
    letter_to,
    make_pdfs,
)
from tests.factories.rounds import an_officer
from tests.factories.tenders import a_scored_tender, asks

pytestmark = pytest.mark.usefixtures("session")

ONE_EACH = {"award": {"cap": 1, "cap_by_lot": {"F1": 1, "F2": 1, "F4": 1}}}


def two_lots(**scheme):
    """Oak is better and dearer, Elm cheaper; both want F1 and F2, Elm alone F4."""
    return a_scored_tender(
        asks("Oak House", 60_000, lots=("F1", "F2"), score=5, prices={"discount-volume": 500}),
        asks("Elm House", 56_000, lots=("F1", "F2", "F4"), score=3),
        scheme={**ONE_EACH, **scheme},
    ).opened()


def released(tender):
    approve_all(a_recommendation(tender.round))
    db.session.commit()
    make_pdfs(tender.round)
    actions.release_letters(tender.round, actor=an_approver(), now=RELEASED)
    db.session.commit()
    return tender


def test_nothing_is_recommended_while_prices_are_sealed():
    tender = a_scored_tender(asks("Oak House", 60_000)).locked()
    with pytest.raises(RuleBroken, match="Two officers open the prices first"):
        a_recommendation(tender.round)


def test_letters_compare_with_the_most_advantageous_bid_of_that_lot():
    tender = released(two_lots())
    elm = letter_to(tender.round, "Elm House")
    db.session.refresh(elm, ["content"])
    by_lot = {lot["code"]: lot for lot in elm.content["lots"]}
    assert by_lot["F1"]["outcome"] == "not-admitted"
    assert by_lot["F1"]["compared"]["provider"] == "Oak House"
    assert by_lot["F1"]["rank"] == 2
    titles = [one["title"] for one in by_lot["F1"]["criteria"]]
    assert "Price" in titles
    assert by_lot["F1"]["price"] == {"compared": "£560.00"}
    assert by_lot["F4"]["outcome"] == "admitted"
    assert "600" not in str(by_lot["F1"]["compared"]), "nobody else's price is told"


def test_a_tender_ends_in_a_contract_for_each_lot_that_was_won():
    tender = released(two_lots())
    made = actions.conclude(tender.round, STARTS_ON, actor=an_officer(), now=CONCLUDED)
    db.session.commit()
    contracts = list(db.session.query(Contract))
    assert made == len(contracts) == 3
    won = {(one.provider.name, one.agreement_lot.code) for one in contracts}
    assert won == {("Oak House", "F1"), ("Oak House", "F2"), ("Elm House", "F4")}
    assert all(len(one.councils) == 4 for one in contracts)
    assert tender.round.stage is RoundStage.CONCLUDED
    outcome = {
        (lot.application.provider.name, lot.round_lot.code): lot.stage
        for lot in evaluation_lots(tender)
    }
    assert outcome["Elm House", "F1"] is ApplicationLotStage.NOT_ADMITTED
    assert outcome["Elm House", "F4"] is ApplicationLotStage.ADMITTED


def evaluation_lots(tender):
    from portal.applications.models import BidLot

    ids = [bid.id for bid in tender.story.bids]
    return db.session.query(BidLot).filter(BidLot.application_id.in_(ids)).all()


def test_where_each_council_awards_a_contract_names_the_councils_that_did():
    items = [{"item": "age-0-4", "weight": 1}]
    older = [{"item": "age-16-17", "weight": 1}]
    price = {
        "each_council": True,
        "discounts": None,
        "baskets": [
            {"method": "sum", "items": items},
            {"method": "sum", "items": older, "lots": ["F1"], "councils": ["luton"]},
        ],
    }
    tender = a_scored_tender(
        asks("Oak House", 60_000, prices={"age-16-17": 70_000}),
        asks("Elm House", 70_000, prices={"age-16-17": 60_000}),
        scheme={**ONE_EACH, "price": price},
    ).opened()
    slugs = sorted(part.council.slug for part in db.session.query(RoundCouncil))
    winners = {
        slug: next(name for name, one in tender.results("F1", slug).items() if one.admitted)
        for slug in slugs
    }
    assert winners == {slug: "Elm House" if slug == "luton" else "Oak House" for slug in slugs}
    released(tender)
    oak = letter_to(tender.round, "Oak House")
    db.session.refresh(oak, ["content"])
    told = {lot["title"]: lot["outcome"] for lot in oak.content["lots"]}
    assert sorted(told.values()) == ["admitted"] * 3 + ["not-admitted"]
    actions.conclude(tender.round, STARTS_ON, actor=an_officer(), now=CONCLUDED)
    db.session.commit()
    awarded = {
        one.provider.name: sorted(
            part.council.slug
            for part in tender.round.councils
            if part.council_id in {each.council_id for each in one.councils}
        )
        for one in db.session.query(Contract)
    }
    assert awarded == {
        "Elm House": ["luton"],
        "Oak House": [slug for slug in slugs if slug != "luton"],
    }


def test_the_award_page_prints_discounts_as_per_cent_and_ranks_first():
    tender = two_lots()
    found = presentation.outcome(tender.round, an_officer())
    f1 = next(lot for lot in found if lot.code == "F1")
    assert [line.provider for line in f1.lines] == ["Oak House", "Elm House"]
    assert [line.outcome for line in f1.lines] == ["Successful", "Not successful"]
    assert "5% discount for volume" in f1.lines[0].rates
    assert not any("£5.00" in rate for rate in f1.lines[0].rates)
    assert f1.lines[1].reasons == ("Rank 2: this lot has 1 award.",)


def test_a_letter_is_made_for_everybody_whose_bid_was_opened():
    tender = released(two_lots())
    assert db.session.query(Letter).count() == 2
    results = evaluation.results(tender.round, an_officer())
    assert len(letters.contents(tender.round, results, RELEASED)) == 2
    assert queries.notice_of(tender.round) is None
