"""Budget, actual and outturn: the council's own share, day by day, and who may say what is budgeted."""

import csv
import io
from datetime import date
from fractions import Fraction

import pytest

from portal.access import Role, Viewer
from portal.costs.actions_taking_back import take_back
from portal.costs.budgets import actions, queries
from portal.costs.budgets.actions import BudgetTold
from portal.costs.budgets.models import CostBudget, InHouse
from portal.costs.forecasts.drawn import drawn_of
from portal.costs.reports.asking import HIDDEN, Asked, Wanted
from portal.costs.reports.funding import funding_shares
from portal.costs.reports.outturn import outturn
from portal.costs.reports.unit_costs import unit_costs
from portal.db import db
from portal.demo.placements import Town, as_csv
from portal.tables import NOT_APPLICABLE, NOT_GIVEN
from scoring.costs import OVERALL
from scoring.outturn import Outturn, Range, own_share
from scoring.rules import RuleBroken
from tests.factories.contracts import a_finance_officer
from tests.factories.people import a_viewer
from tests.factories.placements import NOW, a_costing_council, a_ledger, bring_in
from tests.factories.rounds import an_officer
from tests.rooms.costs.test_counting import UNPAID, births_by_eye, ledger_by_eye
from tests.scoring import slowly

SYSTEM = Viewer.system()
AS_AT = date(2026, 6, 30)


@pytest.fixture
def luton(session):
    return a_costing_council()


@pytest.fixture
def content(luton):
    lines = list(Town(7, 9, 2024, 3, errors=0, until=AS_AT).ledger())
    at = lines[0].index("social_care_percent")
    for row in lines[1::5]:
        if row[3] != "Residential":  # whose type hangs on its shares
            row[at : at + 3] = ["", "", ""]
    made = as_csv(lines)
    bring_in(luton, ("ledger.csv", made), as_at=AS_AT)
    return made


def told(**more):
    usual = {"year": 2026, "type": OVERALL, "pence": 1_000_000_00, "in_house": InHouse.FULL_COST}
    return BudgetTold(**(usual | {"source": "Budget book, page 4"} | more))


def record(council, actor=SYSTEM, now=NOW, **more):
    made = actions.record(council, told(**more), actor=actor, now=now)
    db.session.commit()
    return made


def made(viewer=SYSTEM, **more):
    return outturn(Asked(Wanted("luton", **more), viewer))


def test_actual_is_the_council_s_own_share_of_each_day(luton, content):
    raw = {row["placement_ref"]: row for row in csv.DictReader(io.StringIO(content.decode()))}
    rows, expected = ledger_by_eye(content), {}
    for day in slowly.days_of([], rows, births=births_by_eye([], rows), as_at=AS_AT):
        _child, on, kind, pence, spell, _source, standing = day
        if pence and standing == "looked-after" and kind not in UNPAID:
            shares = [raw[spell][f"{name}_percent"] for name in ("social_care", "education")]
            own = sum(map(Fraction, shares)) if shares[0] else 100
            for line in (kind, OVERALL):
                key = (slowly.year_of(on), line)
                expected[key] = expected.get(key, 0) + Fraction(pence, 7) * own / 100
    report = made()
    by_year = {int(row["year"][:4]): row["actual"] for row in report.tables[0].rows}
    assert by_year == {year: expected[year, OVERALL] for year in by_year}
    titles = {Asked(Wanted("luton"), SYSTEM).title_of(kind): kind for _, kind in expected}
    types = {titles[row["type"]]: row["actual"] for row in report.tables[1].rows}
    assert types == {kind: expected.get((2026, kind), 0) for kind in types}


def test_the_outturn_is_actual_and_the_council_s_part_of_what_is_to_come(luton, content):
    record(luton, pence=900_000_00)
    running = made().tables[0].rows[-1]
    asked = Asked(Wanted("luton"), SYSTEM)
    rest = drawn_of(asked, to_date=True).ahead[0].pence
    own = running["actual"] / asked.cell(2026, OVERALL).pence
    assert running["year"] == "2026/27 (running)"
    assert running["rest_middle"] == rest.middle * own
    assert running["low"] == running["actual"] + rest.low * own
    assert running["against"] == running["middle"] - 900_000_00
    over = made().tables[0].rows[-2]
    assert over["low"] == over["middle"] == over["high"] == over["actual"]
    assert (over["rest_middle"], over["budget"]) == (NOT_APPLICABLE, NOT_GIVEN)
    assert over["against"] == NOT_APPLICABLE


def test_a_share_of_nothing_is_none_and_a_budget_of_nothing_is_held_against_nothing():
    assert own_share(Fraction(0), Fraction(0)) is None
    one = Outturn(None, Fraction(7), Range(Fraction(1), Fraction(2), Fraction(3)), is_over=False)
    assert (one.outturn, one.against) == (Range(Fraction(8), Fraction(9), Fraction(10)), None)
    assert Outturn(5, Fraction(7), None, is_over=False).against is None
    assert Outturn(5, Fraction(7), None, is_over=True).against_share == Fraction(2, 5)


def test_the_newest_budget_counts_and_an_earlier_one_again_when_it_is_taken_back(luton):
    first = record(luton, pence=10)
    second = record(luton, pence=20)
    assert queries.counting(luton) == {(2026, OVERALL): second}
    take_back(second, "Wrong page", actor=SYSTEM, now=NOW)
    assert queries.counting(luton) == {(2026, OVERALL): first}
    with pytest.raises(RuleBroken, match="already"):
        take_back(second, "Again", actor=SYSTEM, now=NOW)
    assert db.session.query(CostBudget).count() == 2


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"pence": 0}, "budget:no-amount"),
        ({"pence": 10**14}, "budget:no-amount"),
        ({"type": "space-hotel"}, "budget:no-type"),
        ({"year": 20}, "budget:no-year"),
        ({"source": " ."}, "budget:no-source"),
    ],
)
def test_nonsense_is_refused(luton, more, code):
    with pytest.raises(RuleBroken) as refusal:
        record(luton, **more)
    assert refusal.value.code == code


def test_nobody_else_says_what_is_budgeted(luton):
    a_costing_council("bedford-borough")
    budget = record(luton)
    for who in (an_officer(), a_finance_officer("bedford-borough"), a_viewer(Role.APPROVER)):
        with pytest.raises(RuleBroken):
            record(luton, actor=who)
        with pytest.raises(RuleBroken):
            take_back(budget, "Mine", actor=who, now=NOW)


def test_in_house_cost_says_what_it_is(luton):
    bring_in(luton, ("a.csv", a_ledger("P1,1,In house,In-house fostering,2026-04-01,,350.00")))
    rules = unit_costs(Asked(Wanted("luton"), SYSTEM)).tables[0].rules
    assert any("Nobody has said" in rule for rule in rules)
    record(luton, in_house=InHouse.CARER_PAYMENTS)
    rules = unit_costs(Asked(Wanted("luton"), SYSTEM)).tables[0].rules
    assert any("payments to carers only, as the budget of 2026/27" in rule for rule in rules)


def test_small_numbers_are_hidden_outside_the_finance_team(luton):
    bring_in(luton, ("a.csv", a_ledger("P1,1,Oak House,IFA,2026-04-01,,350.00")))
    record(luton)
    row = made(an_officer()).tables[0].rows[0]
    assert row["actual"] is row["gross"] is row["middle"] is row["against"] is HIDDEN
    assert row["budget"] == 1_000_000_00


def test_a_budget_is_recorded_and_taken_back_on_its_pages(luton, by):
    bring_in(luton, ("a.csv", a_ledger("P1,1,Oak House,IFA,2026-04-01,,350.00")))
    client = by(a_finance_officer())
    form = client.page("/costs/budgets/new")
    typed = {"year": "2026/27", "type": OVERALL, "amount": "1,234.50", "in_house": "full-cost"}
    client.sends(form, typed, button="Put on record", status=422)
    typed["source"] = "=Budget book"
    listed = client.sends(form, typed, button="Put on record", to="/costs/budgets")
    assert "£1,234.50" in listed.text
    budget = db.session.query(CostBudget).one()
    file = client.get("/costs/reports/outturn/outturn.csv").data.decode("utf-8-sig")
    assert ",1234.50," in file
    by(an_officer()).page("/costs/budgets/new", status=403)
    by(a_finance_officer("bedford-borough")).page(
        f"/costs/budgets/{budget.ref}/take-back", status=404
    )
    client = by(a_finance_officer())
    asked = client.page(f"/costs/budgets/{budget.ref}/take-back")
    client.sends(
        asked, {"reason": "Wrong page"}, button="Take the budget back", to="/costs/budgets"
    )
    db.session.refresh(budget)
    assert budget.why_taken_back == "Wrong page"


def test_a_year_without_any_price_costs_nothing_that_is_known(luton):
    """Returns alone tell of children and of no price: that is missing, and never nought."""
    episodes = (
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
        "1,01/05/2024,S,C2,N1,U4,PR4,,,,,,\n"
        "2,01/05/2024,S,C2,N1,U4,PR1,,,,,,\n"
    )
    births = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n2,1,02/06/2006,,,,\n"
    bring_in(luton, ("903.csv", episodes), ("h.csv", births), as_at=date(2025, 3, 31))
    asked = Asked(Wanted("luton"), SYSTEM)
    by_year, by_type = outturn(asked).tables
    for row in (by_year.rows[-1], *by_type.rows):
        assert {row[name] for name in ("actual", "gross", "low", "middle", "high")} == {
            NOT_APPLICABLE
        }
    paid = funding_shares(asked).tables[0].rows[-1]
    assert {paid[name] for name in ("social-care", "not-stated", "gross", "own")} == {
        NOT_APPLICABLE
    }
    years, detailed = unit_costs(asked).tables[:2]
    computed = next(row for row in years.rows if row["year"] == "2024/25")
    assert (computed["children"], computed["total"]) == (2, NOT_APPLICABLE)
    basis = detailed.rows
    leavers = next(row for row in basis if row["type"].startswith("Care leavers"))
    assert (leavers["children"], leavers["cost"]) == (1, NOT_APPLICABLE)
