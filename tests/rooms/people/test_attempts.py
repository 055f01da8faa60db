"""Tries are counted in the database, for several processes at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.people import attempts
from portal.people.models import Attempt
from scoring.rules import RuleBroken
from tests.factories.counting import counted
from tests.rooms.people.conftest import NOW


@pytest.fixture
def keys(session):
    found = attempts.limits("password", "ben@oak.example", "10.0.0.1")
    db.session.commit()
    return found


def test_twenty_at_once_are_six_tries(app, keys):
    def guess(_number):
        with app.app_context():
            try:
                attempts.take(keys, NOW)
            except RuleBroken:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        allowed = sum(pool.map(guess, range(20)))
    assert allowed == 6


def test_a_pause_moves_on_with_the_oldest_try(keys):
    for minute in range(6):
        attempts.take(keys, NOW + timedelta(minutes=minute))
    with pytest.raises(RuleBroken, match="Wait 10 minutes"):
        attempts.take(keys, NOW + timedelta(minutes=5))
    attempts.take(keys, NOW + timedelta(minutes=15, seconds=1))


def test_a_refused_try_does_not_lengthen_the_pause(keys):
    for _ in range(6):
        attempts.take(keys, NOW)
    for _ in range(10):
        with pytest.raises(RuleBroken):
            attempts.take(keys, NOW)
    assert db.session.scalar(select(func.count(Attempt.id))) == 12


def test_old_tries_are_forgotten(keys):
    attempts.take(keys, NOW)
    attempts.take(keys, NOW + timedelta(days=2))
    assert db.session.scalar(select(func.count(Attempt.id))) == 2


def test_counting_costs_the_same_however_many_tries(keys):
    numbers = []
    for _ in range(2):
        with counted() as statements:
            attempts.take(keys, NOW)
        numbers.append(statements.number)
        attempts.take(keys, NOW)
    assert numbers[0] == numbers[1]


def test_behind_a_proxy_each_network_address_counts_for_itself(app, session):
    from flask import request

    from portal import create_app

    behind = create_app(**{**app.config, "PROXIES": 1})
    seen = []
    behind.before_request_funcs.setdefault(None, []).insert(
        0, lambda: seen.append(request.remote_addr)
    )
    for forwarded in ("203.0.113.7", "198.51.100.9, 203.0.113.7"):
        behind.test_client().get("/sign-in", headers={"X-Forwarded-For": forwarded})
    app.test_client().get("/sign-in", headers={"X-Forwarded-For": "203.0.113.7"})
    assert seen == ["203.0.113.7", "203.0.113.7"]


def test_a_wrong_number_of_proxies_stops_the_start(monkeypatch):
    from portal import config

    monkeypatch.setenv("PORTAL_PROXIES", "one")
    with pytest.raises(config.ConfigError, match="PORTAL_PROXIES"):
        config.from_environment()
