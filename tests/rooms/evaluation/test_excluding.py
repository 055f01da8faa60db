"""A supplier is excluded after the lock: the others' results are computed without it."""

from datetime import date, timedelta

import pytest

from portal.access import Viewer
from portal.applications.exclusions import actions
from portal.applications.exclusions.actions import Charge
from portal.db import db
from portal.evaluation import queries
from scoring.canonical import read_fraction
from scoring.exclusion import CONSIDERATIONS, About, Debarment
from scoring.rules import RuleBroken
from scoring.stages import ApplicationStage, RoundStage
from tests.factories.awards import RELEASED, a_recommendation, an_approver, approve_all, make_pdfs
from tests.factories.tenders import LATER, a_scored_tender, asks
from tests.rooms.evidence.test_tender_packs import proved

pytestmark = pytest.mark.usefixtures("session")
UNTIL = LATER + timedelta(days=15)
AFTER = UNTIL + timedelta(hours=1)
TAX = Charge("tax", About.SUPPLIER, "", date(2026, 5, 4), "The list of debarred suppliers.")


def two():
    return a_scored_tender(asks("Oak House", 60_000), asks("Elm House", 50_000))


def proposed(tender, name="Elm House"):
    first, _ = tender.officers
    bid = tender.bid(name)
    made = actions.open_exclusion(
        bid, [TAX], "Tell us what you put right.", UNTIL, actor=first, now=LATER
    )
    actions.look_up(bid, Debarment.NOT_LISTED, name, actor=first, now=LATER)
    actions.propose(
        made,
        exclude=True,
        may_recur=True,
        weighed=list(CONSIDERATIONS),
        reason="Nothing was put right.",
        actor=first,
        now=AFTER,
    )
    return made


def excluded(tender):
    made = proposed(tender)
    actions.confirm(made, actor=tender.officers[1], now=AFTER)
    db.session.commit()
    return made


def test_the_others_are_measured_without_it_and_a_pack_proves_that():
    tender = two().opened()
    before = tender.results()["Oak House"]
    assert read_fraction(before.content["price"]["points"]) < 35
    excluded(tender)
    assert tender.bid("Elm House").stage is ApplicationStage.NOT_COMPLIANT
    found = tender.results()
    assert list(found) == ["Oak House"]
    assert read_fraction(found["Oak House"].content["price"]["points"]) == 35
    assert found["Oak House"].number == before.number + 1
    assert proved(tender.round).differences == ()


def test_a_recommendation_goes_back_to_the_panel():
    tender = two().opened()
    a_recommendation(tender.round)
    excluded(tender)
    assert tender.round.stage is RoundStage.MODERATED


def test_between_the_lock_and_the_prices_it_only_leaves():
    tender = two().locked()
    excluded(tender)
    assert queries.results(tender.round, Viewer.system()) == []
    tender.opened()
    assert list(tender.results()) == ["Oak House"]


def test_once_letters_are_out_it_is_too_late():
    from portal.awards import actions as awards

    tender = two().opened()
    made = proposed(tender)
    approve_all(a_recommendation(tender.round))
    make_pdfs(tender.round)
    awards.release_letters(tender.round, actor=an_approver(), now=RELEASED)
    with pytest.raises(RuleBroken, match=r"letters are out|Nothing is looked up"):
        actions.confirm(made, actor=tender.officers[1], now=AFTER)


def test_whoever_comes_back_is_computed_again():
    tender = two().opened()
    made = excluded(tender)
    first, second = tender.officers
    actions.propose_lifting(made, "The fine was another company's.", actor=first, now=AFTER)
    actions.confirm(made, actor=second, now=AFTER)
    db.session.commit()
    assert sorted(tender.results()) == ["Elm House", "Oak House"]
    assert read_fraction(tender.results()["Oak House"].content["price"]["points"]) < 35
