"""Addresses at which young people live: who records them, who sees them, what cannot be one."""

from datetime import UTC, datetime

import pytest

from portal.access import Role
from portal.providers import actions_settings, queries_settings
from portal.providers.models_settings import SettingCategory
from scoring.rules import RuleBroken
from tests.factories.people import a_viewer
from tests.factories.providers import a_provider, a_setting, an_administering_viewer

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def added(provider, actor, **other):
    told = {
        "category": SettingCategory.SHARED_MIXED,
        "youngest_age": 16,
        "oldest_age": 17,
        "places": 4,
        "address": "2 Mill Lane\nLuton",
        "postcode": "lu12bq",
        **other,
    }
    return actions_settings.add_setting(provider, "Mill Lane", **told, actor=actor, now=NOW)


def test_an_administrator_and_a_commissioner_record_a_home(session):
    oak = a_provider()
    for actor in (an_administering_viewer(oak), a_viewer(Role.COMMISSIONER)):
        made = added(oak, actor)
        assert (made.full_address, made.ages) == ("2 Mill Lane, Luton, LU1 2BQ", "16–17")


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.PROVIDER_CONTRIBUTOR])
def test_nobody_else_does(session, role):
    oak = a_provider()
    with pytest.raises(RuleBroken, match="administrator"):
        added(oak, a_viewer(role))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("youngest_age", 15),
        ("oldest_age", 15),
        ("oldest_age", 26),
        ("places", 0),
        ("address", " \n "),
        ("postcode", "nowhere"),
    ],
)
def test_what_no_home_can_be_is_refused_at_its_field(session, field, value):
    oak = a_provider()
    with pytest.raises(RuleBroken) as refused:
        added(oak, an_administering_viewer(oak), **{field: value})
    assert refused.value.field == field


def test_a_registration_of_another_provider_is_refused(session):
    oak, ash = a_provider(), a_provider()
    with pytest.raises(RuleBroken, match="another organisation"):
        added(oak, an_administering_viewer(oak), registration=ash.registrations[0])


def test_an_address_is_for_its_own_people_and_for_officers(session):
    oak = a_provider()
    home = a_setting(oak)
    for seen_by, sees in (
        (an_administering_viewer(oak), True),
        (a_viewer(Role.COMMISSIONER), True),
        (an_administering_viewer(a_provider()), False),
        (a_viewer(Role.YOUNG_COMMISSIONER), False),
    ):
        assert (queries_settings.setting(home.ref, seen_by) is home) is sees
        assert (list(queries_settings.settings_of([oak.id], seen_by)) == [home]) is sees


def test_a_closed_home_stays_and_is_shown_where_asked_for(session):
    oak = a_provider()
    home, admin = a_setting(oak), an_administering_viewer(oak)
    actions_settings.close_setting(home, NOW.date(), actor=admin, now=NOW)
    assert list(queries_settings.settings_of([oak.id], admin)) == []
    assert list(queries_settings.settings_of([oak.id], admin, closed=True)) == [home]
    with pytest.raises(RuleBroken, match="closed already"):
        actions_settings.close_setting(home, NOW.date(), actor=admin, now=NOW)
