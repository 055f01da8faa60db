"""The board: last values, trends, peers whom nobody can guess, and the same figures in every form."""

import csv
import io
from datetime import date

import pytest

from portal.access import Role
from portal.db import db
from portal.kpis import actions
from portal.kpis.board import Filters, board, compare_with_peers
from portal.kpis.board_rows import load
from scoring.kpis import Rating, Trend
from tests.client import HygieneClient
from tests.factories.counting import counted
from tests.factories.kpis import (
    AFTER,
    LATE,
    PLANS,
    STAFF,
    a_commissioner,
    a_kpi_set,
    a_plan,
    a_submitted,
    an_accepted,
    an_agreement,
    returns_of,
)
from tests.factories.people import a_person, a_viewer, as_person
from tests.factories.providers import a_provider, a_provider_admin, an_administering_viewer

FIRST = date(2026, 10, 1)


@pytest.fixture
def agreement(session):
    return an_agreement("1A", "2A")


@pytest.fixture
def kpis(session):
    return a_kpi_set()


@pytest.fixture
def market(agreement, kpis):
    """Providers by name, with the numerators of their plans (of 10), quarter by quarter."""

    def made(**told):
        made = {}
        for name, numerators in told.items():
            oak = a_provider(name)
            plan = a_plan(oak, agreement=agreement, kpi_set=kpis, from_on=FIRST, now=AFTER)
            ada = an_administering_viewer(oak)
            for one, numerator in zip(returns_of(plan), numerators, strict=False):
                if numerator is not None:
                    an_accepted(one, ada, plans=(numerator, 10))
            made[name] = ada
        db.session.expire_all()
        return made

    return made


def seen_by(viewer, on=AFTER, **narrowed):
    found = load(viewer, on.date())
    rows = board(found, Filters(**narrowed), on.date()).rows
    compare_with_peers(rows, found)
    return {(row.of.provider, row.kpi.key): row for row in rows}


def test_the_last_value_with_its_target_rating_and_trend(market):
    market(Oak=[9, 8, 7])
    row = seen_by(a_commissioner())["Oak", "plans"]
    assert (row.value, row.rating, row.trend) == (70, Rating.RED, Trend.WORSE)
    assert (row.of.period.words, row.missed) == ("April to June 2027", 2)
    assert row.lots == ("1A",)


def test_a_late_return_is_told_beside_the_last_value(market):
    market(Oak=[9, 9])
    row = seen_by(a_commissioner(), LATE)["Oak", "plans"]
    assert row.value == 90
    assert row.late.period.words == "April to June 2027"
    chosen = seen_by(a_commissioner(), LATE, period="2027-04-01")["Oak", "plans"]
    assert (chosen.rating, chosen.shown.told) == (None, False)


def test_a_corrected_figure_counts(market):
    from fractions import Fraction

    from portal.kpis import actions_checking

    market(Oak=[10])
    officer = a_commissioner()
    row = seen_by(officer)["Oak", "plans"]
    from portal.kpis import queries

    one = queries.kpi_return(row.of.ref, officer)
    actions_checking.correct(
        one, "plans", Fraction(5), Fraction(10), "Half.", actor=officer, now=AFTER
    )
    assert seen_by(officer)["Oak", "plans"].value == 50


def test_quartiles_are_shown_from_four_peers_on_and_say_nobodys_value(market):
    viewers = market(Oak=[10], Elm=[8], Ash=[6], Fir=[4])
    assert {row.peers for row in seen_by(viewers["Oak"]).values()} == {None}
    viewers |= market(Yew=[2])
    rows = seen_by(viewers["Oak"])
    assert set(rows) == {("Oak", "plans"), ("Oak", "staff")}, "others are not named"
    row = rows["Oak", "plans"]
    assert (row.peers.lower_quartile, row.peers.median, row.peers.upper_quartile) == (40, 60, 80)
    assert row.peers_words == "40.00% – 60.00% – 80.00%"
    assert row.number_of_peers == 4
    at_the_council = seen_by(a_commissioner())["Oak", "plans"]
    assert at_the_council.peers == row.peers


def test_peers_are_compared_by_what_was_accepted(market, agreement, kpis):
    market(Oak=[10], Elm=[8], Ash=[6], Fir=[4])
    yew = a_provider("Yew")
    plan = a_plan(yew, agreement=agreement, kpi_set=kpis, from_on=FIRST, now=AFTER)
    a_submitted(returns_of(plan)[0], an_administering_viewer(yew), plans=(1, 10))
    rows = seen_by(a_commissioner())
    assert rows["Oak", "plans"].peers is None
    assert rows["Yew", "plans"].value == 10
    assert rows["Yew", "plans"].peers.median == 70


def test_another_version_of_the_set_goes_on_in_the_same_line(market, agreement):
    market(Oak=[9, 9, 9])
    officer = a_commissioner()
    from portal.kpis import queries

    (plan,) = queries.plans_page(officer).items
    harder = a_kpi_set(PLANS | {"target": "99"}, STAFF)
    after = actions.change_set(plan, harder, date(2027, 7, 1), actor=officer, now=AFTER)
    ada = an_administering_viewer(plan.provider)
    from datetime import UTC, datetime

    later = datetime(2027, 10, 4, tzinfo=UTC)
    a_submitted(returns_of(after)[0], ada, now=later, plans=(9, 10))
    row = seen_by(officer, later)["Oak", "plans"]
    assert [point.rating for point in row.points] == [Rating.GREEN] * 3 + [Rating.RED]


@pytest.mark.parametrize(
    ("narrowed", "names"),
    [
        ({"kpi": "plans"}, {"Oak", "Elm"}),
        ({"rating": "red"}, {"Elm"}),
        ({"words": "oa"}, {"Oak"}),
        ({"lot": "2A"}, set()),
        ({"period": "2026-10-01", "rating": "green", "kpi": "plans"}, {"Oak"}),
        ({"period": "1999-10-01"}, set()),
        ({"agreement": "AGR-NOWHERE"}, set()),
    ],
)
def test_filters(market, narrowed, names):
    market(Oak=[10], Elm=[3])
    assert {provider for provider, _ in seen_by(a_commissioner(), **narrowed)} == names


def test_who_sees_whom(market):
    viewers = market(Oak=[10], Elm=[3])
    everybody = {"Oak", "Elm"}
    for viewer, names in (
        (viewers["Oak"], {"Oak"}),
        (a_commissioner(), everybody),
        (a_viewer(Role.FINANCE), everybody),
        (a_viewer(Role.AUDITOR), everybody),
        (a_commissioner("hertfordshire"), set()),
        (an_administering_viewer(a_provider()), set()),
        (a_viewer(Role.EVALUATOR), set()),
        (a_viewer(Role.YOUNG_COMMISSIONER), set()),
    ):
        assert {provider for provider, _ in seen_by(viewer)} == names, viewer


def test_the_statements_do_not_grow_with_the_board(market):
    market(Oak=[10])
    officer = a_commissioner()
    with counted() as few:
        load(officer, AFTER.date())
    market(Elm=[9, 9, 9], Ash=[8, 8, 8])
    with counted() as many:
        load(officer, AFTER.date())
    assert sum("SELECT" in one for one in many.statements) == sum(
        "SELECT" in one for one in few.statements
    )


def test_page_and_file_say_the_same(app, market, monkeypatch):
    monkeypatch.setattr(app, "test_client_class", HygieneClient)
    app.config["CLOCK"] = lambda: AFTER
    market(Oak=[10, None, 7], Elm=[3])
    finance = as_person(app.test_client(), a_person(Role.FINANCE))
    shown = finance.page("/kpis/board?kpi=plans").text
    assert "70.00%" in shown
    assert "Misses it" in shown
    assert "portal-spark" in shown
    answer = finance.get("/kpis/board.csv?kpi=plans")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    at = rows[0].index("Value")
    assert [row[at] for row in rows[1:3]] == ["30.00", "70.00"]
    for kind in ("xlsx", "pdf"):
        assert finance.get(f"/kpis/board.{kind}?kpi=plans").status_code == 200
    unit = next(row.of.unit_ref for row in seen_by(a_commissioner()).values())
    assert "/kpis/returns/" not in finance.page(f"/kpis/board/{unit}/plans").text
    officer = as_person(app.test_client(), a_person(Role.COMMISSIONER))
    assert "/kpis/returns/" in officer.page(f"/kpis/board/{unit}/plans").text
    stranger = as_person(app.test_client(), a_provider_admin(a_provider()))
    stranger.page(f"/kpis/board/{unit}/plans", status=404)
    by_period = finance.get(f"/kpis/board/{unit}/plans.csv").text
    assert by_period.splitlines()[0].endswith('"Rating","Checked"')
    assert stranger.get(f"/kpis/board/{unit}/plans.csv").status_code == 404
    assert "Nothing told yet" in stranger.page("/kpis/board").text
