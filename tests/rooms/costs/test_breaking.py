"""What somebody types into an address, and what files hold that nobody expects: no page breaks."""

from datetime import date

import pytest

import portal.costs.room  # noqa: F401  every report
from portal.access import Role, Viewer
from portal.costs.reports.asking import Asked, Wanted
from portal.costs.reports.kinds import KINDS
from tests.factories.contracts import a_finance_officer
from tests.factories.people import a_viewer
from tests.factories.placements import a_costing_council, a_ledger, bring_in
from tests.factories.rounds import an_officer

SYSTEM = Viewer.system()
ROWS = (
    "P1,1,=HYPERLINK(1),IFA,2023-04-01,2024-04-01,700.00",
    "P2,2,In house,In-house fostering,2024-02-28,2024-03-01,350.00",
    "P3,3,Elm House,Space hotel,2025-04-01,,900.00",
    "P4,4,Elm House,IFA,2025-05-01,2025-05-01,900.00",
)
AS_AT = date(2026, 3, 31)


@pytest.fixture
def luton(session):
    council = a_costing_council()
    bring_in(council, ("ledger.csv", a_ledger(*ROWS)), as_at=AS_AT)
    return council


@pytest.mark.parametrize("key", list(KINDS))
def test_filters_of_nonsense_are_passed_over(luton, by, key):
    client = by(a_finance_officer())
    for asked in (
        "from_year=soon&to_year=0000&as_at=2024-02-30&seed=-1&ahead=9999&rise=dear",
        "from_year=2030/31&to_year=1999/00&provider=Nobody&lot=%25&as_at=0001-01-01",
        "from_year=9999&as_at=9999-12-31&provider=%3Cscript%3E&seed=%D9%A3",
    ):
        shown = client.page(f"/costs/reports/{key}?{asked}")
        assert "<script>alert" not in shown.text
    client.page(f"/costs/reports/{key}?council=bedford-borough", status=404)


@pytest.mark.parametrize(
    "asked",
    [
        "year=9999&type=overall",
        "year=soon",
        "year=2023/24&type=space",
        "year=2023/24&type=nobody&by=funder",
        "year=2023/24&type=x&by=standing",
        "year=2023/24&type=PRO-1&by=provider",
        "year=2023/24&type=x|y&by=block",
        "year=2023/24&type=overall&council=bedford-borough",
    ],
)
def test_spells_of_nonsense_are_not_found(luton, by, asked):
    a_costing_council("bedford-borough")
    by(a_finance_officer()).page(f"/costs/spells?{asked}", status=404)


def test_nobody_but_finance_of_the_council_follows_a_figure(luton, by):
    address = "/costs/spells?council=luton&year=2023/24&type=social-care&by=funder"
    for who in (an_officer(), *map(a_viewer, (Role.EVALUATOR, Role.APPROVER, Role.AUDITOR))):
        by(who).page(address, status=403)
    a_costing_council("bedford-borough")
    by(a_finance_officer("bedford-borough")).page(address, status=404)


def test_a_day_after_all_files_is_not_counted(luton):
    later = Asked(Wanted("luton", as_at=date(2030, 1, 1)), SYSTEM)
    assert later.as_at == AS_AT
    assert later.cells == Asked(Wanted("luton"), SYSTEM).cells


def test_a_leap_day_counts_and_a_spell_of_no_day_does_not(luton):
    asked = Asked(Wanted("luton"), SYSTEM)
    assert asked.cell(2023, "in-house-fostering").child_days == 2  # 28 and 29 February
    assert asked.cell(2023, "ifa").sevenths == 70_000 * 366
    assert (2025, "ifa") not in asked.cells
    assert asked.cell(2025, "other").children == 1  # without a mapping, and not dropped


def test_text_that_looks_like_a_formula_is_text_in_files(luton, by):
    client = by(a_finance_officer())
    said = client.get("/costs/spells.csv?year=2023/24&type=ifa").data.decode("utf-8-sig")
    assert '"=HYPERLINK' not in said
    assert "HYPERLINK(1)" in said
