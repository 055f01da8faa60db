"""The bidder's own order of its lots, where one bidder may win only so many of them."""

import json

import pytest

from portal.applications import actions, queries
from portal.applications.lots.order import seen_of
from portal.applications.models import BidLot
from portal.applications.submitting import sealing
from portal.evidence.collecting import collect
from scoring.pack import Form, build, prepare
from scoring.rules import RuleBroken
from scoring.verify import verify
from tests.factories.applications import an_application, complete, submit
from tests.factories.awards import RELEASED, _version_of
from tests.factories.people import viewer
from tests.factories.rounds import open_it
from tests.factories.sending import send
from tests.factories.tenders import a_scored_tender, asks
from tests.reading import errors_of

WISH = {"lots_per_bidder": {"cap": 1, "mechanism": "bidder-preference"}}
TOP = {"mechanism": "ranked-top", "ranked": True, "cap": 1, "tie_at_cap": "admit-all", **WISH}


@pytest.fixture
def draft(session, town):
    body = town.round.scheme.body
    town.round.scheme = _version_of(town.round.scheme, {**body, "award": TOP})
    application = complete(an_application(town.round, by=town.ada, lots=["1A", "2A"]))
    session.commit()
    return application


def order(draft, town, *codes, **more):
    places = {code: place for place, code in enumerate(codes, 1)}
    actions.put_in_order(draft, places, actor=viewer(town.ada), now=town.now, **more)


def test_the_order_is_missing_until_it_is_stated_and_is_sealed_with_the_rest(session, town, draft):
    client, address = town.by(town.ada), f"/applications/{draft.ref}/lot-order"
    assert "Put your lots in the order" in client.page(f"/applications/{draft.ref}/check").text
    with pytest.raises(RuleBroken):
        submit(draft, by=town.ada)
    session.rollback()
    answer = send(client, address, {"place-1A": "2", "place-2A": "1"})
    assert answer.location == f"/applications/{draft.ref}"
    shown = client.page(answer.location).text
    assert "Order of your lots" in shown
    assert "2A, 1A" in shown
    content = sealing.read_content(submit(draft, by=town.ada).content)
    assert content.lot_order == ("2A", "1A")
    open_it(town.round)
    lots = {one.round_lot.code: one.wanted for one in session.query(BidLot)}
    assert lots == {"2A": 1, "1A": 2}


def test_two_lots_cannot_have_one_place(town, draft):
    answer = send(
        town.by(town.ada),
        f"/applications/{draft.ref}/lot-order",
        {"place-1A": "1", "place-2A": "1"},
    )
    assert ("Lot 2A has the same place as lot 1A.", "#place-2A") in errors_of(answer)


def test_a_lot_that_is_added_later_needs_its_place(session, town, draft):
    order(draft, town, "2A", "1A")
    every = ["1A", "2A", "3A"]
    actions.choose_lots(draft, every, actor=viewer(town.ada), now=town.now)
    copy = queries.working_copy(draft, viewer(town.ada), town.now)
    assert "lot-order:missing" in {one.code for one in copy.findings[""]}
    order(draft, town, "3A", "2A", "1A")
    copy = queries.working_copy(draft, viewer(town.ada), town.now)
    assert "lot-order:missing" not in {one.code for one in copy.findings.get("", [])}


def test_no_colleague_is_overwritten_and_no_stranger_orders(town, draft):
    seen = seen_of(draft)
    order(draft, town, "2A", "1A", seen=seen)
    with pytest.raises(RuleBroken, match="Somebody else changed the order"):
        order(draft, town, "1A", "2A", seen=seen)
    with pytest.raises(RuleBroken, match="Choose from the lots that you apply for"):
        order(draft, town, "1A", "2A", "3B")


def test_where_no_order_is_asked_there_is_no_page_and_nothing_is_sealed(session, town):
    application = complete(an_application(town.round, by=town.ada, lots=["1A", "2A"]))
    session.commit()
    client = town.by(town.ada)
    assert client.get(f"/applications/{application.ref}/lot-order").status_code == 404
    copy = queries.working_copy(application, viewer(town.ada), town.now)
    assert copy.lot_order is None
    assert "lot_order" not in json.loads(sealing.seal(copy, "x").content)


def test_each_bidder_keeps_the_lot_that_it_named_first_and_a_pack_proves_it(session):
    award = {"cap": 1, "cap_by_lot": {}, **WISH}
    both = ("F1", "F2")
    tender = a_scored_tender(
        asks("Oak House", 60_000, lots=both, score=5, order=("F2", "F1")),
        asks("Elm House", 61_000, lots=both, score=4, order=("F1", "F2")),
        scheme={"award": award},
    ).opened()
    won = {(name, lot) for lot in both for name, one in tender.results(lot).items() if one.admitted}
    assert won == {("Oak House", "F2"), ("Elm House", "F1")}
    data = collect(tender.round)
    assert {tuple(row["preferences"]) for row in data["bids"]} == {("F2", "F1"), ("F1", "F2")}
    import io

    into = io.BytesIO()
    build(prepare(data, bytes(32)), Form.FULL, into, made_at=RELEASED, letters=[])
    assert verify(into).differences == ()


def test_a_bid_that_never_said_so_is_named_in_the_refusal(session):
    award = {"cap": 1, "cap_by_lot": {}, **WISH}
    tender = a_scored_tender(
        asks("Oak House", 60_000, lots=("F1", "F2"), order=("F2", "F1")), scheme={"award": award}
    ).locked()
    for one in session.query(BidLot):
        one.wanted = None
    session.commit()
    tender.opened()
    assert tender.results() == {}
    from portal.evaluation.prices.models import Computation

    assert "Oak House may not win all its lots" in session.query(Computation).one().refusal
