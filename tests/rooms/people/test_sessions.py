"""Sessions lie in the database: they end when they should, and a stolen cookie ends with them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import Permission, Role
from portal.db import db
from portal.people import actions
from portal.people.models import SensitiveRead, SessionSeen, SignInSession
from portal.people.signing import device_name
from scoring.rules import RuleBroken
from tests.factories.counting import counted
from tests.factories.people import PASSWORD, a_council, a_person, as_person, viewer
from tests.factories.sending import form_on, send
from tests.reading import errors_of
from tests.rooms.people.conftest import mails


@pytest.fixture
def ben(session):
    return a_person(Role.PROVIDER_CONTRIBUTOR, name="Ben Ashworth")


def signed_in(browser):
    return browser.get("/account").status_code == 200


def cookie_of(browser):
    with browser.session_transaction() as cookie:
        return dict(cookie)


def test_signing_out_ends_the_session_for_a_stolen_cookie_too(browser, other_browser, ben):
    as_person(browser, ben)
    stolen = cookie_of(browser)
    with other_browser.session_transaction() as cookie:
        cookie.update(stolen)
    assert signed_in(other_browser)
    form = form_on_sign_out(browser)
    browser.post("/sign-out", data={"csrf_token": form})
    assert not signed_in(browser)
    assert not signed_in(other_browser)


def form_on_sign_out(browser):
    import re

    return re.search(r'name="csrf_token"[^>]* value="([^"]+)"', browser.get("/account").text)[1]


def test_signing_out_needs_the_token_of_the_page(browser, ben):
    as_person(browser, ben)
    assert browser.post("/sign-out").status_code == 400
    assert signed_in(browser)


def test_signing_out_is_not_a_link(browser, ben):
    as_person(browser, ben)
    assert browser.get("/sign-out").status_code == 405


def test_a_session_that_is_not_used_ends(browser, ben, clock):
    as_person(browser, ben)
    clock.forward(minutes=44)
    assert signed_in(browser)
    clock.forward(minutes=44)
    assert signed_in(browser)
    clock.forward(minutes=46)
    assert not signed_in(browser)


def test_a_page_that_looks_by_itself_keeps_nobody_signed_in(browser, ben, clock):
    as_person(browser, ben)
    for _ in range(4):
        clock.forward(minutes=11)
        browser.get("/account", headers={"X-Requested-With": "live"})
    assert signed_in(browser)
    clock.forward(minutes=44)
    browser.get("/account", headers={"X-Requested-With": "live"})
    clock.forward(minutes=2)
    assert not signed_in(browser)


def test_a_session_ends_after_twelve_hours_however_busy(browser, ben, clock):
    as_person(browser, ben)
    for _ in range(23):
        clock.forward(minutes=30)
        assert signed_in(browser)
    clock.forward(minutes=31)
    assert not signed_in(browser)


def test_both_ends_are_settings(browser, ben, clock):
    administrator = viewer(a_person(Role.ADMINISTRATOR))
    actions.change_setting("idle_minutes", 5, actor=administrator, now=clock.now)
    as_person(browser, ben)
    clock.forward(minutes=6)
    assert not signed_in(browser)


def test_being_seen_is_written_once_a_minute(browser, ben, clock):
    as_person(browser, ben)
    began = clock.now
    clock.forward(seconds=30)
    browser.get("/account")
    assert seen() == began
    clock.forward(seconds=31)
    browser.get("/account")
    assert seen() == began + timedelta(seconds=61)


def seen():
    db.session.expire_all()
    return db.session.scalars(select(SessionSeen.seen_at)).one()


def test_a_closed_account_is_out_at_the_next_request(browser, ben, clock):
    as_person(browser, ben)
    administrator = viewer(a_person(Role.ADMINISTRATOR))
    actions.close_account(ben, actor=administrator, now=clock.now)
    assert not signed_in(browser)
    ended = db.session.scalars(select(SignInSession)).all()
    assert all(session.ended_at == clock.now for session in ended)


def test_a_role_that_is_taken_counts_at_the_next_request(browser, session, clock):
    ada = a_person([Role.COMMISSIONER, Role.PARTICIPATION_OFFICER])
    as_person(browser, ada)
    assert browser.get("/young-people").status_code == 200
    administrator = viewer(a_person(Role.ADMINISTRATOR))
    officer = next(one for one in ada.memberships if one.role is Role.PARTICIPATION_OFFICER)
    actions.take_role(officer, actor=administrator, now=clock.now)
    assert browser.get("/young-people").status_code == 403


def test_a_role_that_is_given_counts_at_the_next_request(browser, session, clock):
    ada = a_person(Role.COMMISSIONER)
    as_person(browser, ada)
    assert browser.get("/young-people").status_code == 403
    administrator = viewer(a_person(Role.ADMINISTRATOR))
    actions.give_role(
        ada, a_council(), Role.PARTICIPATION_OFFICER, actor=administrator, now=clock.now
    )
    assert browser.get("/young-people").status_code == 200


def test_whoever_loses_the_last_role_is_signed_out(browser, ben, clock):
    as_person(browser, ben)
    administrator = viewer(a_person(Role.ADMINISTRATOR))
    actions.take_role(ben.memberships[0], actor=administrator, now=clock.now)
    assert not signed_in(browser)


def test_own_sessions_are_listed_and_ended(browser, other_browser, ben):
    as_person(other_browser, ben)
    as_person(browser, ben)
    shown = browser.get("/account").text
    assert shown.count("Sign out<span") == 1
    assert "signed in since" in shown  # two browsers of one kind are told apart when read aloud
    other = db.session.scalars(select(SignInSession).order_by(SignInSession.id)).first()
    send(browser, "/account", {}, action=f"/account/sessions/{other.ref}/end")
    assert not signed_in(other_browser)
    assert signed_in(browser)


def test_ending_all_others_leaves_this_one(browser, other_browser, ben):
    as_person(other_browser, ben)
    as_person(browser, ben)
    send(browser, "/account", {}, action="/account/sessions/end-others")
    assert not signed_in(other_browser)
    assert signed_in(browser)


def test_somebody_elses_session_is_not_found(browser, other_browser, ben):
    as_person(other_browser, a_person())
    (hers,) = db.session.scalars(select(SignInSession)).all()
    as_person(browser, ben)
    form = form_on(browser, "/account/name", ["name"])
    answer = browser.post(f"/account/sessions/{hers.ref}/end", data=dict(form.fields))
    assert answer.status_code == 404
    assert signed_in(other_browser)


def test_a_new_password_ends_the_other_sessions(browser, other_browser, ben):
    as_person(other_browser, ben)
    as_person(browser, ben)
    typed = {"current": PASSWORD, "password": "seven herons in the rain"}
    assert send(browser, "/account/password", typed).status_code == 302
    assert signed_in(browser)
    assert not signed_in(other_browser)
    assert mails(ben.email)[-1].message == "password-changed"


@pytest.mark.parametrize(
    ("current", "password", "message"),
    [
        ("not my password", "seven herons in the rain", "This is not your password."),
        (PASSWORD, "short", "Use at least 12 characters"),
        (PASSWORD, "password1234", "Many people use this password"),
        (PASSWORD, "Ashworth is my name", "Do not use your name"),
    ],
)
def test_a_new_password_is_refused(browser, ben, current, password, message):
    as_person(browser, ben)
    answer = send(browser, "/account/password", {"current": current, "password": password})
    assert answer.status_code == 422
    assert message in answer.text


def test_what_is_wrong_with_both_passwords_is_told_together(browser, ben):
    as_person(browser, ben)
    typed = {"current": "not my password", "password": "password1234"}
    answer = send(browser, "/account/password", typed)
    assert [href for _, href in errors_of(answer)] == ["#current", "#password"]


def test_guessing_ones_own_password_is_paused(browser, ben):
    as_person(browser, ben)
    for _ in range(6):
        typed = {"current": "not my password", "password": "seven herons in the rain"}
        send(browser, "/account/password", typed)
    typed["current"] = PASSWORD
    assert "Too many tries" in send(browser, "/account/password", typed).text


def test_nobody_changes_somebody_elses_password(ben, clock):
    with pytest.raises(RuleBroken):
        actions.change_password(ben, "hash", actor=viewer(a_person()), now=clock.now)


def test_young_people_leave_no_device(session, clock):
    young = a_person(Role.YOUNG_COMMISSIONER)
    actions.start_session(young, "Safari on iPhone", actor=viewer(young), now=clock.now)
    assert db.session.scalars(select(SignInSession)).one().device == ""


def test_only_the_hash_of_a_token_is_kept(ben, clock):
    token = actions.start_session(ben, "Firefox", actor=viewer(ben), now=clock.now)
    kept = db.session.scalars(select(SignInSession)).one()
    assert token not in kept.token_hash
    assert len(kept.token_hash) == 64


def test_looking_at_something_sealed_is_remembered(ben, clock):
    ben_sees = viewer(ben)
    db.session.commit()
    actions.note_read(ben_sees, "application", "APP-1", clock.now)
    db.session.expire_all()
    assert db.session.scalars(select(SensitiveRead)).one().subject_ref == "APP-1"


def test_the_viewer_costs_one_statement(browser, app, session):
    ada = a_person([Role.COMMISSIONER, Role.MODERATOR, Role.FINANCE])
    as_person(browser, ada)
    with counted() as few:
        browser.get("/account/name")
    reads = [statement for statement in few.statements if statement != "BEGIN"]
    assert len(reads) == 2, reads  # the settings and the viewer


def test_a_young_commissioner_may_do_what_the_role_says(session):
    young = viewer(a_person(Role.YOUNG_COMMISSIONER))
    assert young.may(Permission.YOUNG_SCORE)
    assert not young.may(Permission.BID_READ)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU) AppleWebKit Version/18 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux) Chrome/140 Safari/537 Edg/140.0", "Edge on Linux"),
        ("", "Another browser"),
    ],
)
def test_a_browser_is_told_in_words(user_agent, name):
    assert device_name(user_agent) == name
