"""Breaking the glass: for hours, alarmed, reported, and never a way to a bid."""

import pytest
from sqlalchemy import select

from portal import queue
from portal.access import Permission, Role
from portal.audit import AuditEntry, AuditValues
from portal.db import db
from portal.mail import Mail
from portal.people import actions
from portal.people.models import BreakGlass
from scoring.rules import RuleBroken
from tests.factories.people import PASSWORD, a_council, a_person, as_person, viewer
from tests.factories.sending import send
from tests.rooms.people.conftest import NOW

WHY = "The commissioner is ill and a letter is due today"
PAGE = "/administration/break-glass"


@pytest.fixture
def una(session):
    return a_person(Role.ADMINISTRATOR, name="Una Oak")


@pytest.fixture
def told(session):
    """Whoever should know, and somebody whom it does not concern."""
    others = [a_person(Role.AUDITOR), a_person(Role.APPROVER), a_person(Role.ADMINISTRATOR)]
    a_person(Role.AUDITOR, "bedford-borough")
    return {one.email for one in others}


def broken(una, role=Role.COMMISSIONER, why=WHY):
    made = actions.break_glass(a_council(), role, why, actor=viewer(una), now=NOW)
    db.session.commit()
    return made


def addresses(message):
    return set(db.session.scalars(select(Mail.address).where(Mail.message == message)))


def test_it_is_alarmed_kept_with_its_reason_and_ends_by_itself(una, told):
    glass = broken(una)
    assert viewer(una).may(Permission.ROUND_EDIT)
    assert addresses("glass-broken") == told
    act = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "glass:broken")).one()
    assert db.session.get(AuditValues, act.id).values == {"reason": WHY}
    assert WHY not in str(act.detail)
    db.session.close()
    queue.run_all(glass.until_at)
    db.session.expire_all()
    ended = db.session.scalars(select(BreakGlass)).one()
    assert ended.ended_at == glass.until_at
    assert ended.acts >= 2  # the role, and the glass
    assert not viewer(una).may(Permission.ROUND_EDIT)
    assert addresses("glass-mended") == told


def test_what_administrators_must_not_see_stays_closed(una):
    broken(una)
    assert not viewer(una).may(Permission.BID_READ)
    assert not viewer(una).may(Permission.BID_CHECK)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.YOUNG_COMMISSIONER, Role.PROVIDER_ADMIN])
def test_some_roles_are_nobodys_to_take(una, role):
    with pytest.raises(RuleBroken, match="Nobody takes this role"):
        broken(una, role)


def test_without_a_reason_or_without_being_one_there_is_no_glass(una):
    with pytest.raises(RuleBroken, match="why it cannot wait"):
        broken(una, why="I must")
    with pytest.raises(RuleBroken, match="Only an administrator"):
        broken(a_person(Role.COMMISSIONER))
    broken(una)
    with pytest.raises(RuleBroken, match="has this role already"):
        broken(una)


def test_nobody_gives_themselves_a_role(una):
    with pytest.raises(RuleBroken, match="themselves"):
        actions.give_role(una, a_council(), Role.COMMISSIONER, actor=viewer(una), now=NOW)


def test_the_page_asks_for_the_password_and_gives_back(browser, una, told):
    as_person(browser, una)
    typed = {"council": a_council().ref, "role": "finance", "reason": WHY, "password": "not mine"}
    assert send(browser, PAGE, typed).status_code == 422
    assert send(browser, PAGE, {**typed, "password": PASSWORD}).location == PAGE
    glass = db.session.scalars(select(BreakGlass)).one()
    assert WHY in browser.get(PAGE).text
    send(browser, PAGE, {}, action=f"{PAGE}/{glass.ref}/end")
    assert "acts on record" in browser.get(PAGE).text
    assert addresses("glass-mended") == told
