"""Signing in by an issuer in a real browser, whose policy for content must let it leave."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.tests.cast import Cast
from portal.environment import Issuer
from portal.testing.browser import picture
from portal.tests import issuer
from portal.tests.browser.steps import make_person

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]
EMAIL = "ann@example.com"


@pytest.fixture
def server(settings: Settings, live_server: LiveServer) -> Iterator[issuer.Server]:
    """Run an issuer that the portal knows."""
    settings.PUBLIC_URL = live_server.url
    with issuer.running() as running:
        running.world.claims = {"email": EMAIL, "email_verified": True}
        settings.SINGLE_SIGN_ON = Issuer(
            url=running.url, client_id=issuer.CLIENT_ID, secret=issuer.SECRET, name="Example ID"
        )
        yield running


def test_leads_home_and_is_seen_there(
    page: Page, live_server: LiveServer, cast: Cast, server: issuer.Server
) -> None:
    make_person(organization=cast.tenant, email=EMAIL)
    page.goto(f"{live_server.url}/numbers/")
    picture(page, "sign-in-by-issuer")
    page.get_by_role("button", name="Sign in with Example ID").click()
    expect(page.get_by_role("heading", name="Numbers")).to_be_visible()
    page.goto(f"{live_server.url}/your-sign-in/")
    expect(page.get_by_text("your account there opens yours here")).to_be_visible()
    picture(page, "connected-issuer")
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("Your account at Example ID is disconnected")).to_be_visible()


def test_tells_a_stranger_how_people_come_in(
    page: Page, live_server: LiveServer, cast: Cast, server: issuer.Server
) -> None:
    page.goto(live_server.url)
    page.get_by_role("button", name="Sign in with Example ID").click()
    expect(page.get_by_role("alert")).to_contain_text("People come in by invitation")
    picture(page, "refused-by-issuer")
    page.get_by_role("link", name="Back to the sign-in").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
