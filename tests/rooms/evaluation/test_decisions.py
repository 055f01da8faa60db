"""After the prices: low prices, bids set aside, ties, and corrections, each with a second person."""

import pytest

from portal.audit import AuditEntry, Event
from portal.db import db
from portal.evaluation import queries
from portal.evaluation.asked import scheme_of
from portal.evaluation.decisions import (
    actions as actions_decisions,
    actions_corrections,
    queries as decisions,
)
from portal.evaluation.decisions.models import DecisionKind, PriceQuestion
from portal.evaluation.decisions.open_matters import open_matters
from portal.evaluation.models import Consensus, Result
from portal.evaluation.prices.models import Computation
from portal.mail import Mail
from scoring.canonical import read_fraction
from scoring.rules import RuleBroken
from tests.factories.awards import a_recommendation, approve_all, make_pdfs
from tests.factories.bids import administrator_of
from tests.factories.rounds import at
from tests.factories.tenders import (
    ASKED,
    LATER,
    UNTIL,
    WHY,
    WRONG,
    a_scored_tender,
    answer,
    ask,
    asks,
)


def low(**more):
    """Three bids, of which the last asks far less than the others."""
    return a_scored_tender(
        asks("Oak House", 60_000),
        asks("Elm House", 58_000),
        asks("Ash House", 30_000, score=3),
        **more,
    ).opened()


def test_a_low_price_is_flagged_and_holds_the_recommendation_up():
    tender = low()
    (flag,) = tender.results()["Ash House"].content["flags"]
    assert flag["code"] == "price:abnormally-low"
    assert tender.results()["Ash House"].admitted, "it is never rejected by itself"
    assert open_matters(tender.round)
    with pytest.raises(RuleBroken, match="abnormally low"):
        a_recommendation(tender.round)


def test_a_bidder_is_asked_once_and_only_about_a_price_that_is_flagged():
    tender = low()
    with pytest.raises(RuleBroken, match="not flagged"):
        ask(tender, "Oak House")
    made = ask(tender)
    with pytest.raises(RuleBroken, match="asked already"):
        ask(tender)
    mails = [one for one in db.session.query(Mail) if one.about == made.ref]
    assert mails
    assert not [one for one in mails if "300" in one.body]


def test_only_the_bidder_reads_the_question_and_answers_once_in_time(by, app):
    tender = low()
    made = ask(tender)
    at(app, LATER)
    own = administrator_of(tender.bid("Ash House").provider)
    other = administrator_of(tender.bid("Oak House").provider)
    address = f"/price-questions/{made.ref}"
    assert by(other).get(address).status_code == 404
    browser = by(own)
    shown = browser.page(address)
    assert ASKED in shown.text
    assert "580" not in shown.text, "nobody else's price is told"
    shown = browser.sends(shown, {"answer": "Our carers live close by."}, to=address)
    assert "Our carers live close by." in shown.text
    with pytest.raises(RuleBroken, match="cannot be changed"):
        answer(db.session.get_one(PriceQuestion, made.id))
    (entry,) = db.session.query(AuditEntry).filter_by(event=Event.PRICE_QUESTION_ANSWERED.value)
    assert "carers" not in str(entry.detail)


def test_an_answer_after_its_time_is_refused():
    tender = low()
    with pytest.raises(RuleBroken, match="time to answer is over"):
        answer(ask(tender), now=UNTIL)


def test_nothing_is_decided_before_the_bidder_was_heard():
    tender = low()
    ash, lead = tender.results()["Ash House"], tender.officers[0]
    with pytest.raises(RuleBroken, match="Ask the bidder first"):
        actions_decisions.decide_price(ash, DecisionKind.SET_ASIDE, WHY, actor=lead, now=LATER)
    ask(tender)
    with pytest.raises(RuleBroken, match="still has time"):
        actions_decisions.decide_price(ash, DecisionKind.KEEP, WHY, actor=lead, now=LATER)


def test_a_price_that_is_explained_is_kept_by_one_person():
    tender = low()
    answer(ask(tender))
    actions_decisions.decide_price(
        tender.results()["Ash House"], DecisionKind.KEEP, WHY, actor=tender.officers[0], now=LATER
    )
    assert open_matters(tender.round) == []
    assert a_recommendation(tender.round)


def test_setting_aside_needs_a_second_person_and_computes_the_others_anew():
    tender = low()
    answer(ask(tender))
    first, second = tender.officers
    before = read_fraction(tender.results()["Elm House"].total)
    made = actions_decisions.decide_price(
        tender.results()["Ash House"], DecisionKind.SET_ASIDE, WHY, actor=first, now=LATER
    )
    assert tender.results()["Ash House"].admitted, "nothing is in force yet"
    with pytest.raises(RuleBroken, match="somebody else must confirm"):
        actions_decisions.confirm(made, actor=first, now=LATER)
    actions_decisions.confirm(made, actor=second, now=LATER)
    found = tender.results()
    assert not found["Ash House"].admitted
    assert found["Ash House"].content["findings"][0]["code"] == "award:set-aside"
    assert WHY in found["Ash House"].content["findings"][0]["message"]
    assert read_fraction(found["Elm House"].total) > before, "the lowest price is its own now"
    assert open_matters(tender.round) == []
    kept = db.session.query(Result).filter_by(stands=False).count()
    assert kept == 3, "the former results are kept"
    assert [one.cause.value for one in db.session.query(Computation)] == ["prices", "decision"]


def test_a_second_person_may_decline_with_a_reason():
    tender = low()
    answer(ask(tender))
    first, second = tender.officers
    made = actions_decisions.decide_price(
        tender.results()["Ash House"], DecisionKind.SET_ASIDE, WHY, actor=first, now=LATER
    )
    with pytest.raises(RuleBroken):
        actions_decisions.decline(made, "", actor=second, now=LATER)
    actions_decisions.decline(made, "The answer is convincing to me.", actor=second, now=LATER)
    assert tender.results()["Ash House"].admitted
    with pytest.raises(RuleBroken, match="already"):
        actions_decisions.confirm(made, actor=second, now=LATER)


TIED = {"award": {"cap_by_lot": {"F1": 1}, "tie_at_cap": "decide"}}


def tied():
    return a_scored_tender(
        asks("Oak House", 60_000), asks("Elm House", 60_000), scheme=TIED
    ).opened()


def test_a_tie_at_the_last_award_is_decided_by_two_people(by, app):
    tender = tied()
    at(app, LATER)
    assert not any(one.admitted for one in tender.results().values())
    with pytest.raises(RuleBroken, match="equal rank"):
        a_recommendation(tender.round)
    first, second = tender.officers
    (own,) = decisions.tied(queries.results(tender.round, first)).values()
    with pytest.raises(RuleBroken, match="place of its own"):
        actions_decisions.decide_tie(own, [own[0].application.ref] * 2, WHY, actor=first, now=LATER)
    elm = tender.bid("Elm House").ref
    browser = by(first)
    address = f"/council/rounds/{tender.round.ref}/decisions"
    shown = browser.page(f"{address}/ties/F1")
    places = {
        f"place_{one.application.ref.replace('-', '_')}": "1" if one.application.ref == elm else "2"
        for one in own
    }
    browser.sends(shown, {**places, "reason": WHY}, to=address)
    other = by(second)
    shown = other.page(address)
    assert "Elm House, then Oak House" in shown.text
    made = decisions.decisions_of(tender.round)[0]
    shown = other.page(f"{address}/second/{made.ref}")
    other.sends(shown, {"decision": "confirm"}, to=address)
    found = tender.results()
    assert found["Elm House"].admitted
    assert not found["Oak House"].admitted
    assert open_matters(tender.round) == []


def test_a_price_that_cannot_be_evaluated_is_told_and_its_bid_can_be_set_aside(by, app):
    tender = a_scored_tender(asks("Oak House", 60_000), asks("Elm House", 58_000))
    from portal.applications.models import PriceEnvelope

    for envelope in db.session.query(PriceEnvelope):
        if tender.bid("Elm House").ref in envelope.content:
            envelope.content = envelope.content.replace("58000", "0")
    db.session.commit()
    tender.opened()
    at(app, LATER)
    assert queries.results(tender.round, tender.officers[0]) == []
    first, second = tender.officers
    address = f"/council/rounds/{tender.round.ref}"
    shown = by(first).page(f"{address}/prices")
    assert "not what was sealed" in shown.text
    assert "Elm House, lot F1" in by(first).page(f"{address}/results").text
    elm = tender.bid("Elm House").ref
    browser = by(first)
    shown = browser.page(f"{address}/decisions/set-aside/{elm}/F1")
    browser.sends(
        shown, {"reason": "It has no price that can be compared."}, to=f"{address}/decisions"
    )
    made = decisions.decisions_of(tender.round)[0]
    actions_decisions.confirm(made, actor=second, now=LATER)
    found = tender.results()
    assert found["Oak House"].rank == 1
    assert not found["Elm House"].admitted


def correct(tender, name="Oak House", new=2, question="safeguarding", now=LATER):
    return actions_corrections.propose(
        tender.bid(name), (question, ""), new, WRONG, actor=tender.officers[0], now=now
    )


def test_a_correction_keeps_what_was_agreed_and_computes_everything_anew(by, app):
    tender = a_scored_tender(asks("Oak House", 60_000), asks("Elm House", 58_000)).opened()
    at(app, LATER)
    before = tender.results()["Oak House"]
    made = correct(tender)
    assert tender.results()["Oak House"].sha256 == before.sha256
    with pytest.raises(RuleBroken, match="somebody else must confirm"):
        actions_corrections.confirm(made, actor=tender.officers[0], now=LATER)
    actions_corrections.confirm(made, actor=tender.officers[1], now=LATER)
    db.session.commit()
    after = tender.results()["Oak House"]
    assert not after.admitted, "below the minimum of 3"
    agreed = {
        one.value for one in db.session.query(Consensus) if one.question_key == "safeguarding"
    }
    assert agreed == {4}, "what was agreed stands as it was"
    assert made.prices_open
    lead = by(tender.officers[0])
    shown = lead.page(f"/council/rounds/{tender.round.ref}/results/F1/{after.application.ref}")
    assert "Corrected from 4 to 2" in shown.text
    assert before.sha256 in shown.text, "the former result is told"
    (entry,) = db.session.query(AuditEntry).filter_by(event=Event.CORRECTION_CONFIRMED.value)
    assert WRONG not in str(entry.detail)


def test_a_correction_must_change_something_on_the_scale_with_a_reason():
    tender = a_scored_tender(asks("Oak House", 60_000)).opened()
    for new, code in ((4, "correction:same"), (9, "score:not-on-scale")):
        with pytest.raises(RuleBroken) as refused:
            correct(tender, new=new)
        assert refused.value.code == code
    with pytest.raises(RuleBroken):
        actions_corrections.propose(
            tender.bid("Oak House"),
            ("safeguarding", ""),
            2,
            "no",
            actor=tender.officers[0],
            now=LATER,
        )
    correct(tender)
    with pytest.raises(RuleBroken, match="waits to be confirmed"):
        correct(tender, new=3)


def test_a_reason_that_names_a_price_or_another_bidder_is_looked_at_again(by, app):
    """The bidder reads the reason of a correction in its letter, like that of a score."""
    tender = a_scored_tender(asks("Oak House", 60_000), asks("Elm House", 58_000)).opened()
    at(app, LATER)
    bid, board = tender.bid("Oak House"), f"/council/rounds/{tender.round.ref}/decisions"
    address = f"/council/rounds/{tender.round.ref}/corrections/{bid.ref}/safeguarding"
    lead = by(tender.officers[0])
    typed = {"new": "2", "reason": f"{WRONG} Elm House is cheaper at £580."}
    warned = lead.sends(lead.page(address), typed, status=200)
    assert "It names a price (“£580”)" in warned.text
    assert "It names another bidder (“Elm House”)" in warned.text
    assert not decisions.corrections_of(tender.round)
    warned = lead.sends(warned, {**typed, "reason": f"{WRONG} Elm House is better."}, status=200)
    assert "It names another bidder (“Elm House”)" in warned.text
    assert not decisions.corrections_of(tender.round), "another text is looked at anew"
    shown = lead.sends(warned, {}, to=board)
    (made,) = decisions.corrections_of(tender.round)
    assert made.reason == f"{WRONG} Elm House is better."
    assert ">Safeguarding<" in shown.text, "the question in words, not as a key"


def test_the_award_says_what_became_of_a_low_price_and_of_how_many_points(by, app):
    tender = low()
    answer(ask(tender))
    actions_decisions.decide_price(
        tender.results()["Ash House"], DecisionKind.KEEP, WHY, actor=tender.officers[0], now=LATER
    )
    db.session.commit()
    at(app, LATER)
    shown = by(tender.officers[0]).page(f"/council/rounds/{tender.round.ref}/award/recommend")
    assert "It was explained, and the bid is kept." in shown.text
    assert "Ask the bidder to explain it." not in shown.text
    whole = scheme_of(tender.round).total_points
    assert f"Points of {whole}</th>" in shown.text


def test_before_the_lock_nothing_is_corrected():
    tender = a_scored_tender(asks("Oak House", 60_000))
    with pytest.raises(RuleBroken, match="not locked yet"):
        correct(tender)


def test_a_correction_takes_back_what_rests_on_the_results_until_letters_are_out():
    from portal.awards import actions as awards, queries as award_queries
    from portal.awards.models import Letter
    from scoring.stages import RecommendationStage, RoundStage
    from tests.factories.awards import RELEASED, an_approver

    tender = a_scored_tender(asks("Oak House", 60_000), asks("Elm House", 58_000)).opened()
    approve_all(a_recommendation(tender.round))
    db.session.commit()
    assert db.session.query(Letter).count() == 2
    made = correct(tender)
    actions_corrections.confirm(made, actor=tender.officers[1], now=LATER)
    db.session.commit()
    assert tender.round.stage is RoundStage.MODERATED
    assert db.session.query(Letter).count() == 0
    newest = award_queries.recommendation_of(tender.round)
    assert newest.stage is RecommendationStage.RETURNED
    again = a_recommendation(tender.round)
    approve_all(again)
    make_pdfs(tender.round)
    awards.release_letters(tender.round, actor=an_approver(), now=RELEASED)
    db.session.commit()
    waiting = correct(tender, name="Elm House", now=RELEASED)
    with pytest.raises(RuleBroken, match="letters are out"):
        actions_corrections.confirm(waiting, actor=tender.officers[1], now=RELEASED)


def test_somebody_outside_the_lead_council_proposes_nothing(by, app):
    tender = low()
    at(app, LATER)
    from tests.factories.rounds import an_officer

    partner = an_officer("bedford-borough")
    address = f"/council/rounds/{tender.round.ref}/decisions"
    shown = by(partner).page(address)
    assert "Only the lead council" in shown.text
    with pytest.raises(RuleBroken, match="Only the lead council"):
        actions_decisions.ask(tender.results()["Ash House"], ASKED, UNTIL, actor=partner, now=LATER)
    assert by(tender.story.evaluators[0]).get(address).status_code == 403
