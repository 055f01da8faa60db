"""The second step: the phone's code, recovery codes, and setting the phone up."""

import base64
import re

import pyotp
import pytest
from sqlalchemy import select, text

from portal.access import SECOND_FACTOR_ROLES, Role
from portal.db import db
from portal.people import actions, factor, sealed
from portal.people.models import Person, RecoveryCode, SignInSession
from scoring.rules import RuleBroken
from tests.factories.people import PASSWORD, a_person, as_person, code_for, viewer
from tests.factories.sending import send
from tests.reading import errors_of
from tests.rooms.people.conftest import NOW, mails
from tests.rooms.people.test_sign_in import sign_in


@pytest.fixture
def ada(session):
    return a_person(Role.COMMISSIONER, name="Ada Birch", email="ada@luton.example")


def give_code(browser, code):
    return send(browser, "/sign-in/code", {"code": code})


def test_the_password_alone_is_not_enough(browser, ada):
    answer = sign_in(browser, "ada@luton.example")
    assert answer.location == "/sign-in/code"
    assert browser.get("/account").status_code == 302
    assert db.session.scalars(select(SignInSession)).all() == []


def test_the_code_from_the_phone_lets_in(browser, ada, clock):
    sign_in(browser, "ada@luton.example")
    answer = give_code(browser, code_for(ada, clock.now))
    assert answer.status_code == 302
    assert "Ada Birch" in browser.get("/account").text


def test_a_code_works_once(browser, other_browser, ada, clock):
    code = code_for(ada, clock.now)
    sign_in(browser, "ada@luton.example")
    give_code(browser, code)
    sign_in(other_browser, "ada@luton.example")
    assert "was used already" in give_code(other_browser, code).text
    assert other_browser.get("/account").status_code == 302


def test_a_code_of_the_step_before_is_dead_once_a_newer_one_was_used(
    browser, other_browser, ada, clock
):
    sign_in(browser, "ada@luton.example")
    give_code(browser, code_for(ada, clock.now))
    sign_in(other_browser, "ada@luton.example")
    assert "was used already" in give_code(other_browser, code_for(ada, clock.now, -1)).text


@pytest.mark.parametrize(("step", "comes_in"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_phone_may_be_one_step_off(browser, ada, clock, step, comes_in):
    sign_in(browser, "ada@luton.example")
    answer = give_code(browser, code_for(ada, clock.now, step))
    assert (answer.status_code == 302) is comes_in


def test_guessing_codes_is_paused(browser, ada, clock):
    sign_in(browser, "ada@luton.example")
    right = code_for(ada, clock.now)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(6):
        assert "This code is not right" in give_code(browser, wrong).text
    assert "Too many tries" in give_code(browser, right).text


def test_the_password_counts_for_ten_minutes(browser, ada, clock):
    sign_in(browser, "ada@luton.example")
    clock.forward(minutes=11)
    assert browser.get("/sign-in/code").location == "/sign-in"


def test_a_new_password_ends_the_waiting(browser, ada, clock):
    sign_in(browser, "ada@luton.example")
    ada.password_hash = "another"
    assert browser.get("/sign-in/code").location == "/sign-in"


def test_nobody_skips_the_password(browser, ada):
    assert browser.get("/sign-in/code").location == "/sign-in"
    assert browser.get("/sign-in/recovery").location == "/sign-in"


def test_in_earnest_the_code_is_not_on_the_page(browser, ada, clock):
    sign_in(browser, "ada@luton.example")
    assert code_for(ada, clock.now) not in browser.get("/sign-in/code").text


def test_in_the_demonstration_the_code_is_on_the_page(browser, ada, clock, app, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO", True)
    sign_in(browser, "ada@luton.example")
    assert code_for(ada, clock.now) in browser.get("/sign-in/code").text


def test_the_demonstration_shows_a_code_that_still_works():
    secret = pyotp.random_base32()
    step = factor.step_of(NOW)
    assert factor.next_code(secret, NOW, after=0) == pyotp.TOTP(secret).at(NOW)
    assert factor.next_code(secret, NOW, after=step) == pyotp.TOTP(secret).at(NOW, counter_offset=1)
    assert factor.next_code(secret, NOW, after=step + 1) is None


# --- Recovery codes -------------------------------------------------------------------------------


@pytest.fixture
def codes(ada):
    secret = pyotp.random_base32()
    made = actions.set_second_factor(
        ada, secret, pyotp.TOTP(secret).at(NOW), actor=viewer(ada), now=NOW
    )
    db.session.commit()
    return made


def test_ten_codes_are_made_and_only_their_hashes_kept(ada, codes):
    kept = db.session.scalars(select(RecoveryCode)).all()
    assert len(set(codes)) == len(kept) == 10
    assert not {code.replace("-", "") for code in codes} & {row.code_hash for row in kept}


def test_a_recovery_code_lets_in_and_the_phone_is_set_up_anew(browser, ada, codes):
    sign_in(browser, "ada@luton.example")
    answer = send(browser, "/sign-in/recovery", {"code": codes[3].lower()})
    assert answer.location == "/account/second-factor"
    assert "Set up codes by phone" in browser.get("/account/second-factor").text
    assert mails("ada@luton.example")[-1].message == "second-factor-changed"


def test_a_recovery_code_works_once(browser, other_browser, ada, codes):
    sign_in(browser, "ada@luton.example")
    send(browser, "/sign-in/recovery", {"code": codes[0]})
    ada.totp_secret, ada.totp_confirmed_at = pyotp.random_base32(), NOW
    sign_in(other_browser, "ada@luton.example")
    answer = send(other_browser, "/sign-in/recovery", {"code": codes[0]})
    assert "was used already" in answer.text


def test_somebody_elses_recovery_code_does_not_work(browser, session, codes):
    a_person(Role.COMMISSIONER, email="eve@luton.example")
    sign_in(browser, "eve@luton.example")
    assert send(browser, "/sign-in/recovery", {"code": codes[0]}).status_code == 422


def test_a_recovery_code_ends_every_other_session(browser, other_browser, ada, codes):
    as_person(other_browser, ada)
    sign_in(browser, "ada@luton.example")
    send(browser, "/sign-in/recovery", {"code": codes[0]})
    assert other_browser.get("/account").status_code == 302


def test_guessing_recovery_codes_is_paused(browser, ada, codes):
    sign_in(browser, "ada@luton.example")
    for _ in range(6):
        send(browser, "/sign-in/recovery", {"code": "BBBBB-BBBBB"})
    assert "Too many tries" in send(browser, "/sign-in/recovery", {"code": codes[0]}).text


# --- Setting the phone up --------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR_ROLES))
def test_whoever_needs_a_second_factor_must_set_it_up_first(browser, session, role):
    person = a_person(role, enrolled=False, email="new@luton.example")
    answer = sign_in(browser, "new@luton.example")
    assert answer.location == "/account/second-factor"
    assert as_person(browser, person).get("/organisations/").location == "/account/second-factor"


@pytest.mark.parametrize("role", [Role.PROVIDER_CONTRIBUTOR, Role.YOUNG_COMMISSIONER])
def test_contributors_and_young_commissioners_need_none(browser, session, role):
    person = a_person(role)
    assert as_person(browser, person).get("/account").status_code == 200
    assert viewer(person).roles == {role}


def secret_on(page):
    return re.search(r"Key: <strong[^>]*>([A-Z2-7 ]+)<", page.text)[1].replace(" ", "")


def test_setting_the_phone_up_shows_ten_codes_until_they_are_kept(browser, session, clock):
    person = a_person(enrolled=False)
    shown = as_person(browser, person).get("/account/second-factor")
    assert '<svg role="img"' in shown.text
    secret = secret_on(shown)
    assert (
        secret_on(browser.get("/account/second-factor")) == secret
    )  # looking again changes nothing
    answer = send(browser, "/account/second-factor", {"code": pyotp.TOTP(secret).at(clock.now)})
    assert answer.location == "/account/recovery-codes"
    codes = re.findall(
        r"portal-code\">([2-9B-Z]{5}-[2-9B-Z]{5})<", browser.get(answer.location).text
    )
    assert len(codes) == 10
    send(browser, "/account/recovery-codes", {})
    assert browser.get("/account/recovery-codes").location == "/account"
    db.session.expire_all()
    assert db.session.get(Person, person.id).totp_secret == secret


def test_a_wrong_code_sets_nothing_up(browser, session):
    person = a_person(enrolled=False)
    as_person(browser, person)
    assert send(browser, "/account/second-factor", {"code": "000000"}).status_code == 422
    db.session.expire_all()
    assert db.session.get(Person, person.id).totp_secret is None


def test_changing_the_phone_asks_for_the_password(browser, ada, clock):
    as_person(browser, ada)
    secret = secret_on(browser.get("/account/second-factor"))
    code = pyotp.TOTP(secret).at(clock.now)
    typed = {"password": "not my password", "code": code}
    assert "This is not your password" in send(browser, "/account/second-factor", typed).text
    typed["password"] = PASSWORD
    assert send(browser, "/account/second-factor", typed).status_code == 302
    assert mails(ada.email)[-1].message == "second-factor-changed"


def test_a_wrong_password_and_a_wrong_code_are_told_together(browser, ada, clock):
    as_person(browser, ada)
    typed = {"password": "not my password", "code": "000000"}
    answer = send(browser, "/account/second-factor", typed)
    assert [href for _, href in errors_of(answer)] == ["#password", "#code"]


def test_new_recovery_codes_end_the_old_ones(browser, ada, codes, clock):
    as_person(browser, ada)
    assert send(browser, "/account/recovery-codes/new", {"password": "no"}).status_code == 422
    assert send(browser, "/account/recovery-codes/new", {"password": PASSWORD}).status_code == 302
    db.session.expire_all()
    with pytest.raises(RuleBroken):
        actions.use_recovery_code(ada, codes[0], now=clock.now)


def test_nobody_sets_up_somebody_elses_phone(ada):
    eve = a_person()
    secret = pyotp.random_base32()
    with pytest.raises(RuleBroken) as broken:
        actions.set_second_factor(
            ada, secret, pyotp.TOTP(secret).at(NOW), actor=viewer(eve), now=NOW
        )
    assert broken.value.code == "account:not-yours"


# --- How the secret is kept ---------------------------------------------------------------------


def in_the_database(person):
    return db.session.execute(
        text("SELECT totp_secret FROM person WHERE id = :id"), {"id": person.id}
    ).scalar_one()


def test_the_secret_of_a_phone_is_sealed_in_the_database(ada, codes):
    db.session.expire_all()
    secret, kept = ada.totp_secret, in_the_database(ada)
    assert len(secret) == 32
    assert kept.startswith(sealed.MARK)
    assert secret not in kept
    assert len(kept) <= 64  # as wide as the column has always been


def test_a_secret_from_before_is_read_and_sealed_when_it_is_used(browser, ada, clock):
    secret = pyotp.random_base32()
    db.session.execute(
        text("UPDATE person SET totp_secret = :secret WHERE id = :id"),
        {"secret": secret, "id": ada.id},
    )
    db.session.commit()
    db.session.expire_all()
    assert ada.totp_secret == secret
    actions.use_code(ada, pyotp.TOTP(secret).at(clock.now), now=clock.now)
    db.session.commit()
    assert in_the_database(ada).startswith(sealed.MARK)
    db.session.expire_all()
    assert ada.totp_secret == secret


def test_the_key_of_another_installation_opens_nothing_and_recovery_codes_still_do(
    browser, ada, codes, clock
):
    sign_in(browser, "ada@luton.example")
    secret = ada.totp_secret
    kept = in_the_database(ada)
    other = f"{kept[:-2]}{'AA' if kept[-2:] != 'AA' else 'BB'}"
    db.session.execute(
        text("UPDATE person SET totp_secret = :kept WHERE id = :id"), {"kept": other, "id": ada.id}
    )
    db.session.commit()
    db.session.expire_all()
    assert ada.totp_secret is None
    code = pyotp.TOTP(secret).at(clock.now)
    assert send(browser, "/sign-in/code", {"code": code}).status_code == 422
    answer = send(browser, "/sign-in/recovery", {"code": codes[0]})
    assert answer.location == "/account/second-factor"


@pytest.mark.parametrize("length", [16, 26, 32, 52])
def test_a_secret_of_any_length_comes_back_as_it_was(app, session, length):
    secret = pyotp.random_base32(length=max(length, 32))[:length]
    usable = secret if length % 8 == 0 else base64.b32encode(b"x" * (length * 5 // 8)).decode()
    usable = usable.rstrip("=")
    assert sealed.unseal(sealed.seal(usable)) == usable
