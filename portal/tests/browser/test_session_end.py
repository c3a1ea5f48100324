"""A session that ends in the middle of a form costs nobody what they have entered."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Invitation
from accounts.tests.cast import Cast
from portal.testing.browser import picture
from portal.tests.browser.access import Known, troubles
from portal.tests.browser.steps import make_person, sign_in

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def begin(live_server: LiveServer, cast: Cast) -> Callable[[Page], None]:
    """Have somebody sign in and begin to invite a guest."""
    make_person(organization=cast.dealer, email="deb@example.com")

    def begins(page: Page) -> None:
        page.goto(f"{live_server.url}/organizations/{cast.dealer.uuid}/invite/new/")
        sign_in(page, "deb@example.com")
        page.get_by_label("E-mail").fill("guest@example.com")
        page.locator("input[name=role][value=FINANCE]").check()

    return begins


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[Page]:
    """Open a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def expect_it_again(page: Page) -> None:
    """Find the sentence, and the form with what was entered."""
    expect(page.get_by_text("so nothing was changed")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value("guest@example.com")
    expect(page.locator("input[name=role][value=FINANCE]")).to_be_checked()
    assert not Invitation.objects.exists()


def comes_back(page: Page) -> None:
    """Send too late, sign in, find it again, send it."""
    Session.objects.all().delete()
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("What you had entered is kept")).to_be_visible()
    picture(page, "sign-in-kept")
    sign_in(page, "deb@example.com")
    expect_it_again(page)
    picture(page, "kept")
    page.reload()
    expect_it_again(page)
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("guest@example.com gets an invitation")).to_be_visible()
    assert Invitation.objects.get().role == "FINANCE"
    page.go_back()
    expect(page.get_by_text("so nothing was changed")).to_have_count(0)


def test_a_form_sent_too_late_comes_back_after_signing_in(
    page: Page, begin: Callable[[Page], None]
) -> None:
    begin(page)
    comes_back(page)


def test_so_it_does_without_scripts(
    without_scripts: Page, begin: Callable[[Page], None], live_server: LiveServer
) -> None:
    begin(without_scripts)
    comes_back(without_scripts)


def test_what_is_asked_for_meanwhile_leads_nobody_away(
    page: Page, begin: Callable[[Page], None], live_server: LiveServer
) -> None:
    begin(page)
    Session.objects.all().delete()
    page.get_by_label("Find a number").press_sequentially("555")
    expect(page.get_by_text("You have been signed out")).to_be_visible()
    page.emulate_media(reduced_motion="reduce")
    assert not list(troubles(page, Known()))
    picture(page, "signed-out")

    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in in another tab").click()
    sign_in(opened.value, "deb@example.com")
    expect(opened.value.get_by_role("heading", name="Lakeside Telecom")).to_be_visible()
    # The page is one of the sign-in before, so it is asked once more.
    page.get_by_role("button", name="Invite").click()
    expect_it_again(page)
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("guest@example.com gets an invitation")).to_be_visible()


def test_where_nothing_was_entered_a_part_leads_to_the_sign_in(
    page: Page, live_server: LiveServer, cast: Cast
) -> None:
    make_person(organization=cast.tenant, email="ann@example.com")
    page.goto(f"{live_server.url}/numbers/")
    sign_in(page, "ann@example.com")
    Session.objects.all().delete()
    page.get_by_label("Find a number").press_sequentially("555")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page, "ann@example.com")
    expect(page.get_by_role("heading", name="Numbers")).to_be_visible()


def test_somebody_else_does_not_get_it(
    page: Page, begin: Callable[[Page], None], cast: Cast
) -> None:
    make_person(organization=cast.dealer, email="eve@example.com")
    begin(page)
    Session.objects.all().delete()
    page.get_by_role("button", name="Invite").click()
    sign_in(page, "eve@example.com")
    expect(page.get_by_role("heading", name="Invite somebody")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value("")
    expect(page.get_by_text("guest@example.com")).to_have_count(0)
