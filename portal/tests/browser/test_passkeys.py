"""Passkeys in a real browser, kept by the authenticator that Chromium has for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import caches
from playwright.sync_api import CDPSession, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.tests.cast import Cast
from accounts.tests.factories import PASSWORD
from portal.testing.browser import picture
from portal.tests.browser.access import Known, troubles
from portal.tests.browser.steps import make_person, sign_in

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Forget the attempts of other tests."""
    caches["default"].clear()


@dataclass
class Finger:
    """The person at the device: touches it when asked, or does not."""

    devtools: CDPSession
    device: str

    def touches(self, willing: bool) -> None:
        """Let the device find its owner's finger, or a stranger's."""
        self.devtools.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.device, "isUserVerified": willing}
        )

    def forgets(self) -> None:
        """Lose every passkey."""
        self.devtools.send("WebAuthn.clearCredentials", {"authenticatorId": self.device})


@pytest.fixture
def finger(page: Page) -> Finger:
    """Give the browser a device that keeps passkeys."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Finger(devtools, made["authenticatorId"])


@pytest.fixture
def ann(page: Page, live_server: LiveServer, cast: Cast) -> Callable[[], None]:
    """Have somebody of the tenant, and let her sign in by password."""
    make_person(organization=cast.tenant, email="ann@example.com")

    def comes() -> None:
        page.goto(f"{live_server.url}/your-sign-in/")
        sign_in(page, "ann@example.com")

    return comes


def add_passkey(page: Page, name: str, *, alone: bool = True) -> None:
    """Add a passkey from one's own page, by the keyboard."""
    page.get_by_role("link", name="Add a passkey").press("Enter")
    if page.get_by_role("heading", name="Is it still you?").is_visible():
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Sign in with it alone").set_checked(alone)
    look(page, "passkey-add")
    page.get_by_role("button", name="Add it").press("Enter")


def look(page: Page, name: str) -> None:
    """Keep a picture, and make sure that everybody can use the page."""
    picture(page, name)
    page.emulate_media(reduced_motion="reduce")
    assert not list(troubles(page, Known()))


def leave(page: Page) -> None:
    """Sign out."""
    page.get_by_text("ann@example.com ▾").or_(page.get_by_label("ann@example.com")).first.click()
    page.get_by_role("button", name="Sign out", exact=True).click()


def test_a_passkey_signs_in_alone_and_leads_to_where_one_wanted(
    page: Page, live_server: LiveServer, ann: Callable[[], None], finger: Finger
) -> None:
    ann()
    add_passkey(page, "Laptop")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{live_server.url}/your-sign-in/")
    keys = page.get_by_role("region", name="Passkeys")
    expect(keys).to_contain_text("Laptop")
    expect(keys).to_contain_text("signs in alone")
    look(page, "your-sign-in")

    leave(page)
    page.goto(f"{live_server.url}/numbers/")
    look(page, "sign-in-passkey")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Numbers")).to_be_visible()

    page.goto(f"{live_server.url}/your-sign-in/")
    keys.get_by_role("link", name="Rename Laptop").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("Old laptop")
    page.get_by_role("button", name="Rename it").click()
    keys.get_by_role("link", name="Remove Old laptop").click()
    look(page, "passkey-remove")
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("The passkey is removed")).to_be_visible()
    assert not Authenticator.objects.exists()


def test_a_passkey_is_the_second_step_where_it_does_not_sign_in_alone(
    page: Page, live_server: LiveServer, ann: Callable[[], None], finger: Finger
) -> None:
    ann()
    add_passkey(page, "Blue key", alone=False)
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    leave(page)
    ann()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    look(page, "second-step")
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("heading", name="Your sign-in")).to_be_visible()


def test_a_failed_passkey_is_told_on_whichever_page_it_fails(
    page: Page, live_server: LiveServer, ann: Callable[[], None], finger: Finger
) -> None:
    told = page.get_by_role("alert").filter(visible=True)
    ann()
    finger.touches(False)
    add_passkey(page, "Laptop")
    expect(told).to_contain_text("No passkey was used")
    look(page, "passkey-add-failed")
    finger.touches(True)
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    # A device that has one already.
    page.goto(f"{live_server.url}/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="Add it").click()
    expect(told).to_contain_text("has a passkey for you already")

    # Where one shows that it is still oneself.
    page.goto(f"{live_server.url}/accounts/2fa/webauthn/reauthenticate/?next=/your-sign-in/")
    finger.touches(False)
    page.get_by_role("button", name="Use your passkey").click()
    expect(told).to_contain_text("No passkey was used")
    finger.touches(True)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("heading", name="Your sign-in")).to_be_visible()

    leave(page)
    finger.touches(False)
    page.goto(live_server.url)
    page.get_by_role("button", name="Use a passkey").click()
    expect(told).to_contain_text("No passkey was used")
    look(page, "sign-in-passkey-failed")
    finger.touches(True)
    ann()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    finger.touches(False)
    page.get_by_role("button", name="Use your passkey").click()
    expect(told).to_contain_text("No passkey was used")

    # One that the portal no longer knows.
    page.get_by_role("button", name="Sign in as somebody else").click()
    Authenticator.objects.all().delete()
    finger.touches(True)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("This passkey was not accepted")).to_be_visible()


def test_too_many_passkeys_are_told_too(
    page: Page, live_server: LiveServer, ann: Callable[[], None], finger: Finger
) -> None:
    page.route("**/2fa/webauthn/login/", lambda route: route.fulfill(status=429, body=""))
    page.goto(live_server.url)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("Wait a moment")
