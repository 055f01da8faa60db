"""The forecast: the same seed and data give the same, it is held against what came, and knows no future."""

from datetime import date
from fractions import Fraction

import pytest

from portal.access import Viewer
from portal.costs.forecasts.drawn import _kept
from portal.costs.forecasts.learning import History
from portal.costs.forecasts.report import forecast
from portal.costs.forecasts.simulating import Child, Start, simulate
from portal.costs.reports.asking import HIDDEN, Asked, Wanted
from portal.demo.placements import Town, as_csv
from scoring.flows import Flows
from tests.factories.contracts import a_finance_officer
from tests.factories.placements import a_costing_council, a_ledger, bring_in
from tests.factories.rounds import an_officer

SYSTEM = Viewer.system()
AS_AT = date(2026, 6, 30)


@pytest.fixture
def luton(session):
    council = a_costing_council()
    town = Town(7, 25, 2023, 4, errors=0, until=AS_AT)
    bring_in(council, ("ledger.csv", as_csv(town.ledger())), as_at=AS_AT)
    return council


def made(viewer=SYSTEM, **more):
    return forecast(Asked(Wanted("luton", **more), viewer))


def test_the_same_seed_gives_the_same_and_another_seed_another(luton):
    first = made().tables[0].rows
    _kept.clear()
    assert made().tables[0].rows == first
    assert made(seed=2).tables[0].rows != first
    assert [row["year"] for row in first] == [
        "Rest of 2026/27, after 30 June 2026", "2027/28", "2028/29",
    ]  # fmt: skip
    for row in first:
        assert row["end_low"] <= row["end_middle"] <= row["end_high"]
        assert 0 < row["cost_low"] <= row["cost_middle"] <= row["cost_high"]


def test_dearer_prices_make_it_dearer_from_the_next_april_on(luton):
    plain, dearer = made().tables[0].rows, made(rise_bp=1_000).tables[0].rows
    assert dearer[0]["cost_middle"] == plain[0]["cost_middle"]
    assert abs(dearer[1]["cost_middle"] - plain[1]["cost_middle"] * 1.1) < 2
    assert abs(dearer[2]["cost_middle"] - plain[2]["cost_middle"] * 1.21) < 2


def test_years_that_are_over_are_held_against_it(luton):
    rows = made().table("forecast-test").rows
    assert [row["year"] for row in rows] == ["2023/24", "2024/25", "2025/26"]
    for row in rows:
        assert row["children_error"] == (row["average_middle"] - row["children"]) / row["children"]
        assert abs(row["children_error"]) < 1
        inside = row["average_low"] <= row["children"] <= row["average_high"]
        assert row["children_inside"] == ("Yes" if inside else "No")


def test_the_picture_shows_the_running_year_with_its_days_to_date(luton):
    report = made()
    assert report.chart.places[-3:] == ("2026/27", "2027/28", "2028/29")
    middle = next(one for one in report.chart.lines if one.name == "Forecast, middle")
    rest = report.tables[0].rows[0]["average_middle"]
    days = Asked(Wanted("luton"), SYSTEM).cell(2026, "overall").child_days
    assert middle.values[-3] == Fraction(days + rest * 274, 365)  # 91 days are over


def test_it_begins_after_the_newest_return_unless_a_day_is_named(session):
    council = a_costing_council()
    town = Town(9, 12, 2022, 3, errors=0)
    returns = [(f"{year}.csv", as_csv(town.episodes(year))) for year in (2022, 2023)]
    ledger = [next(rows := town.ledger()), *(row for at, row in enumerate(rows) if at % 3)]
    bring_in(council, *returns, ("ledger.csv", as_csv(ledger)), as_at=date(2024, 9, 30))
    table = made().tables[0]
    assert [row["year"] for row in table.rows] == ["2024/25", "2025/26", "2026/27"]
    assert "ends on 31 March 2024" in table.notes[0]
    named = made(as_at=date(2024, 9, 30)).tables[0]
    assert named.rows[0]["year"] == "Rest of 2024/25, after 30 September 2024"
    assert "may begin too high" in named.notes[0]


def test_what_comes_later_is_not_known_before(luton):
    """Rows that a later day brought change nothing of what is learnt up to an earlier one."""
    day = date(2025, 4, 1)
    before = History(Asked(Wanted("luton"), SYSTEM)).start(day)
    late = a_ledger("LATE,999111,Oak House,Residential,2025-04-01,,5000.00")
    bring_in(luton, ("late.csv", late), as_at=AS_AT)
    after = History(Asked(Wanted("luton"), SYSTEM)).start(day)
    assert (before.children, before.prices) == (after.children, after.prices)
    assert before.flows.moves == after.flows.moves
    assert before.flows.entries == after.flows.entries


def test_everybody_leaves_at_eighteen_and_nobody_comes_from_nowhere():
    start = Start([Child("x", 18 * 12 - 2, 70_000)] * 5, Flows(), 365, {})
    drawn = simulate(start, 3, 4, 1)
    assert drawn.children[:, 0, 0].tolist() == [5] * 4
    assert drawn.children[:, 1:, 0].sum() == 0
    assert round(drawn.pence[0, 0, 0]) == round(5 * 70_000 * 365.25 / 12 / 7)


def test_without_a_whole_year_there_is_none(session):
    council = a_costing_council("bedford-borough")
    row = "P1,1,Oak House,IFA,2027-04-01,,700.00"
    bring_in(council, ("l.csv", a_ledger(row)), as_at=date(2027, 5, 3))
    report = forecast(Asked(Wanted("bedford-borough"), SYSTEM))
    assert report.tables[0].rows == []
    assert "whole" in report.warnings[0]


def test_outside_the_finance_team_small_types_and_moves_are_hidden(luton):
    report = made(an_officer("luton"))
    assert report.table("forecast-flows") is None
    small = [row for row in report.table("forecast-types").rows if row["average_low"] is HIDDEN]
    assert small
    assert all(row["cost_middle"] is HIDDEN for row in small)


def test_page_and_command_tell_the_same(luton, by, app):
    client = by(a_finance_officer())
    shown = client.page("/costs/reports/forecast?seed=3&rise=2.5")
    assert "Not exact" in shown.text
    file = client.get("/costs/reports/forecast/forecast.csv?seed=3&rise=2.5").data
    words = ["costs", "report", "forecast", "--council", "luton", "--seed", "3", "--rise", "2.5"]
    command = app.test_cli_runner().invoke(args=words)
    assert command.exit_code == 0, command.output
    assert file.decode().splitlines() == command.output.splitlines()
