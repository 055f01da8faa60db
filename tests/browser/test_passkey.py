"""A passkey in a real browser, with a virtual device in place of somebody's finger."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from portal.access import Role
from portal.db import db
from tests.browser.live import a_portal
from tests.factories.people import PASSWORD, a_person
from tools.chromium import chromium

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(tmp_path: Path):
    """A page of a live portal, in a browser that has a device with passkeys."""
    try:
        with a_portal(tmp_path) as portal, chromium() as browser:
            port = portal.config["BASE_URL"].rsplit(":", 1)[1]
            portal.config["BASE_URL"] = (
                f"http://localhost:{port}"  # no passkey is for an IP address
            )
            with portal.app_context():
                a_person(Role.FINANCE, name="Ned Ash", email="ned@luton.example", enrolled=False)
                db.session.commit()
            context = browser.new_context(base_url=portal.config["BASE_URL"])
            context.set_default_timeout(60_000)
            opened = context.new_page()
            inner = context.new_cdp_session(opened)
            inner.send("WebAuthn.enable")
            inner.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
            yield opened
            context.close()
    except FileNotFoundError as missing:
        pytest.skip(str(missing))


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email address").fill("ned@luton.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_somebody_makes_a_passkey_and_signs_in_with_it(page):
    sign_in(page)
    page.get_by_role("link", name="use a passkey").click()
    page.get_by_label("Name of the passkey").fill("Work laptop")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/account/recovery-codes*")
    page.goto("/account")
    assert page.get_by_role("strong").filter(has_text="Work laptop").is_visible()
    page.locator("form[data-sign-out] button").first.click()
    page.wait_for_url("**/sign-in")
    sign_in(page)
    page.wait_for_url("**/sign-in/passkey")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("http://localhost:*/")
    page.goto("/account")
    used = page.get_by_role("listitem").filter(has_text="Work laptop")
    assert "last used" in used.inner_text()
