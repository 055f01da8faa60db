"""Pages of signing in, keeping and emergencies keep what every page promises, when they are full."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import Role
from portal.council_doors import CouncilDoor
from portal.db import db
from portal.people import actions, actions_retention as keeping
from portal.people.models import CouncilIdentity, Passkey
from tests.client import HygieneClient
from tests.factories.people import a_council, a_person, as_person, viewer
from tests.rooms.people.conftest import NOW

HTML = '<script>alert("x")</script>'


@pytest.fixture
def una(app, session, clock, monkeypatch):
    """An administrator with a passkey and an account at the council, at a portal with a past."""
    door = CouncilDoor("luton", "http://127.0.0.1:9", "portal", "secret")
    monkeypatch.setitem(app.config, "COUNCIL_DOORS", {"luton": door})
    una = a_person(Role.ADMINISTRATOR, name="Una Oak")
    ned = a_person(Role.FINANCE, name="Ned Ash")
    luton = a_council()
    db.session.add(
        Passkey(person_id=una.id, name=HTML, credential_id="eHh4", public_key="eHh4", made_at=NOW)
    )
    db.session.add(
        CouncilIdentity(
            person=una, council=luton, issuer="https://x", subject="1", connected_at=NOW
        )
    )
    reason = f"It cannot wait until tomorrow {HTML}"
    actions.break_glass(luton, Role.FINANCE, reason, actor=viewer(una), now=NOW)
    actions.close_account(ned, actor=viewer(una), now=NOW)
    keeping.stop_deleting("mails", "", HTML, actor=viewer(una), now=NOW)
    db.session.commit()
    clock.forward(days=800)
    keeping.ask_deletion("accounts", actor=viewer(una), now=clock.now)
    db.session.commit()
    return una


def test_full_pages_are_sound_and_show_what_was_typed_as_text(app, una, clock):
    browser = HygieneClient(app, app.response_class)
    as_person(browser, una)
    key = db.session.scalars(select(Passkey)).one()
    for address in (
        "/account",
        "/account/passkeys/new",
        f"/account/passkeys/{key.ref}/remove",
        f"/administration/people/{una.ref}",
        "/administration",
        "/administration/break-glass",
        "/administration/keeping",
        "/administration/settings",
    ):
        assert HTML not in browser.page(address).text, address
    assert clock.now - NOW == timedelta(days=800)


def test_the_door_is_sound_for_whoever_comes_from_a_council(app, una):
    anybody = HygieneClient(app, app.response_class)
    assert "Sign in with Luton Council" in anybody.page("/sign-in").text
    anybody.page("/sign-in/council/luton", status=503)
    anybody.page("/sign-in/council/luton/back", status=403)
    anybody.page("/signed-out/luton")
