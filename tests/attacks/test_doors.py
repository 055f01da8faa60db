"""Somebody who holds another's password, an old cookie or a token of another page gets no further."""

import base64
import json
import re
import zlib
from dataclasses import replace

import pyotp
import pytest
from sqlalchemy import select

from portal import config
from portal.access import Role
from portal.db import db
from portal.people import actions
from portal.people.models import Membership, Person, SignInSession
from tests.factories.people import PASSWORD, a_person, as_person, viewer
from tests.factories.sending import form_on, forms_on, send

pytestmark = pytest.mark.usefixtures("session")


def sign_in(browser, email):
    return send(browser, "/sign-in", {"email": email, "password": PASSWORD})


def cookie_of(browser):
    """The cookie as it lies in the browser's files."""
    return browser.get_cookie("portal").value


def readable(value):
    """What anybody reads in a cookie, without any key."""
    body = value.removeprefix(".").split(".")[0]
    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    return json.loads(zlib.decompress(raw) if value.startswith(".") else raw)


def use_cookie(browser, value):
    browser.set_cookie("portal", value)


def is_in(browser):
    return browser.get("/account").status_code == 200


# --- Sessions ----------------------------------------------------------------------------------------


def test_a_cookie_from_before_the_sign_in_is_no_way_in_after_it(browser, thief):
    """Session fixation: what the thief has laid into the browser is worth nothing afterwards."""
    ben = a_person(Role.PROVIDER_CONTRIBUTOR)
    thief.get("/sign-in")
    planted = cookie_of(thief)
    use_cookie(browser, planted)
    sign_in(browser, ben.email)
    assert is_in(browser)
    assert not is_in(thief)
    assert cookie_of(browser) != planted


def test_a_cookie_kept_from_before_signing_out_stays_worthless(browser, thief):
    ben = a_person(Role.PROVIDER_CONTRIBUTOR)
    as_person(browser, ben)
    assert is_in(browser)
    old = cookie_of(browser)
    send(browser, "/sign-out", {}, form=form_on_sign_out(browser))
    use_cookie(thief, old)
    assert not is_in(thief)


def form_on_sign_out(browser):
    return next(one for one in forms_on(browser, "/account") if one.action == "/sign-out")


def test_signing_in_over_a_session_ends_the_one_before(browser, thief):
    """Two people at one machine: a copy of the first one's cookie does not outlive the change."""
    ben, eve = a_person(Role.PROVIDER_CONTRIBUTOR), a_person(Role.PROVIDER_CONTRIBUTOR)
    as_person(browser, ben)
    use_cookie(thief, cookie_of(browser))
    eve.email_confirmed_at = None
    token = actions.send_confirmation(eve, now=browser.application.config["CLOCK"]())
    db.session.commit()
    send(browser, f"/confirm/{token}", {"password": PASSWORD})
    assert eve.name in browser.get("/account").text
    assert not is_in(thief)


def test_the_second_factor_shuts_out_who_came_with_the_password_alone(browser, thief, clock):
    """Who has phished a password and waits would get every post once its owner sets up a phone."""
    ada = a_person(enrolled=False)
    as_person(browser, ada)
    as_person(thief, ada)
    secret = pyotp.random_base32()
    own = db.session.scalars(select(SignInSession.id).order_by(SignInSession.id)).first()
    actions.set_second_factor(
        db.session.get(Person, ada.id),
        secret,
        pyotp.TOTP(secret).at(clock),
        actor=replace(viewer(ada), session_id=own),
        now=clock,
    )
    db.session.commit()
    assert is_in(browser)
    assert not is_in(thief)


# --- What lies in the browser -------------------------------------------------------------------------


def test_a_cookie_shows_no_secret_to_whoever_finds_it(browser, clock):
    ada = a_person(enrolled=False)
    as_person(browser, ada)
    page = browser.get("/account/second-factor").text
    secret = re.search(r"Key: <strong[^>]*>([A-Z2-7 ]+)<", page)[1].replace(" ", "")
    kept = readable(cookie_of(browser))
    assert kept["new_secret"].startswith("siv1:")
    assert secret not in json.dumps(kept)
    send(browser, "/account/second-factor", {"code": pyotp.TOTP(secret).at(clock)})
    page = browser.get("/account/recovery-codes").text
    codes = re.findall(r'portal-code">([2-9B-Z]{5}-[2-9B-Z]{5})<', page)
    assert len(set(codes)) == 10
    assert not any(code in json.dumps(readable(cookie_of(browser))) for code in codes)


def test_what_one_session_carries_another_does_not_open(browser, thief):
    ada = a_person(enrolled=False)
    as_person(browser, ada)
    browser.get("/account/second-factor")
    with browser.session_transaction() as cookie:
        sealed = cookie["new_secret"]
    as_person(thief, ada)
    with thief.session_transaction() as cookie:
        cookie["recovery_codes"] = cookie["new_secret"] = sealed
    assert thief.get("/account/recovery-codes").location == "/account"
    assert thief.get("/account/second-factor").status_code == 200  # with a secret of its own


def test_over_https_the_cookie_is_bound_to_this_host(monkeypatch):
    monkeypatch.setenv("PORTAL_BASE_URL", "https://portal.example")
    told = config.from_environment()
    assert told["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert told["SESSION_COOKIE_SECURE"]
    assert told["SESSION_COOKIE_HTTPONLY"]
    assert told["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert not told.get("SESSION_COOKIE_DOMAIN")


def test_a_forged_cookie_is_no_cookie(browser):
    ben = a_person(Role.PROVIDER_CONTRIBUTOR)
    as_person(browser, ben)
    good = cookie_of(browser)
    for bad in (good[:-1] + ("A" if good[-1] != "A" else "B"), good + "x", "x" * 4000, "{}", "."):
        use_cookie(browser, bad)
        assert not is_in(browser)


# --- Tokens of forms ----------------------------------------------------------------------------------


def renames(browser, token):
    """Whether a form with this token is taken."""
    answer = browser.post("/account/name", data={"csrf_token": token, "name": "Somebody Else"})
    return answer.status_code == 302


def token_of(browser):
    return csrf_on(browser, "/account/name", "name")


def csrf_on(browser, address, field):
    return dict(form_on(browser, address, [field]).fields)["csrf_token"]


def test_the_token_of_one_person_is_none_of_another(browser, thief):
    as_person(browser, a_person(Role.PROVIDER_CONTRIBUTOR))
    as_person(thief, a_person(Role.PROVIDER_CONTRIBUTOR))
    swapped, own = token_of(thief), token_of(browser)
    assert not renames(browser, swapped)
    assert renames(browser, own)


def test_the_token_of_an_earlier_session_is_none_of_the_next(browser):
    ben = a_person(Role.PROVIDER_CONTRIBUTOR)
    as_person(browser, ben)
    replayed = token_of(browser)
    as_person(browser, ben)
    assert not renames(browser, replayed)


def test_a_token_from_before_the_sign_in_is_none_afterwards(browser):
    ben = a_person(Role.PROVIDER_CONTRIBUTOR)
    before = csrf_on(browser, "/sign-in", "email")
    sign_in(browser, ben.email)
    assert not renames(browser, before)


@pytest.mark.parametrize("token", ["", "x", "." * 40, "IjEi.aaaa.bbbb", "\x00", "é" * 50])
def test_a_made_up_token_is_none(browser, token):
    as_person(browser, a_person(Role.PROVIDER_CONTRIBUTOR))
    token_of(browser)
    assert not renames(browser, token)


# --- Roles in mid-session -----------------------------------------------------------------------------


def test_a_form_that_lies_open_is_worth_nothing_once_the_role_is_taken(browser, thief):
    ada, cyd = a_person(Role.ADMINISTRATOR), a_person([Role.ADMINISTRATOR, Role.AUDITOR])
    as_person(browser, cyd)
    form = form_on(browser, "/administration/settings", ["product_name"])
    actions.take_role(
        db.session.scalars(
            select(Membership).where(
                Membership.person_id == cyd.id, Membership.role == Role.ADMINISTRATOR
            )
        ).one(),
        actor=viewer(ada),
        now=browser.application.config["CLOCK"](),
    )
    db.session.commit()
    answer = send(browser, "/administration/settings", {"product_name": "Mine"}, form=form)
    assert answer.status_code == 403
    as_person(thief, ada)
    assert "Mine" not in thief.get("/administration/settings").text
