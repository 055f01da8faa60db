"""The lists of the register: providers and homes, narrowed to what somebody asks for."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.access import Role
from portal.contracts.models import Contract
from portal.db import db
from portal.providers import actions_vacancies
from portal.providers.models_settings import AddressRule, Serves, SettingCategory
from portal.register import line, listing
from portal.register.listing import Wanted, WantedHome
from portal.web import Evidence
from scoring.stages import CheckStage
from tests.factories.contracts import a_list, a_place, an_old_contract
from tests.factories.counting import counted
from tests.factories.documents import a_document
from tests.factories.people import a_viewer
from tests.factories.providers import (
    a_provider,
    a_provider_admin,
    a_setting,
    an_administering_viewer,
)
from tests.factories.rounds import an_officer

NOW = datetime(2027, 5, 3, 9, tzinfo=UTC)
ON = NOW.date()
DAY = timedelta(days=1)


def say(home, free):
    admin = an_administering_viewer(home.provider)
    actions_vacancies.say_what_is_free({home: free}, ON, actor=admin, now=NOW)


@pytest.fixture
def three(session):
    """Oak: on 1A for Luton, one free. Elm: on 2B for Bedford, its insurance ran out. Ash: on no list."""
    agreement = a_list()
    oak, elm, ash = (a_provider(name) for name in ("Oak House", "Elm House", "Ash House"))
    a_place(oak, agreement, "1A", councils=("luton",))
    a_place(elm, agreement, "2B", councils=("luton", "bedford-borough"))
    ash.registrations[0].outcome = "2"
    a_document(
        elm,
        "employers-liability-insurance",
        by=a_provider_admin(elm),
        valid_until_on=ON - DAY,
        checked=CheckStage.ACCEPTED,
    )
    say(a_setting(oak, "Mill Lane"), 1)
    say(a_setting(elm, "Low Road", serves=Serves.WOMEN), 0)
    db.session.commit()
    return oak, elm, ash


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(), "Ash Elm Oak"),
        (Wanted(words="elm"), "Elm"),
        (Wanted(lot="1A"), "Oak"),
        (Wanted(council="bedford-borough"), "Elm"),
        (Wanted(council="nowhere"), ""),
        (Wanted(outcome="supported-accommodation:2"), "Ash"),
        (Wanted(may="yes"), "Oak"),
        (Wanted(may="no"), "Ash Elm"),
        (Wanted(may="care"), ""),
        (Wanted(free="yes"), "Oak"),
        (Wanted(lot="2B", free="yes"), ""),
    ],
)
def test_providers_are_narrowed(three, wanted, names):
    found, lines = listing.providers_page(an_officer("luton"), wanted, NOW)
    assert [one.provider.name.split()[0] for one in lines] == names.split()
    assert len(found.items) == len(lines)
    files = listing.all_providers(an_officer("luton"), wanted, NOW)
    assert [one.provider.name for one in files] == [one.provider.name for one in lines]


@pytest.fixture
def fir(three):
    """On no list, with a contract of Luton and Bedford for lot F1."""
    fir = a_provider("Fir Fostering")
    an_old_contract(fir, months=(12,) * 6, taken=6)
    db.session.commit()
    return fir


def lines_for(slug, **wanted):
    _, lines = listing.providers_page(an_officer(slug), Wanted(**wanted), NOW)
    return {one.provider.name: (one.lots, one.ends_on) for one in lines}


def test_a_lot_that_a_council_buys_under_a_contract_is_one_that_it_may_ask_for(fir):
    ends_on = date(2031, 5, 16)
    assert lines_for("luton")["Fir Fostering"] == ("F1", ends_on)
    assert lines_for("luton", lot="F1") == {"Fir Fostering": ("F1", ends_on)}
    assert "Fir Fostering" in lines_for("luton", council="bedford-borough")
    assert "Fir Fostering" not in lines_for("luton", council="hertfordshire")


def test_a_contract_of_others_is_not_told_by_the_list_of_providers(fir):
    assert lines_for("hertfordshire")["Fir Fostering"] == ("", None)
    assert lines_for("hertfordshire", lot="F1") == {}
    assert "Fir Fostering" not in lines_for("hertfordshire", council="luton")


def test_a_contract_that_is_over_is_none(fir):
    contract = db.session.query(Contract).one()
    contract.ends_on = ON - DAY
    db.session.commit()
    assert lines_for("luton")["Fir Fostering"] == ("", None)
    assert lines_for("luton", lot="F1") == {}


def test_a_page_costs_the_same_for_one_and_for_many(three):
    luton = an_officer("luton")
    with counted() as few:
        listing.providers_page(luton, Wanted(may="no"), NOW)
    agreement = a_list()
    for number in range(4):
        more = a_provider(f"More {number}")
        a_place(more, agreement, "1A")
        say(a_setting(more, f"Home {number}"), 1)
    db.session.commit()
    db.session.expire_all()
    with counted() as many:
        listing.providers_page(luton, Wanted(may="no"), NOW)
    assert many.number <= few.number + 2  # the two that only somebody on a list needs


def names_of(viewer, **wanted):
    return [one.home.name for one in listing.homes(viewer, WantedHome(**wanted), NOW)]


def test_homes_are_narrowed_and_the_free_ones_come_first(three):
    luton = an_officer("luton")
    assert names_of(luton) == ["Mill Lane", "Low Road"]
    assert names_of(luton, free="yes") == ["Mill Lane"]
    assert names_of(luton, may="yes") == ["Mill Lane"]
    assert names_of(luton, serves="young-women") == ["Low Road"]
    assert names_of(luton, age=17) == ["Mill Lane", "Low Road"]
    assert names_of(luton, age=18) == []
    assert names_of(luton, category=SettingCategory.SELF_CONTAINED.value) == []


def test_a_paper_that_ran_out_shuts_its_home_alone(three):
    oak = three[0]
    shut = a_setting(oak, "High Street")
    a_document(
        oak,
        "gas-safety-record",
        by=a_provider_admin(oak),
        valid_until_on=ON - DAY,
        setting=shut,
        checked=CheckStage.ACCEPTED,
    )
    db.session.commit()
    db.session.expire_all()
    lines = listing.homes(an_officer("luton"), WantedHome(words="oak"), NOW)
    assert {one.home.name: one.may for one in lines} == {"Mill Lane": "care", "High Street": "no"}


def test_nobody_finds_a_home_by_an_address_that_is_not_for_them(three):
    finance, officer = a_viewer(Role.FINANCE), an_officer("luton")
    assert names_of(officer, words="2 mill lane, luton") == ["Mill Lane"]
    assert names_of(finance, words="2 mill lane, luton") == []
    assert names_of(finance, words="lu1 mill") == ["Mill Lane"]
    for home in listing.homes(officer, WantedHome(), NOW):
        home.home.address_rule = AddressRule.COUNCILS
    assert names_of(finance, words="2 mill lane, luton") == ["Mill Lane"]


def test_the_lists_and_their_files_are_pages(three, by):
    client = by(an_officer("luton"))
    assert "Yes, but look" in client.page("/register").text
    assert "No provider fits" in client.page("/register?may=care").text
    assert "Oak House" not in client.page("/register?may=no").text
    assert "Oak House" in client.page("/register.csv?may=yes").text
    assert "1 of 4" in client.page("/register/homes").text
    assert "Low Road" not in client.page("/register/homes.csv?free=yes").text
    shown = client.page(f"/register/{three[0].ref}").text
    assert "Mill Lane" in shown
    assert "2 Mill Lane, Luton, LU1 2BQ" in shown
    by(a_provider_admin(three[0])).page("/register/homes", status=403)


def test_the_line_of_evidence_is_narrowed_by_kind():
    known = [Evidence(ON - n * DAY, "Visit" if n % 2 else "KPI", f"No. {n}") for n in range(50)]
    whole = line.part_of(known, "", everything=False)
    assert (len(whole.shown), whole.left, whole.kinds) == (20, 30, [("KPI", 25), ("Visit", 25)])
    visits = line.part_of(known, "Visit", everything=True)
    assert (len(visits.shown), visits.left) == (25, 0)
    assert line.part_of(known, "Nothing", everything=False).kind == ""
