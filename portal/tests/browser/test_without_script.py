"""Everything that people came for works in a browser that runs no script."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.tests.cast import Cast
from dids.models import NumberOrder
from dids.states import OrderStatus
from dids.tests.carrier import shop
from portal.testing.browser import picture
from portal.tests.browser.market import (
    carriers_answer,
    carriers_sell,
    make_switch,
    routers_follow,
)
from portal.tests.browser.steps import make_person, sign_in
from portal.tests.browser.test_coming_in import code_of
from provisioning.tests.scene import make_account, make_numbers, make_pbx, place

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]

FIRST = 1_312_555_0100
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """Open a page in a browser with scripts turned off."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def test_a_tenant_assigns_a_number(plain: Page, live_server: LiveServer, cast: Cast) -> None:
    place(cast.tenant, make_pbx(name="Main PBX"))
    make_numbers(make_account(), cast.tenant, first=FIRST)
    make_person(organization=cast.tenant, email="ann@example.com")
    plain.goto(f"{live_server.url}/numbers/?search=0100")
    sign_in(plain, "ann@example.com")
    plain.get_by_role("link", name="(312) 555-0100").click()
    plain.get_by_label("Which one").fill("205")
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_text("Extension 205", exact=True).first).to_be_visible()
    picture(plain, "plain-number")


def test_a_dealer_creates_a_tenant(plain: Page, live_server: LiveServer, cast: Cast) -> None:
    make_pbx(name="Main PBX")
    make_person(organization=cast.dealer, email="deb@example.com")
    plain.goto(f"{live_server.url}/organizations/")
    sign_in(plain, "deb@example.com")
    plain.get_by_role("link", name=cast.dealer.name).click()
    plain.get_by_role("link", name="New tenant").click()
    plain.get_by_label("Name", exact=True).fill("Maple Bakery")
    plain.get_by_label("E-mail of the first owner").fill("ann@example.com")
    plain.get_by_label("SIP domain").fill("maple.example.com")
    plain.get_by_label("PBX", exact=True).select_option("Main PBX")
    plain.get_by_role("button", name="Create and invite the owner").click()
    expect(plain.get_by_role("heading", name="Maple Bakery")).to_be_visible()


def test_staff_search_buy_and_see_a_line_go_live(
    plain: Page, live_server: LiveServer, cast: Cast
) -> None:
    make_person(organization=cast.provider, email="sue@example.com")
    with shop() as market:
        pbx = make_switch(market, cast.tenant)
        plain.goto(f"{live_server.url}/buy/")
        sign_in(plain, "sue@example.com")
        plain.get_by_label("Area code").fill("312")
        plain.get_by_role("button", name="Search the carriers").click()
        expect(plain.get_by_text("Waiting for the first answer")).to_be_visible()

        carriers_answer()
        plain.get_by_role("link", name="Show what came since").click()
        plain.get_by_role("checkbox", name=re.compile(r"^Choose \(")).first.check()
        plain.get_by_label("For whom").select_option(cast.tenant.name)
        plain.get_by_label("Rings at").select_option("Extension")
        plain.get_by_label("Which one").fill("205")
        picture(plain, "plain-offers")
        plain.get_by_role("button", name="Show what it costs").click()
        plain.get_by_role("button", name=re.compile("^Buy for")).click()
        expect(plain.get_by_text("being bought")).to_be_visible()

        carriers_sell(NumberOrder.objects.get(status=OrderStatus.SUBMITTED))
        plain.reload()
        expect(plain.get_by_text("bought", exact=True)).to_be_visible()
        expect(plain.get_by_text("live", exact=True)).to_have_count(0)
        routers_follow(pbx)
        plain.reload()
        expect(plain.get_by_text("live", exact=True)).to_be_visible()
        picture(plain, "plain-live")


def test_a_second_factor_lets_in(plain: Page, live_server: LiveServer, cast: Cast) -> None:
    member = make_person(organization=cast.dealer, email="deb@example.com")
    TOTP.activate(member.user, SECRET)
    plain.goto(live_server.url)
    sign_in(plain, "deb@example.com")
    code = plain.locator("input[name=code]")
    code.fill(code_of(SECRET))
    code.press("Enter")
    expect(plain.get_by_role("heading", name=cast.dealer.name)).to_be_visible()
