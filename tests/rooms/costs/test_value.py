"""Report 8: price beside quality, visit and KPIs; who may see what of it."""

from datetime import date
from fractions import Fraction
from types import SimpleNamespace

import pytest
from werkzeug.exceptions import NotFound

from portal.access import Role
from portal.contracts import queries
from portal.costs.of_lots import value_facts
from portal.costs.of_lots.reports import as_finance_of, asked_of
from portal.costs.of_lots.value import value_for_money
from portal.evaluation.results.quality import quality_of
from portal.kpis.rated import Rated
from portal.visits.judged import Judged, judgements
from scoring.kpi_assessing import Performance
from tests.factories.awards import a_concluded_round, told
from tests.factories.contracts import a_finance_officer
from tests.factories.people import a_council, a_viewer
from tests.factories.rounds import an_officer
from tests.factories.visits import a_visit

ON = date(2027, 5, 3)


@pytest.fixture
def known(market, monkeypatch):
    """Scores, visits and KPIs as their rooms hand them up."""
    oak, elm, ash = market.oak, market.elm, market.ash
    by_name = {oak.id: Fraction(7, 10), elm.id: Fraction(4, 5), ash.id: Fraction(9, 10)}

    def quality(bids, lot_id, viewer):
        return by_bid

    by_bid = {}
    monkeypatch.setattr(value_facts, "quality_of", quality)
    for at, one in enumerate(_places(market)):
        one.application_ref = f"APP-{at}"
        if one.provider_id in by_name:
            by_bid[f"APP-{at}"] = by_name[one.provider_id]
    judged = Judged("VIS-1", date(2027, 1, 9), "improve", "Has to improve", "Mill Lane")
    monkeypatch.setattr(value_facts, "judgements", lambda *_: {oak.id: judged})
    rated = Rated(Performance.GOOD, 2025, 7, 9)
    monkeypatch.setattr(value_facts, "ratings", lambda *_: {elm.id: rated})
    return market


def _places(market):
    return queries.memberships(an_officer("luton"))


def made(viewer, hours="5"):
    report = value_for_money(asked_of(viewer, "", hours, ON))
    return SimpleNamespace(
        report=report, rows={row["provider"]: row for row in report.tables[0].rows}
    )


def test_price_stands_beside_quality_visit_and_kpis(known):
    rows = made(a_finance_officer()).rows
    assert list(rows) == ["Elm House", "Oak House", "Ash House", "Yew House"]
    assert rows["Elm House"]["weekly"] == 80_050
    assert rows["Elm House"]["met"] == "7 of 9"
    assert rows["Elm House"]["assessed"] == "Good (2025/26)"
    assert rows["Oak House"]["visit"] == "Has to improve"
    assert rows["Yew House"]["weekly"].text == "–"
    assert rows["Yew House"]["best"].text == "–"


def test_best_for_its_price_is_whom_nobody_beats(known):
    rows = made(a_finance_officer()).rows
    best = {name: row["best"] for name, row in rows.items() if isinstance(row["best"], str)}
    assert best == {"Elm House": "Yes", "Oak House": "No", "Ash House": "Yes"}
    spots = made(a_finance_officer()).report.chart.spots
    assert [(one.name, one.mark, one.best) for one in spots] == [
        ("Elm House", "", True),
        ("Oak House", "improve", False),
        ("Ash House", "", True),
    ]


def test_page_file_and_command_tell_the_same(known, by, app):
    client = by(a_finance_officer())
    shown = client.page("/costs/lots/value-for-money?like=5")
    assert "£800.50" in shown.text
    assert "70.0%" in shown.text
    link = "/costs/lots/value-for-money/value-for-money.csv?like=5"
    file = client.get(link).data.decode("utf-8-sig")
    command = app.test_cli_runner().invoke(
        args=["costs", "report", "value-for-money", "--council", "luton", "--as-at", "2027-05-03"]
    )
    assert command.exit_code == 0, command.output
    assert file.splitlines()[:5] == command.output.lstrip("\ufeff").splitlines()[:5]


def test_strangers_find_no_lot(known):
    stranger = an_officer("cambridgeshire")
    with pytest.raises(NotFound):
        asked_of(stranger, "", "5", ON)
    evaluator = a_viewer(Role.EVALUATOR, "luton")
    with pytest.raises(NotFound):
        asked_of(evaluator, "", "5", ON)


def test_a_lot_of_another_list_is_not_found(known):
    with pytest.raises(NotFound):
        asked_of(as_finance_of(a_council("luton")), "AGR-XXXXX-XXXXX.1A", "5", ON)


def test_the_word_of_a_final_visit_is_there_for_its_council_and_no_other(session):
    visit = a_visit(young=())
    provider = visit.visit.setting.provider_id
    finance = a_finance_officer()
    assert judgements([provider], finance, date(2030, 1, 1)) == {}
    visit.final()
    (judged,) = judgements([provider], finance, date(2030, 1, 1)).values()
    assert judged.title
    assert judgements([provider], finance, date(2000, 1, 1)) == {}
    assert judgements([provider], a_finance_officer("hertfordshire"), date(2030, 1, 1)) == {}
    assert judgements([provider], a_viewer(Role.YOUNG_COMMISSIONER), date(2030, 1, 1)) == {}


def test_the_quality_of_a_bid_is_told_once_its_round_is_concluded(session):
    bid_round = a_concluded_round(told("Oak House", lots=["2A"]))
    place = queries.memberships(a_finance_officer())[0]
    bids, lot = {place.application_ref}, place.agreement_lot_id
    (share,) = quality_of(bids, lot, a_finance_officer()).values()
    assert 0 < share <= 1
    assert quality_of(bids, lot, a_finance_officer("hertfordshire")) == {}
    assert quality_of(bids, lot, a_viewer(Role.EVALUATOR)) == {}
    bid_round.concluded_at = None
    assert quality_of(bids, lot, a_finance_officer()) == {}
