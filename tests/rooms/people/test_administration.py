"""The administrator's pages."""

import pytest

from portal import settings
from portal.access import Role
from portal.db import db
from portal.people import queries
from portal.people.queries import PeopleFilter
from tests.factories.counting import counted
from tests.factories.people import a_council, a_person, as_person, viewer
from tests.factories.providers import a_contributor, a_provider
from tests.factories.sending import send
from tests.rooms.people.conftest import mails


@pytest.fixture
def eve(browser, session):
    eve = a_person(Role.ADMINISTRATOR, name="Eve Holly")
    as_person(browser, eve)
    return eve


def test_people_are_found_by_words_role_and_place(browser, eve):
    a_person(Role.FINANCE, "bedford-borough", name="Zara Quill", email="zq@bedford.example")
    place = a_council("bedford-borough").ref
    for question in ("words=quill", "words=ZQ@bed", "role=finance", f"place={place}"):
        page = browser.get(f"/administration/people?{question}").text
        assert "Zara Quill" in page, question
        assert "1 person" in page, question
    assert "Nobody found" in browser.get("/administration/people?words=nobody").text


def test_a_long_list_pages_and_sorts(browser, eve):
    for number in range(23):
        a_person(name=f"Person {number:02d}")
    first = browser.get("/administration/people")
    assert "Showing 20 of 24 people" in first.text
    assert "Person 00" in first.text
    import re

    onward = re.search(r'href="([^"]+)" rel="next"', first.text)[1].replace("&amp;", "&")
    assert "Person 22" in browser.get(onward).text
    assert "Person 22" in browser.get("/administration/people?sort=-name").text


def test_the_list_costs_the_same_however_long(session, eve):
    wanted, numbers = PeopleFilter(), []
    for _ in range(2):
        db.session.commit()
        db.session.expunge_all()
        seen = viewer(eve)
        with counted() as statements:
            queries.people_page(seen, wanted, sort=None, cursor=None, size=50)
        numbers.append(statements.number)
        for _ in range(10):
            a_contributor(a_provider())
    assert numbers[0] == numbers[1]


def test_nobody_else_gets_the_list(session):
    ada = viewer(a_person())
    page, total = queries.people_page(ada, PeopleFilter(), sort=None, cursor=None, size=50)
    assert (page.items, total) == ([], 0)
    assert queries.person(a_person().ref, ada) is None


def test_a_role_is_given_and_taken_on_the_page(browser, eve):
    ada = a_person(Role.EVALUATOR, name="Ada Birch")
    page = f"/administration/people/{ada.ref}"
    typed = {"organisation": a_council().ref, "role": "auditor"}
    assert send(browser, f"{page}/roles/new", typed).location == page
    assert "Cannot change, score or approve anything" in browser.get(page).text
    address = f"{page}/roles/{a_council().ref}/auditor/take"
    assert send(browser, address, {}, action=address).location == page
    assert viewer(ada).roles == {Role.EVALUATOR}


def test_the_last_administrator_is_told_why(browser, eve):
    address = f"/administration/people/{eve.ref}/roles/{a_council().ref}/administrator/take"
    answer = send(browser, address, {}, action=address)
    assert answer.status_code == 422
    assert "needs an administrator. Give somebody else the role first." in answer.text


def test_an_account_is_closed_on_the_page(browser, eve):
    ada = a_person(name="Ada Birch")
    address = f"/administration/people/{ada.ref}/close"
    assert "is closed" in send(browser, address, {}, action=address, follow_redirects=True).text
    assert "Ada Birch" not in browser.get("/administration/people").text
    assert "Ada Birch" in browser.get("/administration/people?closed=closed").text


def test_staff_are_invited_again_and_no_more(browser, eve):
    typed = {"email": "new@luton.example", "organisation": a_council().ref, "role": "evaluator"}
    assert send(browser, "/administration/invite", typed).status_code == 302
    assert "was invited already" in send(browser, "/administration/invite", typed).text
    (link,) = queries.invitations(viewer(eve), None)
    page = "/administration"
    send(browser, page, {}, action=f"{page}/invitations/{link.ref}/resend")
    assert len(mails("new@luton.example")) == 2
    (link,) = queries.invitations(viewer(eve), None)
    send(browser, page, {}, action=f"{page}/invitations/{link.ref}/revoke")
    assert queries.invitations(viewer(eve), None) == []


def test_a_council_is_added(browser, eve):
    send(
        browser, "/administration/councils/new", {"name": "Milton Keynes", "slug": "milton-keynes"}
    )
    assert "Milton Keynes" in browser.get("/administration").text


def test_settings_are_shown_with_bounds_and_saved(browser, eve):
    assert "From 5 to 720. Usually 45." in browser.get("/administration/settings").text
    send(browser, "/administration/settings", {"idle_minutes": "30"})
    settings.g.pop("settings", None)
    db.session.expire_all()
    assert settings.get("idle_minutes") == 30


def test_a_setting_out_of_bounds_is_told_beside_its_field_and_kept(browser, eve):
    answer = send(browser, "/administration/settings", {"accent_colour": "#ffdd00"})
    assert answer.status_code == 422
    assert "White words cannot be read on this colour" in answer.text
    assert 'value="#ffdd00"' in answer.text


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_else_sees_these_pages(browser, session, role):
    as_person(browser, a_person(role))
    for address in ("/administration", "/administration/people", "/administration/settings"):
        assert browser.get(address).status_code == 403
