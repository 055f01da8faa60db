"""Rates side by side: like with like, what is missing is missing, and one set of figures everywhere."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from lxml import html
from werkzeug.exceptions import NotFound

from portal.access import Role
from portal.costs import queries
from portal.costs.queries import LIST_SOURCES, SPOT_SOURCES
from tests.factories.contracts import (
    ENDS_ON,
    STARTS_ON,
    a_finance_officer,
    a_place,
    a_spot_rate,
)
from tests.factories.counting import counted
from tests.factories.people import a_viewer, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.rounds import an_officer

ON = date(2027, 5, 3)


def compare(market, *, someone=None, lot="1A", hours=5, on=ON, sources=LIST_SOURCES):
    return queries.rate_comparison(
        someone or a_finance_officer(),
        market.agreement.ref,
        lot,
        hours=hours,
        on=on,
        sources=sources,
    )


def weekly(comparison):
    return {(row.provider, row.source): row.weekly for row in comparison.rows}


# --- Figures -------------------------------------------------------------------------------


def test_a_week_is_the_core_price_and_the_hours_beyond_it(market):
    at_five, at_eight = compare(market), compare(market, hours=8)
    assert weekly(at_five)["Elm House", "List"] == 80050
    assert weekly(at_eight)["Elm House", "List"] == 80050 + 3 * 3000
    assert weekly(compare(market, hours=0))["Elm House", "List"] == 80050


def test_the_five_numbers_of_three_rates(market):
    numbers = compare(market).numbers
    assert (numbers.number, numbers.missing) == (3, 1)
    assert (numbers.lowest, numbers.median, numbers.highest) == (80050, 90000, 100000)
    assert numbers.lower_quartile == Fraction(80050 + 90000, 2)
    assert numbers.upper_quartile == 95000


def test_quartiles_of_a_few_rates_are_told_to_say_little(market):
    assert "With so few rates the quartiles tell little." in compare(market).table.notes


def test_what_is_missing_is_not_given_and_counted_in_nothing(market):
    with_yew = compare(market)
    yew = with_yew.rows[-1]
    assert (yew.provider, yew.weekly, yew.place) == ("Yew House", None, "not given")
    assert with_yew.numbers.median == 90000
    printed = with_yew.table.page_rows[-1]
    assert [cell.spoken for cell in printed][1:5] == ["not given"] * 4
    assert "1 rate is not given, and counted in no figure." in with_yew.table.notes


def test_a_price_for_hours_that_nobody_gave_is_missing_too(market):
    a_place(market.yew, market.agreement, "2A", core=70000, hour=None)
    five, six = (compare(market, lot="2A", hours=hours) for hours in (5, 6))
    assert weekly(five) == {("Yew House", "List"): 70000}
    assert weekly(six) == {("Yew House", "List"): None}
    assert six.numbers is None
    assert six.table.notes == ("Nobody has given a price for 6 hours on this day.",)


def test_everybody_stands_at_their_place(market):
    rows = {row.provider: row for row in compare(market).rows}
    assert [row.provider for row in compare(market).rows] == [
        "Elm House",
        "Oak House",
        "Ash House",
        "Yew House",
    ]
    assert rows["Elm House"].place == "1 of 3"  # three rates have no quarters
    assert rows["Ash House"].place == "3 of 3"
    assert rows["Oak House"].above_median == 0
    assert rows["Elm House"].above_median == -9950


def test_equal_rates_share_their_place(market):
    a_place(a_provider("Box House"), market.agreement, core=90000, hour=2400)
    places = {row.provider: row.place for row in compare(market).rows}
    assert places["Oak House"] == places["Box House"] == "2= of 4, second quarter"


def test_only_rates_of_the_lot_stand_side_by_side(market):
    a_place(market.oak, market.agreement, "2A", core=50000)
    assert weekly(compare(market, lot="2A")) == {("Oak House", "List"): 50000}
    assert weekly(compare(market))["Oak House", "List"] == 90000


# --- Days ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "number"),
    [
        (STARTS_ON - timedelta(days=1), 0),
        (STARTS_ON, 3),
        (ENDS_ON, 3),
        (ENDS_ON + timedelta(days=1), 0),
    ],
)
def test_rates_hold_on_their_first_and_on_their_last_day(market, on, number):
    found = compare(market, on=on)
    assert sum(row.weekly is not None for row in found.rows) == number


def test_a_later_rate_counts_from_its_first_day(market):
    later = date(2027, 9, 1)
    a_place(market.oak, market.agreement, core=99900, starts_on=later)
    day = timedelta(days=1)
    assert weekly(compare(market, on=later - day))["Oak House", "List"] == 90000
    assert weekly(compare(market, on=later))["Oak House", "List"] == 99900


# --- Spot rates ----------------------------------------------------------------------------


def test_spot_rates_stand_apart_and_only_their_own_council_sees_them(market):
    box = a_provider("Box House")
    a_spot_rate(box, market.agreement, council="luton", core=70000)
    a_spot_rate(market.oak, market.agreement, council="luton", core=95000)
    a_spot_rate(box, market.agreement, council="bedford-borough", core=71000)
    assert "Box House" not in {row.provider for row in compare(market).rows}
    assert weekly(compare(market, sources=SPOT_SOURCES)) == {
        ("Box House", "Spot"): 70000,
        ("Oak House", "Spot"): 95000,
    }
    both = compare(market, sources=LIST_SOURCES | SPOT_SOURCES)
    assert weekly(both)["Oak House", "List"] == 90000
    assert weekly(both)["Oak House", "Spot"] == 95000
    assert both.numbers.number == 5
    assert {dot.name for dot in both.chart.dots} >= {"Oak House", "Oak House (spot)"}
    bedford = a_finance_officer("bedford-borough")
    assert weekly(compare(market, someone=bedford, sources=SPOT_SOURCES)) == {
        ("Box House", "Spot"): 71000
    }


def test_of_two_spot_rates_that_hold_the_later_counts(market):
    a_spot_rate(market.oak, market.agreement, core=95000, hour=None)
    a_spot_rate(market.oak, market.agreement, core=97000, hour=None, from_on=date(2027, 5, 1))
    found = compare(market, sources=SPOT_SOURCES)
    assert weekly(found) == {("Oak House", "Spot"): 97000}


# --- Who -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role",
    [
        Role.EVALUATOR,
        Role.MODERATOR,
        Role.APPROVER,
        Role.AUDITOR,
        Role.YOUNG_COMMISSIONER,
        Role.PARTICIPATION_OFFICER,
        Role.ADMINISTRATOR,
    ],
)
def test_nobody_else_compares_rates(market, by, role):
    someone = a_viewer(role)
    with pytest.raises(NotFound):
        compare(market, someone=someone)
    by(someone).page("/costs/rates", status=403)


def test_providers_and_strangers_do_not_either(market, by, app):
    ada = viewer(a_provider_admin(market.oak))
    by(ada).page("/costs/rates", status=403)
    app.test_client().goes("/costs/rates", to="/sign-in")


def test_a_council_outside_the_list_finds_no_lot(market, by):
    outside = a_finance_officer("hertfordshire")
    with pytest.raises(NotFound):
        compare(market, someone=outside)
    assert "No list yet" in by(outside).page("/costs/rates").text


# --- Page and files ------------------------------------------------------------------------


def address(market, kind="", **more):
    query = {"lot": f"{market.agreement.ref}.1A", "hours": 8, "source": "list", **more}
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/costs/rates{kind}?{words}"


def page_cells(answer):
    page = html.document_fromstring(answer.text)
    (table,) = page.xpath("//table")
    for quiet in table.xpath(".//*[contains(@class, 'govuk-visually-hidden')]"):
        quiet.drop_tree()
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th | ./td")]
        for row in table.xpath(".//tbody/tr")
    ]


def test_page_csv_excel_and_pdf_have_the_same_figures_cell_by_cell(market, by):
    from pypdf import PdfReader
    from python_calamine import CalamineWorkbook

    a_spot_rate(market.oak, market.agreement, core=95001, hour=2501)
    client = by(a_finance_officer())
    shown = page_cells(client.page(address(market, source="both")))
    text = client.get(address(market, ".csv", source="both")).data.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    in_csv = lines[1 : 1 + len(shown)]
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(client.get(address(market, ".xlsx", source="both")).data)
    )
    in_excel = book.get_sheet_by_index(0).to_python()[1:]
    pages = PdfReader(io.BytesIO(client.get(address(market, ".pdf", source="both")).data)).pages
    paper = "".join("".join(page.extract_text() for page in pages).split())
    assert len(shown) == len(in_csv) == len(in_excel) == 5
    for row, csv_row, excel_row in zip(shown, in_csv, in_excel, strict=True):
        assert "".join("".join(row).split()) in paper, row
        for title, on_page, in_file, in_cell in zip(lines[0], row, csv_row, excel_row, strict=True):
            assert bare(on_page) == plain(in_file) == plain(in_cell), title


def bare(cell):
    """A cell of the page as its value: a number, a day, or its words."""
    if cell == "–":
        return ""
    if re.fullmatch(r"[+−]?£[\d,.]+", cell):
        return Decimal(re.sub("[£,+]", "", cell).replace("−", "-"))
    if re.fullmatch(r"\d{1,2} [A-Z][a-z]+ \d{4}", cell):
        return datetime.strptime(cell, "%d %B %Y").replace(tzinfo=UTC).date()
    return Decimal(cell) if cell.isdigit() else cell


def plain(value):
    """The same from a file."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return Decimal(value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date.fromisoformat(value)
    return value


def test_the_files_say_what_they_rest_on(market, by):
    text = by(a_finance_officer()).get(address(market, ".csv")).data.decode("utf-8-sig")
    for words in (
        "Rates on record for the 16+ Accredited Provider List",
        "3 May 2027",
        "1A Self-contained, 16 and 17",
        "core price + extra hours",
        "QUARTILE.INC",
        "3 rates: lowest £890.50",
        "An empty cell means not given.",
        "rates of the list",
    ):
        assert words in text, words


def test_the_chart_can_be_taken_away(market, by):
    client = by(a_finance_officer())
    assert b"<svg" in client.get(address(market, "/chart.svg")).data
    assert client.get(address(market, "/chart.png")).data.startswith(b"\x89PNG")
    assert client.get(address(market, "/chart.gif")).status_code == 404
    assert client.get(address(market, ".doc")).status_code == 404


def test_the_page_opens_with_the_first_lot_and_the_usual_hours(market, by):
    shown = by(a_finance_officer()).page("/costs/rates").text
    assert "Weekly rates of lot 1A, 5 hours of support" in shown
    assert "£900.00" in shown


def test_a_lot_with_one_word_in_the_address_is_shown_as_usual(market, by):
    shown = by(a_finance_officer()).page("/costs/rates?source=both").text
    assert "Weekly rates of lot 1A, 5 hours of support" in shown


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"hours": "many"}, "Hours of support a week must be"),
        ({"hours": "169"}, "Hours of support a week must be 168 or less"),
        ({"hours": "-1"}, "Hours of support a week must be 0 or more"),
        ({"lot": "AGR-NOT-THERE.1A"}, "Choose one of the answers"),
        ({"source": "others"}, "Choose one of the answers"),
        ({"on-day": "31", "on-month": "2", "on-year": "2027"}, "real date"),
    ],
)
def test_a_filter_that_cannot_be_read_is_told_beside_its_field(market, by, typed, words):
    client = by(a_finance_officer())
    shown = client.page(address(market, **typed), status=422)
    assert words in shown.text
    assert client.get(address(market, ".csv", **typed)).status_code == 302


def test_a_day_without_rates_says_so(market, by):
    day = {"on-day": "1", "on-month": "1", "on-year": "2026"}
    shown = by(an_officer()).page(address(market, **day)).text
    assert "No rate holds for this lot on that day" in shown
    assert "not given" not in shown


def test_the_page_costs_the_same_with_four_providers_and_with_ten(market, by):
    client = by(a_finance_officer())
    numbers = []
    for extra in (0, 6):
        for number in range(extra):
            a_place(a_provider(f"Home {number}"), market.agreement, core=60000 + number)
        client.page(address(market))
        with counted() as statements:
            client.page(address(market))
        numbers.append(statements.number)
    assert numbers[0] == numbers[1]
