"""Staff buy numbers in a real browser: asked, streamed in, chosen, previewed, bought."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.tests.cast import Cast
from dids.models import NumberOrder
from dids.states import OrderStatus
from dids.tests.carrier import shop
from portal.testing.browser import picture
from portal.tests.browser.market import carriers_answer, carriers_sell
from portal.tests.browser.steps import make_person, sign_in

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]


def ask(page: Page, live_server: LiveServer, cast: Cast) -> None:
    """Sign in as staff and ask for numbers in Chicago, with the keyboard alone."""
    make_person(organization=cast.provider, email="sue@example.com")
    page.goto(f"{live_server.url}/buy/")
    sign_in(page, "sue@example.com")
    expect(page.get_by_role("heading", name="Buy numbers")).to_be_visible()
    picture(page, "buy")
    page.get_by_label("Area code").focus()
    page.keyboard.type("312")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Offers")).to_be_visible()


def test_offers_stream_in_and_what_is_chosen_is_bought_once(
    page: Page, live_server: LiveServer, cast: Cast
) -> None:
    with shop() as market:
        market.account("telnyx")
        market.account("twilio")
        ask(page, live_server, cast)
        expect(page.get_by_text("asking")).to_have_count(2)
        picture(page, "buy-waiting")

        carriers_answer()

        boxes = page.get_by_role("checkbox", name=re.compile(r"^Choose \("))
        expect(boxes.first).to_be_visible()
        expect(page.get_by_text("asking")).to_have_count(0)
        boxes.nth(0).focus()
        page.keyboard.press("Space")
        boxes.nth(2).check()
        expect(page.get_by_text("2 chosen")).to_be_visible()
        picture(page, "buy-offers")
        page.get_by_label("Label").fill("Reception")
        page.get_by_role("button", name="Show what it costs").click()

        expect(page.get_by_text("2 numbers will be bought for")).to_be_visible()
        picture(page, "order-preview")
        page.go_back()
        expect(page.get_by_text("2 chosen").or_(page.get_by_role("checkbox").first)).to_be_visible()
        page.go_forward()
        page.get_by_role("button", name=re.compile("^Buy for")).dblclick()
        expect(page.get_by_role("heading", name="Order")).to_be_visible()
        order = NumberOrder.objects.get(status=OrderStatus.SUBMITTED)
        expect(page.get_by_text("being bought")).to_have_count(2)
        picture(page, "order-waiting")

        carriers_sell(order)
        # Without a reload: the page asks by itself.
        expect(page.get_by_text("bought", exact=True)).to_have_count(2)
        picture(page, "order-bought")
        page.goto(f"{live_server.url}/orders/")
        expect(page.get_by_role("link").filter(has=page.locator("time"))).to_have_count(1)
        picture(page, "orders")
