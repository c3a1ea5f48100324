"""The main job of each role, from sign-in to end, by keyboard alone, on a desk and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts.tests.cast import Cast
from dids.models import NumberOrder
from dids.states import OrderStatus
from dids.tests.carrier import shop
from portal.tests.browser.access import PHONE, WIDE
from portal.tests.browser.market import carriers_answer, carriers_sell, make_switch
from portal.tests.browser.steps import make_person, press, reach, sign_in_by_keys, write
from provisioning.tests.scene import make_account, make_numbers, make_pbx, place

pytestmark = [
    pytest.mark.wire,
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"]),
]

FIRST = 1_312_555_0100


def follow(page: Page, place: str) -> None:
    """Go to a place of the navigation, which a phone keeps in a menu."""
    expect(page.locator("#find")).to_be_visible()
    menu = page.locator("summary").filter(has_text="Menu")
    if menu.is_visible():
        press(page, menu)
    press(page, page.get_by_role("link", name=place, exact=True))


def test_a_tenant_points_a_number(
    page: Page, live_server: LiveServer, cast: Cast, size: ViewportSize
) -> None:
    place(cast.tenant, make_pbx(name="Main PBX"))
    make_numbers(make_account(), cast.tenant, first=FIRST, count=2)
    make_person(organization=cast.tenant, email="ann@example.com")
    page.set_viewport_size(size)
    page.goto(live_server.url)
    sign_in_by_keys(page, "ann@example.com")
    follow(page, "Numbers")
    press(page, page.get_by_role("link", name="(312) 555-0101"))
    expect(page.get_by_role("heading", name="(312) 555-0101")).to_be_visible()
    field = page.get_by_label("Which one", exact=True)
    reach(page, field)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("205")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Extension 205", exact=True).first).to_be_visible()


def test_a_dealer_creates_a_tenant(
    page: Page, live_server: LiveServer, cast: Cast, size: ViewportSize
) -> None:
    make_pbx(name="Main PBX")
    make_person(organization=cast.dealer, email="deb@example.com")
    page.set_viewport_size(size)
    page.goto(live_server.url)
    sign_in_by_keys(page, "deb@example.com")
    follow(page, "Organizations")
    press(page, page.get_by_role("link", name=cast.dealer.name).first)
    press(page, page.get_by_role("link", name="New tenant"))
    write(page, "Name", "Maple Bakery")
    write(page, "E-mail of the first owner", "ann@example.com")
    write(page, "SIP domain", "maple.example.com")
    write(page, "PBX", "Main")
    press(page, page.get_by_role("button", name="Create and invite the owner"))
    expect(page.get_by_role("heading", name="Maple Bakery")).to_be_visible()


def test_staff_search_choose_plan_and_buy(
    page: Page, live_server: LiveServer, cast: Cast, size: ViewportSize
) -> None:
    make_person(organization=cast.provider, email="sue@example.com")
    page.set_viewport_size(size)
    with shop() as market:
        make_switch(market, cast.tenant)
        page.goto(live_server.url)
        sign_in_by_keys(page, "sue@example.com")
        follow(page, "Buy")
        write(page, "Area code", "312")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Offers")).to_be_visible()
        carriers_answer()
        press(page, page.get_by_role("checkbox", name=re.compile(r"^Choose \(")).first, "Space")
        write(page, "For whom", cast.tenant.name[:4])
        write(page, "Rings at", "Ext")
        write(page, "Which one", "205")
        press(page, page.get_by_role("button", name="Show what it costs"))
        press(page, page.get_by_role("button", name=re.compile("^Buy for")))
        expect(page.get_by_text("being bought")).to_be_visible()
        carriers_sell(NumberOrder.objects.get(status=OrderStatus.SUBMITTED))
        expect(page.get_by_text("bought", exact=True)).to_be_visible()
