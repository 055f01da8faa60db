"""An organisation's page: details, registrations, colleagues; nothing of it for strangers."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.audit import AuditEntry
from portal.content.loading import defaults
from portal.content.schemas import Kind
from portal.db import db
from portal.people import actions as people, attempts
from portal.people.models import OneTimeLink
from portal.providers import actions, queries
from portal.providers.models import Registration, ServiceKind
from portal.providers.words import OUTCOMES
from portal.web import rooms
from scoring.rules import RuleBroken
from tests.factories.counting import counted
from tests.factories.people import a_person, as_person, viewer
from tests.factories.providers import a_contributor, a_provider, a_provider_admin
from tests.factories.sending import send
from tests.rooms.people.conftest import NOW, mails


@pytest.fixture
def oak(session):
    return a_provider("Oak House", company_number="01234567")


@pytest.fixture
def ada(oak, browser):
    ada = a_provider_admin(oak, name="Ada Birch")
    as_person(browser, ada)
    return ada


@pytest.fixture
def ben(oak):
    return a_contributor(oak, name="Ben Ash")


def refused(code, act):
    with pytest.raises(RuleBroken) as broken:
        act()
    assert broken.value.code == code


def test_its_people_see_details_registrations_and_colleagues(browser, oak, ada, ben):
    page = browser.get(f"/organisations/{oak.ref}").text
    for shown in ("Oak House", "01234567", oak.registrations[0].urn, "Ada Birch (you)", "Ben Ash"):
        assert shown in page


def test_with_one_organisation_the_list_leads_straight_there(browser, oak, ada):
    assert browser.get("/organisations/").location == f"/organisations/{oak.ref}"


def test_a_stranger_finds_nothing(browser, oak, ben):
    eve = a_provider_admin(a_provider("Elm House"))
    as_person(browser, eve)
    base = f"/organisations/{oak.ref}"
    registration = oak.registrations[0].ref
    for tail in (
        "",
        "/edit",
        "/registrations/new",
        f"/registrations/{registration}",
        "/colleagues/invite",
        f"/colleagues/{ben.ref}",
        f"/colleagues/{ben.ref}/remove",
    ):
        assert browser.get(base + tail).status_code == 404, tail
    assert queries.provider(oak.ref, viewer(eve)) is None
    assert queries.colleagues(oak, viewer(eve)) == []


def test_a_registration_of_another_organisation_is_not_found_under_ones_own(browser, oak, ada):
    elm = a_provider("Elm House")
    address = f"/organisations/{oak.ref}/registrations/{elm.registrations[0].ref}"
    assert browser.get(address).status_code == 404


def test_councils_read_and_do_not_change(oak):
    ada = viewer(a_person(Role.COMMISSIONER))
    assert queries.provider(oak.ref, ada) is oak
    refused(
        "provider:change-refused",
        lambda: actions.change_details(oak, name="Elm", actor=ada, now=NOW),
    )


def test_a_contributor_reads_and_does_not_change(browser, oak, ben):
    as_person(browser, ben)
    page = browser.get(f"/organisations/{oak.ref}")
    assert page.status_code == 200
    assert "An administrator of your organisation can invite colleagues." in page.text
    assert "/edit" not in page.text
    for tail in ("/edit", "/registrations/new", "/colleagues/invite"):
        assert browser.get(f"/organisations/{oak.ref}{tail}").status_code == 403


def test_an_administrator_of_one_is_no_administrator_of_another(browser, oak, ben):
    elm = a_provider("Elm House")
    people.give_role(
        ben, elm, Role.PROVIDER_ADMIN, actor=viewer(a_person(Role.ADMINISTRATOR)), now=NOW
    )
    ben.totp_confirmed_at = NOW
    as_person(browser, ben)
    assert browser.get(f"/organisations/{elm.ref}/edit").status_code == 200
    answer = browser.get(f"/organisations/{oak.ref}/edit")
    assert answer.status_code == 409
    assert "Only an administrator of your organisation can do this." in answer.text


# --- Details -------------------------------------------------------------------------------------------


def test_details_are_changed_and_the_trail_keeps_values_apart(browser, oak, ada):
    typed = {"trading_name": "Oaks", "website": "https://oak.example", "charity_number": "99"}
    assert send(browser, f"/organisations/{oak.ref}/edit", typed).status_code == 302
    db.session.expire_all()
    assert (oak.trading_name, oak.website) == ("Oaks", "https://oak.example")
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == "provider:changed")
    ).one()
    assert entry.detail == {"what": ["charity_number", "trading_name", "website"]}


def test_saving_the_same_changes_nothing(oak, ada):
    actions.change_details(oak, name="Oak House", actor=viewer(ada), now=NOW)
    db.session.commit()
    assert not db.session.scalars(select(AuditEntry)).all()


def test_a_dangerous_website_is_refused_and_the_rest_kept(browser, oak, ada):
    typed = {"website": "javascript:alert(1)", "trading_name": "Oaks"}
    answer = send(browser, f"/organisations/{oak.ref}/edit", typed)
    assert answer.status_code == 422
    assert 'value="Oaks"' in answer.text


def test_another_companys_number_is_refused(browser, oak, ada):
    a_provider("Elm House", company_number="SC654321")
    answer = send(browser, f"/organisations/{oak.ref}/edit", {"company_number": "sc654321"})
    assert "is here already" in answer.text


# --- Registrations -----------------------------------------------------------------------------------------


def record(oak, actor, **more):
    wanted = {
        "urn": "2712345",
        "service": ServiceKind.SUPPORTED_ACCOMMODATION,
        "registered_on": date(2025, 4, 1),
        **more,
    }
    return actions.record_registration(oak, **wanted, actor=actor, now=NOW)


def test_a_registration_is_added_and_changed(oak, ada):
    made = record(oak, viewer(ada))
    assert made.outcome == "registered"
    again = record(oak, viewer(ada), outcome="2", inspected_on=date(2026, 5, 1))
    assert again is made
    assert (made.outcome, made.inspected_on) == ("2", date(2026, 5, 1))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"outcome": "good", "inspected_on": date(2026, 5, 1)}, "registration:outcome"),
        ({"outcome": "2"}, "registration:inspected-on"),
        ({"inspected_on": date(2026, 5, 1)}, "registration:inspected-on"),
        ({"urn": "none"}, "registration:urn"),
        ({"registered_on": NOW.date() + timedelta(days=1)}, "registration:in-the-future"),
    ],
)
def test_what_ofsted_never_said_is_refused(oak, ada, more, code):
    refused(code, lambda: record(oak, viewer(ada), **more))


def test_a_urn_belongs_to_one_organisation(oak, ada):
    elm = a_provider("Elm House")
    refused(
        "registration:urn-taken",
        lambda: record(oak, viewer(ada), urn=elm.registrations[0].urn),
    )


def test_a_registration_is_typed_on_the_page(browser, oak, ada):
    typed = {
        "service": "fostering",
        "urn": "SC 998877",
        "registered_on-day": "1",
        "registered_on-month": "4",
        "registered_on-year": "2025",
        "outcome": "fostering:good",
        "inspected_on-day": "2",
        "inspected_on-month": "5",
        "inspected_on-year": "2026",
    }
    address = f"/organisations/{oak.ref}/registrations/new"
    assert send(browser, address, typed).status_code == 302
    made = db.session.scalars(select(Registration).where(Registration.urn == "SC998877")).one()
    assert (made.service, made.outcome) == (ServiceKind.FOSTERING, "good")
    page = browser.get(f"/organisations/{oak.ref}/registrations/{made.ref}")
    assert '<option value="fostering:good" selected>' in page.text
    typed |= {"urn": "SC998878", "service": "supported-accommodation"}
    assert "no such outcome for this service" in send(browser, address, typed).text


def test_a_commissioner_may_record_what_ofsted_published(oak):
    made = record(oak, viewer(a_person(Role.COMMISSIONER)))
    assert made.provider_id == oak.id
    with pytest.raises(RuleBroken):
        record(oak, viewer(a_person(Role.EVALUATOR)))


def test_the_words_for_outcomes_are_those_of_the_content():
    scales = {
        one.body["provision"]: {point["value"]: point["label"] for point in one.body["outcomes"]}
        for one in defaults()
        if one.kind is Kind.OFSTED_SCALE
    }
    assert {service.value: words for service, words in OUTCOMES.items()} == scales


# --- Colleagues -----------------------------------------------------------------------------------------------


def test_a_colleague_is_invited_and_listed_until_they_accept(browser, oak, ada):
    typed = {"email": "new@oak.example", "role": "provider-contributor"}
    address = f"/organisations/{oak.ref}/colleagues/invite"
    assert send(browser, address, typed).status_code == 302
    page = f"/organisations/{oak.ref}"
    assert "new@oak.example" in browser.get(page).text
    link = db.session.scalars(select(OneTimeLink)).one()
    send(browser, page, {}, action=f"{page}/invitations/{link.ref}/resend")
    assert len(mails("new@oak.example")) == 2
    newest = db.session.scalars(select(OneTimeLink).order_by(OneTimeLink.id.desc())).first()
    send(browser, page, {}, action=f"{page}/invitations/{newest.ref}/revoke")
    assert "new@oak.example" not in browser.get(page).text


def test_an_invitation_of_another_organisation_is_not_found(browser, oak, ada):
    elm = a_provider("Elm House")
    cyd = a_provider_admin(elm)
    people.invite("x@elm.example", elm, Role.PROVIDER_CONTRIBUTOR, actor=viewer(cyd), now=NOW)
    link = db.session.scalars(select(OneTimeLink)).one()
    token = dict(form_fields(browser, f"/organisations/{oak.ref}/edit"))["csrf_token"]
    for organisation in (oak.ref, elm.ref):
        for act in ("resend", "revoke"):
            answer = browser.post(
                f"/organisations/{organisation}/invitations/{link.ref}/{act}",
                data={"csrf_token": token},
            )
            assert answer.status_code == 404


def form_fields(browser, address):
    from tests.factories.sending import form_on

    return form_on(browser, address, ["csrf_token"]).fields


def test_a_colleague_becomes_an_administrator_and_back(browser, oak, ada, ben):
    address = f"/organisations/{oak.ref}/colleagues/{ben.ref}"
    send(browser, address, {"role": "provider-admin"})
    assert viewer(ben).administers(oak.id)
    send(browser, address, {"role": "provider-contributor"})
    assert viewer(ben).roles == {Role.PROVIDER_CONTRIBUTOR}


def test_a_colleague_is_removed_and_out_at_once(browser, other_browser, oak, ada, ben):
    as_person(other_browser, ben)
    address = f"/organisations/{oak.ref}/colleagues/{ben.ref}/remove"
    assert send(browser, address, {}, action=address).status_code == 302
    assert other_browser.get(f"/organisations/{oak.ref}").status_code == 302
    assert "Ben Ash" not in browser.get(f"/organisations/{oak.ref}").text.split("Colleagues")[1]


def test_somebody_who_serves_two_loses_one(oak, ada, ben):
    elm = a_provider("Elm House")
    administrator = viewer(a_person(Role.ADMINISTRATOR))
    people.give_role(ben, elm, Role.PROVIDER_CONTRIBUTOR, actor=administrator, now=NOW)
    actions.remove_colleague(oak, ben, actor=viewer(ada), now=NOW)
    assert viewer(ben).provider_ids == {elm.id}


def test_the_last_administrator_stays(browser, oak, ada, ben):
    address = f"/organisations/{oak.ref}/colleagues/{ada.ref}/remove"
    answer = send(browser, address, {}, action=address)
    assert "needs an administrator. Give somebody else the role first." in answer.text
    address = f"/organisations/{oak.ref}/colleagues/{ada.ref}"
    answer = send(browser, address, {"role": "provider-contributor"})
    assert "needs an administrator" in answer.text
    assert viewer(ada).administers(oak.id)
    assert viewer(ada).roles == {Role.PROVIDER_ADMIN}


def test_an_administrator_leaves_when_there_is_another(browser, oak, ada):
    a_provider_admin(oak)
    address = f"/organisations/{oak.ref}/colleagues/{ada.ref}/remove"
    assert send(browser, address, {}, action=address).location == "/"
    assert not viewer(ada).provider_ids


def test_a_contributor_removes_nobody(oak, ada, ben):
    cyd = a_contributor(oak)
    refused(
        "role:take-refused",
        lambda: actions.remove_colleague(oak, cyd, actor=viewer(ben), now=NOW),
    )


def test_somebody_elsewhere_is_no_colleague(oak, ada):
    eve = a_contributor()
    refused(
        "colleague:not-one",
        lambda: actions.remove_colleague(oak, eve, actor=viewer(ada), now=NOW),
    )


# --- Lists -----------------------------------------------------------------------------------------------------


def test_councils_find_providers_by_name_number_and_urn(oak):
    a_provider("Elm House")
    ada = viewer(a_person())
    for words in ("oak", "0123456", oak.registrations[0].urn.lower()):
        page, total = queries.providers_page(ada, words=words)
        assert ([one.name for one in page.items], total) == (["Oak House"], 1), words
    page, total = queries.providers_page(ada, service=ServiceKind.FOSTERING)
    assert total == 0


def test_providers_get_no_list_of_providers(oak, ada):
    assert queries.providers_page(viewer(ada)) == (queries.Page([]), 0)


def test_the_list_costs_the_same_however_long(session):
    ada, numbers = viewer(a_person()), []
    for _ in range(2):
        for _ in range(5):
            a_provider()
        db.session.commit()
        db.session.expunge_all()
        with counted() as statements:
            page, _ = queries.providers_page(ada)
            assert all(one.registrations for one in page.items)
        numbers.append(statements.number)
    assert numbers[0] == numbers[1]


def test_what_is_due_names_the_missing_registration(app, session):
    bare = a_provider("Bare House", registered=False)
    admin = viewer(a_provider_admin(bare))
    with app.test_request_context():
        (due,) = rooms()["providers"].due(admin, NOW)
    assert due.title == "Add your Ofsted registration"
    assert bare.ref in due.address


def test_invitations_have_an_end(browser, oak, ada, clock):
    for _ in range(29):
        attempts.take_within(attempts.invitations(ada.ref), clock.now)
    address = f"/organisations/{oak.ref}/colleagues/invite"
    typed = {"email": "new@oak.example", "role": "provider-contributor"}
    assert send(browser, address, typed).status_code == 302
    answer = send(browser, address, {**typed, "email": "one.more@oak.example"})
    assert "Too many tries. Wait 15 minutes" in answer.text
    assert mails("one.more@oak.example") == []
