"""A published report stands as it was; a later run says what it restates."""

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from portal.access import Role, Viewer
from portal.costs.models import PublishedReport
from portal.costs.published_reports import actions
from portal.costs.published_reports.queries import one_report
from portal.costs.reports.asking import Wanted, councils
from portal.costs.reports.unit_costs import KEY
from portal.db import db
from portal.people.accounts import add_role
from scoring.rules import RuleBroken
from tests.factories.contracts import a_finance_officer
from tests.factories.people import a_person, viewer
from tests.factories.placements import NOW, a_costing_council, a_ledger, bring_in
from tests.factories.rounds import an_officer
from tests.rooms.costs.test_cost_pages import ROWS, words


@pytest.fixture
def luton(session):
    council = a_costing_council()
    bring_in(council, ("ledger.csv", a_ledger(*ROWS[:2])))
    return council


def test_a_published_report_stays_and_says_what_is_restated(luton, by):
    client = by(a_finance_officer())
    asked = client.page("/costs/reports/unit-costs/publish?council=luton")
    shown = client.sends(asked, button="Publish", to="/costs/published/*")
    assert "£525.00" in words(shown)
    assert "counted otherwise now" not in words(shown)
    bring_in(luton, ("more.csv", a_ledger("P3,4711009,Elm House,IFA,2025-04-01,2026-04-01,900.00")))
    again = words(client.page(shown.request.path))
    assert "£525.00" in again
    assert "counted otherwise now" in again
    assert "£650.00" in again
    file = client.get(f"{shown.request.path}/unit-costs.csv").data.decode("utf-8-sig")
    assert "525.00" in file
    assert "650.00" not in file


def test_readers_see_it_without_small_numbers_and_strangers_not_at_all(luton, by):
    kept = actions.publish(KEY, Wanted("luton"), actor=a_finance_officer(), now=NOW)
    db.session.commit()
    officer = by(an_officer())
    said = words(officer.page(f"/costs/published/{kept.ref}"))
    assert "hidden" in said
    assert "£525.00" not in said
    assert kept.title in words(officer.page("/costs/published"))
    stranger = by(an_officer("bedford-borough"))
    stranger.page(f"/costs/published/{kept.ref}", status=404)
    assert kept.title not in words(stranger.page("/costs/published"))
    officer.page("/costs/reports/unit-costs/publish", status=403)


def test_only_a_whole_report_is_published(luton):
    officer = a_finance_officer()
    with pytest.raises(RuleBroken) as refusal:
        actions.publish(KEY, Wanted("luton", provider="Oak House"), actor=officer, now=NOW)
    assert refusal.value.code == "report:narrowed"
    with pytest.raises(RuleBroken) as refusal:
        actions.publish(KEY, Wanted("luton"), actor=an_officer(), now=NOW)
    assert refusal.value.code == "report:not-allowed"
    assert db.session.scalars(select(PublishedReport)).all() == []


def test_money_at_one_council_opens_no_reports_of_another(luton):
    person = a_person(Role.FINANCE, "bedford-borough")
    add_role(person, luton, Role.EVALUATOR, actor=Viewer.system(), now=NOW)
    asks = viewer(person)
    assert {one.slug for one in councils(asks)} == {"bedford-borough"}
    made = actions.publish(KEY, Wanted("luton"), actor=a_finance_officer(), now=NOW)
    with pytest.raises(NotFound):
        one_report(made.ref, asks)
