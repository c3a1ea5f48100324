"""What people find on the home page, and how it is walked with the keyboard, in a real browser."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.tests.cast import Cast
from accounts.tests.factories import make_actor
from dids.models import PhoneNumber
from dids.workflows import holding
from portal.testing.browser import picture
from portal.tests.browser.steps import make_person, sign_in
from provisioning.tests.scene import make_account, make_numbers

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]

FIRST = 1_312_555_0100
OUTLINE = "getComputedStyle(document.activeElement).outlineStyle"


class TestHome:
    def test_teaches_staff_the_first_steps(
        self, page: Page, live_server: LiveServer, cast: Cast
    ) -> None:
        make_person(organization=cast.provider, email="sue@example.com")
        page.goto(live_server.url)
        sign_in(page, "sue@example.com")
        expect(page).to_have_title("Northwind Voice · Number portal")
        steps = page.get_by_role("region", name="First steps").get_by_role("listitem")
        expect(steps).to_have_count(5)
        expect(steps.first).to_contain_text("Connect an account at a carrier")
        picture(page, "home-staff-first")
        make_account()
        page.reload()
        expect(steps.first).to_contain_text("done")
        page.goto(f"{live_server.url}/numbers/")
        expect(page.get_by_text("No numbers yet")).to_be_visible()
        picture(page, "numbers-none")

    def test_is_walked_with_the_keyboard_alone(
        self, page: Page, live_server: LiveServer, cast: Cast
    ) -> None:
        (e164,) = make_numbers(
            make_account(), cast.dealer, first=FIRST, assigned=False, status="AVAILABLE"
        )
        number = PhoneNumber.objects.get(e164=e164)
        seller = make_actor(organization=cast.dealer)
        holding.offer(number=number, to=cast.tenant, actor=seller, now=timezone.now())
        make_person(organization=cast.dealer, email="deb@example.com")
        page.goto(live_server.url)
        sign_in(page, "deb@example.com")
        expect(page.get_by_role("heading", name="Lakeside Telecom")).to_be_visible()
        picture(page, "home-dealer")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        picture(page, "home-skip")
        act_for = page.get_by_role("button", name="Act for Oak Street Dental")
        for _ in range(30):
            page.keyboard.press("Tab")
            assert page.evaluate(OUTLINE) == "solid"
            if act_for.evaluate("button => button === document.activeElement"):
                break
        expect(act_for).to_be_focused()
        picture(page, "home-focus")
        page.keyboard.press("Enter")
        expect(page.get_by_text("You are acting for")).to_be_visible()
        picture(page, "home-acting")
        page.get_by_role("button", name="Claim").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="(312) 555-0100")).to_be_visible()
