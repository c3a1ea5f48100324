"""A dealer creates a tenant and changes one in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.tests.cast import Cast
from accounts.tests.factories import make_member
from portal.testing.browser import picture
from portal.tests.browser.steps import make_person, press, reach, sign_in, write
from provisioning.tests.scene import make_pbx

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]


def test_a_dealer_creates_a_tenant_with_the_keyboard(
    page: Page, live_server: LiveServer, cast: Cast
) -> None:
    make_pbx(name="Main PBX")
    make_person(organization=cast.dealer, email="deb@example.com")
    page.goto(f"{live_server.url}/organizations/")
    sign_in(page, "deb@example.com")
    expect(page.get_by_role("heading", name="Organizations")).to_be_visible()
    picture(page, "organizations")
    page.get_by_role("link", name=cast.dealer.name).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=cast.dealer.name)).to_be_visible()
    picture(page, "organization")
    page.get_by_role("link", name="New tenant").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name").focus()
    for typed in ("Maple Bakery", "ann@example.com", "not a domain"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    # The first PBX of the list: typing its name chooses it without opening the list.
    page.keyboard.type("Main")
    page.get_by_role("button", name="Create and invite the owner").press("Enter")
    domain = page.get_by_label("SIP domain")
    expect(page.locator("#id_sip_domain_error")).to_be_visible()
    picture(page, "tenant-refused")
    domain.fill("maple.example.com")
    domain.press("Enter")
    expect(page.get_by_role("heading", name="Maple Bakery")).to_be_visible()
    expect(page.get_by_text("1 invitation waits to be accepted")).to_be_visible()
    picture(page, "tenant-created")


def test_a_dealer_changes_a_tenant_by_mouse_and_by_keyboard(
    page: Page, live_server: LiveServer, cast: Cast
) -> None:
    make_person(organization=cast.dealer, email="deb@example.com")
    page.goto(f"{live_server.url}/organizations/{cast.tenant.uuid}/")
    sign_in(page, "deb@example.com")
    page.get_by_role("link", name="Change it").click()
    page.get_by_label("Number limit").fill("25")
    picture(page, "organization-edit")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_text("is changed.")).to_be_visible()
    expect(page.get_by_text("set the number limit of")).to_be_visible()
    picture(page, "organization-changed")
    press(page, page.get_by_role("button", name="Undo"))
    expect(page.get_by_text("0 numbers, without a limit.")).to_be_visible()
    press(page, page.get_by_role("link", name="Open an account"))
    expect(page.get_by_label("Currency")).to_have_value("USD")
    press(page, page.get_by_role("button", name="Open the account"))
    write(page, "Amount", "25.50")
    picture(page, "organization-money")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is credited with 25.50 USD.")).to_be_visible()


def test_somebody_switches_by_keyboard_by_mouse_and_without_a_script(
    page: Page, browser: Browser, live_server: LiveServer, cast: Cast
) -> None:
    seat = make_person(organization=cast.dealer, email="deb@example.com")
    make_member(organization=cast.rival_tenant, user=seat.user)
    page.goto(live_server.url)
    sign_in(page, "deb@example.com")
    expect(page.get_by_role("heading", name="For whom do you work?")).to_be_visible()
    picture(page, "seats")
    press(page, page.get_by_role("main").get_by_role("button", name=cast.dealer.name))
    side = page.locator("aside")
    press(page, side.locator(".switcher > summary"))
    expect(side.get_by_role("button", name=cast.tenant.name)).to_be_visible()
    reach(page, side.get_by_label("Switch to"))
    page.keyboard.type("oak")
    expect(side.get_by_role("button", name=cast.sub_dealer.name)).to_have_count(0)
    picture(page, "switcher")
    press(page, side.get_by_role("button", name=cast.tenant.name))
    banner = page.get_by_text(f"You are acting for {cast.tenant.name}")
    expect(banner).to_be_visible()
    page.mouse.wheel(0, 2000)
    expect(banner).to_be_in_viewport()
    side.locator(".switcher > summary").click()
    expect(side.locator("[aria-current]", has_text=cast.tenant.name)).to_be_visible()
    picture(page, "switcher-acting")
    side.get_by_role("button", name=cast.sub_dealer.name).click()
    expect(page.get_by_text(f"You are acting for {cast.sub_dealer.name}")).to_be_visible()
    page.get_by_role("button", name=f"Stop acting for {cast.sub_dealer.name}").click()
    expect(page.get_by_text("You are acting for")).to_have_count(0)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    plain = context.new_page()
    plain.goto(f"{live_server.url}/acting/?q=oak")
    sign_in(plain, "deb@example.com")
    plain.get_by_role("main").get_by_role("button", name=cast.tenant.name).click()
    expect(plain.get_by_text(f"You are acting for {cast.tenant.name}")).to_be_visible()
    picture(plain, "acting-narrow")
    context.close()
