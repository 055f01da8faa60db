"""A forecast of very many rows: drawn by a worker, kept, the same as at once, and never of other files."""

from datetime import date

import pytest

from portal import queue
from portal.access import Viewer
from portal.costs.forecasts import drawn as forecast_drawn
from portal.costs.forecasts.models import CostForecast
from portal.costs.forecasts.report import forecast
from portal.costs.imports import actions as imports
from portal.costs.reports.asking import Asked, Wanted
from portal.db import db
from portal.demo.placements import Town, as_csv
from tests.factories.contracts import a_finance_officer
from tests.factories.placements import NOW, a_costing_council, bring_in

SYSTEM = Viewer.system()
AS_AT = date(2026, 6, 30)


@pytest.fixture
def luton(session):
    council = a_costing_council()
    ledger = as_csv(Town(7, 8, 2024, 3, errors=0, until=AS_AT).ledger())
    bring_in(council, ("ledger.csv", ledger), as_at=AS_AT)
    return council


@pytest.fixture
def large(luton, monkeypatch):
    """The same council, as if its rows were very many."""
    monkeypatch.setattr(forecast_drawn, "AT_ONCE", 0)
    forecast_drawn._kept.clear()
    return luton


def asked(*, cannot_wait=True, **more):
    made = Asked(Wanted("luton", **more), SYSTEM)
    made.cannot_wait = cannot_wait
    return made


def drawn(to_date=False, **more):
    forecast_drawn.ask_for(asked(**more), to_date=to_date, now=NOW)
    db.session.commit()
    assert queue.run_all(NOW) == 1


def figures(report):
    return [table.rows for table in report.tables]


def test_what_a_worker_drew_is_what_is_drawn_at_once(luton, monkeypatch):
    at_once = forecast(asked())
    monkeypatch.setattr(forecast_drawn, "AT_ONCE", 0)
    forecast_drawn._kept.clear()
    assert forecast(asked()).waits
    drawn()
    kept = forecast(asked())
    assert figures(kept) == figures(at_once)
    assert any(note.startswith("Drawn on 3 May 2027") for note in kept.tables[0].notes)
    assert not any("Drawn on" in note for note in at_once.tables[0].notes)


def test_another_question_is_another_forecast(large):
    drawn()
    assert not forecast(asked()).waits
    assert forecast(asked(seed=2)).waits
    assert forecast(asked(rise_bp=100)).waits
    drawn(seed=2)
    assert db.session.query(CostForecast).count() == 2


def test_who_can_wait_gets_it_at_once(large):
    assert forecast(asked(cannot_wait=False)).tables  # a download, the command, what is published
    assert not db.session.query(CostForecast).count()


def test_other_files_make_it_void_and_a_worker_is_asked_for_the_usual_ones(large):
    drawn()
    other = as_csv(Town(8, 2, 2025, 2, errors=0, until=AS_AT).ledger())
    (brought,) = bring_in(large, ("more.csv", other), as_at=AS_AT)
    assert forecast(asked()).waits
    assert queue.run_all(NOW) == 2  # the forecast, and that of the outturn
    assert not forecast(asked()).waits
    assert db.session.query(CostForecast).count() == 2  # that of the earlier files is gone
    imports.take_back(brought, actor=SYSTEM, now=NOW)
    db.session.commit()
    forecast_drawn._kept.clear()
    assert forecast(asked()).waits
    assert queue.run_all(NOW) == 2  # a question of long ago is asked anew
    assert not forecast(asked()).waits


def test_few_rows_need_no_worker(luton):
    assert queue.run_all(NOW) == 0
    assert not forecast(asked()).waits


def test_nothing_is_kept_of_a_council_whose_files_went_meanwhile(large):
    forecast_drawn.ask_for(asked(), to_date=False, now=NOW)
    (one,) = db.session.query(imports.CostImport).all()
    imports.take_back(one, actor=SYSTEM, now=NOW)
    db.session.commit()
    assert queue.run_all(NOW) >= 1
    assert not db.session.query(CostForecast).count()


def test_the_page_asks_a_worker_and_shows_what_it_drew(large, by):
    client = by(a_finance_officer())
    for key in ("forecast", "outturn"):
        address = f"/costs/reports/{key}?council=luton"
        client.sends(client.page(address), button="Draw the forecast", to=address.partition("?")[0])
        assert "The forecast is being drawn" in client.page(address).text
        assert queue.run_all(NOW) == 1
        shown = client.page(address).text
        assert "Drawn on 3 May 2027" in shown
        assert "being drawn" not in shown


def test_nobody_elsewhere_asks_for_it(large, by):
    a_costing_council("bedford-borough")
    stranger = by(a_finance_officer("bedford-borough"))
    stranger.page("/costs/reports/forecast?council=luton", status=404)
    assert db.session.query(queue.Job).count() == 0
