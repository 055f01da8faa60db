"""The pages of homes: a provider adds one and says what is free; a stranger finds nothing."""

from datetime import UTC, datetime

import pytest

from portal.db import db
from portal.providers import queries_settings as queries
from portal.providers.models_settings import Setting
from tests.client import HygieneClient
from tests.factories.people import as_person
from tests.factories.providers import a_contributor, a_provider, a_provider_admin, a_setting
from tests.factories.rounds import at

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TYPED = {
    "name": "Mill Lane",
    "category": "shared-mixed",
    "serves": "anybody",
    "youngest_age": "16",
    "oldest_age": "17",
    "places": "4",
    "address": "2 Mill Lane\nLuton",
    "postcode": "lu1 2bq",
    "address_rule": "commissioners",
    "registration": "",
}
DAY = {"from_on-day": "2", "from_on-month": "11", "from_on-year": "2026"}


@pytest.fixture
def by(app, session):
    at(app, NOW)
    return lambda person: as_person(HygieneClient(app, app.response_class), person)


def test_an_administrator_adds_a_home_and_says_what_is_free(by):
    oak = a_provider("Oak House")
    client, where = by(a_provider_admin(oak)), f"/organisations/{oak.ref}/homes"
    assert "No homes yet" in client.page(where).text
    client.sends(client.page(f"{where}/new"), TYPED, to=f"{where}/free")
    home = db.session.query(Setting).one()
    shown = client.page(f"{where}/free")
    refused = client.sends(shown, {home.ref: "5", **DAY}, status=422)
    assert "4 places altogether" in refused.text
    client.sends(shown, {home.ref: "2", **DAY}, to=where)
    db.session.expire_all()
    assert queries.free_in(home, NOW).number == 2
    assert "2 of 4" in client.page(f"{where}/{home.ref}").text
    assert "Mill Lane" in client.page(where).text
    assert "2 Mill Lane, Luton, LU1 2BQ" in client.page(f"{where}.csv").text


def test_what_is_missing_is_told_at_once(by):
    oak = a_provider()
    client = by(a_provider_admin(oak))
    shown = client.page(f"/organisations/{oak.ref}/homes/new")
    refused = client.sends(shown, {"name": "Mill Lane"}, status=422)
    assert "Choose what kind of home it is" in refused.text
    assert "Enter the postcode" in refused.text


def test_a_contributor_says_what_is_free_and_changes_no_home(by):
    oak = a_provider()
    home = a_setting(oak)
    client, where = by(a_contributor(oak)), f"/organisations/{oak.ref}/homes"
    client.sends(client.page(f"{where}/free"), {home.ref: "1", **DAY}, to=where)
    assert client.get(f"{where}/{home.ref}/edit").status_code == 403


def test_a_stranger_finds_nothing(by):
    oak, home = a_provider(), a_setting()
    client = by(a_provider_admin(oak))
    for address in (
        f"/organisations/{home.provider.ref}/homes",
        f"/organisations/{home.provider.ref}/homes.csv",
        f"/organisations/{home.provider.ref}/homes/{home.ref}",
        f"/organisations/{oak.ref}/homes/{home.ref}",
        f"/organisations/{oak.ref}/homes/{home.ref}/close",
    ):
        assert client.get(address).status_code == 404, address
