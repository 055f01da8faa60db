"""The routes: exact figures, pages, ETags, and the refusals of the rooms that stand behind them."""

import csv
import io
import re
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from portal import queue, settings
from portal.access import Role
from portal.api import tables
from portal.audit import AuditEntry
from portal.db import db
from portal.figures import NOT_APPLICABLE, Column
from portal.kpis.models_returns import KpiFigure
from portal.people.scopes import Scope
from portal.providers.models_settings import Vacancy
from portal.tables import Table
from scoring.stages import FollowUpStage, KpiReturnStage
from tests.factories.contracts import a_finance_officer, a_list, a_place
from tests.factories.counting import counted
from tests.factories.followups import a_follow_up
from tests.factories.kpis import AFTER, PLANS, STAFF, a_kpi_set, a_plan, returns_of
from tests.factories.people import a_council, a_person, a_viewer, as_person, viewer
from tests.factories.placements import NOW, a_costing_council, a_ledger, bring_in
from tests.factories.providers import (
    a_contributor,
    a_provider,
    a_setting,
    an_administering_viewer,
)
from tests.factories.tokens import a_program

JSON, CSV = {"Content-Type": "application/json"}, "text/csv"


def code_of(answer):
    assert answer.mimetype == "application/problem+json", answer.text
    return answer.json["code"]


# --- What every route keeps ----------------------------------------------------------------


def test_nothing_is_sent_twice_to_who_has_it(app, clock):
    program = a_program(app, a_viewer(Role.COMMISSIONER))
    first = program.get("/contracts")
    tag = first.headers["ETag"]
    again = program.get("/contracts", headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    a_place(a_provider("Oak House"), a_list(), core=90000, hour=None)
    db.session.commit()
    other = program.get("/places", headers={"If-None-Match": tag})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/nothing-like-it", "http:404"),
        ("GET", "/contracts/CON-XXXXX-XXXXX", "http:404"),
        ("GET", "/contracts/%00", "http:400"),
        ("DELETE", "/contracts", "http:405"),
        ("GET", "/contracts?wrods=oak", "http:422"),
        ("GET", "/contracts?cursor=made-up", "http:422"),
        ("GET", "/contracts?words=%07", "http:422"),
        ("GET", "/calendar?from_on=2027-02-30", "http:422"),
        ("GET", "/calendar?until_on=2099-01-01", "http:422"),
        ("POST", "/follow-ups/FUP-XXXXX-XXXXX/close", "body:not-json"),
    ],
)
def test_every_refusal_has_the_one_form(app, clock, method, path, code):
    program = a_program(app, a_viewer(Role.COMMISSIONER))
    assert code_of(program.open(path, method)) == code


def test_a_body_that_cannot_be_read_is_refused_before_anything_is_done(app, clock):
    program = a_program(app, a_viewer(Role.COMMISSIONER))
    path = "/follow-ups/FUP-XXXXX-XXXXX/close"
    assert code_of(program.post(path, headers=JSON, data="{")) == "http:400"
    assert code_of(program.post(path, json={"reason": "x", "stage": "closed"})) == "http:422"
    assert code_of(program.post(path, json={"reason": "x" * 1_100_000})) == "http:413"
    assert code_of(program.post(path, json={"reason": "It is done"})) == "http:404"


def test_a_fault_is_told_without_its_words(app, clock, monkeypatch):
    def fail(*_args, **_more):
        raise ZeroDivisionError("£1,234 of Oak House")

    monkeypatch.setattr("portal.rounds.queries.open_rounds", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_FAULTS", False)
    answer = a_program(app).get("/rounds")
    assert (answer.status_code, code_of(answer)) == (500, "portal:fault")
    assert "Oak House" not in answer.text


def test_a_list_comes_in_pages_and_each_names_the_next(app, clock):
    agreement = a_list()
    for number in range(12):
        a_place(a_provider(f"House {number}"), agreement, core=90000, hour=None)
    settings.change("list_page_size", 5)
    db.session.commit()
    program, names, path = a_program(app, a_viewer(Role.COMMISSIONER)), [], "/places?words=house"
    while path:
        answer = program.get(path).json
        names += [one["provider"]["name"] for one in answer["items"]]
        path = (answer["next"] or "").partition("/api/v1")[2]
    assert sorted(names) == sorted(f"House {number}" for number in range(12))


def test_a_page_of_a_list_costs_as_many_statements_for_many_as_for_few(app, clock):
    agreement, program = a_list(), a_program(app, a_viewer(Role.COMMISSIONER))
    numbers = []
    for name in ("Oak House", "Elm House", "Ash House"):
        a_place(a_provider(name), agreement, core=90000, hour=2400)
        db.session.commit()
        with counted() as statements:
            assert program.get("/providers").status_code == 200
        numbers.append(len(statements.statements))
    assert numbers[1] == numbers[2]


# --- Exact figures -------------------------------------------------------------------------


def test_a_table_tells_exact_figures_as_texts_and_why_a_cell_is_empty(app):
    columns = [
        Column("who", "Who"),
        Column("price", "Price", "money"),
        Column("share", "Share", "percent", decimals=1),
        Column("number", "Number", "whole"),
        Column("value", "Value", "number"),
    ]
    rows = [
        {
            "who": "=Oak",
            "price": Fraction(100001, 3),
            "share": Fraction(1, 3),
            "number": 12,
            "value": Fraction(1, 8),
        },
        {"who": "Elm", "price": None, "share": NOT_APPLICABLE, "number": 0, "value": None},
    ]
    table = Table("t", "A table", columns, rows)
    told = tables.as_json(table)
    assert told["rows"][0] == {
        "who": "=Oak",
        "price": "333.34",
        "share": "33.3",
        "number": 12,
        "value": "0.13",
    }
    assert told["rows"][1] == {
        "who": "Elm",
        "price": None,
        "share": None,
        "number": 0,
        "value": None,
    }
    assert [(one["column"], one["why"]) for one in told["gaps"]] == [
        ("price", "not given"),
        ("share", "not applicable"),
        ("value", "not given"),
    ]
    with app.test_request_context():
        sent = tables.as_csv(table).get_data().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(sent)))[1] == ["'=Oak", "333.34", "33.3", "12", "0.13"]


def test_money_is_whole_pence(app, clock):
    place = a_place(a_provider("Oak House"), a_list(), core=80050, hour=2400)
    db.session.commit()
    told = a_program(app, a_viewer(Role.COMMISSIONER)).get(f"/contracts/{place.ref}").json
    assert {one["amount_pence"] for one in told["rates"]} == {80050, 2400}


@pytest.fixture
def luton_costs(clock):
    luton = a_costing_council()
    ledger = a_ledger("P1,4711007,Oak House,IFA,01/04/2025,01/04/2026,700.00")
    bring_in(luton, ("ledger.csv", ledger))
    db.session.commit()
    return luton


def test_finance_pulls_a_report_by_one_address_with_the_figures_of_the_page(
    app, clock, luton_costs
):
    clock.now = NOW
    officer = a_finance_officer()
    program = a_program(app, officer, Scope.COSTS_READ)
    report = program.get("/cost-reports/unit-costs").json
    address = report["tables"][0]["address"].partition("/api/v1")[2]
    pulled = app.test_client().get(f"/api/v1{address}?format=csv", auth=("finance", program.token))
    assert pulled.mimetype == "text/csv"
    browser = as_person(app.test_client(), _person(officer))
    file = browser.get("/costs/reports/unit-costs/unit-costs.csv")
    theirs = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    mine = list(csv.reader(io.StringIO(pulled.data.decode("utf-8-sig"))))
    assert mine == theirs[: len(mine)]
    assert len(mine) > 1


def _person(one):
    from portal.people.models import Person

    return db.session.get_one(Person, one.person_id)


def test_another_council_has_no_report_of_ours(app, clock, luton_costs):
    clock.now = NOW
    a_council("bedford-borough")
    stranger = a_program(app, a_finance_officer("bedford-borough"))
    assert stranger.get("/cost-reports/unit-costs?council=luton").status_code == 404
    assert stranger.get("/cost-reports/unit-costs").status_code == 404, "nothing brought in yet"
    ours = a_program(app, a_finance_officer())
    assert ours.get("/cost-reports/unit-costs?as_at=2001-01-01").status_code == 200


# --- Writing -------------------------------------------------------------------------------


@pytest.fixture
def oak(clock):
    return a_provider("Oak House")


@pytest.fixture
def kpi_return(oak, clock):
    plan = a_plan(oak)
    clock.now = AFTER
    return returns_of(plan)[0]


def figures_of(one, numerator="12", denominator="14"):
    figure = {"kpi": one.kpi_keys[0], "numerator": numerator, "denominator": denominator}
    return {"figures": [figure]}


def test_figures_are_written_into_a_return_as_it_was_read(app, oak, kpi_return):
    program = a_program(app, viewer(a_contributor(oak)))
    path = f"/kpi-returns/{kpi_return.ref}"
    read = program.get(path)
    tag = {"If-Match": read.headers["ETag"]}
    body = figures_of(kpi_return)
    assert code_of(program.patch(f"{path}/figures", json=body)) == "etag:missing"
    written = program.patch(f"{path}/figures", json=body, headers=tag)
    assert written.status_code == 200
    figure = written.json["figures"][0]
    assert (figure["numerator"], figure["denominator"]) == ("12.00", "14.00")
    assert written.json["stage"] == "draft"
    assert written.headers["ETag"] == program.get(path).headers["ETag"] != tag["If-Match"]
    assert code_of(program.patch(f"{path}/figures", json=body, headers=tag)) == "etag:changed"
    kept = db.session.scalars(select(KpiFigure)).one()
    assert (kept.numerator_hundredths, kept.revision) == (1200, 1)
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last.detail["token"].startswith("KEY-")


def test_a_part_that_is_left_out_stays_and_null_empties(app, oak, kpi_return):
    program = a_program(app, viewer(a_contributor(oak)))
    path, key = f"/kpi-returns/{kpi_return.ref}", kpi_return.kpi_keys[0]

    def write(**part):
        tag = {"If-Match": program.get(path).headers["ETag"]}
        body = {"figures": [{"kpi": key, **part}]}
        return program.patch(f"{path}/figures", json=body, headers=tag).json["figures"][0]

    assert write(numerator=12, denominator="14")["numerator"] == "12.00"
    assert write(denominator=None)["numerator"] == "12.00"
    assert write(comment="Two moved.")["denominator"] is None


@pytest.mark.parametrize("wrong", [12.5, "12.505", "-1", "1e3", True, "", [1]])
def test_a_figure_is_never_a_float(app, oak, kpi_return, wrong):
    program = a_program(app, viewer(a_contributor(oak)))
    path = f"/kpi-returns/{kpi_return.ref}"
    tag = {"If-Match": program.get(path).headers["ETag"]}
    body = figures_of(kpi_return, numerator=wrong)
    answer = program.patch(f"{path}/figures", json=body, headers=tag)
    assert code_of(answer) == "http:422"
    assert answer.json["errors"][0]["field"] == "figures.0.numerator"


def test_half_an_hour_is_taken_and_half_a_person_is_not(app, oak, clock):
    hours = {**STAFF, "key": "hours", "decimals": True}
    plan = a_plan(oak, kpi_set=a_kpi_set(PLANS, hours))
    clock.now = AFTER
    one = returns_of(plan)[0]
    program, path = a_program(app, viewer(a_contributor(oak))), f"/kpi-returns/{one.ref}"

    def write(key):
        tag = {"If-Match": program.get(path).headers["ETag"]}
        body = {"figures": [{"kpi": key, "numerator": "12.5", "denominator": "14"}]}
        return program.patch(f"{path}/figures", json=body, headers=tag)

    assert code_of(write(PLANS["key"])) == "kpi:not-whole"
    assert not db.session.scalars(select(KpiFigure)).all()
    told = {figure["kpi"]: figure["numerator"] for figure in write("hours").json["figures"]}
    assert told["hours"] == "12.50"


def test_all_figures_are_kept_or_none(app, oak, kpi_return):
    program = a_program(app, viewer(a_contributor(oak)))
    path = f"/kpi-returns/{kpi_return.ref}"
    tag = {"If-Match": program.get(path).headers["ETag"]}
    body = figures_of(kpi_return)
    body["figures"].append({"kpi": "no-such-kpi", "numerator": 1})
    assert program.patch(f"{path}/figures", json=body, headers=tag).status_code in {409, 422}
    assert not db.session.scalars(select(KpiFigure)).all()


def test_the_rooms_own_rules_hold(app, oak, kpi_return):
    path = f"/kpi-returns/{kpi_return.ref}"
    own = a_program(app, viewer(a_contributor(oak)))
    tag = {"If-Match": own.get(path).headers["ETag"]}
    assert code_of(own.post(f"{path}/submit", json={}, headers=tag)) == "permission:missing"
    stranger = a_program(app, an_administering_viewer(a_provider("Elm House")))
    assert stranger.get(path).status_code == 404
    assert stranger.patch(f"{path}/figures", json=figures_of(kpi_return)).status_code == 404
    admin = a_program(app, an_administering_viewer(oak))
    assert code_of(admin.post(f"{path}/submit", json={}, headers=tag)) == "kpi:submit-refused"
    assert kpi_return.stage is KpiReturnStage.EXPECTED


def test_a_council_reads_no_figure_before_it_is_sent(app, oak, kpi_return):
    program = a_program(app, viewer(a_contributor(oak)))
    path = f"/kpi-returns/{kpi_return.ref}"
    tag = {"If-Match": program.get(path).headers["ETag"]}
    program.patch(f"{path}/figures", json=figures_of(kpi_return), headers=tag)
    seen = a_program(app, a_viewer(Role.COMMISSIONER)).get(path)
    assert (seen.status_code, seen.json["figures"]) == (200, [])


def test_a_token_that_comes_as_a_password_changes_nothing(app, oak, kpi_return):
    program = a_program(app, viewer(a_contributor(oak)))
    address = f"/api/v1/kpi-returns/{kpi_return.ref}"
    browser = app.test_client()
    assert browser.get(address, auth=("x", program.token)).status_code == 200
    answer = browser.patch(
        f"{address}/figures", json=figures_of(kpi_return), auth=("x", program.token)
    )
    assert code_of(answer) == "token:as-password"


def test_what_is_free_is_said_for_ones_own_homes(app, oak):
    home, other = a_setting(oak), a_setting(a_provider("Elm House"), "High Street")
    program = a_program(app, viewer(a_contributor(oak)))
    said = program.post(f"/own-homes/{home.ref}/vacancies", json={"free": 2})
    assert (said.status_code, said.json["free"]) == (201, 2)
    assert [one["ref"] for one in program.get("/own-homes").json["items"]] == [home.ref]
    too_many = program.post(f"/own-homes/{home.ref}/vacancies", json={"free": 9})
    assert too_many.status_code == 422
    assert program.post(f"/own-homes/{other.ref}/vacancies", json={"free": 1}).status_code == 404
    assert len(db.session.scalars(select(Vacancy)).all()) == 1


def test_a_follow_up_is_closed_by_who_has_read_the_newest_of_it(app, clock, oak):
    one = a_follow_up(provider=oak)
    program = a_program(app, a_viewer(Role.COMMISSIONER))
    provider = a_program(app, viewer(a_contributor(oak)))
    path = f"/follow-ups/{one.ref}"
    old = {"If-Match": program.get(path).headers["ETag"]}
    said = provider.post(
        f"{path}/answer",
        json={"text": "We mended it."},
        headers={"If-Match": provider.get(path).headers["ETag"]},
    )
    assert (said.status_code, said.json["stage"]) == (200, "answered")
    closing = {"reason": "Seen at the re-visit."}
    assert code_of(program.post(f"{path}/close", json=closing, headers=old)) == "etag:changed"
    new = {"If-Match": program.get(path).headers["ETag"]}
    closed = program.post(f"{path}/close", json=closing, headers=new)
    assert closed.json["stage"] == "closed"
    assert closed.json["steps"][-1]["text"] == "Seen at the re-visit."
    assert code_of(provider.post(f"{path}/close", json=closing)) == "permission:missing"
    db.session.refresh(one)
    assert one.stage is FollowUpStage.CLOSED


def test_a_stranger_finds_no_follow_up(app, clock, oak):
    one = a_follow_up(provider=oak)
    a_council("bedford-borough")
    for somebody in (
        a_viewer(Role.COMMISSIONER, "bedford-borough"),
        viewer(a_contributor(a_provider("Elm House"))),
    ):
        program = a_program(app, somebody)
        assert program.get(f"/follow-ups/{one.ref}").status_code == 404
        assert program.get("/follow-ups").json["items"] == []


def test_the_calendar_is_the_one_of_the_pages(app, clock, oak):
    one = a_follow_up(provider=oak, due_on=clock.now.date() + timedelta(days=3))
    shown = a_program(app, a_viewer(Role.COMMISSIONER)).get("/calendar?kind=follow-up").json
    assert [item["on"] for item in shown["items"]] == [one.due_on.isoformat()]
    assert shown["items"][0]["page"].endswith(f"/follow-ups/{one.ref}")


def test_who_am_i(app, clock):
    person = a_person(Role.FINANCE)
    told = a_program(app, viewer(person), Scope.COSTS_READ).get("/me").json
    assert told["scopes"] == ["costs:read"]
    assert told["posts"] == [{"role": "finance", "organisation": "Luton Council"}]
    assert a_program(app).get("/me").status_code == 401


def test_the_page_shows_every_operation_without_a_script(app, clock):
    page = app.test_client().get("/interface")
    assert page.status_code == 200
    told = app.test_client().get("/api/v1/openapi.json").json
    assert told["openapi"] == "3.1.0"
    for path in told["paths"]:
        assert path in page.text
    scripts = re.findall(r"<script[^>]*>", page.text)
    assert all(' src="/static/' in one for one in scripts), "the portal's own, as everywhere"


def test_finance_sends_a_ledger_and_takes_it_when_it_is_checked(app, clock):
    clock.now = NOW
    a_costing_council()
    program = a_program(app, a_finance_officer(), Scope.COSTS_WRITE, Scope.COSTS_READ)
    ledger = a_ledger("P1,4711007,Oak House,IFA,01/04/2025,01/04/2026,700.00")
    sent = program.post(
        "/cost-imports?name=ledger.csv&as_at=2027-05-03", data=ledger, content_type="text/csv"
    )
    assert sent.status_code == 202, sent.text
    batch = sent.json["batch"]
    assert sent.json["files"][0]["stage"] == "waiting"
    assert program.get("/cost-reports/unit-costs").status_code == 404, "nothing counts yet"
    with app.app_context():
        queue.run_all(NOW)
    assert program.get(f"/cost-imports/{batch}").json["files"][0]["accepted"] == 1
    taken = program.post(f"/cost-imports/{batch}/take")
    assert taken.json["files"][0]["stage"] == "taken"
    assert program.get("/cost-reports/unit-costs").status_code == 200
    a_council("bedford-borough")
    other = a_program(app, a_finance_officer("bedford-borough"))
    assert other.get(f"/cost-imports/{batch}").status_code == 404
    assert other.post(f"/cost-imports/{batch}/discard").status_code == 404
    wrong = program.post("/cost-imports?name=x.pdf", data=b"%PDF", content_type="application/pdf")
    assert code_of(wrong) == "body:wrong-type"
    settings.change("upload_megabytes", 1)
    db.session.commit()
    large = program.post(
        "/cost-imports?name=ledger.csv&as_at=2027-05-03",
        data=ledger + "\n" * 1024 * 1024,
        content_type="text/csv",
    )
    assert large.status_code == 409
    assert code_of(large) == "file:too-large"
    not_ours = other.post("/cost-imports?name=l.csv&council=luton", data=ledger, content_type=CSV)
    assert not_ours.status_code == 404


def test_the_board_is_that_of_its_page(app, oak, kpi_return):
    program = a_program(app, viewer(a_contributor(oak)))
    told = program.get("/kpi-board").json
    assert {row["provider"] for row in told["rows"]} == {"Oak House"}
    assert program.get("/kpi-board?format=csv&lot=9Z").mimetype == "text/csv"


def test_a_byte_of_zero_in_an_address_is_refused_as_the_description_says(app, clock):
    clock.now = NOW
    program = a_program(app, a_viewer(Role.COMMISSIONER))
    told = program.get("/openapi.json").json["paths"]
    for address in ("/calendar?start=%00", "/follow-ups?words=%00", "/providers?words=a%00b"):
        answer = program.get(address)
        assert answer.status_code == 400, address
        assert answer.content_type == "application/problem+json"
        assert "400" in told[f"/api/v1{address.partition('?')[0]}"]["get"]["responses"]
    for path, methods in told.items():
        for method in {"get", "post", "patch"} & set(methods):
            assert "400" in methods[method]["responses"], path
