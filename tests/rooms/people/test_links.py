"""Links in mails: a forgotten password, an address to confirm."""

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.db import db
from portal.people import actions
from portal.people.models import OneTimeLink, Person
from tests.factories.people import PASSWORD, a_person, as_person
from tests.factories.sending import form_on, send
from tests.rooms.people.conftest import link_in, mails
from tests.rooms.people.test_sign_in import sign_in

NEW = "seven herons in the rain"


@pytest.fixture
def ben(session):
    return a_person(Role.PROVIDER_CONTRIBUTOR, name="Ben Ashworth", email="ben@oak.example")


def ask(browser, email="ben@oak.example"):
    return send(browser, "/password/forgotten", {"email": email})


def test_a_forgotten_password_is_set_anew_by_mail(browser, other_browser, ben):
    as_person(other_browser, ben)
    ask(browser)
    answer = send(browser, link_in(mails("ben@oak.example")[-1]), {"password": NEW})
    assert answer.location == "/sign-in"
    assert other_browser.get("/account").status_code == 302
    assert sign_in(browser, "ben@oak.example").status_code == 422
    assert sign_in(browser, "ben@oak.example", NEW).status_code == 302


def test_strangers_get_the_same_answer_and_no_mail(browser, ben):
    known, stranger = ask(browser), ask(browser, "nobody@oak.example")
    assert known.status_code == stranger.status_code == 302
    assert known.location == stranger.location
    assert mails("nobody@oak.example") == []


def test_a_closed_account_gets_no_mail(browser, ben):
    ben.active = False
    ask(browser)
    assert mails() == []


def test_a_link_works_once(browser, ben):
    ask(browser)
    address = link_in(mails()[-1])
    send(browser, address, {"password": NEW})
    gone = browser.get(address)
    assert gone.status_code == 410
    assert "used already" in gone.text


def test_a_link_works_for_an_hour(browser, ben, clock):
    ask(browser)
    clock.forward(minutes=61)
    assert "too old" in browser.get(link_in(mails()[-1])).text


def test_a_newer_link_ends_the_earlier_one(browser, ben):
    ask(browser)
    first = link_in(mails()[-1])
    ask(browser)
    assert browser.get(first).status_code == 410
    assert browser.get(link_in(mails()[-1])).status_code == 200


def test_a_made_up_link_does_not_work(browser, ben):
    assert browser.get("/password/new/made-up").status_code == 410
    assert browser.get("/confirm/made-up").status_code == 410
    assert browser.get("/invitations/made-up").status_code == 410


def test_a_link_is_kept_as_a_hash(browser, ben):
    ask(browser)
    token = link_in(mails()[-1]).rsplit("/", 1)[1]
    assert db.session.scalars(select(OneTimeLink)).one().token_hash != token


def test_a_link_for_a_password_does_not_confirm_an_address(browser, ben):
    ask(browser)
    token = link_in(mails()[-1]).rsplit("/", 1)[1]
    assert browser.get(f"/confirm/{token}").status_code == 410


def test_a_weak_new_password_leaves_the_link_as_it_was(browser, ben):
    ask(browser)
    address = link_in(mails()[-1])
    assert "Many people use" in send(browser, address, {"password": "password1234"}).text
    assert send(browser, address, {"password": NEW}).status_code == 302


def test_asking_again_and_again_is_paused(browser, ben):
    for _ in range(6):
        ask(browser)
    assert "Too many tries" in ask(browser).text
    assert len(mails()) == 6


def test_looking_at_a_link_changes_nothing(browser, ben):
    ask(browser)
    address = link_in(mails()[-1])
    for _ in range(3):
        assert browser.get(address).status_code == 200
    assert db.session.scalars(select(OneTimeLink.used_at)).all() == [None]


# --- Proving an address -----------------------------------------------------------------------------


@pytest.fixture
def unconfirmed(ben, clock):
    ben.email_confirmed_at = None
    actions.send_confirmation(ben, now=clock.now)
    db.session.commit()
    return ben


def test_an_address_is_confirmed_with_the_password(browser, unconfirmed):
    answer = send(browser, link_in(mails()[-1]), {"password": PASSWORD})
    assert answer.status_code == 302
    assert browser.get("/account").status_code == 200
    db.session.expire_all()
    assert db.session.get(Person, unconfirmed.id).email_confirmed_at is not None


def test_without_the_password_nobody_confirms_an_account_made_in_their_name(browser, unconfirmed):
    answer = send(browser, link_in(mails()[-1]), {"password": "what would it be"})
    assert answer.status_code == 422
    db.session.expire_all()
    assert db.session.get(Person, unconfirmed.id).email_confirmed_at is None


def test_guessing_at_the_confirmation_is_paused(browser, unconfirmed):
    address = link_in(mails()[-1])
    for _ in range(6):
        send(browser, address, {"password": "what would it be"})
    assert "Too many tries" in send(browser, address, {"password": PASSWORD}).text


def test_confirming_does_not_step_round_the_second_factor(browser, session, clock):
    ada = a_person(Role.PROVIDER_ADMIN, email="ada@oak.example")
    actions.send_confirmation(ada, now=clock.now)
    answer = send(browser, link_in(mails("ada@oak.example")[-1]), {"password": PASSWORD})
    assert answer.location == "/sign-in/code"
    assert browser.get("/account").status_code == 302


def test_a_new_password_by_mail_proves_the_address_too(browser, unconfirmed):
    ask(browser)
    send(browser, link_in(mails()[-1]), {"password": NEW})
    assert sign_in(browser, "ben@oak.example", NEW).location != "/confirm/sent"


def test_an_old_page_of_the_form_says_that_it_was_open_too_long(browser, ben):
    form = form_on(browser, "/password/forgotten", ["email"])
    kept = {"csrf_token": "old", "email": "ben@oak.example"}
    assert form.method == "post"
    assert browser.post("/password/forgotten", data=kept).status_code == 400
