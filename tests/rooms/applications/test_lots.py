"""Choosing lots: questions, documents and rates follow from them, and nothing is thrown away."""

import pytest

from portal.applications import actions, queries
from portal.applications.models import Answer
from scoring.rules import RuleBroken
from tests.factories.applications import an_application
from tests.factories.people import viewer
from tests.factories.rounds import DEADLINE
from tests.factories.sending import form_on, send


def codes(session, application):
    session.expire_all()
    return {lot.round_lot.code for lot in application.lots}


def test_lots_are_chosen_on_a_page(session, town):
    application = an_application(town.round, by=town.ada, lots=[])
    answer = send(
        town.by(town.ben), f"/applications/{application.ref}/lots", {"lots": ["1B", "3B"]}
    )
    assert answer.status_code == 302
    assert codes(session, application) == {"1B", "3B"}


def test_no_lot_at_all_is_refused(session, town):
    application = an_application(town.round, by=town.ada, lots=["1A"])
    answer = send(town.by(town.ben), f"/applications/{application.ref}/lots", {"lots": []})
    assert answer.status_code == 422
    assert "Choose at least one lot" in answer.text
    assert codes(session, application) == {"1A"}


def test_ofsted_is_not_asked_of_those_who_house_adults_only(session, town):
    application = an_application(town.round, by=town.ada, lots=["1B"])
    copy = queries.working_copy(application, viewer(town.ada), town.now)
    ofsted = next(part for part in copy.parts if part.section["key"] == "ofsted")
    assert ofsted.pages == ()
    assert "ofsted-registration-certificate" not in {line["key"] for line in copy.document_lines}
    page = town.by(town.ada).get(f"/applications/{application.ref}")
    assert "Not needed for your lots" in page.text


def test_answers_for_a_lot_left_out_are_kept(session, town):
    application = an_application(town.round, by=town.ada, lots=["1A", "2A"])
    ada = viewer(town.ada)
    where = (application, "places-offered", "2A")
    actions.save_answer(*where, "5", None, actor=ada, now=town.now)
    actions.choose_lots(application, ["1A"], actor=ada, now=town.now)
    assert session.query(Answer).one().value == "5"
    actions.choose_lots(application, ["1A", "2A"], actor=ada, now=town.now)
    copy = queries.working_copy(application, ada, town.now)
    assert copy.values["places-offered", "2A"] == "5"


def test_a_lot_that_is_not_on_offer_is_refused(session, town):
    application = an_application(town.round, by=town.ada)
    with pytest.raises(RuleBroken) as refused:
        actions.choose_lots(application, ["9Z"], actor=viewer(town.ada), now=town.now)
    assert refused.value.code == "lots:unknown"


def test_a_cancelled_lot_is_not_on_offer(session, town):
    application = an_application(town.round, by=town.ada, lots=["1A", "2A"])
    town.round.lots[0].cancelled_at = town.now
    with pytest.raises(RuleBroken):
        actions.choose_lots(application, ["1A"], actor=viewer(town.ada), now=town.now)
    assert queries.working_copy(application, viewer(town.ada), town.now).lots == ("2A",)


def test_a_colleague_s_choice_is_not_undone_unseen(session, town):
    application = an_application(town.round, by=town.ada, lots=["1A"])
    address = f"/applications/{application.ref}/lots"
    ben = town.by(town.ben)
    form = form_on(ben, address, ["lots"])
    actions.choose_lots(application, ["1A", "2A"], actor=viewer(town.ada), now=town.now)
    answer = send(ben, address, {"lots": ["3A"]}, form=form)
    assert answer.status_code == 422
    assert "Chosen now: 1A, 2A" in answer.text
    assert codes(session, application) == {"1A", "2A"}


def test_not_after_the_deadline(session, town):
    application = an_application(town.round, by=town.ada)
    with pytest.raises(RuleBroken) as refused:
        actions.choose_lots(application, ["3A"], actor=viewer(town.ada), now=DEADLINE)
    assert refused.value.code == "application:edit-refused"
