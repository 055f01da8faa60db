"""Councils for each lot: chosen by the bidder, sealed with the rest, and kept to the contract."""

import json

import pytest
from sqlalchemy import select

from portal.applications import actions, queries
from portal.applications.lots.councils import seen_of
from portal.applications.models import ApplicationLot, BidLot
from portal.applications.submitting import sealing
from portal.evidence.bid_rows import bid_rows
from portal.people.models import Person
from scoring.rules import RuleBroken
from tests.factories.applications import a_submitted, an_application, complete, submit
from tests.factories.people import as_person, viewer
from tests.factories.rounds import AFTER_OPENING, an_officer, open_it
from tests.factories.sending import form_on, send
from tests.reading import errors_of


@pytest.fixture
def draft(session, town):
    application = complete(an_application(town.round, by=town.ada, lots=["1A", "2A"]))
    session.commit()
    return application


def choose(draft, town, chosen, *, by="ada", **more):
    actor = viewer(getattr(town, by))
    actions.choose_councils(draft, chosen, actor=actor, now=town.now, **more)


def test_every_council_is_offered_a_lot_until_somebody_says_otherwise(session, town, draft):
    copy = queries.working_copy(draft, viewer(town.ada), town.now)
    assert [one.slug for one in copy.lot_councils["1A"]] == [
        "bedford-borough",
        "central-bedfordshire",
        "luton",
    ]
    assert "councils" not in json.loads(sealing.seal(copy, "x").content)


def test_a_council_is_unticked_on_the_page_and_named_in_what_is_submitted(session, town, draft):
    client, address = town.by(town.ben), f"/applications/{draft.ref}/councils"
    answer = send(client, address, {"councils-1A": ["luton"]})
    assert answer.location == f"/applications/{draft.ref}"
    assert "Only lot 1A to Luton" in client.page(answer.location).text
    assert "Luton" in client.page(f"/applications/{draft.ref}/check").text
    submission = submit(draft, by=town.ada)
    content = sealing.read_content(submission.content)
    assert content.councils["1A"] == ("luton",)


def test_a_lot_without_any_council_is_refused_beside_it(session, town, draft):
    answer = send(town.by(town.ada), f"/applications/{draft.ref}/councils", {"councils-1A": []})
    assert ("Choose at least one council for lot 1A.", "#councils-1A") in errors_of(answer)


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"1A": []}, "councils:none"),
        ({"1A": ["hertfordshire"]}, "councils:unknown"),
        ({"3A": ["luton"]}, "lots:unknown"),
        ({"1A": ["luton"], "2A": ["nowhere"]}, "councils:unknown"),
    ],
)
def test_what_the_round_does_not_have_is_refused_and_nothing_is_taken(
    session, town, draft, chosen, code
):
    with pytest.raises(RuleBroken) as refused:
        choose(draft, town, chosen)
    assert refused.value.code == code
    session.rollback()
    assert {
        lot.councils for lot in session.scalars(select(ApplicationLot)) if lot.councils
    } == set()


def test_a_colleague_s_choice_is_not_undone_unseen(session, town, draft):
    client, address = town.by(town.ada), f"/applications/{draft.ref}/councils"
    form = form_on(client, address, ["councils-1A"])
    choose(draft, town, {"1A": ["luton"]}, by="ben")
    session.commit()
    answer = send(client, address, {"councils-1A": ["bedford-borough"]}, form=form)
    assert answer.status_code == 422
    assert "Somebody else changed the councils" in answer.text
    session.expire_all()
    assert seen_of(draft).startswith("1A:luton ")


def test_strangers_find_nothing_and_nobody_chooses_after_the_deadline(session, town, draft):
    address = f"/applications/{draft.ref}/councils"
    assert town.by(town.cyd).get(address).status_code == 404
    assert town.by(town.dev).get(address).status_code == 403
    town.at(AFTER_OPENING)
    assert town.by(town.ada).get(address).status_code == 409


def test_the_opened_bid_keeps_the_councils_and_its_pack_names_them(session, town, draft):
    choose(draft, town, {"1A": ["luton", "bedford-borough"]})
    submit(draft, by=town.ada)
    other = a_submitted(town.round, by=town.cyd, lots=["2A"])
    open_it(town.round)
    lots = {(one.application_id, one.round_lot.code): one for one in session.query(BidLot)}
    assert lots[draft.id, "1A"].councils == ["bedford-borough", "luton"]
    assert lots[draft.id, "2A"].councils is None
    assert lots[other.id, "2A"].councils is None
    rows = {row["bid"]: row for row in bid_rows([draft, other], an_officer())}
    assert [one.get("councils") for one in rows[draft.ref]["lots"]] == [
        "bedford-borough luton",
        None,
    ]


def test_a_lot_that_is_left_out_takes_its_councils_along(session, town, draft):
    choose(draft, town, {"1A": ["luton"]})
    actions.choose_lots(draft, ["2A"], actor=viewer(town.ada), now=town.now)
    copy = queries.working_copy(draft, viewer(town.ada), town.now)
    assert "councils" not in json.loads(sealing.seal(copy, "x").content)


def test_only_a_lot_that_is_kept_from_a_council_says_so_and_by_name(app, session, town, draft):
    choose(draft, town, {"1A": ["bedford-borough", "central-bedfordshire", "luton"]})
    choose(draft, town, {"2A": ["luton", "bedford-borough"]})
    submit(draft, by=town.ada)
    open_it(town.round)
    town.at(AFTER_OPENING)
    officer = as_person(app.test_client(), session.get(Person, an_officer().person_id))
    names = "Bedford Borough Council, Luton Council only"
    shown = officer.get(f"/council/applications/{draft.ref}/compliance").text
    assert shown.count(" only</span>") == 1
    assert f"offered to {names}" in shown
    for who, address in (
        (officer, f"/council/applications/{draft.ref}/submitted"),
        (town.by(town.ada), f"/applications/receipts/{draft.standing.ref}/answers"),
    ):
        shown = who.get(address).text
        assert f"Lot 2A is offered to {names}." in shown
        assert "Lot 1A is offered" not in shown
