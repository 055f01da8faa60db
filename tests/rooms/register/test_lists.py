"""The published list and the register: found by name and lot, paged by key, never a rate in public."""

import csv
import io
from datetime import date, timedelta

import pytest
from lxml import html

from portal import settings
from portal.access import Role
from portal.db import db
from scoring.stages import MembershipStage
from tests.factories.contracts import STARTS_ON, a_list, a_place
from tests.factories.counting import counted
from tests.factories.people import a_viewer
from tests.factories.providers import a_provider
from tests.factories.rounds import an_officer, at

PUBLIC = "/accredited-providers"


@pytest.fixture
def agreement(session):
    return a_list()


def names(answer):
    page = html.document_fromstring(answer.text)
    return [" ".join(one.text_content().split()) for one in page.xpath("//tbody//th")]


def words(answer):
    page = html.document_fromstring(answer.text)
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def leading(answer, rel):
    return html.document_fromstring(answer.text).xpath(f"//a[@rel='{rel}']/@href")


# --- Anybody -------------------------------------------------------------------------------


def test_anybody_reads_who_is_on_the_list_for_what_and_until_when(agreement, anybody):
    a_place(a_provider("Oak House"), agreement, "1A", core=91234)
    a_place(a_provider("Elm House"), agreement, "2B")
    shown = anybody.page(PUBLIC)
    assert names(shown) == ["Elm House", "Oak House"]
    said = words(shown)
    assert "1A Self-contained, 16 and 17" in said
    assert "Bedford Borough Council, Central Bedfordshire Council, Luton Council" in said
    assert "31 March 2030" in said
    assert "912.34" not in shown.text


def test_only_active_places_that_hold_today_are_published(agreement, anybody, app):
    a_place(a_provider("Oak House"), agreement, stage=MembershipStage.SUSPENDED)
    a_place(a_provider("Elm House"), agreement, stage=MembershipStage.ENDED)
    a_place(a_provider("Ash House"), agreement, starts_on=date(2027, 6, 1))
    assert "Nobody is on a list yet" in words(anybody.page(PUBLIC))
    at(app, at(app, app.config["CLOCK"]()) + timedelta(days=40))
    assert names(anybody.page(PUBLIC)) == ["Ash House"]


def test_a_lot_and_a_name_narrow_the_list(agreement, anybody):
    oak = a_provider("Oak House", trading_name="Green Door")
    a_place(oak, agreement, "1A")
    a_place(oak, agreement, "2B")
    a_place(a_provider("Elm House"), agreement, "2B")
    assert names(anybody.page(f"{PUBLIC}?lot=1A")) == ["Oak House"]
    only = words(anybody.page(f"{PUBLIC}?lot=1A"))
    assert "2B Shared" not in only.split("Lots, and until when")[-1]
    assert names(anybody.page(f"{PUBLIC}?words=oak")) == ["Oak House"]
    assert names(anybody.page(f"{PUBLIC}?words=GREEN+house")) == ["Oak House"]
    assert names(anybody.page(f"{PUBLIC}?words=elm&lot=1A")) == []
    assert "No provider fits" in words(anybody.page(f"{PUBLIC}?words=%25"))
    assert "No provider fits" in words(anybody.page(f"{PUBLIC}?lot=9Z"))


def test_the_files_hold_what_the_page_is_narrowed_to(agreement, anybody):
    a_place(a_provider("Oak House"), agreement, "1A")
    a_place(a_provider("=Elm House"), agreement, "2B")
    text = anybody.get(f"{PUBLIC}.csv").data.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert [line[:2] for line in lines[1:3]] == [["'=Elm House", "2B"], ["Oak House", "1A"]]
    assert lines[2][4:6] == ["2027-04-01", "2030-03-31"]
    narrowed = anybody.get(f"{PUBLIC}.csv?lot=1A&words=oak").data.decode("utf-8-sig")
    assert "Elm House" not in narrowed
    assert "Filter: Lot" in narrowed
    assert anybody.get(f"{PUBLIC}.pdf").data.startswith(b"%PDF-")
    assert anybody.get(f"{PUBLIC}.xlsx").data.startswith(b"PK")
    assert anybody.get(f"{PUBLIC}.doc").status_code == 404


def test_a_long_list_is_paged_and_nobody_is_lost_or_shown_twice(agreement, anybody):
    settings.change("list_page_size", 5)
    for number in range(12):
        a_place(a_provider(f"Home {number:02}"), agreement)
    seen, address = [], PUBLIC
    while address:
        shown = anybody.page(address)
        seen.append(names(shown))
        address = next(iter(leading(shown, "next")), None)
    assert [len(one) for one in seen] == [5, 5, 2]
    assert [name for one in seen for name in one] == [f"Home {number:02}" for number in range(12)]
    (back,) = leading(shown, "prev")
    assert names(anybody.page(back)) == seen[1]


def test_a_tampered_address_leads_to_the_first_page(agreement, anybody):
    a_place(a_provider("Oak House"), agreement)
    assert names(anybody.page(f"{PUBLIC}?from=nonsense")) == ["Oak House"]


def test_the_list_costs_the_same_with_one_provider_and_with_eight(agreement, anybody):
    numbers = []
    for more in (1, 7):
        for number in range(more):
            a_place(a_provider(f"Home {more}-{number}"), agreement)
        anybody.page(PUBLIC)
        with counted() as statements:
            anybody.page(PUBLIC)
        numbers.append(statements.number)
    assert numbers[0] == numbers[1]


# --- The register --------------------------------------------------------------------------


def test_the_register_has_everybody_and_their_lots_today(agreement, by):
    oak = a_provider("Oak House")
    a_place(oak, agreement, "1A")
    a_place(oak, agreement, "2B", stage=MembershipStage.SUSPENDED)
    a_provider("Elm House")
    shown = by(an_officer()).page("/register")
    assert names(shown) == ["Elm House", "Oak House"]
    assert "On no list" in words(shown)
    assert "(suspended)" in words(shown)


def test_the_register_is_searched_by_name_urn_and_lot(agreement, by):
    oak = a_provider("Oak House")
    a_place(oak, agreement, "1A")
    a_provider("Elm House")
    officer = by(an_officer())
    urn = oak.registrations[0].urn
    assert names(officer.page(f"/register?words={urn.lower()}")) == ["Oak House"]
    assert names(officer.page("/register?words=elm")) == ["Elm House"]
    assert names(officer.page("/register?lot=1A")) == ["Oak House"]
    assert "No provider fits" in words(officer.page("/register?words=nobody"))


def test_the_register_is_paged(agreement, by):
    settings.change("list_page_size", 5)
    for number in range(7):
        a_provider(f"Home {number:02}")
    officer = by(an_officer())
    first = officer.page("/register?words=home")
    (following,) = leading(first, "next")
    assert "words=home" in following
    assert names(officer.page(following)) == ["Home 05", "Home 06"]


@pytest.mark.parametrize(
    "role",
    [
        Role.COMMISSIONER,
        Role.MODERATOR,
        Role.EVALUATOR,
        Role.FINANCE,
        Role.APPROVER,
        Role.AUDITOR,
    ],
)
def test_whoever_works_on_places_reads_the_register(by, role):
    by(a_viewer(role)).page("/register")


def test_a_stranger_is_asked_to_sign_in(anybody):
    anybody.goes("/register", to="/sign-in")
    anybody.goes("/trail", to="/sign-in")


def test_the_register_costs_the_same_with_two_providers_and_with_nine(agreement, by):
    officer = by(an_officer())
    numbers = []
    for more in (2, 7):
        for number in range(more):
            a_place(a_provider(f"Home {more}-{number}"), agreement, starts_on=STARTS_ON)
        db.session.commit()
        officer.page("/register")
        with counted() as statements:
            officer.page("/register")
        numbers.append(statements.number)
    assert numbers[0] == numbers[1]
