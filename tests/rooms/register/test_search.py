"""One search for everybody: each finds what they may open, and a sealed bid is found by its own alone."""

from datetime import date

import pytest

from portal.access import COUNCIL_ROLES, Role
from portal.db import db
from portal.providers.models_settings import AddressRule
from portal.register import finding
from portal.searching import holds, words_of
from scoring.stages import RoundStage
from tests.factories.applications import an_application
from tests.factories.documents import a_document
from tests.factories.followups import a_follow_up
from tests.factories.kpis import a_plan, returns_of
from tests.factories.people import a_person, a_viewer, viewer
from tests.factories.providers import a_contributor, a_provider, a_provider_admin, a_setting
from tests.factories.rounds import WHILE_OPEN, a_round, at

WORD = "Zebra"  # stands in the name of everything here


@pytest.fixture
def world(app, session):
    """A provider with a home, a document, a bid in a sealed round with a file; a draft round."""
    at(app, WHILE_OPEN)
    sealed = a_round(title=f"{WORD} round")
    a_round(stage=RoundStage.DRAFT, title=f"{WORD} draft")
    provider = a_provider(f"{WORD} House")
    ada = a_provider_admin(provider)
    bid = an_application(sealed, by=ada)
    a_setting(provider, f"{WORD} Lane")
    a_document(provider, "safeguarding-policy", by=ada)
    a_document(provider, "accounts", by=ada, bound_to=bid.ref, title=f"{WORD} sealed file")
    a_follow_up(provider=provider, text=f"{WORD}: mend the {WORD} fence")
    db.session.commit()
    return provider, ada, bid


def found(viewer_, words=WORD):
    with_kinds = finding.find(viewer_, words)
    return {(one.kind, one.title) for one in with_kinds.hits}


def in_request(app):
    return app.test_request_context("/search")


HOME_AT = "LU1 3ZB"


@pytest.mark.parametrize("typed", ["LU1 3ZB", "lu13zb", "Mill 3zb"])
def test_a_home_is_found_by_its_postcode_by_those_who_read_the_address(app, world, typed):
    provider, ada, _ = world
    home = a_setting(provider, "Mill Lane", postcode=HOME_AT)
    home.address_rule = AddressRule.COMMISSIONERS
    db.session.commit()
    with in_request(app):
        for reader in (a_viewer(Role.COMMISSIONER), viewer(ada)):
            assert ("Home", "Mill Lane") in found(reader, typed)
        assert found(a_viewer(Role.FINANCE), typed) == set()
        assert ("Home", "Mill Lane") in found(a_viewer(Role.FINANCE), "LU1")


OWN = {
    ("Provider", "Zebra House"),
    ("Home", "Zebra Lane"),
    ("Round", "Zebra round"),
    ("Application", "Zebra round"),
    ("Document", "Safeguarding policy"),
    ("Recommendation", "Zebra: mend the Zebra fence"),
}
PUBLIC = {("Round", "Zebra round")}
REGISTER = PUBLIC | {("Provider", "Zebra House"), ("Home", "Zebra Lane")}
DRAFT = ("Round", "Zebra draft")
ASKED = ("Recommendation", "Zebra: mend the Zebra fence")
PAPER = ("Document", "Safeguarding policy")


def test_its_own_people_find_what_is_theirs(world, app):
    provider, ada, _bid = world
    with in_request(app):
        assert found(viewer(ada)) == OWN
        assert found(viewer(a_contributor(provider))) == OWN


def test_another_provider_finds_what_everybody_may_read(world, app):
    with in_request(app):
        assert found(viewer(a_provider_admin())) == PUBLIC


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        (Role.COMMISSIONER, REGISTER | {DRAFT, PAPER, ASKED}),
        (Role.MODERATOR, REGISTER),
        (Role.EVALUATOR, REGISTER),
        (Role.FINANCE, REGISTER),
        (Role.APPROVER, REGISTER),
        (Role.AUDITOR, REGISTER | {ASKED}),
        (Role.PARTICIPATION_OFFICER, PUBLIC),
        (Role.YOUNG_COMMISSIONER, PUBLIC),
        (Role.ADMINISTRATOR, PUBLIC),
    ],
)
def test_at_a_council_nobody_finds_a_sealed_bid(world, app, role, wanted):
    with in_request(app):
        assert found(a_viewer(role)) == wanted


def test_a_council_that_takes_no_part_finds_no_draft(world, app):
    with in_request(app):
        outside = found(a_viewer(Role.COMMISSIONER, "hertfordshire"))
    assert DRAFT not in outside
    assert ASKED not in outside


@pytest.mark.parametrize("words", ["ref", "sealed file", "accounts"])
def test_neither_reference_nor_file_of_a_bid_is_found_by_anybody_at_a_council(world, app, words):
    bid = world[2]
    typed = bid.ref if words == "ref" else words
    with in_request(app):
        for role in COUNCIL_ROLES:
            assert found(a_viewer(role), typed) == set(), role


def test_nobody_is_led_to_a_page_that_is_not_for_them(world, by):
    """Every result opens for whoever found it."""
    for person in (world[1], *(a_person(role) for role in sorted(COUNCIL_ROLES))):
        client = by(person)
        with client.application.test_request_context("/search"):
            addresses = {one.address for one in finding.find(viewer(person), WORD).hits}
        for address in addresses:
            assert client.get(address.partition("#")[0]).status_code in {200, 302}, address


def test_nothing_typed_finds_nothing(world, by):
    client = by(world[1])
    assert "Look for providers" in client.page("/search").text
    assert "Nothing found" in client.page("/search?words=unicorn").text
    shown = client.page("/search?words=zebra")
    assert "6 found" in shown.text
    assert "1 found of the kind" in client.page("/search?words=zebra&kind=Home").text


def test_long_results_come_in_pages(session, app):
    for number in range(45):
        a_provider(f"{WORD} {number:02d}")
    db.session.commit()
    with in_request(app):
        officer = a_viewer(Role.COMMISSIONER)
        pages = [finding.find(officer, WORD, at=at_) for at_ in (1, 2, 3)]
    assert [(len(one.hits), one.has_more) for one in pages] == [(20, True), (20, True), (5, False)]
    assert len({hit.address for one in pages for hit in one.hits}) == 45


def test_signs_are_looked_for_as_they_are(world, app):
    with in_request(app):
        assert found(viewer(world[1]), "%") == set()
        assert found(viewer(world[1]), "_ebra") == set()


def test_every_word_must_stand_somewhere():
    assert words_of(" Oak  house oak ") == ["oak", "house"]
    assert holds(["oak", "luton"], "Oak House", "Luton")
    assert not holds(["oak", "bedford"], "Oak House", "Luton")


def test_every_return_of_many_is_found_and_a_page_of_results_at_a_time(app, session):
    """More returns than a list has on a page: the search reads them all, for those who may."""
    oak = a_provider("Zebra House")
    plan = a_plan(oak, from_on=date(2018, 4, 1))
    number = len(returns_of(plan))
    assert number > 25
    with in_request(app):
        luton = a_viewer(Role.COMMISSIONER)
        first = finding.find(luton, WORD, kind="KPI return")
        last = finding.find(luton, WORD, kind="KPI return", at=2)
        assert (first.number, len(first.hits), len(last.hits)) == (number, 20, number - 20)
        assert not {one.address for one in first.hits} & {one.address for one in last.hits}
        for stranger in (viewer(a_provider_admin()), a_viewer(Role.COMMISSIONER, "kent")):
            assert not finding.find(stranger, WORD, kind="KPI return").kind
