"""What the installation says of itself: health, figures, and logs that hold nothing about people."""

import json
import logging
import smtplib
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask

from portal import health, logs, metrics
from portal.access import Role
from portal.db import db
from portal.queue import Job
from tests.factories.people import PASSWORD, a_person, as_person
from tests.factories.sending import send

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def anybody(app, session):
    health.forget()
    yield app.test_client()
    health.forget()


# --- Health ---------------------------------------------------------------------------------------


def test_alive_and_ready(anybody):
    assert anybody.get("/health/live").json == {"status": "alive"}
    answer = anybody.get("/health/ready")
    assert answer.json["status"] == "ready"
    assert answer.json["parts"] == {
        "database": "up",
        "store": "up",
        "queue": "up",
        "scanner": "up",
        "mail": "off",
    }
    assert anybody.get("/health").status_code == 200


@pytest.mark.parametrize(("part", "status"), [("store", 503), ("scanner", 200), ("mail", 200)])
def test_a_part_that_is_down_says_so_and_why_is_nobodys_business(
    anybody, monkeypatch, part, status
):
    def away(_now):
        raise OSError("secret.internal refused for user portal")

    monkeypatch.setitem(health.CHECKS, part, away)
    answer = anybody.get("/health/ready")
    assert answer.status_code == status
    assert answer.json["parts"][part] == "down"
    assert "internal" not in answer.text


def test_a_mail_server_that_is_away_is_down(anybody, app, monkeypatch):
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://127.0.0.1:9")
    assert anybody.get("/health/ready").json["parts"]["mail"] == "down"
    monkeypatch.setattr(smtplib, "SMTP", _Answers)
    health.forget()
    assert anybody.get("/health/ready").json["parts"]["mail"] == "up"


class _Answers:
    def __init__(self, host, port, timeout):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def noop(self):
        pass


def test_work_that_nobody_takes_shows(anybody, app):
    now = app.config["CLOCK"]()
    long_ago = now - 2 * health.LATE
    db.session.add(
        Job(kind="x", subject="x", unique_key="x", payload={}, due_at=long_ago, created_at=long_ago)
    )
    db.session.commit()
    assert anybody.get("/health/ready").json["parts"]["queue"] == "late"


def test_whoever_asks_often_is_told_what_was_found(anybody, monkeypatch):
    anybody.get("/health/ready")
    asked = []
    monkeypatch.setitem(health.CHECKS, "store", lambda now: asked.append(now) or health.State.UP)
    anybody.get("/health/ready")
    assert asked == []


# --- Figures --------------------------------------------------------------------------------------


def test_without_a_token_there_are_no_figures(anybody):
    assert anybody.get("/metrics").status_code == 404
    assert anybody.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_only_the_token_opens_them():
    app = Flask("house")
    app.config["METRICS_TOKEN"] = "a long token"
    assert metrics.may_ask(app, "Bearer a long token")
    for given in ("", "a long token", "Bearer a long toke", "Basic a long token", "Bearer ü"):
        assert not metrics.may_ask(app, given)


def test_processes_are_counted_together(tmp_path):
    """As under gunicorn: made once, then two processes serve, and a third is asked."""
    done = subprocess.run(
        [sys.executable, "-c", _TWO_PROCESSES, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert 'portal_requests_total{endpoint="hello",method="GET",status="200"} 5.0' in done.stdout
    assert 'portal_request_seconds_count{endpoint="hello"} 5.0' in done.stdout
    assert "/hello" not in done.stdout


_TWO_PROCESSES = """
import os, sys
from pathlib import Path
from flask import Flask
from portal import metrics
app = Flask("house")
app.config.update(METRICS_TOKEN="t", METRICS_DIR=sys.argv[1], DATA_DIR=Path(sys.argv[1]))
app.add_url_rule("/hello/<name>", "hello", lambda name: "hello")
metrics.init_app(app)
for times in (2, 3):
    if os.fork() == 0:
        for one in range(times):
            app.test_client().get("/hello/ada")
        os._exit(0)
    os.wait()
metrics._Waiting.collect = lambda self: iter(())
print(metrics.figures()[0].decode())
"""


# --- Logs -----------------------------------------------------------------------------------------


@pytest.fixture
def written():
    """Everything that is logged, down to the lines of requests."""
    stream = StringIO()
    logs.write_to(stream, logging.INFO)
    yield stream
    logs.write_to(sys.stderr, logging.WARNING)


def test_each_request_has_a_line_with_its_id(anybody, written):
    answer = anybody.get("/sign-in?next=/secret-place")
    (line,) = [json.loads(text) for text in written.getvalue().splitlines()]
    assert line["request"] == answer.headers["X-Request-Id"]
    assert (line["endpoint"], line["method"], line["status"]) == ("people.sign_in", "GET", 200)
    assert "secret-place" not in written.getvalue()


@pytest.mark.parametrize(
    ("given", "trusted", "kept"),
    [("abcdef-12345", True, True), ("abcdef-12345", False, False), ('x"}\n{"a', True, False)],
)
def test_a_given_id_is_kept_when_a_server_before_this_one_gives_it(given, trusted, kept):
    assert (logs.request_id(given, trusted) == given) is kept


def test_the_logs_hold_nothing_about_people(anybody, app, written, monkeypatch):
    ada = a_person(Role.PROVIDER_ADMIN, name="Ada Quillfeather", email="ada.q@lane.example")
    db.session.commit()
    send(anybody, "/sign-in", {"email": "eve.x@lane.example", "password": "wrong-Wrong-77"})
    send(anybody, "/sign-in", {"email": ada.email, "password": PASSWORD})
    anybody.get("/invitations/token-AAAABBBBCCCCDDDD")
    anybody.get("/password/forgotten?email=ada.q@lane.example")
    as_person(anybody, ada)
    with anybody.session_transaction() as cookie:
        token = cookie["_user_id"]
    for address in ("/", "/account", "/rounds", "/search?q=Quillfeather"):
        anybody.get(address, follow_redirects=True)
    send(anybody, "/account/name", {"name": "Ada Marmalade"})
    _break(app, monkeypatch)
    assert anybody.post("/password/forgotten", data=_typed(anybody)).status_code == 500
    said = written.getvalue()
    assert said.count('"event": "request"') > 8
    assert '"trace"' in said
    secret = [token, PASSWORD, "wrong-Wrong-77", "AAAABBBB", "12,345", "We cook"]
    for word in ("Quillfeather", "Marmalade", "lane.example", "127.0.0.1", *secret):
        assert word not in said, word


def _break(app, monkeypatch):
    """A fault whose message repeats what was typed."""
    from portal.people import actions

    def fault(email, **_):
        raise ValueError(f"{email}: We cook together for £12,345")

    monkeypatch.setattr(actions, "request_new_password", fault)
    monkeypatch.setitem(app.config, "PROPAGATE_FAULTS", False)


def _typed(client):
    page = client.get("/account/name").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    return {"csrf_token": token, "email": "ada.q@lane.example"}


def test_what_libraries_say_is_told_without_what_they_put_into_it():
    record = logging.LogRecord(
        "xhtml2pdf", logging.WARNING, "", 1, "could not read %s", ("Ada's answer",), None
    )
    said = logs._Bare().format(record)
    assert "could not read" in said
    assert "Ada" not in said
    whole = logging.LogRecord("x", logging.WARNING, "", 1, "Ada's answer", None, None)
    assert "Ada" not in logs._Bare().format(whole)
