"""Spot rates from a file: looked at before anything is kept, then all of them or none."""

import csv
import io
from datetime import date, timedelta

import pytest
from lxml import html
from sqlalchemy import select

from portal.access import Role
from portal.audit import AuditEntry, AuditValues, Event, verify
from portal.contracts.actions import take_back_spot_rates
from portal.contracts.models import Rate, RateSource
from portal.db import db
from portal.people.models import Membership
from portal.tables import Column, Table, excel_bytes
from scoring.rules import RuleBroken
from tests.factories.contracts import a_finance_officer, a_list, a_spot_rate
from tests.factories.counting import counted
from tests.factories.people import a_council, a_viewer
from tests.factories.providers import a_provider
from tests.factories.rounds import an_officer, at
from tests.rooms.costs.conftest import NOW

ADDRESS = "/costs/spot-rates"
HEAD = "Provider,Lot,Item,Price,From,Until\n"
GOOD = (
    HEAD
    + "Oak House,1A,core-weekly-price,895.00,01/04/2027,31/03/2028\n"
    + "oak  HOUSE,1a,One extra hour of support,£24.50,2027-04-01,\n"
)


def upload(client, content, name="rates.csv", **more):
    data = content if isinstance(content, bytes) else content.encode()
    shown = client.page(ADDRESS)
    return client.sends(shown, {"file": (io.BytesIO(data), name), **more}, to=f"{ADDRESS}/*")


def refused(client, content, name="rates.csv", **more):
    data = content if isinstance(content, bytes) else content.encode()
    shown = client.page(ADDRESS)
    return words(client.sends(shown, {"file": (io.BytesIO(data), name), **more}, status=422))


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def rates():
    db.session.expire_all()
    return db.session.scalars(select(Rate).where(Rate.source == RateSource.SPOT)).all()


# --- The way of a good file ----------------------------------------------------------------


def test_a_file_is_shown_and_kept_only_when_it_is_taken(market, by):
    client = by(a_finance_officer())
    preview = upload(client, GOOD)
    said = words(preview)
    assert "2 rows in the file" in said
    assert "2 new rates" in said
    assert "For Luton Council, 16+ Accredited Provider List. Nothing has been kept yet." in said
    assert "Oak House 1A Core weekly price, with 5 hours of support £895.00 1 April 2027" in said
    assert rates() == []
    after = client.sends(preview, button="Take 2 new rates", to=ADDRESS)
    assert "2 spot rates are on record." in words(after)
    assert "£895.00" in words(after)
    kept = {(one.item_key, one.unit, one.included_hours): one for one in rates()}
    core = kept["core-weekly-price", "week", 5]
    assert (core.amount_pence, core.from_on, core.until_on) == (
        89500,
        date(2027, 4, 1),
        date(2028, 3, 31),
    )
    hour = kept["extra-support-hour", "hour", 0]
    assert (hour.amount_pence, hour.until_on) == (2450, None)
    assert {one.council_id for one in rates()} == {a_council("luton").id}
    (entry,) = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == Event.RATES_IMPORTED)
    ).all()
    assert (entry.detail["rows"], entry.detail["added"]) == (2, 2)
    assert "895" not in str(entry.detail)


def test_an_excel_file_says_the_same(market, by):
    columns = [Column(key, key.title()) for key in ("provider", "lot", "item")]
    columns += [
        Column("price", "Price", "money"),
        Column("from", "From", "date"),
        Column("until", "Until", "date"),
    ]
    row = {"provider": "Oak House", "lot": "1A", "item": "core-weekly-price", "price": 89500}
    row |= {"from": date(2027, 4, 1), "until": None}
    client = by(a_finance_officer())
    content = excel_bytes(Table("spot", "Spot rates", columns, [row]))
    preview = upload(client, content, "rates.xlsx")
    assert "£895.00 1 April 2027" in words(preview)
    client.sends(preview, button="Take 1 new rate", to=ADDRESS)
    assert [one.amount_pence for one in rates()] == [89500]


def test_the_same_file_twice_changes_nothing(market, by):
    client = by(a_finance_officer())
    client.sends(upload(client, GOOD), button="Take", to=ADDRESS)
    before = {one.ref for one in rates()}
    again = upload(client, GOOD)
    assert "Every rate of this file is on record already. There is nothing to take." in words(again)
    assert "Take" not in [b.text for b in html.document_fromstring(again.text).xpath("//button")]
    assert {one.ref for one in rates()} == before


def test_a_longer_file_brings_only_what_is_new(market, by):
    client = by(a_finance_officer())
    client.sends(upload(client, GOOD), button="Take", to=ADDRESS)
    more = GOOD + "Elm House,2A,core-weekly-price,700.00,01/04/2027,\n"
    preview = upload(client, more)
    assert "2 on record already" in words(preview)
    after = client.sends(preview, button="Take 1 new rate", to=ADDRESS)
    assert "1 spot rate is on record, 2 were there already." in words(after)
    assert len(rates()) == 3


def test_a_preview_is_taken_once(market, by):
    client = by(a_finance_officer())
    preview = upload(client, GOOD)
    client.sends(preview, button="Take", to=ADDRESS)
    gone = client.sends(preview, button="Take", status=409)
    assert "This preview is not there any more" in words(gone)
    assert len(rates()) == 2


def test_a_preview_is_kept_for_a_day(market, by, app):
    client = by(a_finance_officer())
    preview = upload(client, GOOD)
    at(app, NOW + timedelta(hours=23))
    by(a_finance_officer()).page(preview.request.path)
    at(app, NOW + timedelta(hours=25))
    by(a_finance_officer()).page(preview.request.path, status=409)


def test_a_provider_is_found_by_its_urn_and_by_its_trading_name(market, by):
    market.oak.trading_name = "Old Oak Homes"
    urn = market.elm.registrations[0].urn
    db.session.commit()
    client = by(a_finance_officer())
    content = (
        HEAD
        + "old oak homes,1A,core-weekly-price,895.00,01/04/2027,\n"
        + f"{urn.lower()},1A,core-weekly-price,880.00,01/04/2027,\n"
    )
    client.sends(upload(client, content), button="Take 2", to=ADDRESS)
    assert {one.provider.name for one in rates()} == {"Oak House", "Elm House"}


def test_headings_may_be_written_in_other_ways(market, by):
    content = "URN;rate;LOT;Amount (£);Start\nOak House;core-weekly-price;1A;895;01/04/2027"
    client = by(a_finance_officer())
    said = words(upload(client, content))
    assert "£895.00" in said


# --- Refusals ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("Nobody Ltd,1A,core-weekly-price,895.00,01/04/2027,", "Provider", "No provider"),
        (",1A,core-weekly-price,895.00,01/04/2027,", "Provider", "This cell is empty."),
        ("Oak House,9Z,core-weekly-price,895.00,01/04/2027,", "Lot", "It has 1A, 2A, 3A, 1B"),
        ("Oak House,1A,rent,895.00,01/04/2027,", "Item", "Write one of: core-weekly-price"),
        ("Oak House,1A,core-weekly-price,lots,01/04/2027,", "Price", "Write an amount in pounds"),
        ("Oak House,1A,core-weekly-price,0,01/04/2027,", "Price", "must be more than £0"),
        ("Oak House,1A,core-weekly-price,-5,01/04/2027,", "Price", "must be more than £0"),
        ("Oak House,1A,core-weekly-price,8.95,01/04/2027,", "Price", "must be £100.00 or more"),
        ("Oak House,1A,core-weekly-price,895.001,01/04/2027,", "Price", "no more than two digits"),
        ("Oak House,1A,core-weekly-price,895.00,31/02/2027,", "From", "There is no such day"),
        ("Oak House,1A,core-weekly-price,895.00,soon,", "From", "Write a date like"),
        ("Oak House,1A,core-weekly-price,895.00,02/04/2027,01/04/2027", "Until", "ends before"),
    ],
)
def test_a_row_is_refused_by_line_and_column_and_the_others_can_be_taken(
    market, by, row, column, reason
):
    client = by(a_finance_officer())
    preview = upload(client, GOOD + row + "\n")
    said = words(preview)
    assert "1 refused" in said
    assert "2 new rates" in said
    address = f"{preview.request.path}/rejected.csv"
    lines = list(csv.reader(io.StringIO(client.get(address).data.decode("utf-8-sig"))))
    assert lines[1][:2] == ["4", column]
    assert reason in lines[1][3]
    assert reason in said
    client.sends(preview, button="Take 2 new rates", to=ADDRESS)
    assert len(rates()) == 2


def test_a_file_without_one_good_row_offers_nothing_to_take(market, by):
    client = by(a_finance_officer())
    preview = upload(client, HEAD + "Nobody Ltd,1A,core-weekly-price,895.00,01/04/2027,\n")
    assert "No row can be taken. Mend the file and upload it again." in words(preview)


def test_two_providers_of_one_name_are_told_apart_by_their_urns(market, by):
    a_provider("Oak House")
    client = by(a_finance_officer())
    assert "More than one provider has this name. Write its URN." in words(upload(client, GOOD))


def test_a_row_that_says_the_same_again_is_passed_over_and_one_that_differs_is_refused(market, by):
    again = GOOD.splitlines()[1]
    other = again.replace("895.00", "896.00")
    client = by(a_finance_officer())
    said = words(upload(client, f"{GOOD}{again}\n{other}\n"))
    assert "1 row says again what an earlier row said" in said
    assert "Line 2 is about the same thing and says something else." in said


def test_another_price_from_the_same_day_is_refused_with_what_is_on_record(market, by):
    a_spot_rate(market.oak, market.agreement, core=95000, hour=None)
    client = by(a_finance_officer())
    said = words(upload(client, GOOD))
    assert "On record from 1 April 2027 is £950.00." in said
    assert "1 new rate" in said


def test_a_price_that_came_in_since_the_preview_stops_all_of_them(market, by):
    client = by(a_finance_officer())
    preview = upload(client, GOOD)
    a_spot_rate(market.oak, market.agreement, core=95000, hour=None)
    stopped = client.sends(preview, button="Take 2 new rates", status=422)
    assert "another price from" in words(stopped)
    assert [one.amount_pence for one in rates()] == [95000]


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "rates.csv", "This file is empty"),
        (b"   \n", "rates.csv", "This file is empty"),
        (b"Provider,Lot,Item,Price\n", "rates.csv", "The file has no column “From”"),
        (b"Provider,Lot,Lot,Item,Price,From\n", "rates.csv", "“Lot” is there twice"),
        (b"%PDF-1.7\n%%EOF", "rates.pdf", "This file is not a table"),
        (b"PK\x03\x04 broken", "rates.xlsx", ""),
        (b"\xd0\xcf\x11\xe0 old", "rates.xls", "old Excel file"),
        (GOOD.encode() + b'"open', "rates.csv", "a quotation mark is out of place"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(market, by, content, name, reason):
    client = by(a_finance_officer())
    assert reason in refused(client, content, name)
    assert rates() == []


def test_no_file_is_told_too(market, by):
    client = by(a_finance_officer())
    assert "Choose a file" in words(client.sends(client.page(ADDRESS), {}, status=422))


# --- Who -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role",
    [Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR, Role.EVALUATOR, Role.ADMINISTRATOR],
)
def test_nobody_but_finance_brings_rates_in(market, by, role):
    someone = by(a_viewer(role))
    someone.page(ADDRESS, status=403)
    someone.page(f"{ADDRESS}/template.csv", status=403)


def test_a_preview_belongs_to_the_person_and_the_council_that_it_was_made_for(market, by):
    client = by(a_finance_officer())
    path = upload(client, GOOD).request.path
    colleague = a_viewer(Role.FINANCE)
    by(colleague).page(path, status=409)
    by(a_finance_officer("bedford-borough")).page(path, status=404)
    other = path.replace("/luton/", "/bedford-borough/")
    client.page(other, status=404)
    client.page(path[:-1] + ("0" if path[-1] != "0" else "1"), status=409)
    client.page(f"{path}/rejected.csv", status=200)
    by(colleague).page(f"{path}/rejected.csv", status=409)


def test_somebody_at_two_councils_says_for_which(market, by):
    both = a_finance_officer()
    db.session.add(
        Membership(
            person_id=both.person_id,
            organisation_id=a_council("bedford-borough").id,
            role=Role.FINANCE,
            given_at=NOW,
        )
    )
    db.session.commit()
    client = by(both)
    assert "Choose the council" in refused(client, GOOD)
    preview = upload(client, GOOD, council="bedford-borough")
    assert "For Bedford Borough Council" in words(preview)
    client.sends(preview, button="Take", to=ADDRESS)
    assert {one.council_id for one in rates()} == {a_council("bedford-borough").id}


def test_a_council_without_a_list_has_nothing_to_bring_in(by):
    client = by(a_finance_officer("hertfordshire"))
    said = words(client.page(ADDRESS))
    assert "Your council takes part in none that has been published." in said
    assert "No spot rates yet" in said


def test_the_page_shows_what_one_s_own_council_agreed(market, by):
    a_spot_rate(market.oak, market.agreement, council="luton", core=95000, hour=None)
    a_spot_rate(market.elm, market.agreement, council="bedford-borough", core=91000, hour=None)
    said = words(by(a_finance_officer()).page(ADDRESS))
    assert "Oak House" in said
    assert "Elm House" not in said


# --- The empty file, long files -------------------------------------------------------------


def test_the_empty_file_can_be_filled_in_and_brought_in(market, by):
    client = by(a_finance_officer())
    empty = client.get(f"{ADDRESS}/template.csv")
    assert empty.headers["Content-Disposition"] == "attachment; filename=spot-rates.csv"
    filled = empty.data.decode("utf-8-sig") + GOOD.split("\n", 1)[1]
    assert "2 new rates" in words(upload(client, filled))
    workbook = client.get(f"{ADDRESS}/template.xlsx").data
    said = words(upload(client, workbook, "spot.xlsx"))
    assert "The file has headings and no rows under them." in said
    client.page(f"{ADDRESS}/template.pdf", status=404)


def test_a_long_file_shows_its_beginning_and_costs_no_more_statements(market, by):
    client = by(a_finance_officer())
    start = date(2027, 1, 1)
    numbers = []
    for rows in (2, 60):
        lines = [
            f"Oak House,1A,core-weekly-price,895.00,{start + timedelta(days=at):%d/%m/%Y},"
            for at in range(rows)
        ]
        preview = upload(client, HEAD + "\n".join(lines))
        with counted() as statements:
            client.page(preview.request.path)
        numbers.append(statements.number)
    assert "The first 20 of 60 rows." in words(preview)
    assert numbers[0] == numbers[1]


def test_many_rates_on_record_are_paged(market, by):
    for days in range(25):
        day = date(2027, 1, 1) + timedelta(days=days)
        a_spot_rate(market.oak, market.agreement, core=50000 + days, hour=None, from_on=day)
    client = by(a_finance_officer())
    first = client.page(ADDRESS)
    assert "£500.24" in words(first)
    assert "£500.00" not in words(first)
    (link,) = html.document_fromstring(first.text).xpath("//a[@rel='next']/@href")
    assert "£500.00" in words(client.page(link))


def test_a_commissioner_s_menu_does_not_lead_there(market, by):
    a_list()
    shown = by(an_officer()).page("/costs/rates").text
    assert ADDRESS not in shown
    assert ADDRESS in by(a_finance_officer()).page("/costs").text


# --- Taking a file back --------------------------------------------------------------------


def taken(client, content=GOOD):
    """The file is brought in; the page of the rates on record, with its way back."""
    return client.sends(upload(client, content), button="Take", to=ADDRESS)


def way_back(shown, at=0):
    page = html.document_fromstring(shown.text)
    return page.xpath("//a[contains(@href, 'take-back')]/@href")[at]


def test_a_file_that_was_wrong_goes_off_the_record_again_and_the_trail_keeps_what_it_said(
    market, by
):
    officer = a_finance_officer()
    client = by(officer)
    asked = client.page(way_back(taken(client)))
    said = words(asked)
    assert "Oak House 1A Core weekly price, with 5 hours of support £895.00" in said
    assert "These 2 rates go off the record. What they said stays in the audit trail." in said
    assert len(rates()) == 2  # looking changes nothing
    after = client.sends(asked, button="Take the file back", to=ADDRESS)
    assert "2 spot rates are off the record again." in words(after)
    assert rates() == []
    (entry,) = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == Event.RATES_TAKEN_BACK)
    ).all()
    assert (entry.subject_ref, entry.detail["rates"]) == (a_council("luton").ref, 2)
    assert "895" not in str(entry.detail)
    kept = db.session.get_one(AuditValues, entry.id).values
    assert {one["pence"] for one in kept["before"]} == {89500, 2450}
    assert list(verify()) == []


def test_after_that_the_mended_file_can_be_brought_in(market, by):
    client = by(a_finance_officer())
    wrong = GOOD.replace("895.00", "8950.00")
    asked = client.page(way_back(taken(client, wrong)))
    assert "another price" not in words(asked)
    client.sends(asked, button="Take the file back", to=ADDRESS)
    taken(client, GOOD)
    assert sorted(one.amount_pence for one in rates()) == [2450, 89500]


def test_only_the_rates_of_that_file_go(market, by):
    client = by(a_finance_officer())
    taken(client)
    more = GOOD + "Elm House,2A,core-weekly-price,700.00,01/05/2027,\n"
    shown = taken(client, more)
    asked = client.page(way_back(shown))  # the newest day stands first
    assert "This rate goes off the record." in words(asked)
    client.sends(asked, button="Take the file back", to=ADDRESS)
    assert sorted(one.amount_pence for one in rates()) == [2450, 89500]


def test_a_file_is_taken_back_once(market, by):
    client = by(a_finance_officer())
    asked = client.page(way_back(taken(client)))
    client.sends(asked, button="Take the file back", to=ADDRESS)
    client.sends(asked, button="Take the file back", status=404)
    assert number_of(Event.RATES_TAKEN_BACK) == 1


def number_of(event):
    return len(db.session.scalars(select(AuditEntry).where(AuditEntry.event == event)).all())


def test_nobody_of_another_council_takes_a_file_back(market, by):
    back = way_back(taken(by(a_finance_officer())))
    other = by(a_finance_officer("central-bedfordshire"))
    other.page(back, status=404)
    other.page(back.replace("luton", "central-bedfordshire"), status=404)
    by(an_officer()).page(back, status=403)
    assert len(rates()) == 2


def test_the_action_refuses_who_has_no_business_with_money(market, by):
    taken(by(a_finance_officer()))
    file = rates()[0].source_ref
    for someone in (an_officer(), a_finance_officer("central-bedfordshire")):
        with pytest.raises(RuleBroken) as refusal:
            take_back_spot_rates(a_council("luton"), file, actor=someone, now=NOW)
        assert refusal.value.code == "rate:not-allowed"
    assert len(rates()) == 2


def test_a_bid_s_rates_are_never_taken_back(market, by):
    officer = a_finance_officer()
    of_bids = db.session.scalars(select(Rate).where(Rate.source == RateSource.BID)).all()
    for file in {rate.source_ref for rate in of_bids}:
        assert take_back_spot_rates(a_council("luton"), file, actor=officer, now=NOW) == 0
    db.session.expire_all()
    assert len(db.session.scalars(select(Rate)).all()) == len(of_bids)


@pytest.mark.parametrize("item", ["Core weekly price", "CORE-WEEKLY-PRICE", "core weekly  price"])
def test_an_item_may_be_written_as_the_comparison_heads_it(item, market, by):
    content = HEAD + f"Oak House,1A,{item},895.00,01/04/2027,\n"
    assert "1 new rate" in words(upload(by(a_finance_officer()), content))
