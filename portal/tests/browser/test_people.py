"""An owner looks after people in a real browser: with the keyboard, and without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from accounts.tests.cast import Cast
from accounts.tests.factories import make_member
from portal.testing.browser import picture
from portal.tests.browser.steps import make_person, sign_in

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]


def test_an_owner_gives_a_role_and_shows_out_with_the_keyboard(
    page: Page, live_server: LiveServer, cast: Cast
) -> None:
    make_person(organization=cast.tenant, email="ann@example.com")
    make_member(organization=cast.tenant, role=Role.VIEWER, name="Otto Out")
    page.goto(f"{live_server.url}/people/")
    sign_in(page, "ann@example.com")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    picture(page, "people")
    page.get_by_role("link", name="What each role may do").press("Enter")
    expect(page.get_by_role("cell", name="yes").first).to_be_visible()
    picture(page, "roles")
    page.go_back()
    page.get_by_role("link", name="Otto Out").press("Enter")
    page.get_by_label("Viewer").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    picture(page, "person")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Otto Out is operator now.")).to_be_visible()
    page.get_by_role("link", name="End the membership").press("Enter")
    expect(page.get_by_text("signed out everywhere")).to_be_visible()
    picture(page, "end-membership")
    page.get_by_role("button", name="End the membership").press("Enter")
    expect(page.get_by_text("is no longer a member")).to_be_visible()


def test_somebody_is_invited_without_a_script(
    browser: Browser, live_server: LiveServer, cast: Cast
) -> None:
    make_person(organization=cast.tenant, email="ann@example.com")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/people/invitations/")
    sign_in(page, "ann@example.com")
    expect(page.get_by_text("Nobody is waited for")).to_be_visible()
    page.get_by_role("link", name="Invite somebody").first.click()
    page.get_by_label("E-mail").fill("new@example.com")
    page.get_by_label("Operator").check()
    picture(page, "invite")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("new@example.com gets an invitation")).to_be_visible()
    picture(page, "invitations")
    page.get_by_role("button", name="Send the invitation of new@example.com again").click()
    expect(page.get_by_text("gets a new link")).to_be_visible()
    page.get_by_role("button", name="Withdraw the invitation of new@example.com").click()
    expect(page.get_by_text("is withdrawn")).to_be_visible()
    context.close()
