"""Files of several kinds and seeds, brought in, against a reference that counts day by day."""

import csv
import io
from datetime import date

import pytest
from sqlalchemy import select

from portal.costs.figures import store
from portal.costs.models import CostCell, LedgerEntry
from portal.db import db
from portal.demo.placements import Town, as_csv
from scoring.ages import USUAL_BANDS
from scoring.costs import OVERALL, Standing
from tests.factories.placements import a_costing_council, a_ledger, bring_in
from tests.scoring import slowly

BANDS = {band.key: (band.youngest, band.oldest) for band in USUAL_BANDS}
AS_AT = date(2024, 9, 30)
TYPES = {  # by what a ledger says, and by place and provider codes
    "In-house fostering": "in-house-fostering",
    "IFA fostering": "ifa",
    "Family and friends": "family-and-friends",
    "Secure homes": "secure",
    "16+ supported accommodation": "sixteen-plus",
    "Residential school": "residential-school",
    ("U4", "PR1"): "in-house-fostering",
    ("U5", "PR1"): "in-house-fostering",
    ("U4", "PR4"): "ifa",
    ("U6", "PR5"): "ifa",
    ("P1", "PR0"): "with-parents",
    ("A5", "PR1"): "for-adoption",
}
BY_PLACE = {"U1": "family-and-friends", "K2": "residential", "H5": "sixteen-plus"}
BY_PLACE |= {
    "P2": "sixteen-plus",
    "S1": "residential-school",
    "K1": "secure",
    "R2": "care-and-health",
}
UNPAID = frozenset({"with-parents", "for-adoption", "employment"})


def day_of(text):
    """A date by eye; None for an empty cell."""
    if not text:
        return None
    if "/" in text:
        day, month, year = text.split("/")
        return date(int(year), int(month), int(day))
    return date.fromisoformat(text)


def ledger_by_eye(content):
    rows = []
    for line in csv.DictReader(io.StringIO(content.decode())):
        try:
            start = day_of(line["start"])
        except ValueError:
            continue
        if start is None:
            continue
        kind = line["placement_type"]
        if kind == "Residential":
            alone = line["social_care_percent"] == "100"
            kind = "non-tripartite-residential" if alone else "tripartite-residential"
        else:
            kind = TYPES[kind]
        whole, _, part = line["weekly_cost"].partition(".")
        rows.append(
            {
                "child": line["child"],
                "start": start,
                "end": day_of(line["end"]),
                "type": kind,
                "pence": int(whole + part) if whole else None,
                "spell": line["placement_ref"],
                "birth": day_of(line["birth_month"] + "-01"),
            }
        )
    return rows


def episodes_by_eye(returns):
    """The episodes of all returns, told apart by child and first day."""
    found = {}
    for year, content in sorted(returns.items()):
        for line in csv.DictReader(io.StringIO(content.decode())):
            try:
                start = day_of(line["DECOM"])
            except ValueError:
                continue
            codes = (line["PLACE"], line["PLACE_PROVIDER"])
            kind = TYPES.get(codes) or BY_PLACE.get(codes[0], "other")
            if codes[0] == "U4" and codes not in TYPES:
                kind = "other-fostering"
            found[line["CHILD"], start] = {
                "child": line["CHILD"],
                "start": start,
                "end": day_of(line["DEC"]),
                "type": kind,
                "legal": line["LS"],
                "provider": "",
                "spell": f"{line['CHILD']} {start}",
                "last": year,
            }
    newest = max(returns)
    for one in found.values():
        if one["end"] is None and one["last"] < newest:
            one["end"] = max(date(one["last"] + 1, 4, 1), one["start"])
    return list(found.values())


def births_by_eye(headers, ledger):
    born = {row["child"]: row["birth"] for row in reversed(ledger)}
    for content in headers:
        for line in csv.DictReader(io.StringIO(content.decode())):
            born[line["CHILD"]] = day_of(line["DOB"]).replace(day=1)
    return born


def told(figures):
    return {
        place: {name: getattr(cell, name) for name in next(iter(figures.values())).__slots__}
        for place, cell in figures.items()
    }


def expected(days, standing):
    found = slowly.figures(days, UNPAID, standing.value)
    for one in found.values():
        sevenths = one.pop("pence") * 7
        assert sevenths.denominator == 1
        one["sevenths"] = sevenths.numerator
    return found


def agree(council, days, as_at):
    for standing in (Standing.LOOKED_AFTER, Standing.CARE_LEAVER):
        kept = store.figures(council, as_at, standing)
        assert told(kept) == expected(days, standing)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_ledger_counts_as_it_does_day_by_day(session, seed):
    town = Town(seed, children=6, first_year=2022, years=3, errors=30)
    content = as_csv(town.ledger())
    council = a_costing_council()
    (one,) = bring_in(council, ("ledger.csv", content), as_at=AS_AT)
    rows = ledger_by_eye(content)
    assert (one.accepted, one.lines) == (len(rows), content.count(b"\r\n") - 1)
    days = list(slowly.days_of([], rows, births=births_by_eye([], rows), as_at=AS_AT))
    agree(council, days, AS_AT)
    assert store.kept_until(council) == AS_AT
    for other in (date(2023, 3, 31), date(2024, 2, 29)):
        days = list(slowly.days_of([], rows, births=births_by_eye([], rows), as_at=other))
        agree(council, days, other)


@pytest.mark.parametrize("seed", [4, 5])
def test_returns_and_a_ledger_meet_by_child_and_date(session, seed):
    town = Town(seed, children=6, first_year=2022, years=3, errors=20)
    returns = {year: as_csv(town.episodes(year)) for year in (2022, 2023, 2024)}
    headers = [as_csv(town.headers(year)) for year in returns]
    ledger = as_csv(row for at, row in enumerate(town.ledger()) if at % 3 < 2)  # with gaps
    council = a_costing_council()
    files = [(f"{year}.csv", content) for year, content in returns.items()]
    bring_in(council, *files, *((f"h{at}.csv", one) for at, one in enumerate(headers)))
    bring_in(council, ("ledger.csv", ledger), as_at=AS_AT)
    rows = ledger_by_eye(ledger)
    days = slowly.days_of(
        episodes_by_eye(returns), rows, births=births_by_eye(headers, rows), as_at=AS_AT
    )
    agree(council, list(days), AS_AT)


def test_the_order_of_files_changes_no_figure(session):
    town = Town(8, children=5, first_year=2022, years=3)
    files = [(f"{year}.csv", as_csv(town.episodes(year))) for year in (2022, 2023, 2024)]
    files += [("ledger.csv", as_csv(town.ledger())), ("h.csv", as_csv(town.headers(2024)))]
    figures = []
    for slug, order in (("luton", files), ("bedford-borough", files[::-1])):
        council = a_costing_council(slug)
        for one in order:
            bring_in(council, one, as_at=AS_AT)
        figures.append(told(store.figures(council, AS_AT)))
    assert figures[0] == figures[1]


def test_the_same_file_twice_changes_nothing(session):
    council = a_costing_council()
    ledger = a_ledger("P1,17,Oak House,IFA,2026-04-01,2026-04-08,700.00")
    bring_in(council, ("a.csv", ledger))
    before = told(store.cells([council]))
    from scoring.rules import RuleBroken

    with pytest.raises(RuleBroken) as refusal:
        bring_in(council, ("a.csv", ledger))
    assert refusal.value.code == "cost:nothing"
    assert told(store.cells([council])) == before
    assert len(db.session.scalars(select(LedgerEntry)).all()) == 1


def test_a_child_s_number_is_nowhere(session, tmp_path, app):
    council = a_costing_council()
    bring_in(council, ("a.csv", a_ledger("P1,4711007,Oak House,IFA,2026-04-01,,700.00")))
    hashes = db.session.scalars(select(LedgerEntry.child)).all()
    assert all("4711007" not in one and len(one) == 24 for one in hashes)
    other = a_costing_council("bedford-borough")
    bring_in(other, ("a.csv", a_ledger("P1,4711007,Oak House,IFA,2026-04-01,,700.00")))
    assert len(set(db.session.scalars(select(LedgerEntry.child)).all())) == 2


def test_kept_figures_of_years_are_few(session):
    council = a_costing_council()
    bring_in(council, ("a.csv", a_ledger("P1,17,Oak House,IFA,2026-04-01,2026-04-08,700.00")))
    cells = db.session.scalars(select(CostCell)).all()
    assert {(one.year, one.type, one.sevenths) for one in cells} == {
        (2026, "ifa", 490_000),
        (2026, OVERALL, 490_000),
    }


# --- The other reports, against the same days ------------------------------------------------


def asked_of(council, as_at=AS_AT):
    from portal.access import Viewer
    from portal.costs.reports.asking import Asked, Wanted

    return Asked(Wanted(council=council.slug, as_at=as_at), Viewer.system())


def a_town(session, seed):
    town = Town(seed, children=6, first_year=2022, years=3, errors=10)
    content = as_csv(town.ledger())
    council = a_costing_council()
    bring_in(council, ("ledger.csv", content), as_at=AS_AT)
    raw = {row["placement_ref"]: row for row in csv.DictReader(io.StringIO(content.decode()))}
    rows = ledger_by_eye(content)
    days = slowly.days_of([], rows, births=births_by_eye([], rows), as_at=AS_AT)
    return council, raw, [one for one in days if one[6] == "looked-after"]


def test_who_pays_agrees_day_by_day(session):
    from fractions import Fraction

    from portal.costs.reports.funding import Paid

    council, raw, days = a_town(session, 21)
    expected = {}
    for _child, day, kind, pence, spell, *_ in days:
        if pence is None or kind in UNPAID:
            continue
        for name, column in (
            ("social-care", "social_care"),
            ("education", "education"),
            ("health", "health"),
        ):
            percent = Fraction(raw[spell][f"{column}_percent"])
            key = (slowly.year_of(day), name)
            expected[key] = expected.get(key, 0) + Fraction(pence, 7) * percent / 100
    paid = Paid(asked_of(council))
    found = {
        (year, name): part
        for year, parts in paid.pence.items()
        for name, part in parts.items()
        if part
    }
    assert found == {key: value for key, value in expected.items() if value}


def test_shares_in_house_agree_day_by_day(session):
    from fractions import Fraction

    from portal.costs.reports.shares import grouped, of_two

    council, _raw, days = a_town(session, 22)
    asked = asked_of(council)
    groups = {key: one.group for key, one in asked.mapping.types.items()}
    own, bought = {}, {}
    for child, day, kind, *_ in days:
        into = {"in-house": own, "external": bought}.get(groups[kind])
        if into is not None:
            into.setdefault(slowly.year_of(day), set()).add((child, day))
    cells = grouped(asked)
    for year in own.keys() | bought.keys():
        mine, theirs = len(own.get(year, ())), len(bought.get(year, ()))
        assert of_two(cells, year) == Fraction(mine, mine + theirs)


def test_distances_agree_child_by_child(session):
    council, raw, days = a_town(session, 23)
    asked = asked_of(council)
    groups = {key: one.group for key, one in asked.mapping.types.items()}
    far = {}
    for child, day, kind, _pence, spell, *_ in days:
        if float(raw[spell]["distance_miles"]) > 20:
            far.setdefault((slowly.year_of(day), f"{groups[kind]}|far"), set()).add(child)
    cells = asked.part("distance")
    found = {place: cell.children for place, cell in cells.items() if place[1].endswith("|far")}
    assert found == {place: len(children) for place, children in far.items()}
