"""The rate card as a workbook: out with the prices, back with every wrong cell named, all or nothing."""

import io

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from portal.applications import actions, queries, rate_book
from portal.applications.models import OfferedRate
from portal.storage import MAX_FILE_BYTES
from tests.factories.applications import an_application
from tests.factories.people import viewer
from tests.factories.rounds import AFTER_OPENING
from tests.factories.sending import send

CORE, HOUR = "core-weekly-price", "extra-support-hour"


@pytest.fixture
def draft(session, town):
    application = an_application(town.round, by=town.ada, lots=["1A", "2A"])
    offer(application, town, "1A", CORE, 89_500)
    session.commit()
    return application


def offer(draft, town, lot, item, pence, *, by="ada"):
    actor = viewer(getattr(town, by))
    actions.offer_rate(draft, lot, item, pence, 1, actor=actor, now=town.now)


def upload_page(draft):
    return f"/applications/{draft.ref}/rates/upload"


def a_book(prices, **more):
    """A workbook as the portal hands it out, with these prices by lot and item."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for lot, lines in prices.items():
            sheet = book.add_worksheet(f"Lot {lot}")
            for at, heading in enumerate(rate_book.HEADINGS):
                sheet.write_string(3, at, heading)
            for line, (item, price) in enumerate(lines, 4):
                sheet.write_string(line, 0, item)
                write = sheet.write_string if isinstance(price, str) else sheet.write
                write(line, 5, price)
        for name in more.get("extra_sheets", ()):
            book.add_worksheet(name)
    return out.getvalue()


def bring(town, draft, content, *, by="ada", name="rates.xlsx"):
    client = town.by(getattr(town, by))
    return send(client, upload_page(draft), {"file": (io.BytesIO(content), name)})


def offered(session):
    session.expire_all()
    return {(one.lot_code, one.item_key): one.amount_pence for one in session.query(OfferedRate)}


def test_the_workbook_holds_a_sheet_for_each_lot_with_what_is_saved(session, town, draft):
    answer = town.by(town.ben).get(f"/applications/{draft.ref}/rates/workbook.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    assert book.sheet_names == ["Lot 1A", "Lot 2A"]
    rows = book.get_sheet_by_name("Lot 1A").to_python()
    assert list(rows[3]) == list(rate_book.HEADINGS)
    assert {row[0]: row[5] for row in rows[4:]} == {CORE: 895.0, HOUR: ""}


def test_the_workbook_comes_back_as_it_went_and_changes_nothing(session, town, draft):
    content = town.by(town.ada).get(f"/applications/{draft.ref}/rates/workbook.xlsx").data
    answer = bring(town, draft, content)
    assert answer.status_code == 200
    assert "Every price in this workbook is saved already" in answer.text


def test_what_changes_is_shown_first_and_then_taken_as_a_whole(session, town, draft):
    book = a_book({"1A": [(CORE, 910.5), (HOUR, "£24.50")], "2A": [(CORE, 800), (HOUR, "")]})
    answer = bring(town, draft, book)
    assert answer.status_code == 302
    client = town.by(town.ada)
    shown = client.page(answer.location).text
    assert "£895.00" in shown
    assert "£910.50" in shown
    assert offered(session) == {("1A", CORE): 89_500}  # nothing is saved by looking
    taken = send(client, answer.location, {}, action=answer.location)
    assert taken.location == f"/applications/{draft.ref}/rates"
    assert offered(session) == {
        ("1A", CORE): 91_050,
        ("1A", HOUR): 2_450,
        ("2A", CORE): 80_000,
    }
    assert client.get(answer.location).status_code == 409  # taken once


def test_an_empty_cell_takes_a_price_out(session, town, draft):
    answer = bring(town, draft, a_book({"1A": [(CORE, ""), (HOUR, 20)]}))
    send(town.by(town.ada), answer.location, {}, action=answer.location)
    assert offered(session) == {("1A", CORE): None, ("1A", HOUR): 2_000}


@pytest.mark.parametrize(
    ("price", "reason"),
    [
        ("a lot", "must be an amount in pounds"),
        ("=1+1", "must be an amount in pounds"),
        ('=HYPERLINK("http://x.example","y")', "must be an amount in pounds"),
        ("+800", "must be an amount in pounds"),
        ("@SUM(1)", "must be an amount in pounds"),
        (-5, "must be more than £0"),
        (0, "more than"),
        (895.123, "must be an amount in pounds"),
        (10**9, "or less"),
        (1, "or more"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_taken(session, town, draft, price, reason):
    book = a_book({"1A": [(CORE, 910), (HOUR, 24)], "2A": [(CORE, price), (HOUR, 24)]})
    answer = bring(town, draft, book)
    assert answer.status_code == 422
    assert "Nothing of this file was taken" in answer.text
    assert "Lot 2A" in answer.text
    assert ">F5<" in answer.text
    assert reason in answer.text
    assert offered(session) == {("1A", CORE): 89_500}


@pytest.mark.parametrize(
    ("prices", "extra", "reason"),
    [
        ({"1A": [(CORE, 900), ("bed", 1)]}, (), "This lot asks for no price with this code."),
        ({"1A": [(CORE, 900), (CORE, 901), (HOUR, 2)]}, (), "This code stands in A5 already."),
        ({"1A": [(CORE, 900)]}, (), "(extra-support-hour) is missing."),
        ({"1A": [(CORE, 900), (HOUR, 20), ("", 5)]}, (), "has a price and no code"),
        ({"3A": [(CORE, 900), (HOUR, 20)]}, (), "You do not apply for lot 3A."),
        ({"1A": [(CORE, 900), (HOUR, 20)]}, ("Lot 2A",), "are missing."),
    ],
)
def test_a_workbook_that_was_changed_is_refused_line_by_line(  # noqa: PLR0917  two tables
    session, town, draft, prices, extra, reason
):
    answer = bring(town, draft, a_book(prices, extra_sheets=extra))
    assert answer.status_code == 422
    assert reason in answer.text
    assert offered(session) == {("1A", CORE): 89_500}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"lot,price\n1A,900", "Upload a file of this kind: Excel workbook."),
        (b"%PDF-1.4 no workbook", "The end of this PDF is missing."),
        (b"PK\x03\x04 broken", "damaged"),
    ],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(session, town, draft, content, reason):
    answer = bring(town, draft, content)
    assert answer.status_code == 422
    assert reason in answer.text
    assert offered(session) == {("1A", CORE): 89_500}


def test_a_workbook_without_lots_is_refused(session, town, draft):
    answer = bring(town, draft, a_book({}, extra_sheets=["Sheet1"]))
    assert "has no sheet of a lot" in answer.text


def test_26_megabytes_are_refused(session, town, draft):
    answer = bring(town, draft, b"PK\x03\x04" + b"\0" * (MAX_FILE_BYTES + 1024 * 1024))
    assert answer.status_code in {413, 422}
    assert offered(session) == {("1A", CORE): 89_500}


def test_a_colleague_s_price_saved_meanwhile_stands_and_nothing_is_taken(session, town, draft):
    answer = bring(town, draft, a_book({"1A": [(CORE, 910), (HOUR, 24)]}))
    offer(draft, town, "1A", CORE, 70_000, by="ben")
    session.commit()
    refused = send(town.by(town.ada), answer.location, {}, action=answer.location)
    assert refused.status_code == 422
    assert "Ben Birch saved one of these prices" in refused.text
    assert offered(session) == {("1A", CORE): 70_000}


def test_only_who_uploaded_it_finds_the_comparison(session, town, draft):
    answer = bring(town, draft, a_book({"1A": [(CORE, 910), (HOUR, 24)]}))
    assert town.by(town.ben).get(answer.location).status_code == 409
    assert town.by(town.cyd).get(answer.location).status_code == 404


def test_strangers_find_nothing_and_late_prices_are_refused(session, town, draft):
    answer = bring(town, draft, a_book({"1A": [(CORE, 910), (HOUR, 24)]}))
    for address in (upload_page(draft), f"/applications/{draft.ref}/rates/workbook.xlsx"):
        assert town.by(town.cyd).get(address).status_code == 404
        assert town.by(town.dev).get(address).status_code == 403
    town.at(AFTER_OPENING)
    assert town.by(town.ada).post(answer.location).status_code in {400, 409}
    assert offered(session) == {("1A", CORE): 89_500}


def test_the_comparison_counts_what_is_the_same(session, town, draft):
    copy = queries.working_copy(draft, viewer(town.ada), town.now)
    sheets = rate_book.read_book(a_book({"1A": [(CORE, 895), (HOUR, 24)]}))
    found = rate_book.compare(copy, sheets)
    assert (found.same, len(found.changes), found.left_out) == (1, 1, ["2A"])
