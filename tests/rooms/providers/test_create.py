"""A provider creates its organisation, and nobody learns who has an account."""

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.db import db
from portal.people.models import Person
from portal.people.queries import viewer_of
from portal.providers import actions
from portal.providers.models import Provider, ServiceKind
from scoring.rules import RuleBroken
from tests.factories.people import PASSWORD, a_person, as_person, viewer
from tests.factories.providers import a_provider, a_provider_admin
from tests.factories.sending import send
from tests.reading import beside, errors_of, page_of
from tests.rooms.people.conftest import NOW, link_in, mails

TYPED = {
    "name": "Oak House Ltd",
    "company_number": "oc 123456",
    "service": "supported-accommodation",
    "urn": "sc 123456",
    "registered_on-day": "1",
    "registered_on-month": "3",
    "registered_on-year": "2024",
    "admin_name": "Ada Birch",
    "email": "ada@oak.example",
    "password": PASSWORD,
}


NO_DAY = {"registered_on-day": "", "registered_on-month": "", "registered_on-year": ""}


def create(browser, **typed):
    return send(browser, "/organisations/new", {**TYPED, **typed})


def providers():
    db.session.expire_all()
    return db.session.scalars(select(Provider)).all()


def test_an_organisation_is_created_and_its_administrator_confirms(browser, session):
    assert create(browser).location == "/organisations/new/sent"
    (oak,) = providers()
    assert (oak.name, oak.company_number) == ("Oak House Ltd", "OC123456")
    assert [one.urn for one in oak.registrations] == ["SC123456"]
    ada = db.session.scalars(select(Person).where(Person.email == "ada@oak.example")).one()
    assert ada.email_confirmed_at is None
    send(browser, link_in(mails("ada@oak.example")[-1]), {"password": PASSWORD})
    assert viewer_of(ada.id).administers(oak.id)
    assert browser.get("/organisations/").location == "/account/second-factor"


def test_before_the_confirmation_nobody_is_in(browser, session):
    create(browser)
    answer = send(browser, "/sign-in", {"email": "ada@oak.example", "password": PASSWORD})
    assert answer.location == "/confirm/sent"
    assert len(mails("ada@oak.example")) == 2


def test_an_address_that_has_an_account_gets_another_mail_and_the_page_says_the_same(
    browser, session
):
    a_person(email="ada@oak.example", name="Ada Birch")
    answer = create(browser)
    assert answer.location == "/organisations/new/sent"
    assert providers() == []
    assert [mail.message for mail in mails("ada@oak.example")] == ["email-taken"]
    assert "/sign-in" in mails()[-1].body


def test_a_company_is_here_once(browser, session):
    a_provider("Oak House", company_number="OC123456")
    answer = create(browser)
    assert answer.status_code == 422
    assert "Ask a colleague there for an invitation" in answer.text
    assert 'value="Oak House Ltd"' in answer.text
    assert PASSWORD not in answer.text


def test_a_company_number_may_be_missing_twice(browser, session):
    create(browser, company_number="", urn="", **NO_DAY)
    create(browser, company_number="", urn="", **NO_DAY, email="ben@elm.example")
    assert [one.company_number for one in providers()] == [None, None]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"company_number": "12-34"}, "A company number has 8 numbers, or 2 letters and 6"),
        ({"company_number": "abc"}, "A company number has 8 numbers, or 2 letters and 6"),
        ({"company_number": "1234567"}, "Put zeros in front of a shorter one."),
        ({"company_number": "OC12345"}, "A company number has 8 numbers"),
        ({"company_number": "OCX12345"}, "A company number has 8 numbers"),
        ({"company_number": "٠١٢٣٤٥٦٧"}, "A company number has 8 numbers"),
        ({"urn": "Ofsted"}, "An Ofsted URN has 5 to 8 numbers and no letters"),
        ({"urn": "SC1"}, "an older one has SC and 6 numbers, like SC123456"),
        ({"urn": "SC1234567"}, "An Ofsted URN has 5 to 8 numbers"),
        ({"urn": "EY123456"}, "An Ofsted URN has 5 to 8 numbers"),
        ({"name": "Win at https://evil.example"}, "Enter a name, not an address."),
        ({"password": "password1234"}, "Many people use this password"),
        ({"password": "Birch and oaks"}, "Do not use your name"),
        ({"email": "nobody"}, "Enter an email address in the right form"),
        ({"service": "laundry"}, "Choose one of the answers on the page"),
    ],
)
def test_what_cannot_be_taken_is_told_beside_the_field(browser, session, typed, message):
    answer = create(browser, **typed)
    assert answer.status_code == 422
    assert message in answer.text
    assert providers() == []
    assert mails() == []


def test_all_that_is_wrong_is_told_at_once(browser, session):
    typed = {
        "name": "Oak at www.oak.example",
        "company_number": "abc",
        "urn": "SC1",
        "admin_name": "",
        "email": "nobody",
        "password": "password1234",
    }
    answer = create(browser, **typed)
    assert answer.status_code == 422
    assert [href for _, href in errors_of(answer)] == [
        "#name",
        "#company_number",
        "#urn",
        "#admin_name",
        "#email",
        "#password",
    ]
    for name in ("name", "company_number", "urn", "email"):
        assert page_of(answer).get_element_by_id(name).get("value") == typed[name]
    assert "Many people use this password" in beside(answer, "password")
    assert providers() == []


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        (NO_DAY, "registered_on", "Enter the day on which Ofsted registered you."),
        ({"urn": ""}, "urn", "Enter the URN of this registration too."),
        ({"registered_on-year": "2090"}, "registered_on", "must be today or earlier"),
    ],
)
def test_a_number_and_the_day_of_the_registration_go_together(
    browser, session, typed, field, message
):
    answer = create(browser, **typed)
    assert answer.status_code == 422
    assert message in beside(answer, field)
    assert providers() == []


def test_the_day_is_kept_with_the_number(browser, session):
    assert create(browser).status_code == 302
    (registration,) = providers()[0].registrations
    assert (registration.urn, str(registration.registered_on)) == ("SC123456", "2024-03-01")


@pytest.mark.parametrize("urn", ["2712345", " 27 12345", "sc123456", "52315"])
def test_a_urn_is_taken_as_ofsted_writes_it(browser, session, urn):
    assert create(browser, urn=urn).status_code == 302


def test_the_rules_stand_beside_the_fields_before_anything_is_typed(browser, session):
    shown = browser.get("/organisations/new").text
    assert "8 numbers, or 2 letters and 6 numbers" in shown
    assert "Numbers only, like 2712345; an older one has SC and 6 numbers" in shown


def test_creating_again_and_again_is_paused(browser, session):
    for number in range(6):
        create(browser, company_number="", urn="", name=f"Oak {number}", **NO_DAY)
    assert "Too many tries" in create(browser, company_number="", urn="", **NO_DAY).text


def test_somebody_who_works_for_one_creates_another(browser, session):
    ada = a_provider_admin(a_provider("Oak House"))
    as_person(browser, ada)
    assert browser.get("/organisations/new").location == "/organisations/another"
    typed = {key: TYPED[key] for key in TYPED if key not in {"admin_name", "email", "password"}}
    assert send(browser, "/organisations/another", typed).status_code == 302
    assert len(viewer(ada).provider_ids) == 2
    page = browser.get("/organisations/").text
    assert "Oak House Ltd" in page


def test_council_staff_create_none(browser, session):
    ada = a_person(Role.COMMISSIONER)
    as_person(browser, ada)
    assert "You are signed in for a council" in browser.get("/organisations/another").text
    with pytest.raises(RuleBroken):
        actions.add_organisation("Oak", actor=viewer(ada), now=NOW)


def test_a_stranger_cannot_vouch_for_an_address(session):
    oak = actions.register(
        "Oak",
        "Ada Birch",
        "ada@oak.example",
        "hash",
        service=ServiceKind.FOSTERING,
        confirmed=True,
        actor=viewer(a_person()),
        now=NOW,
    )
    assert oak.ref
    assert (
        db.session.scalars(
            select(Person.email_confirmed_at).where(Person.email == "ada@oak.example")
        ).one()
        is None
    )
