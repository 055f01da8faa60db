"""Tokens: what opens, what does not, and that nobody learns why."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import audit, settings
from portal.access import Role
from portal.audit import AuditEntry
from portal.db import db
from portal.mail import Mail
from portal.people import actions, passwords
from portal.people.models import CouncilIdentity, Membership, SecondStep, SignInSession
from portal.people.models_tokens import ApiToken, ApiUse
from portal.people.queries import viewer_of
from portal.people.scopes import Scope
from scoring.rules import RuleBroken
from tests.factories.people import PASSWORD, a_council, a_person, a_viewer, as_person, viewer
from tests.factories.sending import send
from tests.factories.tokens import Program, a_program, a_token
from tests.sweeps.hunting import logged

READ = "/contracts"  # a route that needs a token
OPEN = "/rounds"  # one that does not


@pytest.fixture
def commissioner(clock):
    return a_person(Role.COMMISSIONER)


@pytest.fixture
def program(app, commissioner):
    return a_program(app, viewer(commissioner))


def code_of(answer):
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    return answer.json["code"]


def test_a_token_opens_what_its_holder_may_read(program):
    answer = program.get(READ)
    assert answer.status_code == 200
    assert answer.json == {"items": [], "next": None}


def test_excel_sends_it_as_the_password_of_any_name(app, program):
    answer = app.test_client().get(f"/api/v1{READ}", auth=("anything", program.token))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "header",
    ["Bearer nobody-has-this", "Bearer ", "Basic Zm9vOmJhcg==", "Digest x", "", "nonsense"],
)
def test_what_is_no_token_opens_nothing_not_even_what_is_open_to_anybody(app, clock, header):
    for path in (READ, OPEN):
        answer = app.test_client().get(f"/api/v1{path}", headers={"Authorization": header})
        assert code_of(answer) == "http:401"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_without_a_token_only_what_is_public(app, clock):
    nobody = a_program(app)
    assert nobody.get(OPEN).status_code == 200
    assert nobody.get(READ).status_code == 401


def test_a_cookie_opens_nothing_so_there_is_nothing_to_forge(app, commissioner):
    browser = as_person(app.test_client(), commissioner)
    assert browser.get("/account").status_code == 200
    assert browser.get(f"/api/v1{READ}").status_code == 401


def test_an_address_never_carries_a_token(app, program):
    for name in ("token", "access_token", "api_key"):
        answer = app.test_client().get(f"/api/v1{OPEN}?{name}={program.token}")
        assert code_of(answer) == "http:422"


def ended(program, clock, person, how):
    token = db.session.scalars(select(ApiToken)).one()
    own, system = viewer_of(person.id), a_viewer(Role.ADMINISTRATOR)
    now = clock.now
    if how == "expired":
        clock.forward(timedelta(days=32))
    elif how == "revoked":
        actions.revoke_token(token, actor=own, now=now)
    elif how == "left":
        actions.close_account(person, actor=system, now=now)
    elif how == "lost every role":
        membership = db.session.scalars(select(Membership).filter_by(person_id=person.id)).one()
        actions.take_role(membership, actor=system, now=now)
    elif how == "changed the password":
        actions.change_password(
            person, passwords.hash_password("another quiet lane"), actor=own, now=now
        )
    db.session.commit()


@pytest.mark.parametrize(
    "how", ["expired", "revoked", "left", "lost every role", "changed the password"]
)
def test_a_token_ends_at_once_and_a_stranger_learns_no_reason(
    app, clock, program, commissioner, how
):
    assert program.get(READ).status_code == 200
    ended(program, clock, commissioner, how)
    answer = program.get(READ)
    never = Program(app.test_client(), "pqp_never").get(READ)
    assert answer.status_code == never.status_code == 401
    kept = {name: value for name, value in answer.json.items() if name != "instance"}
    assert kept == {name: value for name, value in never.json.items() if name != "instance"}
    assert answer.headers["WWW-Authenticate"] == never.headers["WWW-Authenticate"]


def test_who_comes_back_has_no_token_that_wakes(clock, program, commissioner):
    ended(program, clock, commissioner, "lost every role")
    system = a_viewer(Role.ADMINISTRATOR)
    luton = system.posts[0].organisation_id
    db.session.add(
        Membership(
            person_id=commissioner.id,
            organisation_id=luton,
            role=Role.COMMISSIONER,
            given_at=clock.now,
        )
    )
    db.session.commit()
    assert program.get(READ).status_code == 401


def test_a_role_that_was_given_or_taken_counts_at_the_next_call(clock, program, commissioner):
    assert program.get("/cost-reports").status_code == 200
    membership = db.session.scalars(select(Membership).filter_by(person_id=commissioner.id)).one()
    membership.role = Role.EVALUATOR
    db.session.commit()
    assert code_of(program.get("/cost-reports")) == "permission:missing"


def test_a_token_does_no_more_than_its_scopes(app, commissioner):
    narrow = a_program(app, viewer(commissioner), Scope.ROUNDS_READ)
    assert narrow.get("/council-rounds").status_code == 200
    answer = narrow.get(READ)
    assert code_of(answer) == "scope:missing"
    assert 'scope="contracts:read"' in answer.headers["WWW-Authenticate"]


def test_without_the_second_factor_that_the_role_needs_it_opens_nothing(app, commissioner, program):
    commissioner.totp_confirmed_at = None
    db.session.commit()
    assert code_of(program.get(READ)) == "second-factor:missing"


def test_who_stays_away_from_the_councils_own_sign_in_has_a_token_that_sleeps(
    clock, program, commissioner
):
    came = CouncilIdentity(
        person_id=commissioner.id,
        council_id=viewer(commissioner).posts[0].organisation_id,
        issuer="https://sign-in.example",
        subject="ada",
        connected_at=clock.now,
    )
    db.session.add(came)
    db.session.commit()
    clock.forward(timedelta(days=29))
    assert program.get(READ).status_code == 200
    clock.forward(timedelta(days=2))
    assert program.get(READ).status_code == 401
    clock.forward(timedelta(days=-1))
    came.last_used_at = clock.now
    db.session.commit()
    assert program.get(READ).status_code == 200


def test_a_council_that_vouched_for_the_second_factor_does_so_for_the_token(
    app, clock, commissioner
):
    commissioner.totp_confirmed_at = None
    own = viewer(commissioner)
    signed_in = SignInSession(
        token_hash="x",
        person_id=commissioner.id,
        second_step=SecondStep.COUNCIL,
        council_id=own.posts[0].organisation_id,
        started_at=clock.now,
    )
    db.session.add(signed_in)
    db.session.flush()
    vouched = a_program(app, replace(own, session_id=signed_in.id))
    assert vouched.get(READ).status_code == 200
    elsewhere = a_council("bedford-borough")
    db.session.add(
        Membership(
            person_id=commissioner.id,
            organisation_id=elsewhere.id,
            role=Role.COMMISSIONER,
            given_at=clock.now,
        )
    )
    db.session.commit()
    assert code_of(vouched.get(READ)) == "second-factor:missing"


def test_young_commissioners_and_administrators_have_none(clock):
    for role in (Role.YOUNG_COMMISSIONER, Role.ADMINISTRATOR):
        with pytest.raises(RuleBroken, match="cannot have a token"):
            a_token(a_viewer(role), Scope.ROUNDS_READ, now=clock.now)


def test_a_token_of_somebody_who_became_a_young_commissioner_sleeps(program, commissioner):
    membership = db.session.scalars(select(Membership).filter_by(person_id=commissioner.id)).one()
    membership.role = Role.YOUNG_COMMISSIONER
    db.session.commit()
    assert program.get(OPEN).status_code == 401


@pytest.mark.parametrize(
    ("scopes", "days", "code"),
    [((), 5, "token:no-scope"), ((1,), -1, "token:too-soon"), ((1,), 366, "token:too-long")],
)
def test_a_token_has_a_scope_and_an_end(clock, commissioner, scopes, days, code):
    wanted = [Scope.ROUNDS_READ for _ in scopes]
    with pytest.raises(RuleBroken) as refused:
        actions.make_token(
            "x",
            wanted,
            clock.now.date() + timedelta(days=days),
            actor=viewer(commissioner),
            now=clock.now,
        )
    assert refused.value.code == code


def test_nobody_takes_back_the_token_of_another(clock, program):
    token = db.session.scalars(select(ApiToken)).one()
    with pytest.raises(RuleBroken, match="your own"):
        actions.revoke_token(token, actor=a_viewer(Role.COMMISSIONER), now=clock.now)
    actions.revoke_token(token, actor=a_viewer(Role.ADMINISTRATOR), now=clock.now)
    assert token.revoked_at


def test_the_token_is_kept_nowhere_and_written_nowhere(app, clock, commissioner):
    with logged() as lines:
        program = a_program(app, viewer(commissioner))
        program.get(READ)
        app.test_client().get(f"/api/v1{READ}", auth=("x", program.token))
    kept = [str(row) for table in (ApiToken, ApiUse, Mail, AuditEntry) for row in _rows(table)]
    assert not [one for one in (*lines, *kept) if program.token in one]
    assert {one.event for one in db.session.scalars(select(AuditEntry))} >= {"api-token:made"}
    assert db.session.scalars(select(Mail.message)).all() == ["token-made"]


def _rows(table):
    return db.session.execute(select(*table.__table__.columns)).all()


def test_what_is_done_by_a_token_says_so_in_the_trail(clock, commissioner, program):
    acting = replace(viewer(commissioner), token_ref="KEY-AAAAA-BBBBB")
    audit.record(audit.Event.ACCOUNT_CHANGED, commissioner, actor=acting, now=clock.now)
    db.session.commit()
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last.detail["token"] == "KEY-AAAAA-BBBBB"


def test_too_many_calls_wait_and_every_process_counts_on_one_row(app, clock, program):
    settings.change("api_calls", 2)
    db.session.commit()
    assert [program.get(READ).status_code for _ in range(3)] == [200, 200, 429]
    answer = program.get(READ)
    assert code_of(answer) == "http:429"
    assert answer.headers["Retry-After"] == "55"
    assert a_program(app).get(OPEN).status_code == 200, "another caller goes on"
    clock.forward(timedelta(seconds=55))
    assert program.get(READ).status_code == 200
    kept = db.session.scalars(select(ApiUse).where(ApiUse.token_id.is_not(None))).one()
    assert (kept.number, kept.seen_at) == (1, clock.now)


def test_guessing_is_slowed_by_the_address_and_told_apart_from_nothing(app, clock):
    settings.change("api_public_calls", 3)
    db.session.commit()
    guesses = [Program(app.test_client(), f"pqp_{at}").get(READ).status_code for at in range(5)]
    assert guesses == [401, 401, 401, 429, 429]


def test_addresses_are_forgotten_after_a_day(app, clock):
    app.test_client().get("/api/v1/rounds", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    clock.forward(timedelta(days=2))
    app.test_client().get("/api/v1/rounds", environ_base={"REMOTE_ADDR": "192.0.2.2"})
    kept = db.session.scalars(select(ApiUse)).all()
    assert [one.seen_at for one in kept] == [clock.now]
    assert "192.0.2" not in kept[0].key


# --- The page ------------------------------------------------------------------------------


def test_on_the_page_a_token_is_made_shown_once_and_revoked(app, clock, commissioner):
    ada = as_person(app.test_client(), commissioner)
    typed = {
        "name": "Costs in Power BI",
        "scopes": ["costs:read"],
        "last_on-day": "1",
        "last_on-month": "8",
        "last_on-year": "2027",
        "password": PASSWORD,
    }
    assert send(ada, "/account/tokens/new", typed).location == "/account/tokens"
    shown = ada.get("/account/tokens").text
    token = shown.partition("pqp_")[2][:43]
    assert len(token) == 43
    assert Program(app.test_client(), f"pqp_{token}").get("/cost-reports").status_code == 200
    again = ada.get("/account/tokens").text
    assert token not in again
    assert "Costs in Power BI" in again
    made = db.session.scalars(select(ApiToken)).one()
    assert (made.last_on, made.scopes) == (date(2027, 8, 1), ["costs:read"])
    path = f"/account/tokens/{made.ref}/revoke"
    assert send(ada, path, {}).status_code == 302
    assert "You have no token" in ada.get("/account/tokens").text
    assert as_person(app.test_client(), a_person(Role.FINANCE)).get(path).status_code == 404


def test_the_page_asks_for_the_password_and_offers_only_what_is_of_use(app, clock):
    person = a_person(Role.PROVIDER_CONTRIBUTOR)
    jack = as_person(app.test_client(), person)
    page = jack.get("/account/tokens/new").text
    assert 'value="kpis:write"' in page
    assert 'value="costs:read"' not in page
    typed = {"name": "x", "scopes": ["kpis:read"], "password": "wrong"}
    answer = send(jack, "/account/tokens/new", typed)
    assert answer.status_code == 422
    assert not db.session.scalars(select(ApiToken)).all()


def test_young_commissioners_have_no_page_of_tokens(app, clock):
    young = a_person(Role.YOUNG_COMMISSIONER)
    assert as_person(app.test_client(), young).get("/account/tokens").status_code == 403


def test_every_scope_has_a_route_and_asks_for_no_other_permission(app):
    by_scope = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if getattr(view, "scope", None):
            by_scope.setdefault(view.scope, set()).add(view.permission)
    assert {scope: by_scope.get(scope, set()) - scope.permissions for scope in Scope} == {
        scope: set() for scope in Scope
    }
    assert set(by_scope) == set(Scope)
