"""An owner lets a program in, in a real browser: the secret is seen once, whatever is pressed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import ApiClient
from accounts.tests.cast import Cast
from accounts.tests.factories import make_client
from portal.testing.browser import picture
from portal.tests.browser.steps import make_person, sign_in

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]


def test_an_owner_lets_a_program_in_with_the_keyboard(
    page: Page, live_server: LiveServer, cast: Cast
) -> None:
    make_person(organization=cast.dealer, email="deb@example.com")
    page.goto(f"{live_server.url}/api-clients/")
    sign_in(page, "deb@example.com")
    expect(page.get_by_text("No program is let in yet")).to_be_visible()
    make_client(organization=cast.dealer, name="Billing export")
    page.get_by_role("link", name="New API client").first.press("Enter")
    page.get_by_label("Name").press_sequentially("Night sync")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Choose at least one thing")).to_be_visible()
    picture(page, "api-client-refused")
    for words in ("see numbers and where they ring", "choose where numbers ring"):
        page.get_by_label(words).press("Space")
    page.get_by_role("button", name="Create and show the secret").press("Enter")
    expect(page.get_by_role("heading", name="Copy the secret now")).to_be_visible()
    picture(page, "api-client-secret")
    secret = page.locator(".secret > code").inner_text()

    page.reload()
    expect(page.get_by_text("This program was let in already")).to_be_visible()
    expect(page.get_by_text(secret)).to_have_count(0)
    picture(page, "api-client")
    page.goto(f"{live_server.url}/api-clients/")
    picture(page, "api-clients")
    page.get_by_role("link", name="Night sync").press("Enter")
    page.get_by_role("link", name="Renew the secret").press("Enter")
    picture(page, "api-client-renew")
    page.get_by_role("button", name="Renew the secret").press("Enter")
    expect(page.get_by_text("goes on working until")).to_be_visible()
    page.get_by_role("link", name="I have copied it").press("Enter")
    page.get_by_role("link", name="Lock it out").press("Enter")
    page.get_by_role("button", name="Lock it out").press("Enter")
    expect(page.get_by_text("Night sync is locked out.")).to_be_visible()
    assert ApiClient.objects.filter(name="Night sync").count() == 1
