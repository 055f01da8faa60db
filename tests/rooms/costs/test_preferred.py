"""Report 4: lists against others, block against spot, voids. Against counting day by day."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

import pytest

from portal.access import Viewer
from portal.costs.actions_taking_back import take_back
from portal.costs.places import actions
from portal.costs.places.actions import BlockTold
from portal.costs.reports.asking import HIDDEN, Asked, Wanted
from portal.costs.reports.preferred import preferred
from portal.db import db
from portal.figures import Column, display
from portal.providers.models import Provider
from scoring.rules import RuleBroken
from tests.factories.contracts import a_finance_officer, a_list, a_place
from tests.factories.placements import HEAD, NOW, a_costing_council, a_ledger, bring_in
from tests.factories.providers import a_provider
from tests.factories.rounds import an_officer

SYSTEM = Viewer.system()
LISTED_FROM = date(2026, 9, 10)
ROWS = (
    ("C1", "Oak House", "2026-04-01", "2026-12-01", 70_000, "block"),
    ("C2", "Oak House", "2026-09-01", "2027-02-03", 71_001, "block"),
    ("C2", "Oak House", "2026-12-20", "2027-01-04", 50_000, "block"),
    ("C3", "Elm House", "2026-05-05", "", 90_010, "spot"),
    ("C4", "Elm House", "2026-05-05", "2026-05-05", 1, "spot"),
    ("C5", "Nobody Knows", "2026-06-01", "2026-07-01", 80_000, ""),
    ("C6", "Elm House", "2026-11-01", "2026-11-08", 0, "spot"),
)
AS_AT = date(2027, 3, 1)


@pytest.fixture
def luton(session):
    agreement = a_list()  # first: it brings all content with it
    council = a_costing_council()
    oak, _elm = a_provider("Oak House"), a_provider("Elm House")
    a_place(oak, agreement, "1A", starts_on=LISTED_FROM, ends_on=date(2027, 1, 20))
    lines = [
        f"P{at},47110{child[1]},{provider},16+,{start},{end},{pence / 100:.2f},{purchase}"
        for at, (child, provider, start, end, pence, purchase) in enumerate(ROWS)
    ]
    ledger = a_ledger(*lines, head=f"{HEAD},purchase")
    bring_in(council, ("ledger.csv", ledger), as_at=AS_AT)
    return council


def a_block(council, name="Oak House", **more):
    told = {
        "type": "sixteen-plus",
        "places": 2,
        "weekly_pence": 65_000,
        "from_on": date(2026, 8, 1),
        "until_on": date(2027, 1, 31),
        "source": "Order 12",
    } | more
    provider = next(one for one in _providers() if one.name == name)
    made = actions.record(council, provider, BlockTold(**told), actor=SYSTEM, now=NOW)
    db.session.commit()
    return made


def _providers():
    return db.session.query(Provider).all()


def made(viewer=SYSTEM, **more):
    return preferred(Asked(Wanted("luton"), viewer, **more))


def slowly():
    """Days, pence and children of each standing, one day after the other."""
    days, pence, there = defaultdict(set), defaultdict(Fraction), defaultdict(set)
    for child, provider, start, end, price, _purchase in ROWS:
        day = date.fromisoformat(start)
        last = date.fromisoformat(end) if end else AS_AT + timedelta(days=1)
        while day < min(last, AS_AT + timedelta(days=1)):
            standing = "Outside"
            if provider == "Nobody Knows":
                standing = "Provider not in the register"
            elif provider == "Oak House" and LISTED_FROM <= day <= date(2027, 1, 20):
                standing = "On a list or contract"
            if price:
                days[standing].add((child, day))
            there[standing].add(child)
            pence[standing] += Fraction(price, 7)
            day += timedelta(days=1)
    return {one: (len(there[one]), pence[one], pence[one] * 7 / len(days[one])) for one in there}


def test_days_with_a_list_and_others_are_those_of_counting_each_day(luton):
    table = made().tables[0]
    assert {
        row["standing"]: (row["children"], row["cost"], row["average"]) for row in table.rows
    } == slowly()
    assert sum(row["share"] for row in table.rows) == 1


def test_the_gap_is_that_of_the_exact_averages(luton):
    listed, outside, unknown = made().tables[0].rows
    assert outside["gap"] == outside["average"] - listed["average"]
    assert outside["gap_share"] == outside["gap"] / listed["average"]
    assert listed["gap"].text == "n/a"
    assert unknown["standing"] == "Provider not in the register"


def test_what_a_used_place_costs(luton):
    a_block(luton)
    (row,) = made().table("voids").rows
    days = [date(2026, 8, 1) + timedelta(days=at) for at in range(184)]
    used = sum(min(2, (day < date(2026, 12, 1)) + (date(2026, 9, 1) <= day)) for day in days)
    assert row["places"] == 368
    assert row["used"] == used
    assert row["void"] == 368 - used
    assert row["weekly"] == Fraction(368 * 65_000, used)
    assert row["price"] == 65_000
    assert row["gap"] == row["weekly"] - 90_010


def test_a_block_that_was_taken_back_counts_no_more_and_stays(luton):
    block = a_block(luton)
    take_back(block, "The wrong year", actor=a_finance_officer(), now=NOW)
    assert made().table("voids").rows == []
    with pytest.raises(RuleBroken, match="already"):
        take_back(block, "Again", actor=SYSTEM, now=NOW)


def test_other_people_record_no_block(luton):
    told = BlockTold("sixteen-plus", 1, 1, NOW.date(), NOW.date(), "x")
    for actor in (an_officer("luton"), a_finance_officer("bedford-borough")):
        with pytest.raises(RuleBroken) as broken:
            actions.record(luton, _providers()[0], told, actor=actor, now=NOW)
        assert broken.value.code == "block:refused"


def test_outside_the_finance_team_small_numbers_are_hidden(luton):
    a_block(luton)
    report = made(an_officer("luton"))
    assert all(row["children"] is HIDDEN for row in report.tables[0].rows)
    assert all(row["average"] is HIDDEN for row in report.tables[1].rows)
    (row,) = report.table("voids").rows
    assert {row[one] for one in ("used", "weekly", "spot", "gap", "rate")} == {HIDDEN}


def test_a_figure_leads_to_its_spells_and_they_add_up(luton, by):
    client = by(a_finance_officer())
    shown = client.page("/costs/reports/preferred?council=luton")
    assert "by=standing" in shown.text
    address = "/costs/spells?year=2026/27&by=standing&council=luton&type=sixteen-plus|"
    spells = client.page(address + "list")
    listed = next(row for row in made().tables[0].rows if row["standing"].startswith("On"))
    assert display(listed["cost"], Column("cost", "Cost", "money")) in spells.text
    assert client.get(address.replace("|", "") + "nonsense").status_code == 404


def test_a_block_is_recorded_and_taken_back_on_its_pages(luton, by):
    client = by(a_finance_officer())
    oak = next(one for one in _providers() if one.name == "Oak House")
    shown = client.page("/costs/blocks/new")
    values = {
        "provider": oak.ref,
        "type": "sixteen-plus",
        "places": "2",
        "weekly": "650.00",
        "from_on-day": "1",
        "from_on-month": "8",
        "from_on-year": "2026",
        "until_on-day": "31",
        "until_on-month": "1",
        "until_on-year": "2027",
        "source": "Order 12",
    }
    after = client.sends(shown, values, button="Put on record", to="/costs/blocks")
    assert "£650.00" in after.text
    link = after.text.split('href="/costs/blocks/')[2].split('"')[0]
    back = client.page(f"/costs/blocks/{link}")
    after = client.sends(
        back, {"reason": "Twice"}, button="Take the block back", to="/costs/blocks"
    )
    assert "taken back: Twice" in after.text
