"""Passkeys: a device that signs lets in, and nothing that only looks like it does."""

import re
from html import unescape
from json import loads

import pytest
from sqlalchemy import func, select
from webauthn import base64url_to_bytes

from portal.access import Role
from portal.db import db
from portal.people import actions
from portal.people.actions_passkeys import Challenge
from portal.people.models import Passkey, RecoveryCode
from portal.people.passkeys import Site
from scoring.rules import RuleBroken
from tests.factories.devices import Device
from tests.factories.people import PASSWORD, a_person, as_person, code_for, viewer
from tests.factories.sending import form_on, send
from tests.rooms.people.conftest import NOW, mails
from tests.rooms.people.test_sign_in import sign_in

HERE = "http://localhost"
SITE = Site(HERE, "Placement Quality Portal")
NEW, USE = "/account/passkeys/new", "/sign-in/passkey"


@pytest.fixture
def ada(session):
    return a_person(Role.COMMISSIONER, name="Ada Birch", email="ada@luton.example")


@pytest.fixture
def phone(ada):
    device = Device(HERE)
    add(ada, device)
    return device


def a_challenge(number=1, at=NOW):
    return Challenge(f"{number:064x}", at)


def add(person, device, number=1, site=SITE, **otherwise):
    challenge = a_challenge(number)
    answer = device.make(challenge.bytes, **otherwise)
    who = viewer(person)
    made = actions.add_passkey(person, "Phone", answer, challenge, site, actor=who, now=NOW)
    db.session.commit()
    return made


def use(person, device, number=9, **otherwise):
    challenge = a_challenge(number)
    answer = device.use(challenge.bytes, **otherwise)
    actions.use_passkey(person, answer, challenge, SITE, now=NOW)
    db.session.commit()


def options_on(answer):
    return loads(unescape(re.search(r'data-options="([^"]+)"', answer.text)[1]))


def test_a_passkey_lets_in_again_and_again(ada, phone):
    use(ada, phone, 2)
    use(ada, phone, 3)
    kept = db.session.scalars(select(Passkey)).one()
    assert kept.sign_count == 2
    assert kept.last_used_at == NOW


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://localhost"},
        {"host": "evil.example"},
        {"verified": False},
        {"step": 0},
        {"kind": "webauthn.create"},
    ],
    ids=["origin", "scheme", "relying party", "nobody verified", "count stays", "another kind"],
)
def test_what_only_looks_right_is_refused(ada, phone, wrong):
    use(ada, phone, 2)
    with pytest.raises(RuleBroken, match="not accepted"):
        use(ada, phone, 3, **wrong)


@pytest.mark.parametrize("wrong", [{"origin": "https://evil.example"}, {"verified": False}])
def test_what_only_looks_right_is_not_added(ada, wrong):
    with pytest.raises(RuleBroken, match="not accepted"):
        add(ada, Device(HERE), **wrong)
    with pytest.raises(RuleBroken, match="not accepted"):
        add(ada, Device(HERE), 4, host="evil.example")


def test_an_answer_counts_once_even_for_a_synced_key_that_does_not_count(ada):
    ring = Device(HERE)
    add(ada, ring)
    challenge = a_challenge(2)
    answer = ring.use(challenge.bytes, step=0)
    actions.use_passkey(ada, answer, challenge, SITE, now=NOW)
    db.session.commit()
    with pytest.raises(RuleBroken, match="not accepted"):
        actions.use_passkey(ada, answer, challenge, SITE, now=NOW)


def test_an_answer_to_something_else_is_refused(ada, phone, clock):
    with pytest.raises(RuleBroken, match="not accepted"):
        actions.use_passkey(ada, phone.use(b"x" * 32), a_challenge(5), SITE, now=NOW)
    late = a_challenge(6)
    with pytest.raises(RuleBroken, match="not accepted"):
        actions.use_passkey(ada, phone.use(late.bytes), late, SITE, now=clock.forward(minutes=11))


@pytest.mark.parametrize("answer", ["", "{}", "[]", "nonsense", "x" * 30_000])
def test_rubbish_is_refused(ada, phone, answer):
    with pytest.raises(RuleBroken, match="not accepted"):
        actions.use_passkey(ada, answer, a_challenge(20), SITE, now=NOW)
    own = viewer(ada)
    with pytest.raises(RuleBroken, match="not accepted"):
        actions.add_passkey(ada, "x", answer, a_challenge(30), SITE, actor=own, now=NOW)


def test_somebody_elses_passkey_does_not_open_this_account(ada, phone):
    eve = a_person(Role.COMMISSIONER)
    own = Device(HERE)
    add(eve, own, 2)
    with pytest.raises(RuleBroken, match="not accepted"):
        use(ada, own)
    own.credential = phone.credential  # and says that it is Ada's
    with pytest.raises(RuleBroken, match="not accepted"):
        use(ada, own, 10)
    with pytest.raises(RuleBroken, match="in use already"):
        add(eve, own, 11)


def test_only_ones_own_account(ada, phone):
    eve = viewer(a_person())
    key = db.session.scalars(select(Passkey)).one()
    with pytest.raises(RuleBroken, match="your own"):
        actions.remove_passkey(key, actor=eve, now=NOW)
    with pytest.raises(RuleBroken, match="your own"):
        actions.add_passkey(ada, "x", "{}", a_challenge(), SITE, actor=eve, now=NOW)


def test_the_last_second_step_is_kept(session):
    ned = a_person(Role.FINANCE, enrolled=False)
    codes = add(ned, Device(HERE))
    assert len(codes) == 10  # for the day on which the device is lost
    key = db.session.scalars(select(Passkey)).one()
    with pytest.raises(RuleBroken, match="needs a second step"):
        actions.remove_passkey(key, actor=viewer(ned), now=NOW)


def test_a_recovery_code_takes_the_lost_device_away(session):
    ned = a_person(Role.FINANCE, enrolled=False)
    codes = add(ned, Device(HERE))
    actions.use_recovery_code(ned, codes[0], now=NOW)
    assert db.session.scalar(select(func.count()).select_from(Passkey)) == 0


# --- The pages ------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _address(app, monkeypatch):
    monkeypatch.setitem(app.config, "BASE_URL", HERE)


def test_the_way_from_nothing_to_a_passkey_and_in_again(browser, session):
    ned = a_person(Role.FINANCE, name="Ned Ash", enrolled=False)
    device = Device(HERE)
    sign_in(browser, ned.email)
    assert browser.get("/administration").location == "/account/second-factor"
    form = form_on(browser, NEW, ["name"])
    asked = options_on(browser.get(NEW))
    assert asked["rp"]["id"] == "localhost"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    answer = device.make(base64url_to_bytes(asked["challenge"]))
    sent = send(browser, NEW, {"name": "My phone", "answer": answer}, form=form)
    assert sent.location.startswith("/account/recovery-codes")
    assert db.session.scalar(select(func.count()).select_from(RecoveryCode)) == 10
    assert "My phone" in browser.get("/account").text
    assert browser.get("/administration").status_code == 403  # may go on: no phone is asked for

    browser.delete_cookie("portal")
    assert sign_in(browser, ned.email).location == USE
    assert browser.get("/account").status_code == 302
    assert browser.get("/sign-in/code").location == USE  # no phone was set up
    form = form_on(browser, USE)
    asked = options_on(browser.get(USE))
    assert [one["id"] for one in asked["allowCredentials"]]
    answer = device.use(base64url_to_bytes(asked["challenge"]))
    assert send(browser, USE, {"answer": answer}, form=form).location == "/"
    assert "Ned Ash" in browser.get("/account").text


def test_an_old_answer_and_guessing_do_not_let_in(browser, ada, phone):
    sign_in(browser, ada.email)
    form = form_on(browser, USE)
    asked = options_on(browser.get(USE))
    old = phone.use(base64url_to_bytes(asked["challenge"]))
    browser.get(USE)  # another challenge
    for _ in range(6):
        assert "was not accepted" in send(browser, USE, {"answer": old}, form=form).text
    asked = options_on(browser.get(USE))
    answer = phone.use(base64url_to_bytes(asked["challenge"]))
    assert "Too many tries" in send(browser, USE, {"answer": answer}, form=form).text


def test_the_phone_stays_beside_it(browser, ada, phone, clock):
    sign_in(browser, ada.email)
    assert "/sign-in/code" in browser.get(USE).text
    send(browser, "/sign-in/code", {"code": code_for(ada, clock.now)})
    assert browser.get("/account").status_code == 200


def test_nobody_comes_to_the_passkey_without_the_password(browser, ada, phone):
    assert browser.get(USE).location == "/sign-in"


def test_adding_and_removing_ask_for_the_password(browser, ada, phone):
    as_person(browser, ada)
    form = form_on(browser, NEW, ["name", "password"])
    asked = options_on(browser.get(NEW))
    answer = Device(HERE).make(base64url_to_bytes(asked["challenge"]))
    typed = {"name": "Two", "password": "not mine", "answer": answer}
    assert send(browser, NEW, typed, form=form).status_code == 422
    key = db.session.scalars(select(Passkey)).one()
    address = f"/account/passkeys/{key.ref}/remove"
    assert send(browser, address, {"password": "not mine"}).status_code == 422
    assert send(browser, address, {"password": PASSWORD}).location == "/account"
    assert mails(ada.email)[-1].message == "second-factor-changed"
    assert browser.get(address).status_code == 404
