"""Coming in through a council's own sign-in, against a real provider in a process of its own."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from portal.access import Role
from portal.audit import AuditEntry
from portal.council_doors import CouncilDoor
from portal.db import db
from portal.people import actions, openid
from portal.people.models import CouncilIdentity, Person, SignInSession
from tests.factories.council_provider import ADA, CLIENT_ID, CLIENT_SECRET
from tests.factories.people import PASSWORD, a_council, a_person, as_person, code_for, viewer
from tests.factories.sending import send
from tests.rooms.people.conftest import mails
from tests.rooms.people.test_sign_in import sign_in

ROOT = Path(__file__).resolve().parents[3]
GO = "/sign-in/council/luton"
REFUSED = "We could not sign you in"


@pytest.fixture(scope="session")
def provider():
    """The address of a provider that runs as long as the tests do."""
    command = [sys.executable, "-m", "tests.factories.council_provider"]
    environment = {**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        port = json.loads(process.stdout.readline())["port"]
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture
def now(clock):
    """The provider's clock is this machine's, so the portal's is too."""
    clock.now = datetime.now(UTC)
    return clock


@pytest.fixture
def council(app, session, now, provider, monkeypatch):
    """Luton, with a door that leads to the provider."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    door = CouncilDoor("luton", provider, CLIENT_ID, CLIENT_SECRET, frozenset({"luton.example"}))
    monkeypatch.setitem(app.config, "COUNCIL_DOORS", {"luton": door})
    tell(provider)
    return a_council()


@pytest.fixture
def ada(council):
    return a_person(Role.COMMISSIONER, name="Ada Birch", email="ada@luton.example")


def tell(provider, **what):
    requests.post(f"{provider}/tell", json=what, timeout=5).raise_for_status()


def go(browser, address=GO):
    """Follow the way to the provider and back; the answer of the portal, not followed."""
    there = browser.get(address)
    assert there.status_code == 302, there.text
    back = requests.get(there.location, allow_redirects=False, timeout=5)
    return browser.get(back.headers["Location"].removeprefix("http://localhost"))


def signed_in(browser):
    return browser.get("/account").status_code == 200


def mfa(**more):
    return {**ADA, "amr": ["pwd", "mfa"], **more}


def bindings():
    return db.session.scalar(select(func.count()).select_from(CouncilIdentity))


def reasons():
    db.session.expire_all()
    found = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == "session:refused").order_by(AuditEntry.id)
    )
    return [entry.detail["how"] for entry in found]


def test_the_first_time_an_account_is_found_and_the_phone_still_asked_for(browser, ada, now):
    assert go(browser).location == "/sign-in/code"
    assert not signed_in(browser)
    send(browser, "/sign-in/code", {"code": code_for(ada, now.now)})
    assert "Ada Birch" in browser.get("/account").text
    assert bindings() == 1
    assert mails(ada.email)[-1].message == "council-account-connected"


def test_the_council_vouches_for_the_second_factor_only_when_it_says_so(browser, ada, provider):
    tell(provider, claims=mfa())
    assert go(browser).location == "/"
    assert signed_in(browser)


def test_whoever_has_no_phone_yet_needs_none_after_two_factors_there(browser, council, provider):
    a_person(Role.FINANCE, email="ada@luton.example", enrolled=False)
    tell(provider, claims=mfa())
    go(browser)
    assert browser.get("/administration").status_code == 403  # and not led to set up a phone


def test_a_role_at_another_council_keeps_its_own_second_factor(browser, ada, provider, session):
    tell(provider, claims=mfa())
    go(browser)
    administrator = viewer(a_person(Role.ADMINISTRATOR))
    elsewhere = a_council("bedford-borough")
    actions.give_role(ada, elsewhere, Role.AUDITOR, actor=administrator, now=this_moment())
    db.session.commit()
    assert not signed_in(browser)  # at once
    assert go(browser).location == "/sign-in/code"


def this_moment():
    return datetime.now(UTC)


def test_from_then_on_the_subject_counts_and_not_the_address(browser, other_browser, ada, provider):
    go(browser)
    tell(provider, claims=mfa(email="new.name@luton.example"))
    assert go(other_browser).location == "/"
    tell(provider, claims=mfa(sub="somebody-else"))
    other_browser.delete_cookie("portal")
    assert REFUSED in go(other_browser).text
    assert reasons()[-1] == "council:another-subject"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "x", "email": "nobody@luton.example", "email_verified": True},
        {"sub": "x", "email": "ada@luton.example", "email_verified": False},
        {"sub": "x", "email": "ada@luton.example"},
        {"sub": "x", "email": "ada@luton.example", "email_verified": "true"},
        {"sub": "x", "email": "eve@bedford.example", "email_verified": True},
        {"sub": "x", "email": "pro@luton.example", "email_verified": True},
        {"sub": "x", "email": "both@luton.example", "email_verified": True},
        {"sub": "x", "email": "gone@luton.example", "email_verified": True},
        {"sub": "x"},
    ],
    ids=[
        "no account",
        "not verified",
        "says nothing of it",
        "says it as a text",
        "of another tenant",
        "of a provider",
        "with a role elsewhere",
        "closed",
        "no address",
    ],
)
def test_no_account_is_made_and_none_taken_over(browser, ada, provider, claims):
    a_person(Role.COMMISSIONER, "bedford-borough", email="eve@bedford.example")
    a_person(Role.PROVIDER_ADMIN, email="pro@luton.example")
    a_person(Role.EVALUATOR, "bedford-borough", email="both@luton.example")
    a_person(Role.EVALUATOR, email="gone@luton.example").active = False
    db.session.commit()
    before = db.session.scalar(select(func.count()).select_from(Person))
    tell(provider, claims={**claims, "amr": ["mfa"]})
    answer = go(browser)
    assert answer.status_code == 403
    assert REFUSED in answer.text
    assert reasons() == ["council:unknown"]
    assert db.session.scalar(select(func.count()).select_from(Person)) == before
    assert bindings() == 0
    assert not signed_in(browser)


@pytest.mark.parametrize(
    ("fault", "how"),
    [
        ({"nonce": "another"}, "claims"),
        ({"iss": "https://elsewhere.example"}, "claims"),
        ({"aud": "another portal"}, "claims"),
        ({"key": "stranger"}, "signature"),
        ({"clock": -200}, "claims"),
        ({"clock": 200}, "claims"),
    ],
)
def test_a_forged_or_old_token_is_refused(browser, ada, provider, fault, how):
    tell(provider, claims=mfa(), **fault)
    assert REFUSED in go(browser).text
    assert reasons() == [f"council:{how}"]
    assert bindings() == 0


@pytest.mark.parametrize("seconds", [-50, 50])
def test_clocks_may_differ_by_a_minute(browser, ada, provider, seconds):
    tell(provider, claims=mfa(), clock=seconds)
    assert go(browser).location == "/"


def test_new_keys_of_the_provider_are_fetched(browser, ada, provider):
    go(browser)
    tell(provider, claims=mfa(), new_key=True)
    browser.delete_cookie("portal")
    assert go(browser).location == "/"


def test_the_answer_belongs_to_the_browser_that_asked(browser, other_browser, ada, provider):
    tell(provider, claims=mfa())
    there = browser.get(GO)
    back = requests.get(there.location, allow_redirects=False, timeout=5).headers["Location"]
    back = back.removeprefix("http://localhost")
    assert REFUSED in other_browser.get(back).text  # sent to somebody else, to be signed in as Ada
    other_browser.get(GO)
    assert REFUSED in other_browser.get(back).text
    assert browser.get(back).location == "/"
    assert browser.get(back).status_code == 403  # and works once
    assert reasons() == ["council:state"] * 3


def test_the_answer_must_come_within_ten_minutes(browser, ada, now):
    there = browser.get(GO)
    back = requests.get(there.location, allow_redirects=False, timeout=5).headers["Location"]
    now.forward(minutes=11)
    assert REFUSED in browser.get(back.removeprefix("http://localhost")).text


def test_mixed_up_providers_and_a_refusal_there(browser, ada):
    for answer in ("code=x&iss=https://evil.example", "error=access_denied"):
        there = browser.get(GO)
        state = requests.utils.urlparse(there.location).query.split("state=")[1].split("&")[0]
        assert REFUSED in browser.get(f"{GO}/back?state={state}&{answer}").text
    assert reasons() == ["council:issuer", "council:cancelled"]


def test_pkce_and_nonce_are_asked_for(browser, ada):
    asked = browser.get(GO).location
    assert "code_challenge_method=S256" in asked
    assert "nonce=" in asked
    assert CLIENT_SECRET not in asked


def test_where_the_way_leads_on_is_on_this_site(browser, ada, provider):
    tell(provider, claims=mfa())
    assert go(browser, f"{GO}?next=/account").location == "/account"
    browser.delete_cookie("portal")
    assert go(browser, f"{GO}?next=https://evil.example/").location == "/"


def test_a_leaver_does_not_come_in_by_either_door(browser, ada, provider, session):
    go(browser)
    browser.delete_cookie("portal")
    sign_in(browser, ada.email)  # the password is right, and opens nothing any more
    assert browser.get("/sign-in/code").location == "/sign-in"
    actions.request_new_password(ada.email, now=this_moment())
    assert mails(ada.email)[-1].message == "council-sign-in-only"
    administrator = viewer(a_person(Role.ADMINISTRATOR))
    actions.take_role(ada.memberships[0], actor=administrator, now=this_moment())
    db.session.commit()
    tell(provider, claims=mfa())
    assert REFUSED in go(browser).text
    assert reasons()[-1] == "council:left"


def test_the_provider_says_that_somebody_left(browser, ada, provider):
    tell(provider, claims=mfa())
    go(browser)

    def leave(**claims):
        made = requests.post(f"{provider}/logout-token", json=claims, timeout=5).json()["token"]
        return browser.post(f"{GO}/leave", data={"logout_token": made}).status_code

    for wrong in ({"aud": "x"}, {"iss": "x"}, {"events": {}}, {"nonce": "n"}, {"iat": 1}):
        assert leave(**wrong) == 400
    assert browser.post(f"{GO}/leave", data={"logout_token": "x"}).status_code == 400
    assert signed_in(browser)
    assert leave(sub="a stranger") == 200
    assert signed_in(browser)
    assert leave() == 200
    assert not signed_in(browser)


def test_signing_out_offers_the_council_too(browser, ada, provider):
    tell(provider, claims=mfa())
    go(browser)
    token = browser.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.post("/sign-out", data={"csrf_token": token})
    assert answer.location == "/signed-out/luton"
    assert f"{provider}/leave?client_id=portal" in browser.get(answer.location).text
    assert not signed_in(browser)
    ended = db.session.scalars(select(SignInSession)).all()
    assert all(session.ended_at for session in ended)


def test_a_known_person_connects_with_their_password(browser, council, provider):
    ned = a_person(Role.COMMISSIONER, email="ned@private.example")
    as_person(browser, ned)
    tell(provider, claims={"sub": "ned-1", "amr": ["mfa"]})
    answer = go(browser, f"{GO}?connect=1")
    assert answer.location == "/account/council/luton/connect"
    assert bindings() == 0  # a look binds nothing
    assert send(browser, answer.location, {"password": "not this one"}).status_code == 422
    assert bindings() == 0
    assert send(browser, answer.location, {"password": PASSWORD}).status_code == 302
    assert bindings() == 1
    browser.delete_cookie("portal")
    assert go(browser).location == "/"
    administrator = a_person(Role.ADMINISTRATOR)
    as_person(browser, administrator)
    (made,) = db.session.scalars(select(CouncilIdentity)).all()
    address = f"/administration/council-accounts/{made.ref}/disconnect"
    send(browser, f"/administration/people/{ned.ref}", {}, action=address)
    assert bindings() == 0
    browser.delete_cookie("portal")
    sign_in(browser, ned.email)
    assert browser.get("/sign-in/code").status_code == 200


def test_one_account_there_is_one_account_here(council, session, provider):
    said = openid.Said(provider, "one")
    first, second = a_person(), a_person()
    council = a_council()
    actions.connect_council(first, council, said, actor=viewer(first), now=this_moment())
    for person, wanted in ((second, said), (first, openid.Said(provider, "two"))):
        with pytest.raises(openid.RuleBroken, match="connected already"):
            actions.connect_council(
                person, council, wanted, actor=viewer(person), now=this_moment()
            )
    with pytest.raises(openid.RuleBroken, match="your own account"):
        actions.connect_council(
            second, council, openid.Said(provider, "3"), actor=viewer(first), now=this_moment()
        )


def test_a_provider_that_is_away_says_so(browser, ada, app, monkeypatch):
    door = CouncilDoor("luton", "http://127.0.0.1:9", CLIENT_ID, CLIENT_SECRET)
    monkeypatch.setitem(app.config, "COUNCIL_DOORS", {"luton": door})
    answer = browser.get(GO)
    assert answer.status_code == 503
    assert "does not answer" in answer.text


def test_a_council_without_a_door_has_none(browser, session):
    assert browser.get(GO).status_code == 404
    assert "Sign in with" not in browser.get("/sign-in").text
