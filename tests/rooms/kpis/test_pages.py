"""The pages: what each person sees and can press, without script and with it."""

import io
from datetime import date
from html import unescape

import pytest
from lxml import html

from portal.access import Role
from portal.db import db
from portal.kpis import actions_checking as checking, actions_returns as actions
from scoring.stages import KpiReturnStage as Stage
from tests.client import HygieneClient
from tests.factories.kpis import (
    AFTER,
    a_held_lot,
    a_kpi_set,
    a_plan,
    a_submitted,
    an_agreement,
    returns_of,
    told,
)
from tests.factories.people import a_person, as_person, viewer
from tests.factories.providers import a_contributor, a_provider, a_provider_admin

FIGURES = {
    "numerator-plans": "9",
    "denominator-plans": "10",
    "comment-plans": "One came late.",
    "numerator-staff": "8",
    "denominator-staff": "8",
}


@pytest.fixture
def at(app, session, monkeypatch):
    monkeypatch.setattr(app, "test_client_class", HygieneClient)
    app.config["CLOCK"] = lambda: AFTER
    return AFTER


@pytest.fixture
def oak(at):
    return a_provider("Oak House")


@pytest.fixture
def one(oak):
    return returns_of(a_plan(oak, now=AFTER))[0]


@pytest.fixture
def ada(app, oak):
    return as_person(app.test_client(), a_provider_admin(oak))


@pytest.fixture
def officer(app, at):
    return as_person(app.test_client(), a_person(Role.COMMISSIONER, "luton"))


def test_a_return_from_the_first_number_to_the_councils_word(ada, officer, one):
    address = f"/kpis/returns/{one.ref}"
    shown = ada.page(f"{address}/fill")
    ada.sends(shown, FIGURES, button="Save and go back", to=address)
    shown = ada.page(f"{address}/submit")
    assert "90.00%" in shown.text
    ada.sends(shown, {}, button="Submit", status=422)
    ada.sends(shown, {"certified": "y"}, button="Submit", to=address)
    listed = officer.page("/kpis/returns?state=to-check")
    as_file = officer.get("/kpis/returns.csv?state=to-check").text
    assert '"To check"' in as_file
    assert one.plan.provider.name in as_file
    assert "Oak House" in listed.text
    shown = officer.page(f"{address}/figures/plans/correct")
    refused = officer.sends(shown, {"numerator": "1.5", "reason": "Half a plan."}, status=422)
    assert "“Plans made in time” must be a whole number" in refused.text
    typed = {"numerator": "8", "reason": "Two were late."}  # the other number stands there
    read = officer.sends(shown, typed, to=address)
    assert "The provider gave 9 of 10" in read.text
    assert "Misses it" in read.text
    shown = officer.page(f"{address}/query")
    officer.sends(shown, {"text": "Which two?", "kpi": "plans"}, to=address)
    shown = ada.page(f"{address}/submit")
    again = ada.sends(
        shown, {"certified": "y", "answer": "Both in May."}, button="Submit", to=address
    )
    assert "Both in May." in again.text
    officer.sends(officer.page(f"{address}/accept"), {}, button="Accept", to="/kpis/returns")
    db.session.expire_all()
    assert one.stage is Stage.ACCEPTED


def test_what_is_missing_is_listed_with_the_way_to_it(ada, one):
    address = f"/kpis/returns/{one.ref}"
    ada.sends(ada.page(f"{address}/fill"), {"numerator-plans": "3"}, to=address)
    shown = unescape(ada.page(f"{address}/submit").text)
    assert "Enter a number for “People who moved in”, or 0" in shown
    assert "#denominator-plans" in shown


def test_numbers_that_are_none_stay_on_the_page(ada, one):
    address = f"/kpis/returns/{one.ref}"
    shown = ada.sends(ada.page(f"{address}/fill"), {"numerator-plans": "nine"}, status=422)
    assert "must be a number" in shown.text
    assert 'value="nine"' in shown.text
    assert "1 figure is not saved" in shown.text


def test_each_field_saves_itself(ada, one):
    address = f"/kpis/returns/{one.ref}/fill"
    hidden = _hidden(ada.page(address))

    def typed(name, text):
        sent = hidden | {"autosave_field": name, name: text}
        answer = ada.post(address, data=sent, headers={"X-Requested-With": "autosave"})
        hidden.update(answer.json.get("hidden", {}))
        return answer.status_code, answer.json

    assert typed("numerator-plans", "12")[1]["status"] == "saved"
    _, told_of = typed("denominator-plans", "10")
    assert "cannot be more than" in told_of["to_mend"]["numerator-plans"]
    assert typed("numerator-plans", "9")[0] == 200
    status, told_of = typed("numerator-plans", "x")
    assert (status, told_of["status"]) == (422, "invalid")
    db.session.expire_all()
    assert one.figure("plans").given == (9, 10)


def _hidden(shown):
    fields = html.document_fromstring(shown.text).xpath(
        "//form[@data-autosave]//input[@type='hidden']"
    )
    return {one.get("name"): one.get("value") for one in fields if one.get("name") != "_labels"}


def test_two_colleagues_and_one_figure(app, oak, ada, one):
    address = f"/kpis/returns/{one.ref}/fill"
    shown = ada.page(address)
    ben = viewer(a_contributor(oak, name="Ben Birch"))
    actions.save_figures(one, {"plans": told(5, 9)}, actor=ben, now=AFTER)
    db.session.commit()
    held = ada.sends(shown, {"numerator-plans": "7"}, button="Save and go back", status=409)
    assert "Ben Birch" in held.text
    kept = ada.sends(held, {}, button="Keep mine", to=f"/kpis/returns/{one.ref}")
    assert "7 of 9" in kept.text


def test_evidence_comes_with_the_return_and_is_scanned_before_anybody_opens_it(ada, officer, one):
    address = f"/kpis/returns/{one.ref}"
    shown = ada.page(f"{address}/evidence")
    pdf = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    ada.sends(shown, {"kpi": "plans"}, button="Add the file", status=422)
    sent = {"file": (io.BytesIO(pdf), "plans.pdf"), "kpi": "plans"}
    added = ada.sends(ada.page(f"{address}/evidence"), sent, button="Add the file", to=address)
    assert "being checked for viruses" in added.text
    (kept,) = one.evidence
    assert ada.get(f"/kpis/evidence/{kept.ref}/file").status_code == 409
    assert officer.get(f"/kpis/evidence/{kept.ref}/file").status_code == 404
    taken = ada.page(f"/kpis/evidence/{kept.ref}/take-out")
    ada.sends(taken, {}, button="Take it out", to=address)


def test_a_council_asks_for_a_set(app, officer, oak):
    agreement = an_agreement("1A")
    a_held_lot(oak, agreement)
    version = a_kpi_set(key="kpis-other")
    db.session.commit()
    officer.page("/kpis/plans")
    assert officer.get("/kpis/plans.csv").text.removeprefix("\ufeff").startswith('"Provider"')
    officer.page("/kpis/plans/new")
    shown = officer.page(f"/kpis/plans/new/{agreement.ref}")
    typed = {"lots": ["1A"], "kpi_set": version.ref}
    day = {"from_on-day": "1", "from_on-month": "4", "from_on-year": "2027"}
    officer.sends(shown, typed, button="Ask for it", status=422)
    listed = officer.sends(shown, typed | day, button="Ask for it", to="/kpis/plans")
    assert "Oak House" in listed.text


def test_the_pages_of_a_plan(officer, ada, one):
    address = f"/kpis/plans/{one.plan.ref}"
    assert "Change" in officer.page(address).text
    assert "Change" not in ada.page(address).text
    officer.sends(officer.page(f"{address}/sites"), {}, button="Save", to=address)
    officer.page(f"{address}/set")
    day = {"until_on-day": "30", "until_on-month": "6", "until_on-year": "2027"}
    ended = officer.sends(officer.page(f"{address}/end"), day, button="End it", to=address)
    assert "30 June 2027" in ended.text


def test_who_may_not(app, one, oak):
    address = f"/kpis/returns/{one.ref}"
    ben = as_person(app.test_client(), a_contributor(oak))
    ben.page(f"{address}/fill")
    ben.page(f"{address}/submit", status=403)
    young = as_person(app.test_client(), a_person(Role.YOUNG_COMMISSIONER))
    young.page(address, status=403)
    assert "We plan together." in young.page("/kpis/definitions").text
    finance = as_person(app.test_client(), a_person(Role.FINANCE))
    finance.page(address, status=403)
    outside = as_person(app.test_client(), a_person(Role.COMMISSIONER, "hertfordshire"))
    outside.page(address, status=404)
    auditor = as_person(app.test_client(), a_person(Role.AUDITOR))
    auditor.page(address)
    auditor.page(f"{address}/accept", status=403)


def test_what_waits_is_on_the_home_page(ada, officer, one, oak):
    assert "KPI return, April to June 2027" in ada.page("/").text
    a_submitted(one, viewer(a_provider_admin(oak)))
    assert "1 KPI return to check" in officer.page("/").text


def test_a_question_about_a_late_return_is_told_in_whole_sentences(app, ada, officer, one, oak):
    admin = viewer(a_provider_admin(oak))
    a_submitted(one, admin)
    asking = viewer(a_person(Role.COMMISSIONER, "luton"))
    checking.query(one, "Why so many?", actor=asking, now=AFTER)
    one.due_on = date(2027, 6, 30)
    db.session.commit()
    shown = " ".join(ada.page("/").text.split())
    assert "The council asks about it. It was due on 30 June 2027." in shown
