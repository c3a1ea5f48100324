"""A double click, a reload and the back button lose nothing and repeat nothing while one buys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.tests.cast import Cast
from dids.models import NumberOrder, NumberSearch, PhoneNumber
from dids.states import OrderStatus
from dids.tests.carrier import shop
from portal.tests.browser.market import carriers_answer, carriers_sell
from portal.tests.browser.steps import make_person, sign_in

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]


def test_buying_survives_impatience(page: Page, live_server: LiveServer, cast: Cast) -> None:
    make_person(organization=cast.provider, email="sue@example.com")
    with shop() as market:
        market.account("telnyx")
        page.goto(f"{live_server.url}/buy/")
        sign_in(page, "sue@example.com")

        page.get_by_label("Area code").fill("312")
        page.get_by_role("button", name="Search the carriers").dblclick()
        expect(page.get_by_role("heading", name="Offers")).to_be_visible()
        assert NumberSearch.objects.count() == 1
        page.go_back()
        expect(page.get_by_label("Area code")).to_have_value("312")
        page.go_forward()
        carriers_answer()
        boxes = page.get_by_role("checkbox", name=re.compile(r"^Choose \("))
        expect(boxes.first).to_be_visible()
        page.reload()
        expect(boxes.first).to_be_visible()
        assert NumberSearch.objects.count() == 1

        boxes.first.check()
        page.get_by_label("Label").fill("Reception")
        page.get_by_role("button", name="Show what it costs").dblclick()
        buy = page.get_by_role("button", name=re.compile("^Buy for"))
        expect(buy).to_be_visible()
        assert NumberOrder.objects.count() == 1
        page.reload()
        expect(buy).to_be_visible()
        page.go_back()
        expect(boxes.first).to_be_checked()
        expect(page.get_by_label("Label")).to_have_value("Reception")
        page.go_forward()

        buy.dblclick()
        expect(page.get_by_text("being bought")).to_be_visible()
        page.reload()
        expect(page.get_by_text("being bought")).to_be_visible()
        order = NumberOrder.objects.get(status=OrderStatus.SUBMITTED)
        carriers_sell(order)
        expect(page.get_by_text("bought", exact=True)).to_be_visible()

        # The preview that one goes back to is the order that it has become.
        page.go_back()
        page.reload()
        expect(page.get_by_role("heading", name="Order")).to_be_visible()
        expect(buy).to_have_count(0)
        assert NumberOrder.objects.exclude(status=OrderStatus.DRAFT).count() == 1
        assert PhoneNumber.objects.count() == 1


def test_a_preview_sent_twice_from_two_windows_buys_once(
    page: Page, live_server: LiveServer, cast: Cast
) -> None:
    make_person(organization=cast.provider, email="sue@example.com")
    with shop() as market:
        market.account("telnyx")
        page.goto(f"{live_server.url}/buy/")
        sign_in(page, "sue@example.com")
        page.get_by_label("Area code").fill("312")
        page.get_by_role("button", name="Search the carriers").click()
        carriers_answer()
        page.get_by_role("checkbox", name=re.compile(r"^Choose \(")).first.check()
        page.get_by_role("button", name="Show what it costs").click()
        buy = re.compile("^Buy for")
        expect(page.get_by_role("button", name=buy)).to_be_visible()
        other = page.context.new_page()
        other.goto(page.url)
        page.get_by_role("button", name=buy).click()
        expect(page.get_by_text("being bought")).to_be_visible()
        other.get_by_role("button", name=buy).click()
        expect(other.get_by_text("already")).to_be_visible()
        assert NumberOrder.objects.get().status == OrderStatus.SUBMITTED
