"""Councils, accounts, roles and settings: who may change them, and the last administrator."""

import pytest
from sqlalchemy import select

from portal import settings
from portal.access import DENIALS, Permission, Role, Viewer
from portal.audit import AuditEntry, AuditValues
from portal.db import db
from portal.people import actions, words
from portal.people.models import PersonKind
from portal.people.policy import contrast_with_white
from scoring.rules import RuleBroken
from tests.factories.people import a_council, a_person, viewer
from tests.factories.providers import a_contributor, a_provider
from tests.rooms.people.conftest import NOW

SYSTEM = Viewer.system()


@pytest.fixture
def eve(session):
    return a_person(Role.ADMINISTRATOR, name="Eve Holly")


def refused(code, act):
    with pytest.raises(RuleBroken) as broken:
        act()
    assert broken.value.code == code


def test_an_administrator_gives_and_takes_roles(eve):
    ada = a_person(Role.EVALUATOR)
    given = actions.give_role(ada, a_council(), Role.MODERATOR, actor=viewer(eve), now=NOW)
    assert viewer(ada).roles == {Role.EVALUATOR, Role.MODERATOR}
    actions.take_role(given, actor=viewer(eve), now=NOW)
    assert viewer(ada).roles == {Role.EVALUATOR}


def test_a_role_is_given_once(eve):
    ada = a_person(Role.EVALUATOR)
    refused(
        "role:already-held",
        lambda: actions.give_role(ada, a_council(), Role.EVALUATOR, actor=viewer(eve), now=NOW),
    )


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_else_gives_roles(session, role):
    other, ada = viewer(a_person(role)), a_person(Role.EVALUATOR)
    refused(
        "role:give-refused",
        lambda: actions.give_role(ada, a_council(), Role.MODERATOR, actor=other, now=NOW),
    )
    refused(
        "role:take-refused", lambda: actions.take_role(ada.memberships[0], actor=other, now=NOW)
    )
    refused("account:close-refused", lambda: actions.close_account(ada, actor=other, now=NOW))


def test_the_last_administrator_cannot_be_removed(eve):
    refused(
        "role:last-administrator",
        lambda: actions.take_role(eve.memberships[0], actor=viewer(eve), now=NOW),
    )
    refused("role:last-administrator", lambda: actions.close_account(eve, actor=SYSTEM, now=NOW))
    second = a_person(Role.ADMINISTRATOR)
    actions.take_role(eve.memberships[0], actor=viewer(second), now=NOW)
    assert not viewer(eve).roles


def test_a_closed_administrator_does_not_count(eve):
    gone = a_person(Role.ADMINISTRATOR)
    gone.active = False
    refused(
        "role:last-administrator",
        lambda: actions.take_role(eve.memberships[0], actor=viewer(eve), now=NOW),
    )


def test_nobody_closes_their_own_account(eve):
    a_person(Role.ADMINISTRATOR)
    refused("account:close-refused", lambda: actions.close_account(eve, actor=viewer(eve), now=NOW))


def test_bidders_and_buyers_are_kept_apart(eve):
    ben, oak, ada = a_contributor(), a_provider(), a_person()
    refused(
        "role:give-refused",
        lambda: actions.give_role(ben, a_council(), Role.EVALUATOR, actor=viewer(eve), now=NOW),
    )
    refused(
        "role:give-refused",
        lambda: actions.give_role(ada, oak, Role.PROVIDER_ADMIN, actor=viewer(eve), now=NOW),
    )


def test_a_closed_account_gets_no_role(eve):
    ada = a_person()
    actions.close_account(ada, actor=viewer(eve), now=NOW)
    refused(
        "role:give-refused",
        lambda: actions.give_role(ada, a_council(), Role.FINANCE, actor=viewer(eve), now=NOW),
    )


def test_denials_win_whatever_else_somebody_holds(session):
    both = viewer(a_person([Role.COMMISSIONER, Role.FINANCE]))
    assert not both.may(Permission.BID_READ)
    assert both.may(Permission.ROUND_EDIT)


@pytest.mark.parametrize("role", Role)
def test_each_role_is_explained(role):
    assert words.purpose(role)
    if role in DENIALS:
        assert words.never(role)


# --- Accounts and councils -----------------------------------------------------------------------------


def test_an_address_has_one_account(session):
    a_person(email="ada@luton.example")
    refused(
        "email:taken",
        lambda: actions.create_person(
            PersonKind.STAFF, "Ada", "Ada@Luton.example", actor=SYSTEM, now=NOW
        ),
    )


def test_councils_are_made_by_administrators(session, eve):
    made = actions.create_council("milton-keynes", "Milton Keynes", actor=viewer(eve), now=NOW)
    assert not made.is_host
    for slug, code in (
        ("milton-keynes", "council:slug-taken"),
        ("Mil ton", "council:slug"),
        ("-a", "council:slug"),
    ):
        refused(
            code,
            lambda slug=slug: actions.create_council(slug, "X", actor=viewer(eve), now=NOW),
        )
    ada = viewer(a_person())
    refused("council:create-refused", lambda: actions.create_council("y", "Y", actor=ada, now=NOW))


def test_people_write_their_own_name_and_no_other(session):
    ada, ben = a_person(), a_person()
    actions.change_name(ada, " Ada Lark ", actor=viewer(ada), now=NOW)
    assert ada.name == "Ada Lark"
    refused(
        "account:not-yours", lambda: actions.change_name(ada, "Eve", actor=viewer(ben), now=NOW)
    )


def test_an_alias_stays_what_it_is(session):
    robin = a_person(Role.YOUNG_COMMISSIONER)
    refused(
        "account:not-yours",
        lambda: actions.change_name(robin, "Jane Smith", actor=viewer(robin), now=NOW),
    )


# --- Settings ---------------------------------------------------------------------------------------------


def test_a_setting_is_changed_and_recorded_with_its_values_apart(eve):
    actions.change_setting("idle_minutes", 30, actor=viewer(eve), now=NOW)
    db.session.commit()
    assert settings.get("idle_minutes") == 30
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event == "setting:changed")
    ).one()
    assert (entry.subject_kind, entry.subject_ref) == ("setting", "idle_minutes")
    assert "30" not in str(entry.detail)
    kept = db.session.get(AuditValues, entry.id)
    assert kept.values == {"idle_minutes": {"before": 45, "after": 30}}


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("idle_minutes", 4, "setting:out-of-range"),
        ("idle_minutes", "much", "setting:not-a-number"),
        ("accent_colour", "teal", "setting:form"),
        ("accent_colour", "#1d5f5a;}", "setting:form"),
        ("accent_colour", "#ffdd00", "setting:too-pale"),
        ("support_email", "nobody", "setting:form"),
        ("product_name", "", "setting:form"),
    ],
)
def test_a_setting_out_of_bounds_is_refused(eve, key, value, code):
    refused(code, lambda: actions.change_setting(key, value, actor=viewer(eve), now=NOW))


def test_only_an_administrator_changes_settings(session):
    ada = viewer(a_person())
    refused(
        "setting:change-refused",
        lambda: actions.change_setting("idle_minutes", 30, actor=ada, now=NOW),
    )


def test_contrast_is_reckoned_as_the_guidelines_say():
    assert round(contrast_with_white("#000000"), 2) == 21
    assert round(contrast_with_white("#ffffff"), 2) == 1
    assert round(contrast_with_white("#767676"), 2) == 4.54
