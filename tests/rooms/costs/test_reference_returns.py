"""Three years of SSDA903 returns, as councils send them, against days counted one by one.

They lie outside the repository: PORTAL_REFERENCE_RETURNS names the folder with 2018-episodes.csv,
2018-header.csv and so on.
"""

import csv
import io
import os
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from portal.access import Viewer
from portal.costs.figures import part_names, store
from portal.costs.reports.asking import Asked, Wanted
from portal.costs.reports.funding import Paid
from portal.costs.reports.kinds import KINDS
from scoring.costs import OVERALL
from tests.factories.placements import a_costing_council, bring_in
from tests.rooms.costs.test_counting import UNPAID, agree, births_by_eye, day_of
from tests.scoring import slowly

FOLDER = Path(os.environ.get("PORTAL_REFERENCE_RETURNS", "nowhere"))
YEARS = (2018, 2019, 2020)
AS_AT = date(2021, 3, 31)
BY_PLACE = {
    **dict.fromkeys(("A3", "A4", "A5", "A6"), "for-adoption"),
    "H5": "sixteen-plus",
    "P2": "sixteen-plus",
    "K1": "secure",
    "K2": "residential",
    "P1": "with-parents",
    "P3": "employment",
    "R1": "care-and-health",
    "R2": "care-and-health",
    "R3": "care-and-health",
    "R5": "custody",
    "S1": "residential-school",
    **dict.fromkeys(("T0", "T1", "T2", "T3", "T4"), "temporary"),
    **dict.fromkeys(("U1", "U2", "U3"), "family-and-friends"),
}
FOSTERING = {"PR1": "in-house-fostering", "PR4": "ifa", "PR5": "ifa"}
GROUPS = {
    "in-house-fostering": "in-house",
    **dict.fromkeys(("family-and-friends", "custody"), "none"),
}
GROUPS |= dict.fromkeys(("other-fostering", "temporary", "other", *UNPAID), "none")
HEAD = (
    *("placement_ref", "child", "provider", "placement_type", "start", "end", "weekly_cost"),
    *("social_care_percent", "education_percent", "health_percent", "distance_miles"),
)

pytestmark = pytest.mark.skipif(
    not FOLDER.joinpath("2018-episodes.csv").exists(),
    reason="SSDA903 returns of 2018 to 2020: the reference files are not here",
)


def lines_of(name):
    return list(csv.DictReader(io.StringIO(FOLDER.joinpath(name).read_text("utf-8-sig"))))


def type_by_eye(line):
    place, provider = line["PLACE"], line["PLACE_PROVIDER"]
    if place in {"U4", "U5", "U6"}:
        return FOSTERING.get(provider, "other-fostering")
    return BY_PLACE.get(place, "other")


def episodes_by_eye():
    found = {}
    for year in YEARS:
        for line in lines_of(f"{year}-episodes.csv"):
            start = day_of(line["DECOM"])
            found[line["CHILD"], start] = {
                "child": line["CHILD"],
                "start": start,
                "end": day_of(line["DEC"]),
                "type": type_by_eye(line),
                "legal": line["LS"],
                "provider": "",
                "spell": f"{line['CHILD']} {start}",
                "last": year,
            }
    for one in found.values():
        if one["end"] is None and one["last"] < max(YEARS):
            one["end"] = max(date(one["last"] + 1, 4, 1), one["start"])
    return list(found.values())


def a_ledger_for(episodes):
    """Prices of two in three placements; some are blank, some begin late or overlap."""
    rows = []
    for at, one in enumerate(episodes):
        if at % 3 == 2:
            continue
        start = date.fromordinal(one["start"].toordinal() + at % 5)
        end = one["end"] and date.fromordinal(max(start, one["end"]).toordinal() + at % 4)
        pence = 0 if at % 11 == 0 else 31_007 + 977 * (at % 400)
        shares = (("100", "0", "0"), ("33.33", "33.33", "33.34"), ("", "", ""))[at % 3 - 2]
        rows.append(
            {
                "spell": f"P{at}",
                "child": one["child"],
                "start": start,
                "end": end,
                "pence": pence or None,
                "type": "secure" if at % 2 else "ifa",
                "shares": shares,
                "miles": f"{at % 450 / 10}",
            }
        )
    return rows


def as_file(rows):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for one in rows:
        words = "Secure homes" if one["type"] == "secure" else "IFA fostering"
        pence = one["pence"] or 0
        price = f"{pence // 100}.{pence % 100:02d}"
        days = (one["start"], one["end"] or "")
        shown = (one["spell"], one["child"], "x", words, *days, price)
        writer.writerow([*shown, *one["shares"], one["miles"]])
    return out.getvalue()


@pytest.fixture
def luton(session):
    council = a_costing_council()
    names = [f"{year}-{kind}.csv" for kind in ("episodes", "header") for year in YEARS]
    files = [(name, FOLDER.joinpath(name).read_bytes()) for name in names]
    made = bring_in(council, *files, as_at=AS_AT)
    assert [one.return_year for one in made[:3]] == list(YEARS)
    assert sum(one.rejected for one in made) == 0
    return council


def days_of(ledger=()):
    headers = [FOLDER.joinpath(f"{year}-header.csv").read_bytes() for year in YEARS]
    births = births_by_eye(headers, [])
    return list(slowly.days_of(episodes_by_eye(), ledger, births=births, as_at=AS_AT))


def test_returns_alone_agree_for_every_type_and_year(luton):
    agree(luton, days_of(), AS_AT)


def test_with_a_ledger_beside_them_every_figure_agrees_to_the_penny(luton):
    ledger = a_ledger_for(episodes_by_eye())
    (one,) = bring_in(luton, ("ledger.csv", as_file(ledger)), as_at=AS_AT)
    assert one.accepted == len(ledger)
    days = days_of(ledger)
    agree(luton, days, AS_AT)
    young = [one for one in days if one[6] == "looked-after"]
    asked = Asked(Wanted(council=luton.slug), Viewer.system())
    assert store.kept_until(luton) == AS_AT
    _groups_agree(asked, young)
    _funders_agree(asked, young, {row["spell"]: row["shares"] for row in ledger})
    _distances_agree(asked, young, {row["spell"]: float(row["miles"]) for row in ledger})
    for kind in KINDS.values():
        assert kind.make(asked).tables


def _groups_agree(asked, days):
    expected = {}
    for child, day, kind, *_ in days:
        group = GROUPS.get(kind, "external")
        expected.setdefault((slowly.year_of(day), group), set()).add((child, day))
    found = {place: cell.child_days for place, cell in asked.part(part_names.GROUP).items()}
    assert found == {place: len(told) for place, told in expected.items()}


def _funders_agree(asked, days, shares):
    expected = {}
    for _child, day, kind, pence, spell, *_ in days:
        if pence is None or kind in UNPAID:
            continue
        stated = shares.get(spell, ("", "", ""))
        parts = dict(zip(("social-care", "education", "health"), stated, strict=True))
        if not stated[0]:
            parts = {"not-stated": "100"}
        for name, percent in parts.items():
            key = (slowly.year_of(day), name)
            expected[key] = expected.get(key, 0) + Fraction(pence, 7) * Fraction(percent) / 100
    paid = Paid(asked).pence
    found = {(year, name): one for year, told in paid.items() for name, one in told.items() if one}
    assert found == {key: one for key, one in expected.items() if one}


def _distances_agree(asked, days, miles):
    expected = {}
    for child, day, kind, _pence, spell, *_ in days:
        far = "unknown" if spell not in miles else "far" if miles[spell] > 20 else "near"
        key = (slowly.year_of(day), f"{GROUPS.get(kind, 'external')}|{far}")
        expected.setdefault(key, set()).add((child, day))
    cells = asked.part(part_names.DISTANCE)
    assert {key: cell.child_days for key, cell in cells.items()} == {
        key: len(told) for key, told in expected.items()
    }
    assert {key: cell.children for key, cell in cells.items() if key[1] != OVERALL} == {
        key: len({child for child, _ in told}) for key, told in expected.items()
    }
