"""The first step: email address and password."""

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.audit import AuditEntry
from portal.db import db
from portal.people import attempts
from portal.people.models import Attempt, SignInSession
from portal.people.passwords import check, hash_password, verify
from scoring.rules import RuleBroken
from tests.factories.people import PASSWORD, a_person
from tests.factories.sending import form_on, send

WRONG = "The email address or the password is not right."


def sign_in(browser, email, password=PASSWORD, **more):
    return send(browser, "/sign-in", {"email": email, "password": password}, **more)


def events():
    db.session.expire_all()
    return [entry.event for entry in db.session.scalars(select(AuditEntry))]


@pytest.fixture
def ben(session):
    return a_person(Role.PROVIDER_CONTRIBUTOR, name="Ben Ash", email="ben@oak.example")


def test_somebody_without_a_second_factor_is_in_after_the_password(browser, ben):
    answer = sign_in(browser, "ben@oak.example")
    assert answer.status_code == 302
    assert "Ben Ash" in browser.get("/account").text
    assert "session:started" in events()


def test_the_address_is_taken_as_people_type_it(browser, ben):
    assert sign_in(browser, "  Ben@OAK.example ").status_code == 302


def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(browser, ben):
    wrong = sign_in(browser, "ben@oak.example", "not this one at all")
    unknown = sign_in(browser, "nobody@oak.example", "not this one at all")
    assert wrong.status_code == unknown.status_code == 422
    assert WRONG in wrong.text
    bare = [page.text.replace("nobody@", "ben@") for page in (wrong, unknown)]
    assert _without_token(bare[0]) == _without_token(bare[1])
    assert events().count("session:refused") == 2


def _without_token(text):
    return [line for line in text.splitlines() if "csrf_token" not in line]


def test_an_unknown_account_costs_the_same_hashing(browser, ben, monkeypatch):
    hashed = []
    from argon2 import PasswordHasher

    plain = PasswordHasher.verify

    def notice(self, kept, text):
        hashed.append(kept)
        return plain(self, kept, text)

    monkeypatch.setattr(PasswordHasher, "verify", notice)
    sign_in(browser, "ben@oak.example", "wrong wrong wrong")
    sign_in(browser, "nobody@oak.example", "wrong wrong wrong")
    assert len(hashed) == 2


def test_the_password_is_never_shown_back(browser, ben):
    assert "my secret words" not in sign_in(browser, "ben@oak.example", "my secret words").text


def test_a_closed_account_looks_like_no_account(browser, ben):
    ben.active = False
    assert WRONG in sign_in(browser, "ben@oak.example").text


def test_guessing_is_paused_and_says_for_how_long(browser, ben, clock):
    for _ in range(6):
        assert WRONG in sign_in(browser, "ben@oak.example", "wrong wrong wrong").text
    paused = sign_in(browser, "ben@oak.example")
    assert "Too many tries. Wait 15 minutes" in paused.text
    clock.forward(minutes=16)
    assert sign_in(browser, "ben@oak.example").status_code == 302


def test_the_pause_is_the_same_for_an_account_that_does_not_exist(browser, ben):
    for _ in range(6):
        sign_in(browser, "nobody@oak.example", "wrong wrong wrong")
    assert "Too many tries" in sign_in(browser, "nobody@oak.example").text


def test_the_pause_of_one_account_is_not_the_pause_of_another(browser, ben):
    for _ in range(6):
        sign_in(browser, "nobody@oak.example", "wrong wrong wrong")
    assert sign_in(browser, "ben@oak.example").status_code == 302


def test_one_address_cannot_try_many_accounts(browser, ben, clock):
    for number in range(60):
        attempts.take_within(attempts.limits("password", f"{number}", "127.0.0.1"), clock.now)
    assert "Too many tries" in sign_in(browser, "ben@oak.example").text


def test_the_right_password_clears_the_count(browser, ben):
    for _ in range(5):
        sign_in(browser, "ben@oak.example", "wrong wrong wrong")
    sign_in(browser, "ben@oak.example")
    db.session.expire_all()
    assert len(db.session.scalars(select(Attempt)).all()) == 5  # those of the network address


def test_attempts_hold_no_names(browser, ben):
    sign_in(browser, "ben@oak.example", "wrong wrong wrong")
    keys = [attempt.key for attempt in db.session.scalars(select(Attempt))]
    assert len(keys) == 2
    assert all(len(key) == 64 and "ben" not in key for key in keys)


def test_signing_in_begins_a_new_session_and_forgets_what_the_cookie_held(browser, ben):
    with browser.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        cookie["_user_id"] = "a token that an attacker knows"
    sign_in(browser, "ben@oak.example")
    with browser.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["_user_id"] != "a token that an attacker knows"


def test_one_goes_on_to_where_one_was_going(browser, ben):
    asked = browser.get("/account?x=1")
    assert asked.status_code == 302
    assert asked.location == "/sign-in?next=/account?x%3D1"
    answer = sign_in_at(browser, asked.location)
    assert answer.location == "/account?x=1"


def sign_in_at(browser, address):
    return send(browser, address, {"email": "ben@oak.example", "password": PASSWORD})


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_one_never_goes_on_to_another_site(browser, ben, onward):
    answer = sign_in_at(browser, f"/sign-in?next={onward}")
    assert answer.location == "/"


def test_an_address_in_the_form_is_checked_too(browser, ben):
    form = form_on(browser, "/sign-in", ["email"])
    typed = {"email": "ben@oak.example", "password": PASSWORD, "next": "//evil.example"}
    assert send(browser, "/sign-in", typed, form=form).location == "/"


def test_somebody_who_did_not_confirm_gets_a_new_mail_instead(browser, ben):
    from tests.rooms.people.conftest import mails

    ben.email_confirmed_at = None
    answer = sign_in(browser, "ben@oak.example")
    assert answer.location == "/confirm/sent"
    assert mails("ben@oak.example")[-1].message == "confirm-email"
    assert db.session.scalars(select(SignInSession)).all() == []


def test_in_earnest_nobody_is_listed_on_the_page(browser, ben):
    assert "ben@oak.example" not in browser.get("/sign-in").text


# --- Passwords themselves -----------------------------------------------------------------------


def test_a_password_is_hashed_with_argon2id_and_verified(session):
    kept = hash_password("a quiet lane in autumn")
    assert kept.startswith("$argon2id$")
    assert verify(kept, "a quiet lane in autumn")
    assert not verify(kept, "a quiet lane in winter")
    assert not verify(None, "nobody has this password")
    assert not verify("not a hash", "a quiet lane in autumn")


def test_in_earnest_hashing_costs_what_is_asked_for():
    from portal.people.passwords import _hasher

    hasher = _hasher(False)
    assert hasher.memory_cost >= 19 * 1024
    assert hasher.time_cost >= 2


@pytest.mark.parametrize(
    "common", ["password1234", "qwerty123456", "Liverpool2026!", "Welcome12345"]
)
def test_common_passwords_are_refused(common):
    with pytest.raises(RuleBroken, match="Many people use this password"):
        check(common)
