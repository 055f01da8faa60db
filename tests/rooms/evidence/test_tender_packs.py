"""A tender's award is proved from its pack alone: prices, decisions and corrections recomputed."""

import io
import json
import zipfile

import pytest

from portal.awards import actions as awards, queries as awards_queries
from portal.db import db
from portal.evaluation.decisions import actions as actions_decisions, actions_corrections
from portal.evaluation.decisions.models import DecisionKind
from portal.evaluation.models import Consensus
from portal.evidence.collecting import collect
from scoring.pack import Form, build, prepare
from scoring.verify import verify
from tests.factories.awards import RELEASED, a_recommendation, an_approver, approve_all, make_pdfs
from tests.factories.tenders import LATER, WHY, WRONG, a_scored_tender, answer, ask, asks

pytestmark = pytest.mark.usefixtures("session")
SECRET = bytes(32)


def proved(bid_round, change=None):
    """What the stand-alone command says of a full pack of a round."""
    data = collect(bid_round)
    if change is not None:
        change(data)
    into = io.BytesIO()
    build(prepare(data, SECRET), Form.FULL, into, made_at=RELEASED, letters=[])
    return verify(into)


def a_tender_with_everything(**more):
    """Several lots; a low price set aside after its answer; a score corrected."""
    tender = a_scored_tender(
        asks("Oak House", 60_000, lots=("F1", "F2"), prices={"discount-volume": 500}),
        asks("Elm House", 58_000, lots=("F1", "F2"), score=5),
        asks("Ash House", 30_000, score=3),
        **more,
    ).opened()
    answer(ask(tender))
    first, second = tender.officers
    made = actions_decisions.decide_price(
        tender.results()["Ash House"], DecisionKind.SET_ASIDE, WHY, actor=first, now=LATER
    )
    actions_decisions.confirm(made, actor=second, now=LATER)
    mended = actions_corrections.propose(
        tender.bid("Elm House"), ("safeguarding", ""), 4, WRONG, actor=first, now=LATER
    )
    actions_corrections.confirm(mended, actor=second, now=LATER)
    db.session.commit()
    approve_all(a_recommendation(tender.round))
    db.session.commit()
    return tender


def test_a_pack_of_a_tender_holds_prices_decisions_and_corrections_and_recomputes_all():
    tender = a_tender_with_everything()
    report = proved(tender.round)
    assert report.differences == ()
    data = collect(tender.round)
    assert [row["kind"] for row in data["decisions"]] == ["abnormally-low", "set-aside"]
    assert [row["new"] for row in data["corrections"]] == [4]
    offered = next(row for row in data["prices"] if row["offers"])
    assert {one["key"]: one["bp"] for one in offered["offers"]} == {"discount-volume": 500}
    assert all(one["working"] for row in data["prices"] for one in row["evaluated"])
    assert data["round"]["quorum"] > 0


def test_who_saw_a_score_another_way_stands_in_the_pack_beside_the_reason():
    tender = a_scored_tender(asks("Oak House", 60_000)).opened()
    agreed = db.session.query(Consensus).first()
    agreed.dissent = "Daniel would have given a 2."
    db.session.commit()
    told = [row for row in collect(tender.round)["consensus"] if row["dissent"]]
    assert [row["dissent"] for row in told] == ["Daniel would have given a 2."]
    assert proved(tender.round).differences == ()


def test_who_mended_a_score_or_decided_on_a_price_does_not_approve():
    """One person may hold both posts; the pack would name them, so the portal must refuse them."""
    tender = a_tender_with_everything()
    hands = awards_queries.took_part_in(tender.round)
    assert {one.person_id for one in tender.officers} <= hands
    assert an_approver().person_id not in hands


def test_what_was_changed_in_a_tenders_pack_is_named():
    tender = a_tender_with_everything()

    def cheaper(data):
        data["prices"][0]["rates"][0]["pence"] -= 1

    found = [one.path for one in proved(tender.round, cheaper).differences]
    assert any(path.startswith("prices.json/bids/") for path in found)

    def uncorrected(data):
        data["corrections"] = []

    found = [one.path for one in proved(tender.round, uncorrected).differences]
    assert any(path.startswith("results.json") for path in found)

    def not_set_aside(data):
        data["decisions"] = []

    found = [one.path for one in proved(tender.round, not_set_aside).differences]
    assert any(path.startswith("results.json") for path in found)

    def otherwise(data):
        for row in data["decisions"]:
            row["reason"] = "It was asked for."
        data["decisions"][0]["answer"] = "Nothing was said."
        data["awards"]["recommendation"]["reason"] = "It is the best."
        for row in data["awards"]["approvals"]:
            row["reference"] = "D-99"

    named = {one.path for one in proved(tender.round, otherwise).differences}
    assert named >= {
        "decisions.json/rows/0",
        "decisions.json/rows/1",
        "awards.json/recommendation",
        "awards.json/approvals/rows/0",
    }


def test_the_redacted_form_keeps_no_plain_hash_of_words_that_it_hides():
    """A hash without a salt over a short answer could be tried out until it fits."""
    tender = a_tender_with_everything()
    into = io.BytesIO()
    build(prepare(collect(tender.round), SECRET), Form.REDACTED, into, made_at=RELEASED)
    assert verify(into).holds
    entries = json.loads(zipfile.ZipFile(into).read("trail.json"))["entries"]
    shown = {json.loads(one["content"])["event"] for one in entries if "content" in one}
    assert "award:approved" in shown
    hiding = ("award-decision:", "price-question:", "clarification-reply:", "award:r")
    assert not [event for event in shown if event.startswith(hiding)]


def test_a_tender_awarded_for_each_council_is_proved_too():
    tender = a_tender_with_everything_for_each_council()
    report = proved(tender.round)
    assert report.differences == ()


def a_tender_with_everything_for_each_council():
    tender = a_scored_tender(
        asks("Oak House", 60_000),
        asks("Elm House", 58_000),
        scheme={"price": {"each_council": True}},
    ).opened()
    approve_all(a_recommendation(tender.round))
    db.session.commit()
    return tender


def test_while_prices_are_sealed_a_pack_holds_none():
    tender = a_scored_tender(asks("Oak House", 60_321)).locked()
    data = collect(tender.round)
    assert data["prices"] == []
    assert data["results"] == []
    assert "60321" not in json.dumps(data, default=str)


def test_the_command_line_tells_results_with_decisions(app):
    tender = a_tender_with_everything()
    answered = app.test_cli_runner().invoke(
        args=["rounds", "results", tender.round.ref, "--format", "json"]
    )
    told = json.loads(answered.output)
    assert {row["council"] for row in told["results"]} == {""}
    assert [row["kind"] for row in told["decisions"]] == ["abnormally-low", "set-aside"]
    assert len(told["corrections"]) == 1


def test_the_pack_of_the_portal_is_whole(app):
    tender = a_tender_with_everything()
    make_pdfs(tender.round)
    awards.release_letters(tender.round, actor=an_approver(), now=RELEASED)
    db.session.commit()
    from portal.evidence import actions, jobs

    actions.keep_secret(tender.round, RELEASED)
    db.session.commit()
    into = io.BytesIO()
    jobs.write(
        tender.round, jobs.prepared_pack(tender.round), Form.FULL, into, bid="", now=RELEASED
    )
    assert verify(into).differences == ()
    assert [name for name in zipfile.ZipFile(into).namelist() if name.startswith("letters/")]
