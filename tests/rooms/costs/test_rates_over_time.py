"""Rates over time: what held on each day, what is missing, and how much dearer it is, like with like."""

from datetime import date
from fractions import Fraction

from hypothesis import given, strategies as st
from sqlalchemy import select

from portal.contracts.models import Rate
from portal.costs.of_lots.rates_over_time import change_alike, days_of, rates_over_time
from portal.costs.of_lots.reports import asked_of
from portal.db import db
from tests.factories.contracts import a_finance_officer

ON = date(2029, 6, 1)
amounts = st.none() | st.integers(1, 9).map(Fraction)


def made(on=ON):
    return rates_over_time(asked_of(a_finance_officer(), "", "5", on))


def test_each_day_has_the_price_that_held_on_it(market):
    later = date(2028, 4, 1)
    for rate in db.session.scalars(select(Rate).where(Rate.provider_id == market.oak.id)):
        rate.until_on = date(2028, 3, 31)
        values = {one.key: getattr(rate, one.key) for one in Rate.__table__.columns}
        values |= {"id": None, "ref": f"{rate.ref}X"[-20:], "from_on": later, "until_on": None}
        db.session.add(Rate(**values | {"amount_pence": rate.amount_pence * 11 // 10}))
    db.session.commit()
    report = made()
    rows = {row["provider"]: row for row in report.tables[0].rows}
    assert rows["Oak House"]["2026-04-01"].text == "–"
    assert rows["Oak House"]["2027-04-01"] == 90_000
    assert rows["Oak House"]["2028-04-01"] == rows["Oak House"]["2029-06-01"] == 99_000
    assert "Yew House" not in rows
    changes = [row["change"] for row in report.table("rates-of-the-lot").rows]
    assert changes[2] == Fraction(9_000, 90_000 + 80_050 + 100_000)
    assert changes[1].text == "n/a"


def test_levels_stand_side_by_side(market):
    (oak,) = [row for row in made().table("rates-by-level").rows if row["provider"] == "Oak House"]
    assert oak["5"] == 90_000
    assert oak["10"] == 90_000 + 5 * 2_400


def test_the_days_are_the_first_of_april_and_the_one_asked_for():
    assert days_of(date(2027, 4, 1)) == [date(y, 4, 1) for y in (2024, 2025, 2026, 2027)]
    assert days_of(date(2027, 3, 31))[-2:] == [date(2026, 4, 1), date(2027, 3, 31)]


@given(st.lists(st.tuples(amounts, amounts)))
def test_the_change_of_the_lot_is_that_of_those_with_both_prices(pairs):
    both = [pair for pair in pairs if None not in pair]
    found = change_alike([one for one, _ in pairs], [other for _, other in pairs])
    if not both:
        assert found is None
    else:
        mean_before = sum(one for one, _ in both) / len(both)
        mean_now = sum(other for _, other in both) / len(both)
        assert found == (mean_now - mean_before) / mean_before


def test_the_page_has_the_figures_of_the_file(market, by):
    client = by(a_finance_officer())
    shown = client.page("/costs/lots/rates-over-time?like=10")
    assert "£1,020.00" in shown.text
    assert "1020.00" in client.get("/costs/lots/rates-over-time/rates-by-level.csv").data.decode()
