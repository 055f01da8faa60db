"""Every figure of every report, and the spells behind it, against days counted one by one.

One made-up town with returns and a ledger beside them, providers on a list and others, a block.
"""

import csv
import io
from collections import defaultdict
from datetime import date
from fractions import Fraction
from types import SimpleNamespace
from urllib.parse import parse_qs, urlparse

import pytest

import portal.costs.room  # noqa: F401  every report
from portal.access import Viewer
from portal.costs.places import actions as actions_blocks
from portal.costs.places.actions import BlockTold
from portal.costs.reports.asking import Asked, Wanted
from portal.costs.reports.kinds import KINDS
from portal.costs.reports.sorting import SORTS
from portal.costs.reports.spells import spells
from portal.db import db
from portal.demo.placements import Town, as_csv
from portal.figures import is_absent
from portal.tables import NOT_APPLICABLE
from scoring.rounding import rounded
from scoring.years import year_named, year_text
from tests.factories.contracts import a_list, a_place
from tests.factories.placements import NOW, a_costing_council, bring_in
from tests.factories.providers import a_provider
from tests.rooms.costs.test_counting import (
    UNPAID,
    births_by_eye,
    episodes_by_eye,
    ledger_by_eye,
)
from tests.scoring import slowly

AS_AT = date(2024, 9, 30)
SYSTEM = Viewer.system()
LISTED = (date(2023, 2, 10), date(2024, 5, 20))
BLOCK = (date(2023, 1, 1), date(2024, 3, 31))
PLACES, PRICE = 1, 80_000
OTHERS = {"family-and-friends", "other-fostering", "other", "temporary", "custody", *UNPAID}
SIXTEEN = "sixteen-plus"


@pytest.fixture(params=[31, 32])
def town(session, request):
    """The town, and what is known of each of its days."""
    made = Town(request.param, children=7, first_year=2022, years=3, errors=15)
    agreement = a_list()
    council = a_costing_council()
    listed, other = a_provider("Harbour House"), a_provider("Oakbridge Living")
    a_place(listed, agreement, "1A", starts_on=LISTED[0], ends_on=LISTED[1])
    told = BlockTold(SIXTEEN, PLACES, PRICE, *BLOCK, "Order 12")
    actions_blocks.record(council, listed, told, actor=SYSTEM, now=NOW)
    actions_blocks.record(council, other, told, actor=SYSTEM, now=NOW)
    returns = {year: as_csv(made.episodes(year)) for year in (2022, 2023, 2024)}
    headers = [as_csv(made.headers(year)) for year in returns]
    ledger = _ledger(made)
    bring_in(council, *((f"{year}.csv", one) for year, one in returns.items()), as_at=AS_AT)
    bring_in(council, *((f"h{at}.csv", one) for at, one in enumerate(headers)), as_at=AS_AT)
    bring_in(council, ("ledger.csv", ledger), as_at=AS_AT)
    rows, episodes = ledger_by_eye(ledger), episodes_by_eye(returns)
    raw = {row["placement_ref"]: row for row in csv.DictReader(io.StringIO(ledger.decode()))}
    days = slowly.days_of(episodes, rows, births=births_by_eye(headers, rows), as_at=AS_AT)
    db.session.commit()
    return SimpleNamespace(council=council, raw=raw, days=list(days))


def _ledger(made):
    """Two rows of three, some of them without shares, and sixteen-plus placements in a block."""
    lines = list(made.ledger())
    head = {name: at for at, name in enumerate(lines[0])}
    kept = [lines[0]]
    for at, line in enumerate(lines[1:]):
        if at % 4 == 0 and line[head["placement_type"]] != "Residential":
            for name in ("social_care_percent", "education_percent", "health_percent"):
                line[head[name]] = ""
        if line[head["placement_type"]].startswith("16+"):
            line[head["provider"]] = ("Harbour House", "Oakbridge Living", "Nobody Knows")[at % 3]
            line[head["purchase"]] = ("block", "spot", "")[at % 2 + (at % 5 == 0)]
        if at % 3 < 2:
            kept.append(line)
    return as_csv(kept)


def made(town, key):
    return KINDS[key].make(Asked(Wanted(town.council.slug), SYSTEM))


def young(town):
    return [one for one in town.days if one[6] == "looked-after"]


class Lines:
    """Children, days and cost by year and line, counted day by day."""

    def __init__(self, days, line_of):
        self.children, self.days, self.priced = (defaultdict(set) for _ in range(3))
        self.at_end, self.cost = defaultdict(set), defaultdict(Fraction)
        for one in days:
            child, day, _kind, pence, *_ = one
            for line in line_of(one):
                place = (slowly.year_of(day), line)
                self.children[place].add(child)
                self.days[place].add((child, day))
                if (day.month, day.day) == (3, 31):
                    self.at_end[place].add(child)
                if pence:
                    self.priced[place].add((child, day))
                    self.cost[place] += Fraction(pence, 7)

    def average(self, place):
        if not self.priced.get(place):
            return NOT_APPLICABLE
        return self.cost[place] * 7 / len(self.priced[place])


def share(part, whole):
    return Fraction(part, whole) if whole else NOT_APPLICABLE


def change(now, before):
    if is_absent(now) or is_absent(before) or not before:
        return NOT_APPLICABLE
    return (now - before) / before


def group_of(kind):
    return "in-house" if kind == "in-house-fostering" else "none" if kind in OTHERS else "external"


def unit_costs_with_every_type_and_the_bridge(town):
    types = slowly.figures(town.days, UNPAID)
    report = made(town, "unit-costs")

    def average(year, kind):
        one = types.get((year, kind))
        return (
            one["pence"] * 7 / one["priced_days"] if one and one["priced_days"] else NOT_APPLICABLE
        )

    rows = {row["year"]: row for row in report.tables[0].rows if row["order"][1] == 0}
    years = sorted({year for year, _ in types})
    assert list(rows) == [year_text(year) for year in years]
    for year in years:
        row, whole = rows[year_text(year)], types[year, "overall"]
        assert (row["children"], row["total"]) == (whole["children"], whole["pence"])
        assert row["average"] == average(year, "overall")
        assert row["variance"] == change(average(year, "overall"), average(year - 1, "overall"))
        for kind in {kind for _, kind in types} - {"overall"}:
            assert row[kind] == average(year, kind)
    names = ("children", "at_year_end", "child_days", "priced_days", "estimated_days", "missing")
    title_of = Asked(Wanted(town.council.slug), SYSTEM).title_of
    detail = {(row["year"], row["type"]): row for row in report.tables[1].rows}
    for (year, kind), one in types.items():
        row = detail[year_text(year), "All types" if kind == "overall" else title_of(kind)]
        assert [row[name] for name in names] == [one[name] for name in names]
        assert row["cost"] == (one["pence"] if one["priced_days"] else NOT_APPLICABLE)
        assert row["variance"] == change(average(year, kind), average(year - 1, kind))
    for row in report.table("bridge").rows:
        year = year_named(row["year"][-7:])
        assert [row[name] for name in ("before", "children", "price", "mix", "now")] == _bridge(
            types, year
        )
        assert sum(row[name] for name in ("before", "children", "price", "mix")) == row["now"]


def _bridge(types, year):
    old, new = types[year - 1, "overall"], types[year, "overall"]

    def daily(one):
        return one["pence"] / one["priced_days"]

    children = rounded((new["priced_days"] - old["priced_days"]) * daily(old))
    price = rounded(
        sum(
            one["priced_days"] * (daily(one) - daily(types[year - 1, kind]))
            for (when, kind), one in types.items()
            if when == year and kind not in {"overall", *UNPAID} and one["priced_days"]
            if types.get((year - 1, kind), {}).get("priced_days")
        )
    )
    before, now = rounded(old["pence"]), rounded(new["pence"])
    return [before, children, price, now - before - children - price, now]


def shares_in_house(town):
    told = Lines(young(town), lambda one: [group_of(one[2]), "all"])
    before = NOT_APPLICABLE
    for row in made(town, "in-house-share").tables[0].rows:
        year = row["when"]
        own, bought, everything = ((year, line) for line in ("in-house", "external", "all"))
        of = {
            name: [len(getattr(told, name)[place]) for place in (own, bought, everything)]
            for name in ("children", "days", "at_end")
        }
        now = share(of["days"][0], of["days"][0] + of["days"][1])
        moved = NOT_APPLICABLE if NOT_APPLICABLE in (now, before) else (now - before) * 100
        assert row["in-house_children"] == of["children"][0]
        assert row["external_children"] == of["children"][1]
        assert row["in-house"] == share(of["days"][0], of["days"][2])
        assert row["external"] == share(of["days"][1], of["days"][2])
        assert (row["of_two"], row["moved"]) == (now, moved)
        assert row["year_end"] == share(of["at_end"][0], of["at_end"][0] + of["at_end"][1])
        costs = told.cost[own], told.cost[bought]
        assert row["cost"] == (costs[0] / sum(costs) if sum(costs) else NOT_APPLICABLE)
        before = now


def standing_of(town, one):
    _child, day, kind, _pence, spell, *_ = one
    if kind == "ifa":
        return ["IFA fostering|Provider not in the register"]
    if kind != SIXTEEN:
        return []
    known = {"Harbour House": "Outside", "Oakbridge Living": "Outside"}
    provider = town.raw.get(spell, {}).get("provider", "")
    where = known.get(provider, "Provider not in the register")
    if provider == "Harbour House" and LISTED[0] <= day <= LISTED[1]:
        where = "On a list or contract"
    return [f"16+ supported accommodation|{where}"]


def purchase_of(town, one):
    kind, spell = one[2], one[4]
    if group_of(kind) != "external":
        return []
    told = town.raw.get(spell, {}).get("purchase", "")
    return [f"{kind}|{ {'block': 'Block', 'spot': 'Spot'}.get(told, 'Not stated') }"]


def lists_blocks_and_spot(town):
    report = made(town, "preferred")
    asked = Asked(Wanted(town.council.slug), SYSTEM)
    by_list = Lines(young(town), lambda one: standing_of(town, one))
    bought = Lines(young(town), lambda one: purchase_of(town, one))
    for table, told in ((report.tables[0], by_list), (report.tables[1], bought)):
        titles = (lambda kind: kind) if told is by_list else asked.title_of
        rows = {(row["year"], row["care"], row["standing"]): row for row in table.rows}
        expected = {
            (year_text(year), titles(line.split("|")[0]), line.split("|")[1]): (year, line)
            for year, line in told.children
        }
        assert rows.keys() == expected.keys()
        for place, key in expected.items():
            row = rows[place]
            assert row["children"] == len(told.children[key])
            assert row["days"] == len(told.days[key])
            assert row["average"] == told.average(key)
            cost = told.cost[key] if told.priced[key] else NOT_APPLICABLE
            assert row["cost"] == cost
    for row in report.table("voids").rows:
        year = year_named(row["year"])
        in_block = defaultdict(set)
        for child, day, kind, _pence, spell, *_ in town.days:
            told = town.raw.get(spell, {})
            if (told.get("provider"), kind, told.get("purchase")) == (
                row["provider"],
                SIXTEEN,
                "block",
            ):
                in_block[day].add(child)
        places = [
            day
            for day in slowly.every_day(BLOCK[0], date(2024, 4, 1))
            if slowly.year_of(day) == year and day <= AS_AT
        ]
        there = [day for day in in_block if slowly.year_of(day) == year]
        used = sum(min(PLACES, len(in_block[day])) for day in places)
        assert row["places"] == PLACES * len(places)
        assert row["used"] == used
        assert row["above"] == sum(len(in_block[day]) for day in there) - used
        assert row["paid"] == Fraction(PRICE * PLACES * len(places), 7)
        weekly = NOT_APPLICABLE if not used else Fraction(PRICE * PLACES * len(places), used)
        assert row["weekly"] == weekly


def funders_of(town, one):
    """Basis points of each who pays, as the row of the ledger says."""
    raw = town.raw.get(one[4])
    names = ("social-care", "education", "health")
    if raw is None or not raw["social_care_percent"]:
        return {"not-stated": 10_000}
    return {name: int(Fraction(raw[f"{name.replace('-', '_')}_percent"]) * 100) for name in names}


def who_pays_is_printed_as_the_rule_says(town):
    exact = defaultdict(Fraction)
    for one in young(town):
        if one[3] and one[2] not in UNPAID:
            for name, part in funders_of(town, one).items():
                exact[slowly.year_of(one[1]), name] += Fraction(one[3] * part, 70_000)
    for row in made(town, "funding-shares").tables[0].rows:
        year = row["when"]
        stated = [exact[year, name] for name in ("social-care", "education", "health")]
        printed = [int(one) for one in stated]
        last = max((at for at, one in enumerate(stated) if one), default=0)
        printed[last] += rounded(sum(stated)) - sum(printed)
        assert [row["social-care"], row["education"], row["health"]] == printed
        assert row["not-stated"] == rounded(exact[year, "not-stated"])
        assert row["gross"] == sum(stated) + exact[year, "not-stated"]
        assert row["own"] == stated[0] + stated[1]
        assert row["joint"] == (stated[2] / sum(stated) if sum(stated) else NOT_APPLICABLE)


def how_far_and_where(town):
    def line(one):
        miles = town.raw.get(one[4], {}).get("distance_miles")
        far = "unknown" if miles is None else "far" if float(miles) > 20 else "near"
        return [f"{group_of(one[2])}|{far}", f"{group_of(one[2])}|area-unknown"]

    told = Lines(young(town), line)
    for row in made(town, "distance").tables[0].rows:
        places = {
            band: (row["when"], f"{row['group']}|{band}") for band in ("near", "far", "unknown")
        }
        for band, place in places.items():
            assert row[band] == len(told.children[place])
        near, far = len(told.days[places["near"]]), len(told.days[places["far"]])
        assert row["share"] == share(far, near + far)
        unknown = told.children[row["when"], f"{row['group']}|area-unknown"]
        assert (row["outside"], row["area_unknown"]) == (0, len(unknown))
        assert row["outside_share"] is NOT_APPLICABLE


def what_came_beside_the_forecast(town):
    types = slowly.figures(town.days, UNPAID)
    for row in made(town, "forecast").table("forecast-test").rows:
        year = year_named(row["year"])
        whole = types[year, "overall"]
        days = (date(year + 1, 4, 1) - date(year, 4, 1)).days
        assert row["came"] == whole["pence"]
        assert row["children"] == Fraction(whole["child_days"], days)


def test_every_figure_is_that_of_its_days(town):
    unit_costs_with_every_type_and_the_bridge(town)
    shares_in_house(town)
    lists_blocks_and_spot(town)
    who_pays_is_printed_as_the_rule_says(town)
    how_far_and_where(town)
    what_came_beside_the_forecast(town)


CHILDREN = {"children", "in-house_children", "external_children", "near", "far", "unknown"}
CHILDREN |= {"outside", "area_unknown"}
COSTS = {"total", "cost", "came", "actual", "before", "now", "not-stated", "gross", "own"}
COSTS |= {"social-care", "education", "health", "grant", "other"}


def test_the_spells_behind_a_figure_make_the_figure(town, app):
    """Each figure that leads to its spells: as many children, and the same pence."""
    seen, known = defaultdict(int), {}
    with app.test_request_context():
        for key in KINDS:
            for table in made(town, key).tables:
                for row in table.rows:
                    seen[table.key] += _follow(town, table, row, known)
    assert all(
        seen[name]
        for name in (
            *("unit-costs", "unit-costs-detail", "bridge", "in-house-share", "preferred"),
            *("block-spot", "voids", "funding-shares", "distance", "forecast-test", "outturn"),
        )
    )


def _follow(town, table, row, known):
    led = 0
    for column in table.columns:
        link = column.link and column.link(row)
        if not link:
            continue
        led += 1
        behind = _behind(town, link, known)
        assert behind.report in KINDS
        if column.key in {"type", "standing"}:  # the whole line leads there
            _agree(row, {"children", "cost", "days", "child_days"} & row.keys(), behind)
        elif column.key == "provider":
            assert row["used"] + row["above"] == behind.child_days
        elif column.kind != "percent":
            _agree(row, {column.key}, behind)
    return led


def _behind(town, link, known):
    asked = {name: one[0] for name, one in parse_qs(urlparse(link).query).items()}
    place = (asked["year"], asked["type"], asked.get("by", ""))
    if place not in known:
        how = SORTS.get(asked.get("by", ""))
        who = Asked(Wanted(town.council.slug), SYSTEM)
        known[place] = spells(who, year_named(asked["year"]), asked["type"], how)
    return known[place]


def _agree(row, names, behind):
    for name in names:
        if is_absent(row[name]):
            continue
        if name in CHILDREN:
            assert row[name] == behind.children
        elif name in {"days", "child_days"}:
            assert row[name] == behind.child_days
        elif name in COSTS:
            assert rounded(row[name]) == behind.printed
            if behind.table.rows:
                total = dict(
                    zip(
                        (c.key for c in behind.table.columns),
                        behind.table.total_values,
                        strict=True,
                    )
                )
                assert total["cost"] == behind.printed
